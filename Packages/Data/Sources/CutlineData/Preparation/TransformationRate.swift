internal import CutlineCore
internal import CutlineCredit

/// The share of the requested amount of eligible applications that is booked:
/// `rate = Σ A(eligible and booked) / Σ A(eligible)` over the months before the end of the main period.
enum TransformationRate {
  /// - Parameters: per row that counts in the segment: month index, requested amount (hundredths), flags.
  /// - Throws: `Faults` (data) when no eligible application lies in the window.
  static func compute(
    rows: [Int], month: [Int], amount: [Int64], isEligible: [Bool], isBooked: (Int) -> Bool, lastMonth: Int,
    window: Int,
    in context: RunContext
  ) throws -> SampleSummary.Transformation {
    let firstMonth = lastMonth - window + 1
    var eligible: Int64 = 0
    var booked: Int64 = 0
    var months: Set<Int> = []
    for row in rows where isEligible[row] && month[row] >= firstMonth && month[row] <= lastMonth {
      eligible += amount[row]
      if isBooked(row) { booked += amount[row] }
      months.insert(month[row])
    }
    guard eligible > 0 else {
      throw Faults.data(
        "transformation rate",
        "no eligible application between \(name(firstMonth)) and \(name(lastMonth)) asks for an amount",
        "Check eligible, n_months and the period.")
    }
    if booked == 0 {
      context.warn(
        "the transformation rate is 0: no eligible application is booked, and every swap-in counts for nothing")
    }
    if months.count < window {
      context.warn("the transformation rate's window of \(window) months holds data in \(months.count) of them")
    }
    return .init(
      rate: Double(booked) / Double(eligible), eligibleAmount: eligible, bookedAmount: booked,
      firstMonth: name(firstMonth), lastMonth: name(lastMonth), monthsWithData: months.count)
  }

  private static func name(_ month: Int) -> String {
    String((CalendarDate(year: month / 12, month: month % 12 + 1, day: 1)?.iso ?? "\(month)").prefix(7))
  }
}
