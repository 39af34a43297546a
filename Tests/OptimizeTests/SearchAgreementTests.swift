import CutlineCompute
import CutlineCore
import CutlineCredit
import TestSupport
import Testing

@testable import CutlineMilp
@testable import CutlineOptimize

/// The searches of the kind take each other's place: the same answers, whatever the number of scores and the constraints.
@Suite struct SearchAgreementTests {
  private static let shapes = [[4], [3, 4], [1, 5], [4, 1], [2, 3, 2], [3, 2, 2], [2, 2, 2, 2]]

  /// Production and risk of the points: with three and more scores ties may be kept by other strategies.
  private func sums(_ frontier: Frontier) -> [[Int64]] {
    frontier.points.map { point in
      let (n, d) = (point.numerator, point.denominator)
      var (a, b) = (n.magnitude, d.magnitude)
      while b != 0 { (a, b) = (b, a % b) }
      let divisor = Int64(max(a, 1))
      return [point.production, n / divisor, d == 0 ? 1 : d / divisor]
    }
  }

  @Test func frontiersAgreeWithTheDefinition() async throws {
    var stream = RandomStream(seed: 1)
    for trial in 0..<60 {
      let shape = Self.shapes[trial % Self.shapes.count]
      let table = SearchCases.table(shape, size: [3, 40, 100_000][trial % 3], &stream)
      func cell() -> String { shape.map { String(1 + stream.index(below: $0)) }.joined(separator: ",") }
      let pins = trial % 2 == 0 ? "" : "pins = [\"\(cell())=\(trial % 4 == 1 ? "accept" : "reject")\"]\n"
      let floor = trial % 5 == 0 ? "production_floor = 0.02\n" : ""
      let defined = try await SearchCases.run("exhaustive", table, pins + floor)
      let found = try await SearchCases.run("frontier", table, pins + floor, workers: 2)
      #expect(sums(found) == sums(defined), "trial \(trial) \(shape) \(pins)\(floor)")
      #expect(found.strategyCount == defined.strategyCount)
      if shape.count <= 2 { #expect(found.points == defined.points, "trial \(trial)") }
      for point in found.points {
        #expect(point.strategy.firstViolation(in: table.grid) == nil)
        let totals = table.totals(of: point.strategy).optimum
        #expect(
          [totals.production, totals.numerator, totals.denominator]
            == [point.production, point.numerator, point.denominator])
      }
    }
  }

  @Test func limitsAgreeWithTheFrontier() async throws {
    var stream = RandomStream(seed: 2)
    let hasSolver = (try? HighsLibrary.installed.get()) != nil
    for trial in 0..<40 {
      let shape = Self.shapes[trial % Self.shapes.count]
      let table = SearchCases.table(shape, size: [3, 40, 100_000][trial % 3], &stream)
      let risk = SearchCases.risk(table)
      let limits = try [0.25, 0.6, 1, 1.3].map { try DecimalNumber(($0 * risk * 1000).rounded() / 1000) }
      guard Set(limits).count == limits.count else { continue }
      let settings = "limits = [\(limits.map(\.description).joined(separator: ", "))]\n"
      let whole = try await SearchCases.run("exhaustive", table)
      for search in hasSolver ? ["threshold", "milp"] : ["threshold"] {
        let answered = try await SearchCases.run(search, table, settings, workers: 2)
        for limit in limits {
          let expected = try whole.answer(to: limit, measure: table.measure)
          let answer = try answered.answer(to: limit, measure: table.measure)
          #expect(answer.status == expected.status, "trial \(trial) \(search) \(limit)")
          guard let a = answer.point, let b = expected.point else { continue }
          #expect(answered.points[a].production == whole.points[b].production, "trial \(trial) \(search) \(limit)")
          #expect(
            Int128(answered.points[a].numerator) * Int128(whole.points[b].denominator)
              == Int128(whole.points[b].numerator) * Int128(answered.points[a].denominator),
            "trial \(trial) \(search) \(limit)")
          #expect(answer.bound == whole.points[b].production)
          if let relaxation = answer.relaxation { #expect(relaxation >= whole.points[b].production) }
        }
      }
    }
  }

