public import CutlineCore

/// The applications of a segment that have a place: a cell of the grid, or one of the cells outside it.
///
/// Those of the main period that are booked or rejected by score, in the grid, are what strategies decide about. The others
/// stand beside them for what came after and for shares of all applications.
public struct Sample: Artifact {
  public static let typeName = "sample"

  public let grid: CellGrid
  public let measure: RiskMeasure
  /// The cells outside the grid: cell `grid.cellCount + k` is the k-th.
  public let outside: [OutsideCell]
  /// Per row: the cell's index.
  public let cell: [Int32]
  public let month: [Month]
  public let period: [Period]
  public let status: [SampleStatus]
  public let outcome: [Outcome]
  /// Per axis, per row: the raw score; NaN where it has none, which happens outside the grid only.
  public let scores: [[Double]]
  /// The amounts that it has: the standard ones, then others by name.
  public let amounts: [Amount]
  private let columns: [[Int64]]
  /// Rows that count in the transformation rate.
  public let eligible: RowSet
  /// Per row: a number that stands for the application's id, so that what is drawn for it does not depend on its place
  /// in the file.
  public let key: [UInt64]
  public private(set) var summary: SampleSummary
  /// Its rows' places in the source; nil where whoever made it does not say.
  public private(set) var origin: SampleOrigin?

  /// - Parameters:
  ///   - period: nil = the main one in all rows.
  ///   - amounts: per amount, per row, in its scale. Numerator and denominator are 0 where the outcome is not mature.
  ///   - eligible: nil = all rows.
  ///   - key: nil = the row's number.
  public init(
    grid: CellGrid, measure: RiskMeasure, outside: [OutsideCell] = [], cell: [Int32], month: [Month],
    period: [Period]? = nil, status: [SampleStatus], outcome: [Outcome], scores: [[Double]],
    amounts: [Amount: [Int64]], eligible: RowSet? = nil, key: [UInt64]? = nil, summary: SampleSummary,
    origin: SampleOrigin? = nil
  ) {
    self.origin = origin
    self.grid = grid
    self.measure = measure
    self.outside = outside
    self.cell = cell
    self.month = month
    self.period = period ?? [Period](repeating: .main, count: cell.count)
    self.status = status
    self.outcome = outcome
    self.scores = scores
    // The keys and not the constants: these have the scale of the values.
    let standard = Amount.standard.compactMap { known in amounts.keys.first { $0 == known } }
    let others = amounts.keys.filter { !standard.contains($0) }.sorted { $0.name < $1.name }
    self.amounts = standard + others
    columns = self.amounts.map { amounts[$0] ?? [] }
    self.eligible = eligible ?? .all(cell.count)
    self.key = key ?? cell.indices.map { UInt64($0) }
    self.summary = summary
  }

  /// The same rows with what was found out about them.
  public func with(_ summary: SampleSummary) -> Sample {
    var sample = self
    sample.summary = summary
    return sample
  }

  public var rowCount: Int { cell.count }
  /// Cells of the grid and outside it.
  public var cellCount: Int { grid.cellCount + outside.count }

  /// The column of an amount, in its scale.
  /// - Throws: `Faults` (data) where the sample does not have it.
  public func values(of amount: Amount) throws(Faults) -> [Int64] {
    guard let index = amounts.firstIndex(of: amount) else {
      throw Faults.data(
        "sample", "has no amount \(amount)\(DidYouMean.phrase(for: amount.name, among: amounts.map(\.name)))",
        "It has \(amounts.map(\.name).joined(separator: ", ")).")
    }
    return columns[index]
  }

  /// Whether a strategy decides about `row`: in the grid, of the main period, booked or rejected by score.
  public func isDecided(_ row: Int) -> Bool {
    period[row] == .main && status[row].isDecidedByScore && Int(cell[row]) < grid.cellCount
  }

  /// The rows that a surface can be learnt from: decided, booked, with a known outcome.
  public var mature: RowSet {
    let cells = grid.cellCount
    return RowSet(rowCount: rowCount) { row in
      outcome[row] == .mature && period[row] == .main && status[row] == .booked && Int(cell[row]) < cells
    }
  }
}
