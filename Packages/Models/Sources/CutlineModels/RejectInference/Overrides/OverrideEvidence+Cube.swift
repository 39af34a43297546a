internal import CutlineCore
internal import CutlineCredit

extension OverrideEvidence {
  /// Factors from scores are kept within 1/3...3: what a model says far from its data is not worth more.
  static let factorLimit = 3.0

  /// - Throws: `Faults` (data) where the surface belongs to another grid, or the cube lacks a measure.
  /// - Complexity: O((axes + 1) · combinations of the slice Folds + groups · cells).
  init(_ cube: Cube, _ surface: RiskSurface, _ config: OverrideConfig, workers: Int) throws {
    let all = try RejectCells(cube, surface)
    let stated = try all.ofStatedOverrides(cube)
    let facts = stated ?? all
    self.facts = facts
    isStated = stated != nil
    confidence = config.confidence
    overrideBound = config.bound
    // The scores of stated overrides are not known apart from those of the other booked ones of the cell.
    let factors = config.withinCell && stated == nil ? try WithinCellFactors(cube, surface, workers: workers) : nil
    usesScores = factors != nil
    let acceptance = facts.acceptance()
    let statuses = (0..<facts.count).map {
      Self.status(of: $0, facts, acceptance[$0], below: stated == nil ? config.acceptanceBelow : .infinity)
    }
    let compared = statuses.indices.filter { statuses[$0] == .compared }
    let weights = Weights(compared, facts, cap: config.weightCap)
    cappedCells = weights.capped
    cappedShare = weights.cappedShare
    func factor(_ values: [Double?]?, _ cell: Int) -> Double {
      min(max(values?[cell] ?? 1, 1 / Self.factorLimit), Self.factorLimit)
    }
    let (groups, groupSums) = try Self.groups(
      of: cube, facts, Measure(stated == nil ? .numerator : .overrideNumerator))
    self.groups = groups
    let event = facts.meanBad ?? 0
    cells = (0..<facts.count).map { cell in
      let owed = facts.denominator[cell]
      let rate = StandardisedRate(
        groups: groupSums.map { $0[cell] }, expected: owed / facts.multiplier, event: event,
        events: facts.badRows[cell])
      return Cell(
        status: statuses[cell], acceptance: acceptance[cell], exposure: weights.weight[cell] * owed,
        weight: weights.weight[cell], bookedFactor: factor(factors?.booked, cell),
        rejectedFactor: factor(factors?.rejected, cell),
        observed: owed > 0 ? facts.multiplier * facts.numerator[cell] / owed : nil,
        interval: rate?.interval(config.confidence))
    }
    let cells = cells
    observed = compared.reduce(0) { $0 + weights.weight[$1] * facts.numerator[$1] }
    expected = compared.reduce(0) { sum, cell in
      sum + cells[cell].exposure * facts.risk[cell] * cells[cell].bookedFactor / facts.multiplier
    }
    status = try Self.status(cube, facts, compared, expected: expected, isStated: stated != nil)
    guard status == .estimated else {
      (ratio, interval, shrunk, effectiveBads, expectedBads) = (nil, nil, 1, 0, 0)
      return
    }
    let heaviest = compared.map { weights.weight[$0] }.max() ?? 0
    let sums = groupSums.map { group in compared.reduce(0) { $0 + weights.weight[$1] * group[$1] } }
    let ratio = max(0, observed) / expected
    self.ratio = ratio
    let bads = compared.reduce(0) { $0 + facts.badRows[$1] }
    guard let rate = StandardisedRate(groups: sums, expected: expected, event: heaviest * event, events: bads) else {
      // Without a variance the plain number of bad overrides stands for the effective one.
      (interval, effectiveBads) = (nil, bads)
      expectedBads = ratio > 0 ? bads / ratio : event > 0 ? expected / (heaviest * event) : 0
      shrunk = Self.shrunk(ratio, expectedBads, prior: config.priorBads)
      return
    }
    interval = rate.interval(config.confidence)
    effectiveBads = rate.effectiveEvents
    expectedBads = rate.expectedEvents
    shrunk = Self.shrunk(ratio, rate.expectedEvents, prior: config.priorBads)
  }

