public import CutlineCore

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
    public init(name: String, sums: Sums) { (self.name, self.sums) = (name, sums) }
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

    public init(rows: Int64 = 0, good: Int64 = 0, bad: Int64 = 0, numerator: Int64 = 0, denominator: Int64 = 0) {
      (self.rows, self.good, self.bad) = (rows, good, bad)
      (self.numerator, self.denominator) = (numerator, denominator)
    }

    public static func + (a: Sums, b: Sums) -> Sums {
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

  public init(
    variable: String, source: String, direction: Direction?, closed: GridAxis.Closed, values: [Double], sums: [Sums],
    apart: [Group], mostBins: Int?
  ) {
    (self.variable, self.source, self.direction, self.closed) = (variable, source, direction, closed)
    (self.values, self.sums, self.apart, self.mostBins) = (values, sums, apart, mostBins)
  }

  /// Of all applications, those apart included.
  public var total: Sums { (sums + apart.map(\.sums)).reduce(Sums(), +) }

  /// - Throws: `Faults` (data) where values do not ascend or sums do not fit them.
  func check() throws {
    guard values.count == sums.count, values.allSatisfy(\.isFinite), zip(values, values.dropFirst()).allSatisfy(<),
      (sums + apart.map(\.sums)).allSatisfy({ $0.good >= 0 && $0.bad >= 0 && $0.good + $0.bad <= $0.rows })
    else { throw Faults.data("bin evidence", "its values and sums do not go together", "Add up each value once.") }
  }
}
