public import CutlineCore
public import CutlineCredit

/// What is known of one score when bins are proposed for it: applications of the main period, added up by value.
///
/// Sums do not depend on the order of rows. Outcomes are those of booked applications that are mature; nothing of a later
/// period is in it.
public struct BinEvidence: StoredArtifact, Equatable {
  public static let typeName = "bin evidence"

  /// Applications without a place among the values: a special code, infinite, or missing. Each is a bin of its own.
  public struct Group: Sendable, Codable, Hashable {
    public let name: String
    public let sums: Sums
  }

  /// Of the applications of one value or group.
  public struct Sums: Sendable, Codable, Hashable {
    /// Booked or rejected by score.
    public var rows: Int64 = 0
    /// Of these, booked with a known outcome.
    public var good: Int64 = 0
    public var bad: Int64 = 0
    /// Of the same: Σ todu_30 and Σ pile, in the scale of the amounts.
    public var numerator: Int64 = 0
    public var denominator: Int64 = 0

    static func + (a: Sums, b: Sums) -> Sums {
      Sums(
        rows: a.rows + b.rows, good: a.good + b.good, bad: a.bad + b.bad, numerator: a.numerator + b.numerator,
        denominator: a.denominator + b.denominator)
    }
  }

  public let variable, source: String
  /// Nil where nobody has declared it.
  public let direction: Direction?
  public let closed: GridAxis.Closed
  /// Ascending, each once.
  public let values: [Double]
  /// Per value.
  public let sums: [Sums]
  /// Special codes, infinite values, then missing ones, where there are such rows.
  public let apart: [Group]
  /// The greatest number of bins, where the variable states it.
  public let mostBins: Int?

  /// Of all applications, those apart included.
  public var total: Sums { (sums + apart.map(\.sums)).reduce(Sums(), +) }

  /// - Throws: `Faults` (data) where values do not ascend or sums do not fit them.
  func check() throws {
    guard values.count == sums.count, values.allSatisfy(\.isFinite), zip(values, values.dropFirst()).allSatisfy(<),
      (sums + apart.map(\.sums)).allSatisfy({ $0.good >= 0 && $0.bad >= 0 && $0.good + $0.bad <= $0.rows })
    else { throw Faults.data("bin evidence", "its values and sums do not go together", "Add up each value once.") }
  }
}

extension BinEvidence {
  /// Adds the rows up.
  ///
  /// - Parameters:
  ///   - values: of the whole table, per row.
  ///   - rows: booked or rejected by score, of the main period.
  ///   - outcome: numerator and denominator of a row with a known outcome; nil for others.
  /// - Throws: `Faults` (data) when a sum is not an Int64.
  /// - Complexity: O(n log n).
  init(
    _ name: String, _ bins: VariableBins, direction: Direction?, values raw: [Double], rows: RowSet,
    outcome: (Int) -> (numerator: Int64, denominator: Int64)?
  ) throws {
    (variable, source, self.direction, closed, mostBins) = (name, bins.source, direction, bins.closed, bins.mostBins)
    func add(_ row: Int, to sums: inout Sums) throws {
      sums.rows += 1
      guard let (numerator, denominator) = outcome(row) else { return }
      if numerator > 0 { sums.bad += 1 } else { sums.good += 1 }
      let (n, d) = (
        sums.numerator.addingReportingOverflow(numerator), sums.denominator.addingReportingOverflow(denominator)
      )
      guard !n.overflow, !d.overflow else {
        throw Faults.data(
          "column \(Amount.denominator)", "its sum does not fit in 64 bits",
          "Check the values for some that cannot be, or state them in a larger unit.")
      }
      (sums.numerator, sums.denominator) = (n.partialValue, d.partialValue)
    }
    var special = bins.special.map { (code: $0.value, sums: Sums()) }
    var (missing, infinite) = (Sums(), Sums())
    var numbers: [Int] = []
    for row in rows {
      let value = raw[row]
      if let at = special.firstIndex(where: { code, _ in
        value == code || Missing(value).map { $0 == Missing(code) } ?? false
      }) {
        try add(row, to: &special[at].sums)
      } else if value.isNaN {
        try add(row, to: &missing)
      } else if value.isInfinite {
        try add(row, to: &infinite)
      } else {
        numbers.append(row)
      }
    }
    numbers.sort { raw[$0] < raw[$1] }
    var (values, sums): ([Double], [Sums]) = ([], [])
    for row in numbers {
      if values.last != raw[row] {
        // Zero has two signs and is one value.
        values.append(raw[row] == 0 ? 0 : raw[row])
        sums.append(Sums())
      }
      try add(row, to: &sums[sums.count - 1])
    }
    (self.values, self.sums) = (values, sums)
    apart =
      special.filter { $0.sums.rows > 0 }.map {
        Group(name: "special code \(VariableBins.name(ofSpecial: $0.code))", sums: $0.sums)
      }
      + [("infinite", infinite), ("missing", missing)].filter { $0.1.rows > 0 }.map { Group(name: $0.0, sums: $0.1) }
  }
}
