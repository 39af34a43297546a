internal import CutlineCore

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