  /// (ε R + κ) / (ε + κ).
  private static func shrunk(_ ratio: Double, _ events: Double, prior: Double) -> Double {
    events + prior > 0 ? (events * ratio + prior) / (events + prior) : 1
  }

  private static func status(
    of cell: Int, _ facts: RejectCells, _ acceptance: Double?, below: Double
  ) -> CellStatus {
    guard let acceptance else { return .noDemand }
    if facts.rejected[cell] == 0 { return .noRejects }
    if acceptance >= below { return .mostlyAccepted }
    return facts.denominator[cell] > 0 ? .compared : .noOverrides
  }

  private static func status(
    _ cube: Cube, _ facts: RejectCells, _ compared: [Int], expected: Double, isStated: Bool
  ) throws -> Status {
    let (booked, rejected) = (facts.booked.reduce(0, +), facts.rejected.reduce(0, +))
    if booked + rejected == 0 { return .noDemand }
    if rejected == 0 { return .noRejects }
    if booked == 0 {
      let offers = try cube.sums(of: .rows, [.cancelled]).prefix(facts.count).contains { $0 > 0 }
      return offers ? .nobodyBooked : .nobodyOffered
    }
    if facts.matureRows.reduce(0, +) == 0 { return isStated ? .noOverrides : .noOutcomes }
    if compared.isEmpty { return .noOverrides }
    if compared.allSatisfy({ facts.exposure($0) <= 0 }) { return .noExposure }
    return expected > 0 ? .estimated : .noPrediction
  }

  /// w = P̂ / B in the compared cells, 0 elsewhere.
  private struct Weights {
    private(set) var weight: [Double]
    private(set) var capped = 0
    private(set) var cappedShare = 0.0

    init(_ compared: [Int], _ facts: RejectCells, cap: Double) {
      weight = [Double](repeating: 0, count: facts.count)
      let exposure = compared.reduce(0) { $0 + facts.exposure($1) }
      let owed = compared.reduce(0) { $0 + facts.denominator[$1] }
      guard exposure > 0, owed > 0 else { return }
      let limit = cap * exposure / owed
      for cell in compared {
        let own = facts.exposure(cell) / facts.denominator[cell]
        weight[cell] = min(own, limit)
        if own > limit {
          capped += 1
          cappedShare += (own - limit) * facts.denominator[cell] / exposure
        }
      }
    }
  }

  /// The numerator of booked applications per group, per cell.
  private static func groups(
    of cube: Cube, _ facts: RejectCells, _ measure: Measure
  ) throws -> (Groups, sums: [[Double]]) {
    if let buckets = cube.buckets,
      let sums = try cube.sums(of: measure, [.bookedMature], fold: Array(0..<buckets), folds: buckets)
    {
      return (.buckets(buckets), sums.map { $0.map(Double.init) })
    }
    let basis = cube.summary.basis
    let first = CalendarDate(iso: basis.periodStart).map(Month.init)
    let last = CalendarDate(iso: basis.periodEnd).map(Month.init)
    let rows = try cube.sumsByMonth(of: .rows, [.bookedMature])
    let used = cube.months.indices.filter { index in
      let month = cube.months[index]
      return first.map { month >= $0 } ?? true && last.map { month <= $0 } ?? true && rows[index].contains { $0 > 0 }
    }
    let sums = try cube.sumsByMonth(of: measure, [.bookedMature])
    let months = used.map { sums[$0].map(Double.init) }
    // Other months than those of the main period would tell of other applications.
    let isWhole = (0..<facts.count).allSatisfy { cell in
      months.reduce(0) { $0 + $1[cell] } == facts.numerator[cell]
    }
    return isWhole && months.count >= 2 ? (.months(months.count), months) : (.none, [])
  }
}
