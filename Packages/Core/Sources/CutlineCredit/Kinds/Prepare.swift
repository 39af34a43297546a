public import CutlineCore

/// Turns a source table into the sample of the main period.
public enum Prepare: Kind {
  public struct Input: StageInput {
    public let source: SourceTable
    public let quality: QualityReport
    public static let ports = [Port("source", SourceTable.self), Port("quality", QualityReport.self)]
    public init(_ values: PortValues) throws {
      source = try values.get("source")
      quality = try values.get("quality")
    }
  }
  public typealias Output = Sample
  public static let name = "prepare"
  public static let summary = "Filters, bins and classifies the applications of the main period."
}

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

/// Everything about a sample that is said once: where its rows went, its period, its scalars.
public struct SampleSummary: Sendable, Codable {
  /// Rows that left, or stayed, at one step on the way from the file to the grid.
  public struct WaterfallRow: Sendable, Codable {
    public enum Role: String, Sendable, Codable { case input, dropped, outside, used }
    public let role: Role
    public let reason: String
    public let rows: Int

    public init(_ role: Role, _ reason: String, _ rows: Int) {
      self.role = role
      self.reason = reason
      self.rows = rows
    }
  }

  /// How rejected applications' risk is raised against what the surface learnt from booked ones.
  public struct Stress: Sendable, Codable {
    /// Multiplies the predicted risk; 1 = none.
    public let factor: Double
    /// `global`, `off`, or why it is 1.
    public let mode: String
    public let worstRows: Int
    public let worstBadRows: Int

    public init(factor: Double, mode: String, worstRows: Int, worstBadRows: Int) {
      self.factor = factor
      self.mode = mode
      self.worstRows = worstRows
      self.worstBadRows = worstBadRows
    }
  }

  /// The share of the requested amount of eligible applications that ends up booked.
  public struct Transformation: Sendable, Codable {
    public let rate: Double
    /// Cents.
    public let eligibleAmount, bookedAmount: Int64
    /// First and last month of the window.
    public let firstMonth, lastMonth: String
    /// Months of the window that hold eligible applications.
    public let monthsWithData: Int

    public init(
      rate: Double, eligibleAmount: Int64, bookedAmount: Int64, firstMonth: String, lastMonth: String,
      monthsWithData: Int
    ) {
      self.rate = rate
      self.eligibleAmount = eligibleAmount
      self.bookedAmount = bookedAmount
      self.firstMonth = firstMonth
      self.lastMonth = lastMonth
      self.monthsWithData = monthsWithData
    }
  }

  /// Rows outside the grid that keep their current decision in every strategy.
  public struct OutsideLine: Sendable, Codable {
    public let variable, reason: String
    public let bookedRows, scoreRejectedRows: Int
    public let booked: CellSums

    public init(variable: String, reason: String, bookedRows: Int, scoreRejectedRows: Int, booked: CellSums) {
      self.variable = variable
      self.reason = reason
      self.bookedRows = bookedRows
      self.scoreRejectedRows = scoreRejectedRows
      self.booked = booked
    }
  }

  public let segment: String
  public let periodStart, periodEnd: String
  /// Months of the period that count: those whose outcomes are known.
  public let months: Int
  /// 12 / months: multiplies volumes when they are written or printed, never in the search.
  public let annualCoefficient: Double
  public let waterfall: [WaterfallRow]
  public let outside: [OutsideLine]
  public let stress: Stress
  public let transformation: Transformation
  public let bookedRows, scoreRejectedRows, immatureRows: Int
  public let qualitySkipped: Bool

  public init(
    segment: String, periodStart: String, periodEnd: String, months: Int, waterfall: [WaterfallRow],
    outside: [OutsideLine], stress: Stress, transformation: Transformation, bookedRows: Int, scoreRejectedRows: Int,
    immatureRows: Int, qualitySkipped: Bool
  ) {
    self.segment = segment
    self.periodStart = periodStart
    self.periodEnd = periodEnd
    self.months = months
    annualCoefficient = 12 / Double(months)
    self.waterfall = waterfall
    self.outside = outside
    self.stress = stress
    self.transformation = transformation
    self.bookedRows = bookedRows
    self.scoreRejectedRows = scoreRejectedRows
    self.immatureRows = immatureRows
    self.qualitySkipped = qualitySkipped
  }
}