  /// Constraints that only the definition and the solver honour.
  @Test(.enabled(if: (try? HighsLibrary.installed.get()) != nil, "the solver HiGHS is not installed"))
  func constraintsAgree() async throws {
    var stream = RandomStream(seed: 3)
    var bound = 0
    for trial in 0..<40 {
      let shape = Self.shapes[trial % Self.shapes.count]
      let table = SearchCases.table(shape, size: [40, 100_000][trial % 2], &stream)
      let risk = SearchCases.risk(table)
      let limits = try [0.6, 1.1].map { try DecimalNumber(($0 * risk * 1000).rounded() / 1000) }
      guard Set(limits).count == limits.count else { continue }
      let most = Double(table.swapIn.reduce(0) { $0 + $1.production }) / 100
      var constraints = ""
      if trial % 3 != 0 { constraints += "swap_in_production_limit = \((most * 30).rounded() / 100)\n" }
      if trial % 4 != 0 { constraints += "swap_in_risk_limit = \(risk * 0.8)\n" }
      if trial % 5 != 0 {
        let lines = shape.dropLast().reduce(1, *)
        // Everything is accepted today: the riskiest bin is the cutoff everywhere.
        let axis = table.grid.axes[shape.count - 1]
        let cutoff = axis.safestIsLast ? 1 : axis.binCount
        constraints += "changes_limit = \(trial % 4 + 1)\n"
        constraints += "current_cutoffs = [\(Array(repeating: "\(cutoff)", count: lines).joined(separator: ", "))]\n"
      }
      let whole = try await SearchCases.run("exhaustive", table, constraints)
      let free = try await SearchCases.run("exhaustive", table)
      if whole.points != free.points { bound += 1 }
      let answered = try await SearchCases.run(
        "milp", table, constraints + "limits = [\(limits.map(\.description).joined(separator: ", "))]\n")
      for limit in limits {
        let expected = try whole.answer(to: limit, measure: table.measure)
        let answer = try answered.answer(to: limit, measure: table.measure)
        #expect(answer.status == expected.status, "trial \(trial) \(limit) \(constraints)")
        guard let a = answer.point, let b = expected.point else { continue }
        #expect(answered.points[a].production == whole.points[b].production, "trial \(trial) \(limit) \(constraints)")
      }
    }
    #expect(bound > 20)
  }

  @Test func nestedStrategiesAreNestedAndCostSomethingAtTimes() async throws {
    var stream = RandomStream(seed: 4)
    let hasSolver = (try? HighsLibrary.installed.get()) != nil
    var cost = 0
    for trial in 0..<25 {
      let shape = Self.shapes[trial % Self.shapes.count]
      let table = SearchCases.table(shape, size: 1000, &stream)
      let risk = SearchCases.risk(table)
      let limits = try [0.5, 0.7, 0.9].map { try DecimalNumber(($0 * risk * 1000).rounded() / 1000) }
      let list = "limits = [\(limits.map(\.description).joined(separator: ", "))]\n"
      var totals: [String: Int64] = [:]
      var choices = [("threshold", "bottom-up"), ("threshold", "top-down"), ("threshold", "middle-out")]
      if hasSolver { choices += [("milp", "joint"), ("milp", "top-down")] }
      for (search, nesting) in choices {
        let frontier = try await SearchCases.run(search, table, list + "nesting = \"\(nesting)\"\n")
        let chosen = try limits.compactMap { try frontier.answer(to: $0, measure: table.measure).point }
          .map { frontier.points[$0] }
        for (careful, bold) in zip(chosen, chosen.dropFirst()) {
          #expect(bold.strategy.contains(careful.strategy), "trial \(trial) \(search) \(nesting)")
        }
        for answer in frontier.answers {
          guard let point = answer.point else { continue }
          let alone = try #require(answer.unnestedProduction)
          #expect(frontier.points[point].production <= alone)
          if frontier.points[point].production < alone { cost += 1 }
        }
        totals["\(search) \(nesting)", default: 0] = chosen.reduce(0) { $0 + $1.production }
      }
      // Everything at once is not worse than one after the other, and both searches take the same steps.
      if hasSolver {
        for (key, total) in totals { #expect(total <= totals["milp joint"] ?? .max, "trial \(trial) \(key)") }
        #expect(totals["milp top-down"] == totals["threshold top-down"], "trial \(trial)")
      }
    }
    #expect(cost > 0)
  }

  @Test func whatASearchCannotHonourIsRefusedWithASentence() async throws {
    var stream = RandomStream(seed: 5)
    let table = SearchCases.table([3, 3], size: 100, &stream)
    for (search, setting) in [
      ("frontier", "changes_limit = 1"), ("frontier", "swap_in_risk_limit = 5"),
      ("frontier", "nesting = \"bottom-up\""),
      ("threshold", "swap_in_production_limit = 5"), ("threshold", "nesting = \"joint\""),
      ("exhaustive", "nesting = \"joint\""),
    ] {
      await #expect("\(search) \(setting)") {
        try await SearchCases.run(search, table, setting)
      } throws: { error in
        "\(error)".contains("Use the search ")
      }
    }
    for setting in [
      "changes_limit = 1", "current_cutoffs = [1, 2, 3]", "changes_limit = 1\ncurrent_cutoffs = [1, 2]",
      "changes_limit = 1\ncurrent_cutoffs = [1, 2, 9]",
      "changes_limit = 1\ncurrent_cutoffs = [1, 2, 3]\npins = [\"4,1=accept\"]",
      "pins = [\"1,1,1=accept\"]",
    ] {
      await expectFaults(.usage, "\(setting)") { try await SearchCases.run("exhaustive", table, setting) }
    }
    await expectFaults(.usage) { try await SearchCases.run("threshold", table, "limits = [1, 1.0]") }
  }

