internal import CutlineCore
internal import CutlineCredit

/// One assumption about the rejected: the cells that a run would have under it, and what its search finds.
struct EnvelopeSetting: Sendable {
  /// The stage and its settings, as TOML; of the run's own adjustment its method.
  let name: String
  let method: String
  let cells: CellTable
  let frontier: Frontier
}

/// What is known of one risk limit over all settings.
struct EnvelopeLimit: Sendable {
  /// The strategy with most production that keeps the limit under every setting.
  struct Held: Sendable {
    let strategy: Strategy
    let production: Int64
    /// No strategy that keeps it under every setting has more; nil where the search proves none.
    let bound: Int64?
    var isProven: Bool { production == bound }
  }

  let name: String
  let limit: DecimalNumber
  /// Per setting: its own best.
  let answers: [Frontier.Answer]
  let held: Held?

  /// Per setting: its own best strategy.
  func strategies(_ settings: [EnvelopeSetting]) -> [Strategy?] {
    zip(answers, settings).enumerated().map { place, pair in
      place == 0 ? own : pair.0.point.map { pair.1.frontier.points[$0].strategy }
    }
  }

  /// The strategy of the run.
  let own: Strategy?
  /// Per setting: whether the run's own strategy keeps the limit; empty where there is none.
  let ownKeeps: [Bool]

  /// - Parameters:
  ///   - settings: at least one; all of one grid with the same production.
  ///   - worst: the frontier of cells that have the greatest risk of all settings.
  /// - Throws: `Faults` for sums too large to compare.
  init(
    _ scenario: ScenarioSet.Scenario, _ settings: [EnvelopeSetting], worst: (cells: CellTable, frontier: Frontier)
  ) throws {
    name = scenario.name
    self.limit = scenario.limit
    let own = scenario.strategy
    self.own = own
    let measure = worst.cells.measure
    let limit = scenario.limit
    let answers = try settings.map { try $0.frontier.answer(to: limit, measure: measure) }
    self.answers = answers
    ownKeeps =
      try own.map { own in
        try settings.map { try measure.fits($0.cells.totals(of: own).optimum, limit: limit) }
      } ?? []
    held = try Self.held(limit, settings, answers, worst, measure)
  }

  /// What keeps the limit where every cell is at its riskiest keeps it everywhere. More may: of the setting whose optimum
  /// is the least, which bounds all, the points of the frontier above that are tried too.
  private static func held(
    _ limit: DecimalNumber, _ settings: [EnvelopeSetting], _ answers: [Frontier.Answer],
    _ worst: (cells: CellTable, frontier: Frontier), _ measure: RiskMeasure
  ) throws -> Held? {
    let safe = try worst.frontier.answer(to: limit, measure: measure)
    var best = safe.point.map { worst.frontier.points[$0] }
    let known = answers.indices.filter { answers[$0].bound != nil }
    let least = known.min { answers[$0].bound ?? .max < answers[$1].bound ?? .max }
    let bound = least.flatMap { answers[$0].bound }
    // Without a bound the last setting, commonly the riskiest, gives the points that are tried.
    for point in settings[least ?? settings.count - 1].frontier.points.reversed() {
      guard point.production <= bound ?? .max, point.production > best?.production ?? 0 else { continue }
      let holds = try settings.allSatisfy {
        try measure.fits($0.cells.totals(of: point.strategy).optimum, limit: limit)
      }
      if holds {
        best = point
        break
      }
    }
    guard let best, !best.isEmpty else { return nil }
    guard best.production < bound ?? .max, worst.frontier.constraints == nil else {
      return Held(strategy: best.strategy, production: best.production, bound: bound)
    }
    // Constraints are known to the search alone, so that only without any neighbours may be tried.
    let better = try Neighbours(settings.map(\.cells), limit).climb(from: best.strategy)
    return Held(
      strategy: better, production: worst.cells.totals(of: better).optimum.production, bound: bound)
  }
}
