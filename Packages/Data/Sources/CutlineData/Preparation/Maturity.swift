internal import CutlineCore

/// What happens to months whose outcomes are mostly unknown.
enum ImmatureMonths: String, Sendable, CaseIterable {
  /// The whole months leave, booked and rejected applications alike, and volumes are annualised over the others.
  case drop
  /// The run stops.
  case error
  /// They stay: their booked applications count in production and not in risk, which makes risk look larger or smaller.
  case keep
}

/// The months of a period in which most booked applications have no outcome yet.
struct Maturity {
  let immature: Set<Int>
  let hasMatureMonth: Bool

  /// - Parameters:
  ///   - months: indices of the period's months.
  ///   - month: per row.
  ///   - outcome: whether a booked row has one; nil for rows that do not count.
  init(_ months: ClosedRange<Int>, month: [Int], outcome: (Int) -> Bool?) {
    var booked: [Int: Int] = [:]
    var known: [Int: Int] = [:]
    for row in month.indices where months.contains(month[row]) {
      guard let hasOutcome = outcome(row) else { continue }
      booked[month[row], default: 0] += 1
      if hasOutcome { known[month[row], default: 0] += 1 }
    }
    immature = Set(booked.keys.filter { known[$0, default: 0] * 2 < booked[$0, default: 0] })
    hasMatureMonth = booked.keys.contains { known[$0, default: 0] * 2 >= booked[$0, default: 0] }
  }

  /// The months for people, in order; nil when there are none.
  var names: String? {
    guard !immature.isEmpty else { return nil }
    return immature.sorted().map { month in
      String((CalendarDate(year: month / 12, month: month % 12 + 1, day: 1)?.iso ?? "\(month)").prefix(7))
    }.joined(separator: ", ")
  }
}
