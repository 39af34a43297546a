internal import CutlineAllocate
internal import CutlineCore
internal import CutlineCredit
internal import CutlineWorkspace
internal import Foundation

/// The result of `cutline allocate` beside its table: what was chosen, how far it is proven, and what hangs on it.
struct AllocationReport: Encodable {
  struct Totals: Encodable {
    /// Currency a year.
    let production: Double
    /// The same; nil where nobody has said what it is worth.
    let value: Double?
    /// Percent: by exposure, and weighted by production.
    let riskPct, riskPctProductionWeighted: Double?

    private enum CodingKeys: String, CodingKey {
      case production, value
      case riskPct = "risk_pct"
      case riskPctProductionWeighted = "risk_pct_production_weighted"
    }
  }

  struct Line: Encodable {
    let segment, solution: String
    let production, share: Double
    let value: Double?
    let riskPct, todayProduction, todayRiskPct, changePct: Double?
    let singleLimitProduction: Double?
    /// Of its next step, per percentage point of the target.
    let nextPerPoint: Double?

    private enum CodingKeys: String, CodingKey {
      case segment, solution, production, value, share
      case riskPct = "risk_pct"
      case todayProduction = "today_production"
      case todayRiskPct = "today_risk_pct"
      case changePct = "change_pct"
      case singleLimitProduction = "single_limit_production"
      case nextPerPoint = "next_step_per_point"
    }
  }

  struct Shadow: Encodable {
    /// Currency a year for one percentage point: the slope of the concave hull, where parts of steps could be taken.
    let perPoint: Double?
    /// Whose hull: that of the segments' frontiers, or of all strategies.
    let hull: String
    /// What a target a tenth of a point higher and lower changes, in whole steps; nil where that is infeasible.
    let above, below: Double?

    private enum CodingKeys: String, CodingKey {
      case hull
      case perPoint = "per_point"
      case above = "target_plus_0_1"
      case below = "target_minus_0_1"
    }
  }

  struct Uncertainty: Encodable {
    let confidence: Double
    let resamples: Int
    let riskPct, production: AllocationUncertainty.Interval
    let keepsTarget: Double

    private enum CodingKeys: String, CodingKey {
      case confidence, resamples, production
      case riskPct = "risk_pct"
      case keepsTarget = "keeps_target_share"
    }
  }

  struct WhatIf: Encodable {
    let target: DecimalNumber
    let status: String
    let production, value, bound: Double?
    let riskPct, riskPctProductionWeighted: Double?
    let perPoint: Double?
    let solutions: [String]
    /// Where nothing keeps the target: the least risk within the other limits, and those that contradict each other.
    let leastRiskPct: Double?
    let conflict: [String]

    private enum CodingKeys: String, CodingKey {
      case status, production, value, bound, solutions, conflict
      case leastRiskPct = "min_achievable_risk"
      case target = "target_pct"
      case riskPct = "risk_pct"
      case riskPctProductionWeighted = "risk_pct_production_weighted"
      case perPoint = "per_point"
    }
  }

  let status, method: String
  let target: DecimalNumber
  let keepsTarget: Bool
  let weight, objective, dataDir, layout: String
  let total: Totals?
  let bound, gap: Double?
  let today, singleLimit: Totals?
  /// What else than the target was to be kept.
  let limits: [String]
  let leastRiskPct: Double?
  let conflict: [String]
  let shadow: Shadow?
  let uncertainty: Uncertainty?
  var whatIf: [WhatIf] = []
  let segments: [Line]
  let remarks: [String]

  private enum CodingKeys: String, CodingKey {
    case status, objective, total, bound, gap, today, limits, conflict, uncertainty, segments, remarks, layout
    case method = "method_used"
    case target = "target_pct"
    case keepsTarget = "keeps_target"
    case weight = "risk_weight"
    case dataDir = "data_dir"
    case singleLimit = "single_limit"
    case leastRiskPct = "min_achievable_risk"
    case shadow = "shadow_price"
    case whatIf = "what_if"
  }

