internal import CutlineCore
public import CutlineCredit

/// Whether the strategies of a run hold when risks are higher: by a stated factor, or by that of a bad vintage.
///
/// The factor multiplies the numerator of every cell, booked and swap-in alike. That of a vintage is its observed risk over that of
/// the main period at the mix of the main period,
///
///     f = Σ D · r_vintage / Σ D · r_main   over the cells in which the vintage has exposure,
///
/// with D the denominator of the booked of the main period: a vintage of other applications is not a risk of its own.
public struct StressedRun {
  public struct Vintage: Sendable {
    public let first, last: Month
    public let rows, badRows: Int64
    /// Share of the main period's exposure in cells that the vintage has exposure in.
    public let covered: Double
  }

  public struct Line: Sendable {
    public let scenario: ScenarioSet.Scenario
    public let riskPct, stressedPct: Double?
    public let holds: Bool
    /// The factor at which the strategy reaches its limit; nil where its risk is 0 or undefined.
    public let breaksAt: Double?
  }

  public let factor: Double
  public let vintage: Vintage?
  public let lines: [Line]
  /// The run's cells under the factor.
  public let cells: CellTable

  /// - Throws: `Faults` (data) for a vintage with fewer than 10 bad applications, or none of whose cells the main period has.
  public init(_ run: VerifiedRun, vintage months: ClosedRange<Month>) throws {
    let cube = try run.load(Cube.self, kind: "cube")
    let place = "--vintage \(months.lowerBound.iso)..\(months.upperBound.iso)"
    let count = run.cells.grid.cellCount
    func sums(_ measure: Measure) throws -> [Int64] {
      let byMonth = try cube.sumsByMonth(of: measure, [.bookedMature])
      return (0..<count).map { cell in
        zip(cube.months, byMonth).reduce(0) { months.contains($1.0) ? $0 + $1.1[cell] : $0 }
      }
    }
    let (numerator, denominator) = (try sums(Measure(.numerator)), try sums(Measure(.denominator)))
    let (rows, bad) = (try sums(.rows).reduce(0, +), try sums(.badRows).reduce(0, +))
    guard bad >= 10 else {
      throw Faults.data(
        place, "has \(bad) bad applications among \(rows) booked ones with an outcome",
        "Name months with at least 10: the run's file has \(cube.months.first?.iso ?? "none") to \(cube.months.last?.iso ?? "none")."
      )
    }
    let main = (
      numerator: try cube.sums(of: .numerator, [.bookedMature]),
      denominator: try cube.sums(of: .denominator, [.bookedMature])
    )
    var (above, below, covered, all) = (0.0, 0.0, 0.0, 0.0)
    for cell in 0..<count where main.denominator[cell] > 0 {
      all += Double(main.denominator[cell])
      guard denominator[cell] > 0 else { continue }
      covered += Double(main.denominator[cell])
      above += Double(main.denominator[cell]) * Double(numerator[cell]) / Double(denominator[cell])
      below += Double(main.numerator[cell])
    }
    guard below > 0, all > 0 else {
      throw Faults.data(
        place, "cannot be compared: the main period has no risk in the cells of the vintage", "Name other months.")
    }
    try self.init(
      run, factor: above / below,
      vintage: Vintage(
        first: months.lowerBound, last: months.upperBound, rows: rows, badRows: bad, covered: covered / all))
  }

  /// - Parameter factor: of every risk; positive.
  public init(_ run: VerifiedRun, factor: Double) throws { try self.init(run, factor: factor, vintage: nil) }

  private init(_ run: VerifiedRun, factor: Double, vintage: Vintage?) throws {
    (self.factor, self.vintage) = (factor, vintage)
    let own = run.cells
    func scaled(_ sums: [CellSums]) throws -> [CellSums] {
      try sums.map { sums in
        var sums = sums
        guard let numerator = Int64(exactly: (Double(sums.numerator) * factor).rounded(.toNearestOrEven)),
          abs(numerator) < 1 << 53
        else {
          throw Faults.usage("--risk-factor", "\(factor) makes amounts too large to add up", "Give a smaller one.")
        }
        sums.numerator = numerator
        return sums
      }
    }
    var table = CellTable(
      grid: own.grid, measure: own.measure, booked: try scaled(own.booked), rejected: own.rejected,
      rejectedRows: own.rejectedRows, swapIn: try scaled(own.swapIn),
      predictedRisk: own.predictedRisk.map { $0 * factor },
      rejectMultiplier: own.rejectMultiplier, exposureRatio: own.exposureRatio, basis: own.basis, scale: own.scale)
    table.rates = own.rates
    cells = table
    lines = try run.scenarios.scenarios.compactMap { scenario in
      guard let strategy = scenario.strategy else { return nil }
      let (before, after) = (own.totals(of: strategy).optimum, table.totals(of: strategy).optimum)
      let risk = own.measure.percent(before)
      return Line(
        scenario: scenario, riskPct: risk, stressedPct: own.measure.percent(after),
        holds: try own.measure.fits(after, limit: scenario.limit),
        breaksAt: risk.flatMap { risk in
          risk > 0 ? Double("\(scenario.limit)").map { $0 / risk } : nil
        })
    }
  }

  /// Cells of a strategy in the order in which they break: by the risk above the limit that they bring under the factor,
  /// most first.
  ///
  /// - Returns: cell and its excess numerator m · T − limit · P over the whole strategy's exposure, in points of risk.
  public func breaking(_ line: Line) -> [(cell: Int, riskPct: Double, points: Double)] {
    guard let strategy = line.scenario.strategy, let limit = Double("\(line.scenario.limit)") else { return [] }
    let whole = Double(cells.totals(of: strategy).optimum.denominator)
    guard whole > 0 else { return [] }
    return (0..<cells.grid.cellCount).compactMap { cell -> (cell: Int, riskPct: Double, points: Double)? in
      guard strategy.accepts(cell, in: cells.grid), let risk = cells.measure.percent(cells.total(cell)), risk > limit
      else { return nil }
      return (cell, risk, (risk - limit) * Double(cells.total(cell).denominator) / whole)
    }.sorted { ($1.points, $0.cell) < ($0.points, $1.cell) }
  }
}
