public import CutlineCore

/// Brings booked and predicted quantities together, cell by cell.
public enum Cells: Kind {
  public struct Input: StageInput {
    public let sample: Sample
    public let surface: RiskSurface
    public let exposure: ExposureModel
    public let rejects: RejectAdjustment
    public static let ports = [
      Port("sample", Sample.self), Port("surface", RiskSurface.self), Port("exposure", ExposureModel.self),
      Port("rejects", RejectAdjustment.self),
    ]
    public init(_ values: PortValues) throws {
      sample = try values.get("sample")
      surface = try values.get("surface")
      exposure = try values.get("exposure")
      rejects = try values.get("rejects")
    }
  }
  public typealias Output = CellTable
  public static let name = "cells"
  public static let summary = "Adds up booked applications and predicts rejected ones, cell by cell."
}

/// What a strategy can win or lose in every cell, in exact hundredths, for the period (not annualised).
public struct CellTable: StoredArtifact {
  public static let typeName = "cell table"

  public let grid: CellGrid
  public let measure: RiskMeasure
  /// Per cell: booked applications, as observed.
  public let booked: [CellSums]
  /// Per cell: score-rejected applications as they stand in the file, before any prediction.
  public let rejected: [CellSums]
  public let rejectedRows: [Int64]
  /// Per cell: what accepting the rejected ones is predicted to bring.
  public let swapIn: [CellSums]
  /// Per cell: predicted risk (fraction, stressed, not negative), and the reject multiplier on the numerator.
  public let predictedRisk, rejectMultiplier: [Double]
  public let exposureRatio: Double
  public let summary: SampleSummary

  public init(
    grid: CellGrid, measure: RiskMeasure, booked: [CellSums], rejected: [CellSums], rejectedRows: [Int64],
    swapIn: [CellSums], predictedRisk: [Double], rejectMultiplier: [Double], exposureRatio: Double,
    summary: SampleSummary
  ) {
    self.grid = grid
    self.measure = measure
    self.booked = booked
    self.rejected = rejected
    self.rejectedRows = rejectedRows
    self.swapIn = swapIn
    self.predictedRisk = predictedRisk
    self.rejectMultiplier = rejectMultiplier
    self.exposureRatio = exposureRatio
    self.summary = summary
  }

  /// Everything of a cell when it is accepted.
  public func total(_ cell: Int) -> CellSums { booked[cell] + swapIn[cell] }
}
