internal import CutlineCore
internal import CutlineCredit

/// `audit_totals.csv`: rows and amounts of every class, scenario and period.
struct AuditTotalsTable {
  private static let columns = [
    ColumnNote("scenario", unit: "text", "Name of the scenario."),
    ColumnNote("period", unit: "text", "main, recent, or other: by the date of the row."),
    ColumnNote("classification", unit: "text", "Class of the rows."),
    ColumnNote("rows", unit: "rows", "How many rows of the file."),
    ColumnNote(
      "oa_amt_expected", unit: "currency", basis: "period",
      "Σ requested, of swap_in as expected; empty: not added up."),
    ColumnNote("oa_amt_h0_expected", unit: "currency", basis: "period", "Σ production, of swap_in as expected."),
    ColumnNote("oa_amt_h0_adjusted", unit: "currency", basis: "annualised", "The same a year: as in the summary."),
    ColumnNote("todu_30ever_h6", unit: "currency", basis: "period", "Σ numerator of booked rows."),
    ColumnNote("todu_amt_pile_h6", unit: "currency", basis: "period", "Σ denominator of booked rows."),
    ColumnNote("checked", unit: "text", "Whether the sums were found to be those of the scenario, exactly."),
  ]
  private var text = CsvText(Self.columns.map(\.name), guardsFormulas: true)

  /// - Parameter annual: nil where nothing is known to check against.
  mutating func add(_ scenario: String, _ period: Period, _ totals: AuditTotals, annual: Double?, _ scale: AmountScale)
  {
    for own in AuditClass.allCases {
      let (rows, sums) = totals[own]
      // Rows of other times are dropped, as a rule.
      if period == .other, rows == 0 { continue }
      let isBooked = own == .keep || own == .swapOut
      let isAdded = period != .other && (isBooked || own == .unknown || own == .swapIn && annual != nil)
      func amount(_ sum: Int64, _ isShown: Bool) -> String { isShown ? scale.shortText(sum) : "" }
      let adjusted = isAdded ? annual.map { NumberText.shortest(Double(sums.production) * $0 / scale.perUnit) } : nil
      text.add([
        scenario, period.name, own.rawValue, String(rows), amount(sums.requested, isAdded),
        amount(sums.production, isAdded), adjusted ?? "", amount(sums.numerator, isAdded && own != .swapIn),
        amount(sums.denominator, isAdded && own != .swapIn),
        isAdded && own != .unknown && annual != nil ? "exact" : "",
      ])
    }
  }

  func file(in folder: String) -> ResultFile {
    ResultFile(path: "\(folder)/audit_totals.csv", bytes: text.bytes, columns: Self.columns)
  }
}
