internal import CutlineCore
internal import CutlineCredit

struct FileSourceConfig: StageConfig {
  var path = "data/demanda_direct_out.sas7bdat"
  var format = TableFormat.auto
  var encoding: String?
  var delimiter: String?
  var decimalMark = "."
  var thousandsMark: String?
  var dateFormats: [String] = []
  var missingTokens: [String] = []

  static let fields: [Field<Self>] = [
    .shared(
      "data_path", .text("path", \.path, "The file of applications: SAS7BDAT, XPT, Parquet or CSV, also gzipped.")),
    .choice("format", \.format, "The file's format; auto goes by its content."),
    .optionalText("encoding", \.encoding, "Character set, where the file does not say or says it wrongly."),
    .optionalText("delimiter", \.delimiter, "CSV: the character between fields; found by itself when left out."),
    .text("decimal_mark", \.decimalMark, "CSV: the decimal mark of numbers."),
    .optionalText("thousands_mark", \.thousandsMark, "CSV: the mark between groups of three digits."),
    .texts("date_formats", \.dateFormats, "CSV: forms of dates besides 2022-01-31, such as %d/%m/%Y."),
    .texts("missing_tokens", \.missingTokens, "CSV: texts that mean a missing value, such as NA."),
  ]

  func validate(at places: FieldPlaces) throws {
    for (key, mark) in [("delimiter", delimiter), ("decimal_mark", decimalMark), ("thousands_mark", thousandsMark)] {
      guard mark.map({ $0.count == 1 }) ?? true else {
        throw Faults.usage(places[key], "\(key) is \"\(mark ?? "")\"", "It must be one character.")
      }
    }
  }
}

/// Reads a file and standardises its column names: lower case, spaces as underscores.
struct FileSource: Stage {
  typealias Kind = Source
  static let name = "file"
  static let summary = "Reads a SAS7BDAT, XPT, Parquet or CSV file and standardises its column names."
  let config: FileSourceConfig

  var externalInputs: [String] { [config.path] }

  func run(_ input: NoInput, in context: RunContext) async throws -> SourceTable {
    var options = ReadOptions()
    options.format = config.format
    options.encoding = config.encoding
    options.workers = context.workers
    options.delimiter = config.delimiter?.first
    options.decimalMark = config.decimalMark.first ?? "."
    options.thousandsMark = config.thousandsMark?.first
    options.dateFormats = config.dateFormats
    options.missingTokens = config.missingTokens
    let result = try TableReader.read(config.path, options: options)
    for note in result.facts.notes { context.note(note) }
    // A reader numbers columns of one name; here a name must mean one column.
    var spelled: [String: String] = [:]
    for column in result.table.columns {
      if let other = spelled.updateValue(column.originalName, forKey: StandardText.standardise(column.originalName)) {
        throw Faults.data(
          "columns", "\"\(other)\" and \"\(column.originalName)\" are one name when compared",
          "Rename or remove one of them.")
      }
    }
    let columns = result.table.columns.map { $0.renamed(StandardText.standardise($0.name)) }
    context.note(
      "\(result.table.rowCount) rows, \(columns.count) columns, \(word: result.facts.format.rawValue), \(word: result.facts.encoding)"
    )
    return SourceTable(
      table: try Table(columns: columns, rowCount: result.table.rowCount), notes: result.facts.notes.map(\.masked))
  }
}
