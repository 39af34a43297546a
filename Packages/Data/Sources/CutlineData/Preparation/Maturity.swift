internal import CutlineCredit

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
  let immature: Set<Month>
  let hasMatureMonth: Bool

  /// - Parameters:
  ///   - months: those of the period.
  ///   - month: per row; nil where it is missing.
  ///   - outcome: whether a booked row has one; nil for rows that do not count.
  init(_ months: ClosedRange<Month>, month: RowMonths, outcome: (Int) -> Bool?) {
    var booked: [Month: Int] = [:]
    var known: [Month: Int] = [:]
    for (row, month) in month.enumerated() {
      guard let month, months.contains(month), let hasOutcome = outcome(row) else { continue }
      booked[month, default: 0] += 1
      if hasOutcome { known[month, default: 0] += 1 }
    }
    immature = Set(booked.keys.filter { known[$0, default: 0] * 2 < booked[$0, default: 0] })
    hasMatureMonth = booked.keys.contains { known[$0, default: 0] * 2 >= booked[$0, default: 0] }
  }

  /// The months for people, in order; nil when there are none.
  var names: String? {
    guard !immature.isEmpty else { return nil }
    return immature.sorted().map(\.iso).joined(separator: ", ")
  }
}
