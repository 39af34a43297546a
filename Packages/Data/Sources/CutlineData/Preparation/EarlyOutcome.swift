internal import CutlineCore
internal import CutlineCredit

/// How booked applications stood three months after booking, where the file says so: a first sight of those whose outcome
/// is not known yet.
struct EarlyOutcome {
  private let numerator, denominator: [Int64]
  /// Booked, and both are known.
  private let known: RowSet
  private let scale: AmountScale

  /// - Returns: nil where the file has not both columns.
  /// - Throws: `Faults` (data) for a column that is not numeric, and for amounts that rounding would move.
  init?(_ table: Table, booked: (Int) -> Bool, _ scale: AmountScale) throws {
    let amounts = [Amount.earlyNumerator, .earlyDenominator]
    guard amounts.allSatisfy({ table[$0.name] != nil }) else { return nil }
    let numbers = try amounts.map { try table.numbers($0.name) }
    let whole = try zip(amounts, numbers).map { amount, values in
      try scale.round(
        values, beside: numbers,
        place: { row in row.map { Place(column: amount.name, row: $0) } ?? "column \(amount.name)".place },
        setting: "amount_scale = "
      ).values
    }
    (numerator, denominator) = (whole[0], whole[1])
    known = RowSet(rowCount: table.rowCount) { booked($0) && !numbers[0][$0].isNaN && !numbers[1][$0].isNaN }
    self.scale = scale
  }

  /// The amounts of some rows, 0 where they are not known.
  func values(of rows: RowSet) -> [Amount: [Int64]] {
    let isKnown = rows.map(known.contains)
    func column(_ values: [Int64]) -> [Int64] { zip(rows, isKnown).map { $1 ? values[$0] : 0 } }
    let bad = zip(rows, isKnown).map { row, isKnown -> Int64 in isKnown && numerator[row] > 0 ? 1 : 0 }
    return [
      Amount.earlyNumerator.with(scale): column(numerator), Amount.earlyDenominator.with(scale): column(denominator),
      .earlyRows: isKnown.map { $0 ? 1 : 0 }, .earlyBadRows: bad,
    ]
  }
}