  /// A limit that nobody asked about has no answer, and a budget that is too small claims nothing.
  @Test func onlyWhatIsKnownIsSaid() async throws {
    var stream = RandomStream(seed: 6)
    let table = SearchCases.table([3, 3], size: 100, &stream)
    let answered = try await SearchCases.run("threshold", table, "limits = [1, 2]")
    expectFaults(.usage) { try answered.answer(to: DecimalNumber(1.5), measure: table.measure) }
    let large = SearchCases.table([8, 9, 7], size: 100_000, &stream)
    let hurried = try await SearchCases.run("frontier", large, "time_limit = 0.001")
    #expect(!hurried.open.isEmpty)
    let limit = try DecimalNumber(SearchCases.risk(large))
    let answer = try hurried.answer(to: limit, measure: large.measure)
    let exact = try await SearchCases.run("threshold", large, "limits = [\(limit)]")
    let truth = try exact.answer(to: limit, measure: large.measure)
    #expect(truth.status == .optimal)
    if answer.status == .unproven, let bound = answer.bound, let point = truth.point {
      #expect(bound >= exact.points[point].production)
    }
  }

  /// Amounts as large as in currencies with many digits, and a pin that leaves nothing within the limit.
  @Test func largeAmountsAndNothingThatFits() async throws {
    let grid = SearchCases.grid([1, 2], [.higherIsSafer])
    let table = Cells.table(grid) { cell in
      CellSums(
        numerator: cell == 0 ? 200_000_000_000 : 100_000_000_000, denominator: 1_000_000_000_000,
        production: 1_000_000_000_000)
    }
    let found = try await SearchCases.run("threshold", table, "limits = [1]\npins = [\"1,2=accept\"]")
    #expect(found.answers.map(\.status) == [.infeasible])
  }

  /// Swap-ins too large to add up exactly are said, and not taken for answers that break a limit.
  @Test(arguments: ["milp", "exhaustive"]) func swapInsThatCannotBeAddedUpAreRefused(search: String) async throws {
    var stream = RandomStream(seed: 7)
    let small = SearchCases.table([2, 2], size: 100, &stream)
    let large = CellSums(production: 1 << 52)
    let table = CellTable(
      grid: small.grid, measure: small.measure, booked: small.booked.map { $0 - large }, rejected: small.rejected,
      rejectedRows: small.rejectedRows, swapIn: small.booked.map { _ in large }, predictedRisk: small.predictedRisk,
      rejectMultiplier: small.rejectMultiplier, exposureRatio: 1, basis: small.basis)
    await #expect(throws: ComputeError.self) {
      try await SearchCases.run(search, table, "swap_in_production_limit = 5.0")
    }
  }

  /// Counting four scores took ten times as long as searching them.
  @Test func noTimeIsSpentOnCountingFourScores() async throws {
    var stream = RandomStream(seed: 8)
    let table = SearchCases.table([2, 2, 2, 2], size: 100, &stream)
    #expect(try await SearchCases.run("threshold", table, "limits = [5]").strategyCount == nil)
    #expect(
      try await SearchCases.run("threshold", SearchCases.table([2, 3, 4], size: 9, &stream), "limits = [5]")
        .strategyCount == "490")
  }
}
