internal import CutlineCore
internal import CutlineData
internal import CutlineWorkspace
internal import Foundation

struct TableCommand: Command {
  static let name = "table"
  static let group = CommandGroup.tables
  static let summary = "Prints or converts a table: SAS7BDAT, XPT, Parquet or CSV."
  static let operands = ["FILE"]
  static let options: [Option] = [
    .value("output", short: "o", "PATH", "Write to a file instead: .csv, .xpt or .sas7bdat, also with .gz."),
    .flag("raw", "SAS numbers for dates, and empty fields for every missing value."),
    .value("head", "N", "Only the first N rows."),
    .value("columns", "A,B", "Only these columns."),
    .value("encoding", "NAME", "Character set of the file, where it does not say or says it wrongly."),
    .value("format", "NAME", "auto, sas7bdat, xpt, parquet or csv (default: by content)."),
    .value("delimiter", "C", "CSV: the character between fields (default: found by itself)."),
    .value("decimal-mark", "C", "CSV: the decimal mark (default a point)."),
    .value("thousands-mark", "C", "CSV: the mark between groups of three digits."),
    .value("date-format", "FORM", repeats: true, "CSV: a form of dates besides 2022-01-31, such as %d/%m/%Y."),
    .value("missing", "TEXT", repeats: true, "CSV: a text that means a missing value, such as NA."),
    .flag("no-header", "CSV: the first line is data."),
    .flag("schema", "Print the columns with their types instead of the rows."),
  ]
  static let details = """
    Dates are printed as 2022-01-31 and special missing values as .A to .Z, unless --raw. What the reader noticed is
    printed on standard error.

    Examples:
      cutline table applications.sas7bdat --head 5
      cutline table applications.sas7bdat -o applications.csv.gz
      cutline table export.csv --delimiter ';' --decimal-mark , --date-format %d.%m.%Y --schema
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let result = try TableReader.read(arguments.operands[0], options: options(arguments))
    for note in result.facts.notes { Console.error("  \(note.shown)") }
    var table = result.table
    let head = try arguments.integer("head", in: 0...Int(Int32.max))
    let style: CsvStyle = arguments.has("raw") ? .raw : .display
    if arguments.has("schema") {
      Console.out(schema(table))
      return .ok
    }
    if let output = arguments["output"] {
      let paths = [arguments.operands[0], output].map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path }
      guard paths[0] != paths[1] else {
        throw Faults.usage("--output", "\(output) is the file that is read", "Name another file.")
      }
      if let head { table = try table.prefix(head) }
      for note in try TableWriter.write(table, to: output, style: style) { Console.error("  \(note)") }
      Console.error("\(output): \(table.rowCount) rows, \(table.columns.count) columns")
      return .ok
    }
    for note in try TableWriter.printCsv(table, style: style, rows: head) { Console.error("  \(note)") }
    return .ok
  }

  private static func options(_ arguments: Arguments) throws -> ReadOptions {
    var options = ReadOptions()
    options.format = try arguments.choice("format", TableFormat.self) ?? .auto
    options.encoding = arguments["encoding"]
    options.workers = ProcessInfo.processInfo.activeProcessorCount
    options.delimiter = try mark("delimiter", arguments)
    options.decimalMark = try mark("decimal-mark", arguments) ?? "."
    options.thousandsMark = try mark("thousands-mark", arguments)
    options.dateFormats = arguments.all("date-format")
    options.missingTokens = arguments.all("missing")
    options.hasHeader = !arguments.has("no-header")
    options.columns = arguments["columns"]?.split(separator: ",").map(String.init)
    return options
  }

  private static func mark(_ name: String, _ arguments: Arguments) throws -> Character? {
    guard let text = arguments[name] else { return nil }
    guard let mark = text == "\\t" ? "\t" : text.first, text.count == 1 || text == "\\t" else {
      throw Faults.usage("--\(name)", "\"\(text)\" is not one character", "Give one, such as --\(name) ';'.")
    }
    return mark
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
