internal import CutlineCore
internal import CutlineCredit

/// Where every row of the file goes: each one leaves for exactly one reason, or is used.
struct Waterfall {
  /// Per row: 0 = still in, otherwise the number of its reason.
  private(set) var reason: [UInt16]
  private var labels: [(role: RowAccount.Line.Role, text: String)] = []
  private var counts: [Int] = []

  init(rows: Int) { reason = [UInt16](repeating: 0, count: rows) }

  /// Takes out the rows for which `leaves` is true and that are still in.
  /// - Returns: how many.
  @discardableResult
  mutating func drop(_ text: String, role: RowAccount.Line.Role = .dropped, where leaves: (Int) -> Bool)
    -> Int
  {
    labels.append((role, text))
    let code = UInt16(labels.count)
    var count = 0
    reason.withUnsafeMutableBufferPointer { reason in
      for row in reason.indices where reason[row] == 0 && leaves(row) {
        reason[row] = code
        count += 1
      }
    }
    counts.append(count)
    return count
  }

  /// What took rows, for a sentence.
  var summary: String {
    let lines = zip(labels, counts).filter { $1 > 0 }.map { "\($0.text) (\($1))" }
    return lines.isEmpty ? "none did" : lines.joined(separator: "; ")
  }

  /// Whether a row is still in.
  func isIn(_ row: Int) -> Bool { reason[row] == 0 }

  /// The reasons by number, from 1.
  var reasons: [String] { labels.map(\.text) }

  /// Rows that are still in.
  var remaining: RowSet { RowSet(rowCount: reason.count, where: isIn) }

  /// The table: the input, every reason that took a row, and what is used; they add up.
  func rows(used: [(String, Int)]) -> [RowAccount.Line] {
    [.init(.input, "rows in the file", reason.count)]
      + zip(labels, counts).compactMap { label, count in count > 0 ? .init(label.role, label.text, count) : nil }
      + used.map { .init(.used, $0.0, $0.1) }
  }
}
