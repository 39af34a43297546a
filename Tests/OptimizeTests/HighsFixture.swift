import CutlineCompute
import CutlineCore
import Testing

@testable import CutlineMilp
@testable import CutlineOptimize

/// The solver, where it is installed, and an oracle that tries all solutions.
enum Highs {
  static let missing: Comment = "needs the solver HiGHS, which scripts/setup installs"
  static let isInstalled: Bool = {
    // That it is absent is the reason to skip; that it is there but unusable is for the tests to say.
    guard case .failure(let error) = HighsLibrary.installed else { return true }
    return !error.problem.contains("not installed")
  }()

  static func solver(timeLimitSeconds: Double = 60, tolerance: Double = 1e-9, seed: UInt64 = 0) throws -> HighsSolver {
    try HighsSolver(timeLimitSeconds: timeLimitSeconds, absoluteGap: 0, tolerance: tolerance, seed: seed)
  }

  /// The greatest objective of all solutions that keep the bounds and rows exactly; nil where there is none.
  static func bruteForce(_ problem: MilpProblem) -> Double? {
    let columns = problem.objective.count
    var best: Double?
    for mask in 0..<(1 << columns) {
      let solution = (0..<columns).map { mask >> $0 & 1 == 1 }
      guard keeps(solution, problem) else { continue }
      best = max(best ?? -.infinity, problem.value(of: solution))
    }
    return best
  }

  /// Whether all bounds and rows are kept; exact for whole numbers.
  static func keeps(_ solution: [Bool], _ problem: MilpProblem) -> Bool {
    for column in solution.indices {
      if solution[column] ? problem.upper[column] < 1 : problem.lower[column] > 0 { return false }
    }
    for row in problem.rows {
      var sum = 0.0
      for entry in row.indices.indices where solution[Int(row.indices[entry])] { sum += row.values[entry] }
      if sum < row.lower || sum > row.upper { return false }
    }
    return true
  }

  /// Column `later` may be 1 only where `earlier` is.
  static func precedence(_ earlier: Int, _ later: Int) -> MilpProblem.Row {
    MilpProblem.Row(indices: [Int32(later), Int32(earlier)], values: [1, -1], upper: 0)
  }

  /// Knapsacks, a floor, precedences and fixed columns of whole numbers up to `size`.
  static func random(_ stream: inout RandomStream, columns: Int, size: Int) -> MilpProblem {
    func number(_ stream: inout RandomStream) -> Double { Double(stream.index(below: 2 * size + 1) - size / 2) }
    var problem = MilpProblem(objective: (0..<columns).map { _ in number(&stream) })
    let all = (0..<columns).map(Int32.init)
    for _ in 0..<(1 + stream.index(below: 2)) {
      let weights = all.map { _ in Double(stream.index(below: size + 1)) }
      let capacity = (weights.reduce(0, +) * stream.uniform()).rounded()
      problem.rows.append(MilpProblem.Row(indices: all, values: weights, upper: capacity))
    }
    if stream.index(below: 3) == 0 {
      let weights = all.map { _ in number(&stream) }
      let floor = (weights.reduce(0, +) * stream.uniform()).rounded()
      problem.rows.append(MilpProblem.Row(indices: all.reversed(), values: weights.reversed(), lower: floor))
    }
    for later in 1..<max(columns, 1) where stream.index(below: 2) == 0 {
      problem.rows.append(precedence(stream.index(below: later), later))
    }
    for column in 0..<columns where stream.index(below: 8) == 0 {
      let value = Double(stream.index(below: 2))
      problem.lower[column] = value
      problem.upper[column] = value
    }
    return problem
  }

  /// A knapsack that a solution of whole numbers overfills by just 1, if it is allowed to.
  static func nearMiss(_ stream: inout RandomStream, columns: Int, size: Int) -> MilpProblem {
    let all = (0..<columns).map(Int32.init)
    let weights = all.map { _ in Double(size / 2 + stream.index(below: size / 2)) }
    let capacity = weights.filter { _ in stream.index(below: 2) == 0 }.reduce(0, +) - 1
    var problem = MilpProblem(
      objective: weights, rows: [MilpProblem.Row(indices: all, values: weights, upper: capacity)])
    if stream.index(below: 3) == 0 {
      problem.rows.append(
        MilpProblem.Row(indices: all, values: weights, lower: capacity - (Double(size) / 1000).rounded()))
    }
    for later in 1..<columns where stream.index(below: 3) == 0 {
      problem.rows.append(precedence(stream.index(below: later), later))
    }
    return problem
  }

  /// Equations that split random numbers in halves, after Cornuéjols and Dawande: mostly infeasible, which takes very
  /// long to prove.
  static func marketSplit(rows: Int, columns: Int) -> MilpProblem {
    var stream = RandomStream(seed: 11)
    let all = (0..<columns).map(Int32.init)
    return MilpProblem(
      objective: all.map { _ in 1 },
      rows: (0..<rows).map { _ in
        let values = all.map { _ in Double(stream.index(below: 100)) }
        let half = (values.reduce(0, +) / 2).rounded(.down)
        return MilpProblem.Row(indices: all, values: values, lower: half, upper: half)
      })
  }

  /// Many knapsacks over the same items: a good solution is soon found, the best one is not soon proven.
  static func knapsacks(rows: Int, columns: Int) -> MilpProblem {
    var stream = RandomStream(seed: 12)
    let all = (0..<columns).map(Int32.init)
    let weights = (0..<rows).map { _ in all.map { _ in Double(1 + stream.index(below: 1000)) } }
    let objective = (0..<columns).map { column in
      weights.reduce(0) { $0 + $1[column] } / Double(rows) + Double(stream.index(below: 500))
    }
    return MilpProblem(
      objective: objective,
      rows: weights.map { MilpProblem.Row(indices: all, values: $0, upper: ($0.reduce(0, +) / 2).rounded()) })
  }
}
