internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineSearch

/// What a solver says about one risk limit.
struct LimitAnswer {
  var status: Frontier.Answer.Status
  var point: FrontierPoint?
  /// No strategy within the limit has more production.
  var bound: Int64?
  var relaxation: Int64?

  /// An optimum that accepts nothing, or only cells that hold nothing, means that nothing fits.
  var settled: LimitAnswer {
    guard status == .optimal, let point, point.production == 0, point.numerator == 0, point.denominator == 0 else {
      return self
    }
    return LimitAnswer(status: .infeasible, relaxation: relaxation)
  }
}

/// Answers to several risk limits, each alone or nested in one another.
struct LimitAnswers {
  let limits: [DecimalNumber]
  let ratios: [RiskRatio]
  let nesting: ConstraintConfig.Nesting

  /// - Throws: `Faults` (usage) where a limit stands twice.
  init(_ limits: [DecimalNumber], measure: RiskMeasure, nesting: ConstraintConfig.Nesting) throws {
    if let twice = limits.indices.first(where: { limits[..<$0].contains(limits[$0]) }) {
      throw Faults.usage("search", "the risk limit \(limits[twice]) % is given twice", "Give each limit once.")
    }
    self.limits = limits
    ratios = try limits.map(measure.ratio)
    self.nesting = nesting
  }

  /// Those of scenarios, each once.
  static func limits(of scenarios: ScenarioSet) -> [DecimalNumber] {
    scenarios.scenarios.map { $0.chosenAt ?? $0.limit }.reduce(into: []) { known, limit in
      if !known.contains(limit) { known.append(limit) }
    }
  }

  /// Solves the limits and puts the frontier artefact together.
  ///
  /// With nesting each limit's strategy is held between those of the next smaller and the next larger limit that are
  /// already found, each step optimal given the steps before; what the limit would bring alone is kept beside it.
  ///
  /// - Parameter solve: answers several limits under the same bounds.
  func frontier(
    _ problem: ConstrainedGrid, search: String, strategyCount: String?,
    solve: ([RiskRatio], StrategyBounds) throws -> [LimitAnswer]
  ) throws -> Frontier {
    let free = try solve(ratios, problem.bounds)
    guard nesting != .none else { return frontier(free, alone: nil, problem, search, strategyCount) }
    var nested = [LimitAnswer?](repeating: nil, count: limits.count)
    let ascending = limits.indices.sorted { limits[$0] < limits[$1] }
    for rank in sequence(ascending.count) {
      let inner = ascending[..<rank].reversed().compactMap { nested[$0]?.point?.accepted }.first
      let outer = ascending[(rank + 1)...].compactMap { nested[$0]?.point?.accepted }.first
      let bounds = try problem.bounds.between(inner, outer)
      nested[ascending[rank]] = try solve([ratios[ascending[rank]]], bounds).first
    }
    return frontier(nested.compactMap { $0 }, alone: free, problem, search, strategyCount)
  }

  /// Ranks in the order in which they are solved.
  private func sequence(_ count: Int) -> [Int] {
    switch nesting {
    case .none, .joint, .bottomUp: Array(0..<count)
    case .topDown: (0..<count).reversed()
    case .middleOut:
      count == 0 ? [] : [count / 2] + (0..<count / 2).reversed() + ((count / 2 + 1)..<max(count, count / 2 + 1))
    }
  }

  /// The artefact of answers that are there; one point per distinct strategy, in order of the limits.
  func frontier(
    _ answers: [LimitAnswer], alone: [LimitAnswer]?, _ problem: ConstrainedGrid, _ search: String,
    _ strategyCount: String?
  ) -> Frontier {
    let answers = answers.map(\.settled)
    var points: [Frontier.Point] = []
    var places = [Int?](repeating: nil, count: answers.count)
    for index in limits.indices.sorted(by: { limits[$0] < limits[$1] }) {
      guard let point = answers[index].point.map(problem.order.point) else { continue }
      if let known = points.firstIndex(of: point) {
        places[index] = known
      } else {
        places[index] = points.count
        points.append(point)
      }
    }
    return Frontier(
      points: points, strategyCount: strategyCount, search: search,
      answers: answers.indices.map { index in
        Frontier.Answer(
          limit: limits[index], status: answers[index].status, point: places[index], bound: answers[index].bound,
          relaxation: answers[index].relaxation, unnestedProduction: alone?[index].point?.production)
      }, constraints: problem.imposed)
  }

  /// How nesting changed production, as remarks.
  static func remarks(_ frontier: Frontier, _ scale: AmountScale) -> [Remark] {
    frontier.answers.compactMap { answer in
      guard let alone = answer.unnestedProduction, let point = answer.point else { return nil }
      let cost = Double(alone - frontier.points[point].production) / scale.perUnit
      return "nesting costs \(cost) of production at \(answer.limit) %"
    }
  }
}
