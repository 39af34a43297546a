internal import CutlineCore
internal import CutlineCredit

/// The file's own names of columns: `[preprocessing.columns]`, from the names that Cutline uses to theirs.
struct ColumnMap: StageConfig {
  private(set) var names: [(ours: String, theirs: String)] = []

  static let fields: [Field<Self>] = [
    .shared(
      .custom(
        "columns", allowed: "a table from Cutline's names to the file's, such as { status_name = \"APP_STATUS\" }",
        "What the file calls the columns that have a fixed meaning.",
        refused: [.integer(1), .string("x")], form: .map(of: .text), show: \.toml, read: { try $0.read($1) }))
  ]

  private mutating func read(_ value: ConfigValue) throws {
    guard let table = value.table else {
      throw Field<Self>.refusal("columns", value, "a table such as { status_name = \"APP_STATUS\" }")
    }
    var reading = Reading()
    names = try table.entries.compactMap { entry in
      try reading.attempt {
        guard let text = entry.value.string, !StandardText.standardise(text).isEmpty else {
          throw Field<Self>.refusal("columns.\(entry.key)", entry.value, "the name of a column")
        }
        return (StandardText.standardise(entry.key), text)
      }
    }
    try reading.finish()
    for (index, name) in names.enumerated() {
      if let other = names[..<index].first(where: {
        StandardText.standardise($0.theirs) == StandardText.standardise(name.theirs)
      }) {
        throw Faults.usage(
          value.place, "columns gives \(name.theirs) two names, \(other.ours) and \(name.ours)",
          "A column has one meaning: add a copy to the file, or leave one out.")
      }
    }
  }

  /// The columns under Cutline's names.
  /// - Throws: `Faults` (data) for a column that is not there, or a name that the file has for another column.
  func applied(to columns: [Column]) throws -> [Column] {
    let found = Set(columns.map(\.name))
    let ours = Dictionary(
      names.map { (StandardText.standardise($0.theirs), $0.ours) }, uniquingKeysWith: { first, _ in first })
    for (our, their) in names {
      let key = StandardText.standardise(their)
      guard found.contains(key) else {
        throw Faults.data(
          "columns.\(our)", "the data has no column \(their)\(DidYouMean.phrase(for: key, among: columns.map(\.name)))",
          ColumnNames.found(columns.map(\.name)))
      }
      if our != key, found.contains(our), ours[our] == nil {
        throw Faults.data(
          "columns.\(our)", "the data has a column \(our) besides \(their)",
          "Give that one another name here, such as \(our)_2 = \"\(our)\", or leave columns.\(our) out.")
      }
    }
    return columns.map { column in ours[column.name].map { column.renamed($0) } ?? column }
  }

  /// Names that Cutline does not use, and that are nearly one that it does.
  var doubts: [Remark] {
    let used = CellSums.columnNames + ApplicationColumns.all
    return names.filter { !used.contains($0.ours) }.compactMap { name in
      let hint = DidYouMean.phrase(for: name.ours, among: used)
      return hint.isEmpty ? nil : "columns.\(word: name.ours) is no name that Cutline uses\(word: hint)"
    }
  }

  private var toml: String {
    names.isEmpty
      ? "{}" : "{ " + names.map { "\($0.ours) = \(ConfigValue.quoted($0.theirs))" }.joined(separator: ", ") + " }"
  }
}
