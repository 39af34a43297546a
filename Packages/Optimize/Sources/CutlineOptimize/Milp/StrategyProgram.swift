internal import CutlineCompute
internal import CutlineCore
internal import CutlineMilp
internal import CutlineSearch

/// Strategies as a 0/1 programme: one variable a cell, for each of one or several nested strategies.
///
/// Coefficients are exact integers turned into doubles once and scaled by powers of two; every answer is checked in exact
/// arithmetic outside, so that rounding can cost an answer and never make a wrong one.
struct StrategyProgram {
  let problem: ConstrainedGrid
  /// One per strategy, the more careful first.
  let ratios: [RiskRatio]
  private let cells: Int
  private let objectiveScale: Double
  private var rows: [MilpProblem.Row] = []
  private let lower, upper: [Double]
  private var objective: [Double]

  init(_ problem: ConstrainedGrid, _ ratios: [RiskRatio], bounds: StrategyBounds) {
    self.problem = problem
    self.ratios = ratios
    let cells = problem.sums.cellCount
    self.cells = cells
    objectiveScale = max(Self.scale(problem.sums.production.map(Double.init)), Self.leastUnit)
    let width = problem.sums.shape.last ?? 1
    let fixed = (0..<cells).map { cell in
      let (line, place) = (cell / width, cell % width)
      return (place < Int(bounds.least[line]) ? 1.0 : 0, place < Int(bounds.most[line]) ? 1.0 : 0)
    }
    lower = ratios.flatMap { _ in fixed.map(\.0) }
    upper = ratios.flatMap { _ in fixed.map(\.1) }
    let scale = objectiveScale
    objective = ratios.flatMap { _ in problem.sums.production.map { scale * Double($0) } }
    for copy in ratios.indices { addStrategy(copy) }
    for copy in ratios.indices.dropFirst() {
      for cell in 0..<cells { rows.append(Self.atLeast(variable(copy, cell), variable(copy - 1, cell))) }
    }
  }

  var milp: MilpProblem { MilpProblem(objective: objective, lower: lower, upper: upper, rows: rows) }

  /// Half of the smallest step of production, in the objective's units: optima are whole numbers.
  var objectiveGap: Double { objectiveScale / 2 }

  /// The production, in the scale of the cells, that a value of the objective stands for.
  func production(_ value: Double) -> Double { value / objectiveScale }

  /// Leaves out exactly this solution.
  mutating func exclude(_ solution: [Bool]) {
    rows.append(
      MilpProblem.Row(
        indices: (0..<Int32(solution.count)).map { $0 }, values: solution.map { $0 ? -1 : 1 },
        lower: 1 - Double(solution.count { $0 })))
  }

  /// Looks for less risk instead: minimises v N − u D for a risk u / v, at no less than `production` (in the scale of the cells).
  mutating func minimiseRisk(below risk: RiskRatio, production: Int64) {
    let slack = Self.slack(problem.sums.numerator, problem.sums.denominator, risk)
    let scale = Self.scale(slack)
    objective = slack.map { -scale * $0 }
    rows.append(productionRow(0, atLeast: Double(production) - 0.25))
  }

  /// The solution of one strategy.
  func solution(_ point: FrontierPoint) -> [Bool] {
    let width = problem.sums.shape.last ?? 1
    return (0..<cells).map { $0 % width < Int(point.accepted[$0 / width]) }
  }

  /// The strategies of a solution, as counts per line; nil where one is not monotone or breaks anything, exactly.
  /// - Throws: what the constraints throw, none of which an answer can bring about.
  func strategies(_ solution: [Bool]) throws -> [FrontierPoint]? {
    var points: [FrontierPoint] = []
    let width = problem.sums.shape.last ?? 1
    for copy in ratios.indices {
      let own = solution[copy * cells..<(copy + 1) * cells]
      let accepted = stride(from: 0, to: cells, by: width).map { line in
        UInt16(own[(own.startIndex + line)..<(own.startIndex + line + width)].prefix { $0 }.count)
      }
      // A rounded solution with holes is none: its sums would not be those of its counts. Counts that are not monotone
      // are no strategy, which is all that adding them up can find fault with.
      guard own.count(where: { $0 }) == accepted.reduce(0, { $0 + Int($1) }),
        let point = try? problem.sums.sums(accepted: accepted)
      else { return nil }
      guard ratios[copy].admits(point), try problem.constraints.admits(accepted, of: problem.sums) else { return nil }
      if let last = points.last, !zip(last.accepted, accepted).allSatisfy(<=) { return nil }
      points.append(point)
    }
    return points
  }

  private func variable(_ copy: Int, _ cell: Int) -> Int32 { Int32(copy * cells + cell) }

  private func productionRow(_ copy: Int, atLeast least: Double) -> MilpProblem.Row {
    MilpProblem.Row(
      indices: (0..<cells).map { variable(copy, $0) },
      values: problem.sums.production.map { objectiveScale * Double($0) },
      lower: objectiveScale * least)
  }

  private static func atLeast(_ a: Int32, _ b: Int32) -> MilpProblem.Row {
    MilpProblem.Row(indices: [a, b], values: [1, -1], lower: 0)
  }

  private mutating func addStrategy(_ copy: Int) {
    let shape = problem.sums.shape
    var stride = cells
    for size in shape {
      stride /= size
      for cell in 0..<cells where (cell / stride) % size > 0 {
        rows.append(Self.atLeast(variable(copy, cell - stride), variable(copy, cell)))
      }
    }
    let sums = problem.sums
    addAtMost(copy, Self.slack(sums.numerator, sums.denominator, ratios[copy]), 0)
    if let floor = problem.productionFloor {
      rows.append(productionRow(copy, atLeast: Double(floor)))
    }
    for limit in problem.constraints.sums { addAtMost(copy, limit.values.map(Double.init), Double(limit.atMost)) }
    for limit in problem.constraints.risks {
      addAtMost(copy, Self.slack(limit.numerator, limit.denominator, limit.limit), 0)
    }
  }

  /// Σ values ≤ most, over the accepted cells of one strategy.
  private mutating func addAtMost(_ copy: Int, _ values: [Double], _ most: Double) {
    let scale = Self.scale(values)
    // What the solver would take for zero is left out; the exact check of answers counts it.
    let used = values.indices.filter { abs(scale * values[$0]) > 1e-9 }
    rows.append(
      MilpProblem.Row(
        indices: used.map { variable(copy, $0) }, values: used.map { scale * values[$0] }, upper: scale * most))
  }

  /// v N − u D per cell for a risk u / v.
  private static func slack(_ numerator: [Int64], _ denominator: [Int64], _ risk: RiskRatio) -> [Double] {
    zip(numerator, denominator).map { n, d in
      Double(Int128(risk.denominator) * Int128(n) - Int128(risk.numerator) * Int128(d))
    }
  }

  /// The power of two that brings the largest of some values to about 2¹⁶: far above the solver's tolerance of 10⁻⁶, by
  /// which it may break a row.
  private static func scale(_ values: [Double]) -> Double {
    let most = values.reduce(1) { max($0, abs($1)) }
    return Double(sign: .plus, exponent: 16 - most.exponent, significand: 1)
  }

  /// A hundredth of production in the objective: the solver sees no difference below its tolerance.
  private static let leastUnit = 0x1p-16
}
