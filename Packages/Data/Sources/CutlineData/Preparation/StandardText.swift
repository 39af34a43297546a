internal import CutlineCore

/// Text values as they are compared: trimmed, lower case, spaces as underscores.
struct StandardText: Sendable {
  /// Per code of the column: the standardised value.
  let values: [String]
  private let codes: [Int32]

  /// - Throws: `Faults` (data) when two spellings of the file meet in one standardised value, unless `merging`.
  init(_ column: TextColumn, name: String, merging: Bool) throws {
    codes = column.codes
    values = column.distinctValues.map(Self.standardise)
    if merging { return }
    var first: [String: Int] = [:]
    for (code, value) in values.enumerated() {
      if let other = first.updateValue(code, forKey: value) {
        throw Faults.data(
          "column \(name)",
          "two of its values are one value when compared",
          found: .personal("\(column.value(Int32(other))), \(column.value(Int32(code)))"),
          "Correct the file, or set text_collisions = \"merge\" to treat them as one.")
      }
    }
  }

  /// Some of this column's words, for an error. A column of few words sorts applications into kinds, and its words may be
  /// said; one of many may hold persons.
  func found(_ some: [String]) -> Fault.Found {
    let text = some.sorted().prefix(10).joined(separator: ", ") + (some.count > 10 ? ", …" : "")
    return Set(values).count <= 50 ? .vocabulary(text) : .personal(text)
  }

  static func standardise(_ text: String) -> String {
    TextColumn.comparable(text)
  }

  /// Per row: whether the value is one of `wanted` (already standardised). Missing is `missing`.
  func rows(where wanted: (String) -> Bool, missing: Bool) -> [Bool] {
    let table = values.map(wanted)
    return codes.map { $0 < 0 ? missing : table[Int($0)] }
  }

  /// The code of a row, an index into `values`; nil where missing.
  func code(_ row: Int) -> Int? { codes[row] < 0 ? nil : Int(codes[row]) }

  /// The standardised value of a row; nil where missing.
  subscript(row: Int) -> String? { codes[row] < 0 ? nil : values[Int(codes[row])] }
}
