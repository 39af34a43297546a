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

  /// Whether the column sorts applications into few kinds, so that the console may say its words; one of many may hold persons.
  var sorts: Bool { Set(values).count <= Vocabulary.mostNamed }

  /// Per code of the column: how many rows have the word, whatever its spelling. O(rows).
  var rowCounts: [Int] {
    var own = [Int](repeating: 0, count: values.count)
    for code in codes where code >= 0 { own[Int(code)] += 1 }
    let sums = Dictionary(zip(values, own), uniquingKeysWith: +)
    return values.map { sums[$0] ?? 0 }
  }

  /// The words that may be kept: those that enough rows share.
  var shared: [String] {
    zip(values, rowCounts).filter { Vocabulary.isShared(by: $0.1) }.map(\.0)
  }

  /// Some of this column's words, for an error.
  func found(_ some: [String]) -> Fault.Found {
    let named = Array(Set(some)).sorted()
    if sorts { return .vocabulary(named.joined(separator: ", ")) }
    let rows = Dictionary(zip(values, rowCounts), uniquingKeysWith: { first, _ in first })
    let phrase = Vocabulary.phrase(named.map { ($0, rows[$0] ?? 0) })
    return .vocabulary(phrase)
  }

  /// `; did you mean X?` without the mark, among the words that may be kept: for what goes into a file, too.
  func hint(for word: String) -> String { DidYouMean.phrase(for: word, among: shared) }

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
