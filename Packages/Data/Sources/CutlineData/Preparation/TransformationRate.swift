internal import CutlineCore
internal import CutlineCredit

/// The share of the requested amount of eligible applications that is booked:
/// `rate = Σ A(eligible and booked) / Σ A(eligible)` over the months before the end of the main period.
enum TransformationRate {
  /// - Parameters:
  ///   - eligible: rows of the segment that count.
  ///   - month: per row; nil where it is missing.
  ///   - amount: requested, in its scale, per row.
  /// - Throws: `Faults` (data) when no eligible application lies in the window, or a sum is not an Int64.
  static func compute(
    eligible rows: RowSet, month: [Month?], amount: [Int64], isBooked: (Int) -> Bool, lastMonth: Month, window: Int,
    in context: RunContext
  ) throws -> Transformation {
    let firstMonth = lastMonth + (1 - window)
    // In 128 bits, which no number of rows leaves.
    var eligible: Int128 = 0
    var booked: Int128 = 0
    var months: Set<Month> = []
    for row in rows {
      guard let own = month[row], own >= firstMonth, own <= lastMonth else { continue }
      eligible += Int128(amount[row])
      if isBooked(row) { booked += Int128(amount[row]) }
      months.insert(own)
    }
    guard let eligible = Int64(exactly: eligible), let booked = Int64(exactly: booked) else {
      throw Faults.data(
        "column \(Amount.requested)", "the amounts of eligible applications add up to more than 64 bits hold",
        "Check the amounts for values that cannot be, or state them in a larger unit.")
    }
    guard eligible > 0 else {
      throw Faults.data(
        "transformation rate", "no eligible application between \(firstMonth) and \(lastMonth) asks for an amount",
        "Check eligible, n_months and the period.")
    }
    if booked == 0 {
      context.warn(
        "the transformation rate is 0: no eligible application is booked, and every swap-in counts for nothing")
    }
    if months.count < window {
      context.warn("the transformation rate's window of \(window) months holds data in \(months.count) of them")
    }
    return Transformation(
      rate: Double(booked) / Double(eligible), eligibleAmount: eligible, bookedAmount: booked, firstMonth: firstMonth,
      lastMonth: lastMonth, monthsWithData: months.count)
  }
}
