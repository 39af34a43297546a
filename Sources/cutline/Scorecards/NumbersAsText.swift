internal import CutlineCore

/// A column of text where numbers are needed: what keeps it from being numbers, and which option would help.
struct NumbersAsText {
  private let text: TextColumn
  /// As the file spells it.
  private let name: String

  init(_ text: TextColumn, of name: String) { (self.text, self.name) = (text, name) }

  /// A number with a comma for its point.
  private static func hasComma(_ text: String) -> Bool {
    text.contains(",") && Double(text.replacing(".", with: "").replacing(",", with: ".")) != nil
  }

  /// - Complexity: O(rows + distinct values).
  var faults: Faults {
    let isNumber = text.distinctValues.map { Double($0) != nil }
    let isOfComma = text.distinctValues.map(Self.hasComma)
    let rows = text.codes.indices.filter { text.codes[$0] >= 0 }
    let others = rows.filter { !isNumber[Int(text.codes[$0])] && !isOfComma[Int(text.codes[$0])] }
    guard let first = others.first else {
      return Faults.data(
        "column \(name)", "holds numbers with a comma for their point", "Say --decimal-mark , for the whole file.")
    }
    guard 2 * others.count < rows.count else {
      return Faults.data(
        Place(column: name, row: first), "holds words, and the card takes numbers there",
        found: .personal(text[first] ?? ""), "Give the column that the card was made on.")
    }
    return Faults.data(
      Place(column: name, row: first), "holds \(others.count) texts that are no number, this one first",
      found: .personal(text[first] ?? ""),
      "Say --missing TEXT where it means a missing value, --type \(name)=number:1.234,5 where marks differ, or correct it."
    )
  }
}
