internal import CutlineCore
internal import CutlineCredit

/// What methods of reject inference know of each cell of the grid: sums of the main period, and the surface's prediction.
///
/// Amounts are whole units of the cube's scale. Only ratios of them are used, so that a scale never shows.
struct RejectCells: Sendable {
  let grid: CellGrid
  /// m: risk = m · numerator / exposure.
  let multiplier: Double
  /// Applications of the main period, n and r.
  let booked, rejected: [Double]
  /// Of the booked ones with a known outcome: applications, those that went bad, numerator T and exposure B (not negative).
  private(set) var matureRows, badRows, numerator, denominator: [Double]
  /// Requested amount A of the rejected ones, not negative.
  let requested: [Double]
  /// ŷ, a fraction, not below 0: as cells are predicted.
  let risk: [Double]
  /// Σ B / Σ requested over the booked ones with an outcome; 0 where there are none.
  let exposureRatio: Double

  /// - Throws: `Faults` (data) where the surface belongs to another grid, or the cube lacks a measure.
  /// - Complexity: O(combinations of the slice Folds).
  init(_ cube: Cube, _ surface: RiskSurface) throws {
    let count = cube.grid.cellCount
    guard surface.risk.count == count else {
      throw Faults.data(
        "infer-rejects", "the surface has \(surface.risk.count) cells, the cube \(count)", "Connect stages of one grid."
      )
    }
    func sums(_ measure: Measure, _ states: [ApplicationState]) throws -> [Double] {
      try cube.sums(of: measure, states).prefix(count).map(Double.init)
    }
    grid = cube.grid
    multiplier = cube.measure.multiplier
    booked = try sums(.rows, ApplicationState.booked)
    rejected = try sums(.rows, [.scoreRejected])
    matureRows = try sums(.rows, [.bookedMature])
    badRows = try sums(.badRows, [.bookedMature])
    numerator = try sums(Measure(.numerator), [.bookedMature])
    denominator = try sums(Measure(.denominator), [.bookedMature]).map { max(0, $0) }
    requested = try sums(Measure(.requested), [.scoreRejected]).map { max(0, $0) }
    risk = surface.risk.map { max(0, $0) }
    let asked = try sums(Measure(.requested), [.bookedMature]).reduce(0, +)
    let owed = denominator.reduce(0, +)
    exposureRatio = asked > 0 ? owed / asked : 0
    let bad = badRows.reduce(0, +)
    meanBad = bad > 0 ? numerator.reduce(0, +) / bad : nil
  }

  var count: Int { booked.count }

  /// P̂ = A · Σ B / Σ requested: the exposure that the rejects of a cell would have.
  func exposure(_ cell: Int) -> Double { requested[cell] * exposureRatio }

  /// Applications that a strategy decides about.
  func decided(_ cell: Int) -> Double { booked[cell] + rejected[cell] }

  /// m Σ T / Σ B; nil without exposure.
  var meanRisk: Double? {
    let owed = denominator.reduce(0, +)
    return owed > 0 ? multiplier * numerator.reduce(0, +) / owed : nil
  }

  /// Mean numerator of a booked application that went bad; nil where none did.
  let meanBad: Double?

  /// The same with outcomes of those alone that a column calls overrides; nil where no column does.
  func ofStatedOverrides(_ cube: Cube) throws -> RejectCells? {
    guard cube.measures.contains(Measure(.overrideNumerator)) else { return nil }
    func sums(_ amount: Amount) throws -> [Double] {
      try cube.sums(of: amount, [.bookedMature]).prefix(count).map(Double.init)
    }
    var own = self
    (own.matureRows, own.badRows) = (try sums(.overrideRows), try sums(.overrideBadRows))
    own.numerator = try sums(.overrideNumerator)
    own.denominator = try sums(.overrideDenominator).map { max(0, $0) }
    return own
  }

  /// a = (n + κ ā) / (n + r + κ), ā the acceptance of all; nil in a cell that nobody applied in.
  ///
  /// Source: the mean of a Beta posterior whose prior has mean ā and the weight of κ applications.
  func acceptance(smoothing prior: Double = 0) -> [Double?] {
    let all = booked.reduce(0, +) + rejected.reduce(0, +)
    let mean = all > 0 ? booked.reduce(0, +) / all : 0
    return (0..<count).map { cell in
      guard decided(cell) > 0 else { return nil }
      // Without a prior the plain ratio, in every bit.
      return prior > 0
        ? (booked[cell] + prior * mean) / (decided(cell) + prior) : booked[cell] / decided(cell)
    }
  }
}

/// The settings that several methods share.
enum RejectSettings {
  static func cap<Root>(_ path: Field<Root>.Path<Double>) -> Field<Root> {
    .shared(.double("reject_max_risk_multiplier", path, in: 1...10, "Largest multiplier of a cell."))
  }

  static func smoothing<Root>(_ path: Field<Root>.Path<Double>) -> Field<Root> {
    .double(
      "smoothing", path, in: 0...1_000_000, unit: "applications",
      "Weight of the acceptance of all applications in that of a cell; 0 takes each cell as it is.")
  }
}

extension RejectAdjustment {
  /// Multipliers kept between bounds; a cell whose rejects would have more counts as capped.
  ///
  /// - Parameter raw: per cell; nil where there is nothing to say, which is 1.
  init(method: String, _ raw: [Double?], within range: ClosedRange<Double>, in context: RunContext) {
    let capped = raw.count { ($0 ?? 1) > range.upperBound }
    if capped > 0 {
      context.note("the cap of \(range.upperBound) binds in \(capped) of \(raw.count) cells")
    }
    self.init(
      method: method,
      multiplier: raw.map { value in value.map { min(max($0, range.lowerBound), range.upperBound) } ?? 1 },
      cappedCells: capped)
  }

  /// 1 in every cell, as there is nothing to infer from; said, as a reader would take it for a finding.
  static func nothing(_ method: String, cells: Int, because reason: Remark, in context: RunContext) -> RejectAdjustment
  {
    context.warn("\(word: method) has nothing to infer from and leaves every multiplier at 1: " + reason)
    return RejectAdjustment(method: method, multiplier: [Double](repeating: 1, count: cells), cappedCells: 0)
  }
}
