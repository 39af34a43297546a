internal import CutlineCore

/// Rows whose column holds one of some values: `{ column = "se_decision_id", values = ["ok", "rv"] }`.
struct RowRule: Sendable, Hashable {
  /// Both standardised.
  let column: String
  let values: [String]

  static func form(_ what: String) -> FieldForm {
    .table([
      .init("column", .text, "The column that is looked at."),
      .init("values", .list(of: .text, atLeast: 1), "Its values of \(what)."),
    ])
  }

  init(column: String, values: [String]) { (self.column, self.values) = (column, values) }

  /// - Parameters:
  ///   - key: whose value it is, for sentences.
  ///   - advice: how to write it.
  init(_ value: ConfigValue, of key: String, _ advice: String) throws {
    guard let table = value.table, let column = table["column"]?.string, let items = table["values"]?.array,
      !items.isEmpty, table.entries.count == 2
    else { throw Faults.usage(value.place, "\(key) is \(value.typeName)", advice) }
    self.column = StandardText.standardise(column)
    values = try items.map { item in
      guard let text = item.string else { throw Faults.usage(item.place, "\(key) holds \(item.typeName)", advice) }
      return StandardText.standardise(text)
    }
  }

  /// The rows that have one of the values. Spellings may collide without harm: only the wanted values matter.
  /// - Throws: `Faults` (data) when no row has, with what to do.
  func rows(in table: Table, key: String, _ advice: String) throws -> RowSet {
    let text = try table.standardText(column, merging: true)
    let found = RowSet(text.rows(where: { values.contains($0) }, missing: false))
    guard !found.isEmpty else {
      throw Faults.data(
        "column \(column)", "no row has a value of \(key) (\(values.joined(separator: ", ")))", advice)
    }
    return found
  }

  /// Sentences on the values that somebody wrote and no row has.
  func unused(in table: Table, key: String) throws -> [Remark] {
    let text = try table.standardText(column, merging: true)
    return values.filter { !text.values.contains($0) }.map { value in
      "no row has \(word: value) in \(word: column), which \(word: key) names\(word: text.hint(for: value))"
    }
  }

  var toml: String {
    "{ column = \"\(column)\", values = [\(values.map { "\"\($0)\"" }.joined(separator: ", "))] }"
  }
}
