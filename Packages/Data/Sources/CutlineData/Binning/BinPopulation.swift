internal import CutlineCore
internal import CutlineCredit

/// Whose applications bins are proposed for.
enum BinsScope: String, Sendable, CaseIterable {
  /// All of the main period that no filter takes out, so that segments share one grid.
  case file
  /// Those of segment_filter.
  case segment
}

/// The applications that bins are proposed from: of the main period, booked or rejected by score; outcomes of months that are
/// mostly known.
struct BinPopulation {
  private let prepared: PreparedRows
  private let rows: RowSet
  private let immature: Set<Month>
  /// Those that hold any of them and whose outcomes are known.
  let months: Set<Month>

  init(_ prepared: PreparedRows, _ config: PrepareConfig, scope: RowSet) {
    self.prepared = prepared
    let (month, days, status) = (prepared.month, prepared.days, prepared.status)
    guard let start = config.periodStart, let end = config.periodEnd else {
      (rows, immature, months) = (RowSet(rowCount: month.count) { _ in false }, [], [])
      return
    }
    let range = Month(start)...max(Month(start), Month(end))
    let period = scope.filter { row in
      switch config.granularity {
      case .month: month[row].map(range.contains) ?? false
      case .day: days[row] >= Double(start.daysSince1960) && days[row] <= Double(end.daysSince1960)
      }
    }
    let immature =
      Maturity(range, month: month) { row in
        period.contains(row) && status[row] == .booked ? prepared.amounts.hasOutcome.contains(row) : nil
      }.immature
    let rows = period.filter { status[$0].isDecidedByScore }
    (self.rows, self.immature) = (rows, immature)
    months = Set(rows.compactMap { month[$0] }).subtracting(immature)
  }

  /// Values of a score that may be codes and that nobody has declared.
  func codes(of bins: VariableBins) throws -> [Double] {
    let values = try prepared.table.numbers(bins.source)
    return SpecialCodes.codes(
      rows.map { values[$0] }.filter { value in value.isFinite && !bins.special.contains { $0.value == value } }
    ).filter { Vocabulary.isShared(by: $0.rows) }.map(\.value)
  }

  /// What is known of a score.
  /// - Throws: `Faults` (data) for a column that is not there or holds no numbers, and sums beyond 64 bits.
  func evidence(of name: String, _ bins: VariableBins, direction: Direction?) throws -> BinEvidence {
    let amounts = prepared.amounts
    let (numerator, denominator) = (amounts[.numerator], amounts[.denominator])
    return try BinEvidence(
      name, bins, direction: direction, values: prepared.table.numbers(bins.source), rows: rows
    ) { row in
      guard prepared.status[row] == .booked, amounts.hasOutcome.contains(row),
        prepared.month[row].map({ !immature.contains($0) }) ?? false
      else { return nil }
      return (numerator[row], denominator[row])
    }
  }
}
