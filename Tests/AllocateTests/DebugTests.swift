import CutlineCore
import CutlineCredit
import Testing

@testable import CutlineAllocate

@Suite struct DebugTests {
  @Test func one() throws {
    let d: [(String, [(Int64, Int64, Int64)])] = [
      ("a", [(793, 16, 4758), (9516, 335, 57096), (10285, 492, 61710), (15127, 996, 90762), (19014, 1525, 114084)]),
      ("b", [(648, 7, 3888), (1806, 39, 10836), (2968, 91, 17808), (15094, 639, 90564), (17325, 878, 103950)]),
      ("c", [(4148, 66, 24888), (7727, 235, 46362), (8121, 347, 48726), (10094, 466, 60564), (18087, 1072, 108522)]),
    ]
    let input = AllocationFixture.input(
      d.map { AllocationFixture.segment($0.0, $0.1) }, AllocationLimits(target: try DecimalNumber(5.29)))
    let problem = try AllocationProblem(input)
    let solver = ExactSolver(options: problem.options, budget: problem.budget, limit: 100_000)
    print("DBG", try Feasibility(options: problem.options, budget: problem.budget).isFeasible([.target], optimum: { _ in nil }))
    let lists = try problem.options.segments.indices.map { try problem.options.options($0, active: [.target]) }
    let classes = try lists.map { ChoiceOption.undominated(try problem.options.choices($0, problem.budget), margin: 0) }
    let dual = ChoiceDual.best(of: classes, most: nil)
    print("DBG", dual, ExactSolver.rounded(classes, dual) as Any)
    for c in classes { print("DBG", c.map { ($0.value, $0.slack, dual.weight($0)) }) }
    print("DBG", try solver.solve([.target]) as Any)
  }
}
