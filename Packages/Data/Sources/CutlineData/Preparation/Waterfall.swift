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

  /// The table: the input, every reason that took a row, and what is used, booked and not; they add up.
  /// - Parameters:
  ///   - isBooked: of a row.
  ///   - production: per row, of a booked one its own. A sum beyond 64 bits is left out: what is used is refused where it is
  ///     added up, and what was dropped may be anything.
  func rows(isBooked: (Int) -> Bool, production: [Int64]) -> [RowAccount.Line] {
    var booked = [Int](repeating: 0, count: labels.count + 1)
    var sums = [Int64?](repeating: 0, count: labels.count + 1)
    for row in reason.indices where isBooked(row) {
      let code = Int(reason[row])
      booked[code] += 1
      sums[code] = Self.sum(sums[code], row < production.count ? production[row] : 0)
    }
    let input = RowAccount.Line(
      .input, "rows in the file", reason.count, bookedRows: booked.reduce(0, +),
      bookedProduction: sums.reduce(0 as Int64?, Self.sum))
    let left = labels.indices.compactMap { place -> RowAccount.Line? in
      counts[place] == 0
        ? nil
        : .init(
          labels[place].role, labels[place].text, counts[place], bookedRows: booked[place + 1],
          bookedProduction: sums[place + 1])
    }
    let others = reason.count { $0 == 0 } - booked[0]
    return [input] + left + [
      .init(.used, "booked, in the grid", booked[0], bookedRows: booked[0], bookedProduction: sums[0]),
      .init(.used, "rejected by score, in the grid", others, bookedRows: 0, bookedProduction: 0),
    ]
  }

  private static func sum(_ a: Int64?, _ b: Int64?) -> Int64? {
    guard let a, let b else { return nil }
    let (sum, overflows) = a.addingReportingOverflow(b)
    return overflows ? nil : sum
  }
}
