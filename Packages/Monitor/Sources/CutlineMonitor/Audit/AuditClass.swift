internal import CutlineCore
internal import CutlineCredit

/// What a strategy does with a row of the file.
enum AuditClass: String, Sendable, CaseIterable {
  /// Booked, and accepted.
  case keep
  /// Booked, and rejected.
  case swapOut = "swap_out"
  /// Rejected by score, and accepted.
  case swapIn = "swap_in"
  /// Rejected by score, and rejected.
  case rejected
  /// Rejected for another reason, or cancelled: no strategy changes it.
  case rejectedOther = "rejected_other"
  /// Booked or rejected by score outside the grid: it keeps its decision.
  case unknown
  /// Left on the way to the grid; the reason is that of the waterfall.
  case dropped
}

/// The sums of the rows of a class.
struct AuditTotals: Sendable {
  private(set) var rows = [Int](repeating: 0, count: AuditClass.allCases.count)
  private(set) var sums = [CellSums](repeating: .zero, count: AuditClass.allCases.count)

  subscript(own: AuditClass) -> (rows: Int, sums: CellSums) {
    let place = Self.place(own)
    return (rows[place], sums[place])
  }

  /// Rows of all classes.
  var count: Int { rows.reduce(0, +) }

  mutating func add(_ own: AuditClass, _ sums: CellSums?) {
    let place = Self.place(own)
    rows[place] += 1
    if let sums { self.sums[place] += sums }
  }

  mutating func add(_ other: AuditTotals) {
    for place in rows.indices {
      rows[place] += other.rows[place]
      sums[place] += other.sums[place]
    }
  }

  private static func place(_ own: AuditClass) -> Int {
    switch own {
    case .keep: 0
    case .swapOut: 1
    case .swapIn: 2
    case .rejected: 3
    case .rejectedOther: 4
    case .unknown: 5
    case .dropped: 6
    }
  }

  /// Whether they are those of the strategy: of the booked all five sums, of swap-ins what their rows are given of it.
  ///
  /// - Parameter known: the same of outcomes that are known, without what is carried on or imputed of the others.
  /// - Throws: `Faults` (integrity) that names the class and the column.
  func check(_ totals: StrategyTotals, known: StrategyTotals, scenario: String, period: Period) throws {
    for (own, expected, columns) in [
      (AuditClass.keep, totals.kept, [0, 1, 4]), (.keep, known.kept, [2, 3]),
      (.swapOut, totals.swapOut, [0, 1, 4]), (.swapOut, known.swapOut, [2, 3]),
      // Accounts, numerator and denominator of swap-ins belong to cells, not to applications.
      (.swapIn, totals.swapIn, [1, 4]),
    ] {
      let found = self[own].sums.values
      for column in columns where found[column] != expected.values[column] {
        throw Faults.integrity(
          "audit of \(scenario), \(period.name) period",
          "the rows of \(own.rawValue) add up to \(found[column]) in \(CellSums.columnNames[column]), the strategy has "
            + "\(expected.values[column])",
          "The cells are not those of these rows: connect stages of one run.")
      }
    }
  }
}
