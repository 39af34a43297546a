internal import CutlineCompute
public import CutlineCore
public import CutlineCredit
internal import CutlineSearch

/// Makes the certificate of what a search has found.
public enum CertificateWriter {
  /// Refuses what can never have a certificate, before anything is searched.
  /// - Throws: `Faults` (usage).
  public static func check(scores: Int, limits: [DecimalNumber], settings: [ConfigTable.Entry]) throws {
    _ = try certifiable(settings)
    guard scores <= 2 || !limits.isEmpty else {
      throw Faults.usage(
        "certificate", "the grid has \(scores) scores; a whole frontier can be certified for two",
        "Give --thresholds: each limit is certified by its strategy and a bound.")
    }
  }

  /// - Parameters:
  ///   - frontier: of `cells`: complete, or answers to limits.
  ///   - columns: where a checker finds the sums again.
  ///   - settings: of the search; pins and a floor on production become part of the claim.
  ///   - workers: threads; the certificate is the same with any number.
  ///   - deadline: until when it must be made; nil for as long as it takes.
  ///   - skipping: takes a limit that cannot be certified alone, and why; nil = that is thrown.
  /// - Throws: `Faults` (usage) for a frontier of more than two scores, for constraints that cannot be certified, and where
  ///   something was left open; `Faults` (data) where the deadline comes first.
  /// - Complexity: O(points · rows · columns · steps).
  public static func certificate(
    of frontier: Frontier, cells: CellTable, columns: Certificate.CellColumns, settings: [ConfigTable.Entry] = [],
    workers: Int = 1, deadline: ContinuousClock.Instant? = nil, skipping: ((DecimalNumber, Faults) -> Void)? = nil
  ) throws -> Certificate {
    try check(scores: cells.grid.axes.count, limits: frontier.answers.map(\.limit), settings: settings)
    let constraints = try certifiable(settings)
    guard frontier.open.isEmpty else {
      throw Faults.usage(
        "certificate", "the search left \(frontier.open.count) interval\(frontier.open.count == 1 ? "" : "s") open",
        "Raise its limits, or ask for --thresholds.")
    }
    let pins = constraints.pins.map(\.text)
    let grid = try CertifiedGrid(cells, pins: pins)
    let problem = try ConstrainedGrid(cells, constraints)
    let multiplier = GapMultiplier(grid)
    func made(
      _ points: [Certificate.Point], _ multipliers: [Int64], _ limits: [Certificate.LimitClaim]
    ) throws -> Certificate {
      try Certificate(
        columns: columns, scale: cells.scale, shape: grid.shape, pins: pins,
        productionFloor: problem.productionFloor, points: points, multipliers: multipliers, limits: limits)
    }
    guard frontier.answers.isEmpty else {
      let claims = try frontier.answers.compactMap { answer -> Certificate.LimitClaim? in
        if let deadline, ContinuousClock.now >= deadline {
          throw Faults.data(
            "certificate", "the time limit came before the claim of \(answer.limit) %",
            "Allow more time, or ask for fewer --thresholds.")
        }
        do {
          return try claim(answer, frontier, grid, problem, cells.measure, multiplier)
        } catch let faults as Faults {
          guard let skipping else { throw faults }
          skipping(answer.limit, faults)
          return nil
        }
      }
      guard !claims.isEmpty else {
        throw Faults.usage("certificate", "none of the limits can be certified", "Leave it out.")
      }
      return try made([], [], claims)
    }
    let points = frontier.points.map(point)
    let gaps = Gap.gaps(points, floor: problem.productionFloor)
    return try made(points, multiplier.multipliers(of: gaps, workers: workers, deadline: deadline), [])
  }

  /// What a certificate of a run's frontier has to claim: its pins, and its floor on production.
  /// - Throws: `Faults` (usage) where the search was held to what cannot be certified.
  public static func claims(of frontier: Frontier, on cells: CellTable) throws -> (pins: [String], floor: Int64?) {
    let text = (frontier.constraints ?? []).joined(separator: "\n")
    let constraints = try certifiable(ConfigDocument.parse(text, source: "constraints").entries)
    return (constraints.pins.map(\.text), try ConstrainedGrid(cells, constraints).productionFloor)
  }

  private static func certifiable(_ settings: [ConfigTable.Entry]) throws -> ConstraintConfig {
    let own = Set(ConstraintConfig.fields.map(\.key))
    let (constraints, _) = try ConstraintConfig.read(
      settings.filter { own.contains($0.key) }, at: Place(source: "certificate"), origin: "the certificate")
    guard constraints.swapInProductionLimit == nil, constraints.swapInRiskLimit == nil,
      constraints.changesLimit == nil, constraints.nesting == .none
    else {
      throw Faults.usage(
        "certificate", "limits on swap-ins and changes, and nesting, cannot be certified",
        "Certify without them; every answer is still re-added and its constraints checked exactly.")
    }
    return constraints
  }

  private static func point(_ point: Frontier.Point) -> Certificate.Point {
    Certificate.Point(
      production: point.production, numerator: point.numerator, denominator: point.denominator,
      accepted: point.strategy.accepted)
  }

  private static func claim(
    _ answer: Frontier.Answer, _ frontier: Frontier, _ grid: CertifiedGrid, _ problem: ConstrainedGrid,
    _ measure: RiskMeasure, _ multiplier: GapMultiplier
  ) throws -> Certificate.LimitClaim {
    let ratio = try measure.ratio(of: answer.limit)
    let point = answer.point.map { Self.point(frontier.points[$0]) }
    var multipliers: [Int64]?
    var dual: Certificate.FlowDual?
    let claim = Certificate.LimitClaim(
      limit: answer.limit, status: answer.status, point: point, bound: answer.bound, multipliers: nil, dual: nil)
    if grid.isPlane {
      multipliers = try multiplier.multipliers(
        of: Gap.gaps(
          claim, limit: (ratio.numerator, ratio.denominator), floor: problem.productionFloor,
          emptyFits: grid.sums(grid.least) == .init()))
    } else {
      guard let found = try ClosureSearch().dual(of: problem.sums, limit: ratio, bounds: problem.bounds) else {
        throw Faults.usage(
          "certificate",
          "no strategy within the pins keeps \(answer.limit) %, which with \(grid.shape.count) scores has no certificate",
          "Leave this limit out.")
      }
      dual = Certificate.FlowDual(
        p: found.p, u: found.u, v: found.v, shift: found.shift,
        flow: found.arcs.map { [Int64($0.cell), Int64($0.dimension), $0.flow] })
    }
    guard let dual else { return claim.with(multipliers: multipliers) }
    // A flow proves its own bound; where that leaves a gap, the claim is the bound and not the optimum.
    guard case .bound(let bound) = FlowBound.bound(dual, grid, limit: (ratio.numerator, ratio.denominator)) else {
      throw Faults.data(
        "certificate", "the dual of \(answer.limit) % exceeds 128 bits", "Write the cell table in larger units.")
    }
    let isTight = point.map { $0.production == bound } ?? (bound < max(1, problem.productionFloor ?? 1))
    return Certificate.LimitClaim(
      limit: answer.limit, status: isTight ? answer.status : .unproven, point: point,
      bound: isTight ? answer.bound : bound, multipliers: nil, dual: dual)
  }
}
