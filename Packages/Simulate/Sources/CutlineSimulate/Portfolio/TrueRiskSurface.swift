/// The true risk per cell of a grid of the two scores, by integration over the model.
///
/// Sums are expectations per application of the period (exact duplicate rows aside): multiplied by the number of
/// applications they are what a file of them holds on average. Cells are row-major: internal score bin × bureau bin, both
/// by ascending score.
public struct TrueRiskSurface: Sendable {
  /// Which applications of a cell are meant.
  public enum Population: String, Sendable, CaseIterable {
    /// All, as if everyone were booked.
    case applications
    /// Those booked under the true policy.
    case booked
    /// Those rejected with reason `09-score`, as if they were booked.
    case scoreRejected = "score-rejected"
  }

  /// Expected sums of one cell per application of the period.
  public struct Cell: Sendable, Hashable {
    /// Share of the period's applications that lie in the cell and in the population.
    public var applications = 0.0
    /// Requested amount, unit errors left aside.
    public var requested = 0.0
    /// Booked amount, or what it would have been.
    public var booked = 0.0
    /// Number of bad.
    public var bad = 0.0
    /// `todu_30ever_h6`.
    public var todu30 = 0.0
    /// `todu_amt_pile_h6`.
    public var pile = 0.0

    /// b2 = multiplier · Σ todu_30ever_h6 / Σ todu_amt_pile_h6 as a fraction; nil where the population is empty.
    public func risk(multiplier: Double = 7) -> Double? { pile > 0 ? multiplier * todu30 / pile : nil }

    mutating func add(_ other: Cell) {
      applications += other.applications
      requested += other.requested
      booked += other.booked
      bad += other.bad
      todu30 += other.todu30
      pile += other.pile
    }
  }

  /// Bin edges, ascending, in points; the outer ones may be infinite.
  public let scoreEdges, bureauEdges: [Double]
  public let population: Population
  public internal(set) var cells: [Cell]

  /// Bins of the internal score and of the bureau score.
  public var shape: (scoreBins: Int, bureauBins: Int) { (scoreEdges.count - 1, bureauEdges.count - 1) }

  /// The cell of two bins, numbered from 0 by ascending score.
  public subscript(scoreBin: Int, bureauBin: Int) -> Cell { cells[scoreBin * (bureauEdges.count - 1) + bureauBin] }

  /// The sum of all cells.
  public var total: Cell { cells.reduce(into: Cell()) { $0.add($1) } }
}
