public import CutlineCore

/// The decision on an application that the grid can change.
public enum SampleStatus: UInt8, Sendable {
  case booked = 0
  case scoreRejected = 1
}

/// The applications of the main period that lie in the grid: booked, or rejected by score.
public struct Sample: Artifact {
  public static let typeName = "sample"

  public let grid: CellGrid
  public let measure: RiskMeasure
  /// Per row: the cell's index in the grid.
  public let cell: [Int32]
  public let status: [SampleStatus]
  /// Per axis, per row: the raw score.
  public let scores: [[Double]]
  /// Per row, in hundredths: accounts, requested, numerator, denominator, production, as `CellSums.columnNames`.
  /// Numerator and denominator are 0 where `isMature` is false.
  public let amounts: [[Int64]]
  /// Whether the outcome of a booked row is known.
  public let isMature: [Bool]
  /// Per row: a number that stands for the application's id, so that what is drawn for it does not depend on its place
  /// in the file.
  public let key: [UInt64]
  public let summary: SampleSummary

  public init(
    grid: CellGrid, measure: RiskMeasure, cell: [Int32], status: [SampleStatus], scores: [[Double]],
    amounts: [[Int64]], isMature: [Bool], key: [UInt64]? = nil, summary: SampleSummary
  ) {
    self.grid = grid
    self.measure = measure
    self.cell = cell
    self.status = status
    self.scores = scores
    self.amounts = amounts
    self.isMature = isMature
    self.key = key ?? cell.indices.map { UInt64($0) }
    self.summary = summary
  }

  public var rowCount: Int { cell.count }
}
