internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineMilp
internal import CutlineSearch

/// Asks the solver about risk limits, and believes nothing that exact arithmetic does not confirm.
struct MilpAnswers {
  let problem: ConstrainedGrid
  let library: HighsLibrary
  let timeLimitSeconds: Double
  /// 100 · multiplier: what turns a ratio into percent.
  let percent: Double
  let exclusionLimit: Int
  let context: RunContext

  /// Each limit alone: the greatest production, then the least risk at it.
  func answers(_ ratios: [RiskRatio], _ bounds: StrategyBounds) throws -> [LimitAnswer] {
    try ratios.map { ratio in
      var program = StrategyProgram(problem, [ratio], bounds: bounds)
      let first = try settle(&program, naming: "risk limit \(Float(percent * ratio.value)) %")
      guard let point = first.points?.first else {
        return LimitAnswer(status: first.status, bound: first.bound)
      }
      var answer = LimitAnswer(status: first.status, point: point, bound: first.bound)
      if first.status == .optimal {
        answer.bound = point.production
        answer.point = try leastRisk(at: point, program)
      }
      return answer
    }
  }

  /// All limits at once, nested, with the greatest sum of productions.
  func joint(_ limits: LimitAnswers, _ bounds: StrategyBounds) throws -> [LimitAnswer] {
    let order = limits.limits.indices.sorted { limits.limits[$0] < limits.limits[$1] }
    var program = StrategyProgram(problem, order.map { limits.ratios[$0] }, bounds: bounds)
    let found = try settle(&program, naming: "nested limits")
    var answers = [LimitAnswer](repeating: LimitAnswer(status: found.status), count: order.count)
    for (place, index) in order.enumerated() {
      guard let point = found.points?[place] else { continue }
      // Coupled strategies have a bound on their sum only.
      answers[index] = LimitAnswer(status: found.status, point: point)
    }
    return answers
  }

  private func solver(gap: Double) -> HighsSolver {
    HighsSolver(library: library, timeLimitSeconds: timeLimitSeconds, absoluteGap: gap)
  }

  private struct Settled {
    var status: Frontier.Answer.Status
    var points: [FrontierPoint]?
    var bound: Int64?
  }

  /// Solves, and again without each answer that breaks a constraint exactly.
  private func settle(_ program: inout StrategyProgram, naming what: String) throws -> Settled {
    for round in 0...exclusionLimit {
      let answer = try solver(gap: program.objectiveGap).solve(program.milp)
      let bound = answer.bound.map { program.production($0) }
        .flatMap { abs($0) < 0x1p53 ? Int64($0.rounded(.up)) : nil }
      switch answer.status {
      case .infeasible: return Settled(status: .infeasible)
      case .optimal, .timeLimit, .other:
        let isOptimal = answer.status == .optimal
        guard let solution = answer.solution else {
          context.note(
            "\(word: what): HiGHS ended with \(word: "\(answer.status)") after \(answer.seconds) s, without a strategy")
          return Settled(status: .unproven, bound: bound)
        }
        if let points = try program.strategies(solution) {
          if !isOptimal {
            context.note(
              "\(word: what): HiGHS ended with \(word: "\(answer.status)"), gap \(word: answer.gap.map { "\(100 * $0) %" } ?? "unknown")"
            )
          }
          return Settled(status: isOptimal ? .optimal : .unproven, points: points, bound: bound)
        }
        if !isOptimal { return Settled(status: .unproven, bound: bound) }
        program.exclude(solution)
        context.note(
          "\(word: what): answer \(round + 1) of HiGHS breaks a constraint by a rounding error and is excluded")
      }
    }
    context.warn("\(word: what): \(exclusionLimit + 1) answers of HiGHS broke a constraint by rounding errors")
    return Settled(status: .unproven)
  }

  /// Of all strategies with no less production one with less risk, as long as the solver names one.
  private func leastRisk(at point: FrontierPoint, _ first: StrategyProgram) throws -> FrontierPoint {
    var best = point
    while true {
      let risk = try RiskRatio(numerator: best.numerator, denominator: max(best.denominator, 1))
      var program = first
      program.minimiseRisk(below: risk, production: best.production)
      let answer = try solver(gap: 0).solve(program.milp, from: program.solution(best))
      guard let solution = answer.solution, let other = try program.strategies(solution)?.first,
        other.production >= best.production, FrontierPoint.compareRisk(other, best) < 0
      else { return best }
      best = other
    }
  }
}
