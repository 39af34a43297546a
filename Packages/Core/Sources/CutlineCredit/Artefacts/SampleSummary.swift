internal import CutlineCore

/// What every number of a sample is about: whose applications, of which time.
public struct Basis: Sendable, Codable, Hashable {
  public let segment: String
  public let periodStart, periodEnd: String
  /// Months of the period that count: those whose outcomes are known.
  public let months: Int
  /// 12 / months: multiplies volumes when they are written or printed, never in the search.
  public let annualCoefficient: Double

  public init(segment: String, periodStart: String, periodEnd: String, months: Int) {
    self.segment = segment
    self.periodStart = periodStart
    self.periodEnd = periodEnd
    self.months = months
    annualCoefficient = 12 / Double(months)
  }
}

/// The period after the main one that a configuration names, to compare with.
public struct RecentPeriod: Sendable, Codable, Hashable {
  public let start, end: String
  /// Months of it that hold applications; volumes are annualised over these. 0: there is nothing to look at.
  public let months: Int
  /// Rows whose date lies in both periods: they count in the main one.
  public let sharedRows: Int

  public init(start: String, end: String, months: Int, sharedRows: Int) {
    (self.start, self.end, self.months, self.sharedRows) = (start, end, months, sharedRows)
  }

  /// What its numbers are about; nil where it holds no application.
  public func basis(segment: String) -> Basis? {
    months > 0 ? Basis(segment: segment, periodStart: start, periodEnd: end, months: months) : nil
  }
}

/// Where every row of the file went: rows in = rows used + rows dropped by reason.
public struct RowAccount: Sendable, Codable, Hashable {
  /// Rows that left, or stayed, at one step on the way from the file to the grid.
  public struct Line: Sendable, Codable, Hashable {
    public enum Role: String, Sendable, Codable { case input, dropped, outside, used }
    public let role: Role
    public let reason: String
    public let rows: Int
    /// Of the rows, those that are booked, and their production in the scale of the amounts; nil where nobody says.
    public let bookedRows: Int?
    public let bookedProduction: Int64?

    public init(_ role: Role, _ reason: String, _ rows: Int, bookedRows: Int? = nil, bookedProduction: Int64? = nil) {
      self.role = role
      self.reason = reason
      self.rows = rows
      (self.bookedRows, self.bookedProduction) = (bookedRows, bookedProduction)
    }
  }

  public let waterfall: [Line]
  /// In the grid, of the main period.
  public let bookedRows, scoreRejectedRows: Int
  /// Of the booked ones, those without an outcome.
  public let immatureRows: Int

  public init(waterfall: [Line], bookedRows: Int, scoreRejectedRows: Int, immatureRows: Int) {
    self.waterfall = waterfall
    self.bookedRows = bookedRows
    self.scoreRejectedRows = scoreRejectedRows
    self.immatureRows = immatureRows
  }
}

/// How rejected applications' risk is raised against what the surface learnt from booked ones.
public struct Stress: Sendable, Codable, Hashable {
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
public struct Transformation: Sendable, Codable, Hashable {
  public let rate: Double
  /// In the scale of the amounts.
  public let eligibleAmount, bookedAmount: Int64
  /// First and last month of the window; nil where there is none.
  public let firstMonth, lastMonth: Month?
  /// Months of the window that hold eligible applications.
  public let monthsWithData: Int

  public init(
    rate: Double, eligibleAmount: Int64, bookedAmount: Int64, firstMonth: Month?, lastMonth: Month?,
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

/// A reason for which rows lie outside the grid and keep their decision in every strategy. Sample and cube have a cell for
/// each, after those of the grid.
public struct OutsideCell: Sendable, Codable, Hashable {
  public let variable, reason: String

  public init(variable: String, reason: String) {
    self.variable = variable
    self.reason = reason
  }
}

/// Everything about a sample that is said once.
public struct SampleSummary: Sendable, Codable, Hashable {
  public let basis: Basis
  public let account: RowAccount
  public let stress: Stress
  public let transformation: Transformation
  /// The quality checks were switched off: every page and table says so.
  public let qualitySkipped: Bool
  /// Nil where no recent period is asked for.
  public let recent: RecentPeriod?
  /// After booking, when the outcome is taken; nil where nobody says.
  public let horizonMonths: Int?

  public init(
    basis: Basis, account: RowAccount, stress: Stress, transformation: Transformation, qualitySkipped: Bool,
    recent: RecentPeriod? = nil, horizonMonths: Int? = nil
  ) {
    (self.recent, self.horizonMonths) = (recent, horizonMonths)
    self.basis = basis
    self.account = account
    self.stress = stress
    self.transformation = transformation
    self.qualitySkipped = qualitySkipped
  }

  /// What everything downstream takes for granted.
  /// - Throws: `Faults` (data).
  func check(_ file: String) throws {
    let rows = Dictionary(grouping: account.waterfall, by: \.role).mapValues { lines in
      lines.reduce(0.0) { $0 + Double($1.rows) }
    }
    let others = [RowAccount.Line.Role.dropped, .outside, .used].map { rows[$0, default: 0] }
    guard rows[.input, default: 0] == others.reduce(0, +),
      others[2] == Double(account.bookedRows) + Double(account.scoreRejectedRows)
    else {
      throw Faults.data(
        file, "summary.account.waterfall does not add up",
        "Count every row of the input once: used (booked or rejected by score, in the grid), dropped or outside.")
    }
    guard basis.months >= 1, basis.annualCoefficient == 12 / Double(basis.months) else {
      throw Faults.data(
        file, "summary.basis.annualCoefficient is not 12 / months", "Give at least one month, and 12 / months.")
    }
    guard [stress.factor, transformation.rate].allSatisfy({ $0.isFinite && $0 >= 0 && $0 <= 1000 }) else {
      throw Faults.data(file, "the stress factor or the transformation rate is not in 0...1000", "1 stands for none.")
    }
  }
}