  /// - Parameters:
  ///   - asked: the allocation by the method that was asked for.
  ///   - given: what is given in its place, where that is another one.
  init(_ run: AllocationRun, asked: Allocation, given allocation: Allocation) async throws {
    let measure = run.input.segments.first?.artifact.measure ?? RiskMeasure(multiplier: 1)
    func volume(_ sum: Int64) -> Double { run.segments.first?.volume(sum) ?? 0 }
    func totals(_ points: [SegmentFrontier.Point]) -> Totals {
      let sums = points.reduce(CellSums.zero) { $0 + $1.sums }
      let choices = points.map { Allocation.Choice(segment: "", point: nil, sums: $0) }
      let mean = Allocation(method: "", status: .unproven, choices: choices, bound: nil)
      let values = points.compactMap(\.value)
      return Totals(
        production: volume(sums.production),
        value: points.isEmpty || values.count < points.count ? nil : volume(values.reduce(0, +)),
        riskPct: measure.strategyPercent(sums),
        riskPctProductionWeighted: mean.productionWeightedPercent(measure))
    }
    (status, method, target) = (allocation.status.rawValue, allocation.method, run.question.target)
    keepsTarget = ![.fallback, .infeasible].contains(allocation.status)
    (weight, dataDir, layout) = (run.question.weight.rawValue, run.folder.folder, run.folder.layout.rawValue)
    leastRiskPct = asked.leastRiskPct
    conflict = asked.conflict
    (objective, limits) = (run.question.objective.rawValue, try Allocate.limits(of: run.input))
    var remarks =
      run.remarks + run.segments.flatMap { segment in segment.remarks.map { "\(segment.frontier.name): \($0)" } }
    guard allocation.status != .infeasible else {
      (total, bound, gap, today, singleLimit, shadow, uncertainty) = (nil, nil, nil, nil, nil, nil, nil)
      (segments, self.remarks) = ([], remarks)
      return
    }
    total = totals(allocation.choices.map(\.sums))
    bound = allocation.bound.map(volume)
    let (production, most) = (allocation.sums.production, allocation.total(run.question.objective))
    gap = allocation.bound.map { most > 0 ? Double($0 - most) / Double(most) : 0 }
    let known = run.input.segments.compactMap(\.artifact.today)
    today = known.count == run.input.segments.count ? totals(known) : nil
    let single = try run.singleLimit()
    singleLimit = totals(single.compactMap { $0 })
    let prices = try ShadowPrice(allocation, run.input)
    segments = zip(zip(run.segments, allocation.choices), zip(single, prices.next)).map { own, rest in
      let (segment, choice) = own
      let (before, amount) = (segment.frontier.today, segment.volume(choice.sums.production))
      return Line(
        segment: choice.segment, solution: segment.number(choice), production: amount,
        share: production > 0 ? Double(choice.sums.production) / Double(production) : 0,
        value: choice.sums.value.map(segment.volume),
        riskPct: measure.strategyPercent(choice.sums.sums),
        todayProduction: before.map { segment.volume($0.production) },
        todayRiskPct: before.flatMap { measure.strategyPercent($0.sums) },
        changePct: before.flatMap { before in
          before.production > 0
            ? 100 * (Double(choice.sums.production) / Double(before.production) - 1) : nil
        }, singleLimitProduction: rest.0.map { segment.volume($0.production) },
        nextPerPoint: rest.1.flatMap { $0.isFinite ? $0 * segment.volume(1) : nil })
    }
    for choice in allocation.choices where choice.sums.production == 0 {
      remarks.append("\(choice.segment): nothing is accepted; --min-production \(choice.segment):AMOUNT keeps it open")
    }
    shadow = try await Self.shadow(run, allocation, prices, volume)
    let (found, reason) = try run.uncertainty(allocation)
    uncertainty = found.map {
      Uncertainty(
        confidence: $0.confidence, resamples: $0.resamples, riskPct: $0.risk, production: $0.production,
        keepsTarget: $0.keepsTarget)
    }
    if let reason { remarks.append(reason) }
    self.remarks = remarks
  }

  /// Neighbouring optima; of what is not proven there are none.
  private static func shadow(
    _ run: AllocationRun, _ allocation: Allocation, _ prices: ShadowPrice, _ volume: (Int64) -> Double
  ) async throws -> Shadow? {
    guard allocation.status == .optimal else { return nil }
    func change(_ target: DecimalNumber) async throws -> Double? {
      guard target.mantissa > 0 else { return nil }
      let other = try await run.answer(run.question.method, target: target)
      // In whole numbers, so that no noise of doubles is printed.
      let objective = run.question.objective
      return other.status == .optimal ? volume(other.total(objective) - allocation.total(objective)) : nil
    }
    let step = try DecimalNumber(0.1)
    return Shadow(
      perPoint: prices.perPoint.map { $0 * volume(1) },
      hull: run.question.method == .joint ? "all strategies" : "points of frontiers",
      above: try await change(run.question.target + step),
      below: try await change(run.question.target - step))
  }

  /// The answers to other targets.
  static func whatIf(_ run: AllocationRun) async throws -> [WhatIf] {
    var lines: [WhatIf] = []
    for target in run.question.targets {
      let found = try await run.answer(run.question.method, target: target)
      let isFeasible = found.status != .infeasible && found.status != .fallback
      let measure = run.input.segments.first?.artifact.measure ?? RiskMeasure(multiplier: 1)
      func volume(_ sum: Int64) -> Double { run.segments.first?.volume(sum) ?? 0 }
      lines.append(
        WhatIf(
          target: target, status: isFeasible ? found.status.rawValue : "infeasible",
          production: isFeasible ? volume(found.sums.production) : nil,
          value: isFeasible && run.question.objective == .value ? volume(found.total(.value)) : nil,
          bound: isFeasible ? found.bound.map(volume) : nil,
          riskPct: isFeasible ? measure.strategyPercent(found.sums) : nil,
          riskPctProductionWeighted: isFeasible ? found.productionWeightedPercent(measure) : nil,
          perPoint: isFeasible
            ? try ShadowPrice(found, run.input(target: target)).perPoint.map { $0 * volume(1) } : nil,
          solutions: isFeasible ? zip(run.segments, found.choices).map { $0.number($1) } : [],
          leastRiskPct: isFeasible ? nil : found.leastRiskPct, conflict: isFeasible ? [] : found.conflict))
    }
    return lines
  }
}
