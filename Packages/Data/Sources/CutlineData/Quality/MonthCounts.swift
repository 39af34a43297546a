internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// What the months of a file hold: which of them lie apart from the rest, and which have outcomes that cannot be true yet.
struct MonthCounts {
  struct Count: Equatable {
    var rows = 0
    var booked = 0
    /// Booked rows with an outcome, and those of them that went bad.
    var known = 0
    var bad = 0
  }

  private(set) var months: [Month: Count] = [:]

  /// - Parameters:
  ///   - month: per row; nil where it is missing.
  ///   - isBad: per row: whether a booked application went bad; nil where that is not known.
  init(month: [Month?], isBooked: (Int) -> Bool, isBad: (Int) -> Bool?) {
    for (row, month) in month.enumerated() {
      guard let month else { continue }
      months[month, default: Count()].rows += 1
      guard isBooked(row) else { continue }
      months[month, default: Count()].booked += 1
      guard let bad = isBad(row) else { continue }
      months[month, default: Count()].known += 1
      if bad { months[month, default: Count()].bad += 1 }
    }
  }

  /// Months that lie more than a year apart from those that hold nearly all rows, as placeholder dates do (1900-01,
  /// 2099-12): together less than 1 % of all.
  var apart: [Month] {
    let sorted = months.keys.sorted()
    var groups: [[Month]] = []
    for month in sorted {
      if let last = groups.last?.last, month - last <= 12 {
        groups[groups.count - 1].append(month)
      } else {
        groups.append([month])
      }
    }
    func rows(_ group: [Month]) -> Int { group.reduce(0) { $0 + (months[$1]?.rows ?? 0) } }
    let total = rows(sorted)
    return groups.filter { 100 * rows($0) < total }.flatMap { $0 }
  }

  /// The last months in a row in which no booked application went bad, with how many would have at the rate of the months
  /// before; nil where chance explains it.
  ///
  /// A bank that fills unknown outcomes with 0 leaves such months behind, and they make every strategy look riskless. With n
  /// booked rows in them and the rate p of the other months, none goes bad with probability (1 − p)ⁿ; below 10⁻⁶ it is said.
  var unripe: (months: [Month], expected: Double)? {
    let ripe = months.filter { $0.value.known > 0 }.keys.sorted()
    let tail = Array(ripe.reversed().prefix { months[$0]?.bad == 0 }.reversed())
    let before = ripe.dropLast(tail.count)
    let known = before.reduce(0) { $0 + (months[$1]?.known ?? 0) }
    let bad = before.reduce(0) { $0 + (months[$1]?.bad ?? 0) }
    guard !tail.isEmpty, known > 0, bad > 0 else { return nil }
    let rate = Double(bad) / Double(known)
    let rows = Double(tail.reduce(0) { $0 + (months[$1]?.known ?? 0) })
    guard rows * log1p(-min(rate, 0.999)) < log(1e-6) else { return nil }
    return (tail, rate * rows)
  }

  /// Months for people: `2024-01 to 2024-06`, or each by its name.
  static func phrase(_ months: [Month]) -> String {
    guard let first = months.first, let last = months.last else { return "none" }
    if months.count > 2, last - first == months.count - 1 { return "\(first.iso) to \(last.iso)" }
    return months.prefix(12).map(\.iso).joined(separator: ", ") + (months.count > 12 ? ", …" : "")
  }
}
