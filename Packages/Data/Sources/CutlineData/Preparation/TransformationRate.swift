internal import CutlineCore
internal import CutlineCredit

/// The share of the requested amount of eligible applications that is booked:
/// `rate = Σ A(eligible and booked) / Σ A(eligible)` over the months before the end of the main period.
enum TransformationRate {
  /// - Parameters:
  ///   - eligible: rows of the segment that count.
  ///   - month: per row; nil where it is missing.
  ///   - amount: requested, in its scale, per row.
  /// - Returns: a rate of 1 over 0 where no eligible application of the window asks for an amount.
  /// - Throws: `Faults` (data) when a sum is not an Int64.
  static func compute(
    eligible rows: RowSet, month: RowMonths, amount: [Int64], isBooked: (Int) -> Bool, lastMonth: Month, window: Int,
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
    return Transformation(
      rate: eligible > 0 ? Double(booked) / Double(eligible) : 1, eligibleAmount: eligible, bookedAmount: booked,
      firstMonth: firstMonth,
      lastMonth: lastMonth, monthsWithData: months.count)
  }
}
