internal import CutlineCore
internal import CutlineCredit

struct FileSourceConfig: StageConfig {
  var path = "data/demanda_direct_out.sas7bdat"
  var table = TableFields()
  var columns = ColumnMap()

  static let fields: [Field<Self>] =
    [
      .shared(
        "data_path", .text("path", \.path, "The file of applications: SAS7BDAT, XPT, Parquet or CSV, also gzipped."))
    ]
    + ColumnMap.fields.map { $0.lifted(\.columns) } + TableFields.fields.map { $0.lifted(\.table) }

  func validate(at places: FieldPlaces) throws {
    try table.validate(at: places)
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
    let result = try TableReader.read(config.path, options: config.table.options(workers: context.workers))
    for note in result.facts.notes where !result.facts.losses.contains(note) { context.note(note) }
    for loss in result.facts.losses { context.warn(loss) }
    // A reader numbers columns of one name; here a name must mean one column.
    var spelled: [String: String] = [:]
    for column in result.table.columns {
      if let other = spelled.updateValue(
        column.originalName,
        forKey: StandardText.standardise(column.originalName.isEmpty ? column.name : column.originalName))
      {
        throw Faults.data(
          "columns", "\"\(other)\" and \"\(column.originalName)\" are one name when compared",
          "Rename or remove one of them.")
      }
    }
    var notes = result.facts.notes
    let plain = result.table.columns.map { column in
      let name = StandardText.standardise(column.name)
      guard case .text(let text) = column.values, let (values, count) = InvisibleSpaces.plain(text) else {
        return column.renamed(name)
      }
      notes.append(
        "column \(word: name): no-break or invisible spaces in \(count) values are read as plain ones, or none")
      if let note = notes.last { context.note(note) }
      return Column(name: name, originalName: column.originalName, label: column.label, values: .text(values))
    }
    let columns = try config.columns.applied(to: plain)
    for remark in config.columns.doubts { context.warn(remark) }
    context.note(
      "\(result.table.rowCount) rows, \(columns.count) columns, \(word: result.facts.format.rawValue), \(word: result.facts.encoding)"
    )
    return SourceTable(
      table: try Table(columns: columns, rowCount: result.table.rowCount), notes: notes.map(\.masked))
  }
}
