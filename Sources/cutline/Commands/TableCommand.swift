internal import CutlineCore
internal import CutlineData
internal import CutlineWorkspace
internal import Foundation

struct TableCommand: Command {
  static let name = "table"
  static let group = CommandGroup.tables
  static let summary = "Prints or converts a table: SAS7BDAT, XPT, Parquet or CSV."
  static let operands = ["FILE"]
  static let options: [Option] =
    [
      .value("output", short: "o", "PATH", "Write to a file instead: .csv, .xpt or .sas7bdat, also with .gz."),
      .flag("raw", "SAS numbers for dates, and empty fields for every missing value."),
      .value(
        "head", "N", "Only the first N rows; no more is read than they take, and columns are what these rows say."),
      .value("columns", "A,B", "Only these columns."),
      .flag(
        "spreadsheet-safe",
        "CSV: lead text that a spreadsheet would take for a formula (=, +, -, @, tab, CR) with an apostrophe."),
      .flag("schema", "Print the columns with their types instead of the rows."),
    ] + TableInput.options
  static let details = """
    Dates are printed as 2022-01-31 and special missing values as .A to .Z, unless --raw. What the reader noticed is
    printed on standard error.

    Examples:
      cutline table applications.sas7bdat --head 5
      cutline table applications.sas7bdat -o applications.csv.gz
      cutline table export.csv --delimiter ';' --decimal-mark , --date-format %d.%m.%Y --schema
      cutline table report.csv --skip-lines 3 --type opened=date:%Y%m%d --type amount=number:1.234,5
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let head = try arguments.integer("head", in: 0...Int(Int32.max))
    var options = try options(arguments)
    // A schema counts the missing values of all rows.
    if !arguments.has("schema") { options.rows = head }
    let result = try TableReader.read(arguments.operands[0], options: options)
    for note in result.facts.notes { Console.note(note) }
    let table = result.table
    let style: CsvStyle = arguments.has("raw") ? .raw : .display
    let guards = arguments.has("spreadsheet-safe")
    if arguments.has("schema") {
      Console.out(schema(table))
      return .ok
    }
    if let output = arguments["output"] {
      let paths = [arguments.operands[0], output].map(PathKind.real)
      guard paths[0] != paths[1] else {
        throw Faults.usage("--output", "\(output) is the file that is read", "Name another file.")
      }
      try NewFile.refuse(insideRun: output)
      for note in try TableWriter.write(table, to: output, style: style, guardsFormulas: guards) {
        Console.error("  \(note)")
      }
      Console.error("\(output): \(table.rowCount) rows, \(table.columns.count) columns")
      return .ok
    }
    for note in try TableWriter.printCsv(table, style: style, guardsFormulas: guards) { Console.error("  \(note)") }
    return .ok
  }

  private static func options(_ arguments: Arguments) throws -> ReadOptions {
    var options = try TableInput(arguments).options
    options.columns = arguments["columns"]?.split(separator: ",").map(String.init)
    return options
  }

  private static func schema(_ table: Table) -> String {
    var text = TextTable(["Column", "Type", "Missing", "Label"], textColumns: 2)
    for column in table.columns {
      let (type, missing) =
        switch column.values {
        case .number(let values): ("number", values.count { $0.isNaN })
        case .moment(let values, let unit): (unit.rawValue, values.count { $0.isNaN })
        case .text(let values): ("text", values.codes.count { $0 < 0 })
        }
      text.add([column.name, type, TextTable.grouped(Double(missing)), column.label ?? ""])
    }
    return text.text + "  \(TextTable.grouped(Double(table.rowCount))) rows\n"
  }
}
