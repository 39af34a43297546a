import CutlineCompute
import CutlineCore
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import CutlineMilp
@testable import CutlineOptimize

@Suite(.enabled(if: Highs.isInstalled, Highs.missing)) struct HighsTests {
  @Test func everyOptimumIsThatOfTryingAllSolutions() throws {
    let solver = try Highs.solver()
    #expect(solver.version.hasPrefix("HiGHS 1."))
    var (solved, infeasible) = (0, 0)
    for trial in 0..<400 {
      var stream = RandomStream(seed: UInt64(trial))
      let size = [3, 40, 1000, 1_000_000][trial % 4]
      let problem = Highs.random(&stream, columns: 1 + stream.index(below: 9), size: size)
      let answer = try solver.solve(problem)
      guard let best = Highs.bruteForce(problem) else {
        #expect(answer.status == .infeasible && answer.solution == nil && answer.bound == nil, "trial \(trial)")
        infeasible += 1
        continue
      }
      solved += 1
      let solution = try #require(answer.solution, "trial \(trial)")
      #expect(answer.status == .optimal && answer.objective == best, "trial \(trial)")
      #expect(Highs.keeps(solution, problem), "trial \(trial)")
      let bound = try #require(answer.bound)
      #expect(bound >= best && bound <= best + 1e-6 * max(1, abs(best)), "trial \(trial)")
    }
    #expect(solved > 200 && infeasible > 20)
  }

  /// HiGHS alone takes a point for a solution that breaks a row of great numbers by 1.
  @Test(arguments: [1_000_000, 1_000_000_000, 1_000_000_000_000]) func noRowIsBrokenByEvenOne(size: Int) throws {
    for tolerance in [1e-6, 1e-9] {
      let solver = try Highs.solver(tolerance: tolerance)
      for trial in 0..<60 {
        var stream = RandomStream(seed: UInt64(5000 + trial))
        let problem = Highs.nearMiss(&stream, columns: 9, size: size)
        let answer = try solver.solve(problem)
        let best = Highs.bruteForce(problem)
        #expect(answer.objective == best, "trial \(trial)")
        #expect(answer.status == (best == nil ? .infeasible : .optimal), "trial \(trial)")
      }
    }
  }

  /// Differences below the tolerance are not seen, all others are.
  @Test func fractionalNumbersAreSolvedUpToTheTolerance() throws {
    let solver = try Highs.solver()
    for trial in 0..<100 {
      var stream = RandomStream(seed: UInt64(1000 + trial))
      var problem = Highs.random(&stream, columns: 8, size: 50)
      problem.objective = problem.objective.map { $0 + stream.uniform() }
      let answer = try solver.solve(problem)
      guard let best = Highs.bruteForce(problem) else {
        #expect(answer.status == .infeasible, "trial \(trial)")
        continue
      }
      #expect(answer.status == .optimal, "trial \(trial)")
      #expect(abs(try #require(answer.objective) - best) <= 1e-6, "trial \(trial)")
    }
  }

  @Test func sameProblemSameAnswerFromAnyTask() async throws {
    let solver = try Highs.solver(seed: 5)
    let problem = Highs.knapsacks(rows: 3, columns: 30)
    let first = try solver.solve(problem)
    #expect(first.status == .optimal && first.gap == 0 && first.nodes > 0 && first.seconds > 0)
    let others = try await withThrowingTaskGroup(of: MilpAnswer.self) { group in
      for _ in 0..<4 { group.addTask { try solver.solve(problem) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for other in others {
      #expect(other.solution == first.solution && other.nodes == first.nodes && other.bound == first.bound)
    }
  }

  @Test func aStartChangesTheSearchButNotTheOptimum() throws {
    let solver = try Highs.solver()
    let problem = Highs.knapsacks(rows: 3, columns: 25)
    let best = try solver.solve(problem)
    let solution = try #require(best.solution)
    #expect(try solver.solve(problem, from: solution).objective == best.objective)
    // Accepting everything breaks the rows.
    let broken = try solver.solve(problem, from: Array(repeating: true, count: 25))
    #expect(broken.status == .optimal && broken.objective == best.objective)
    expectFaults(.data) { try solver.solve(problem, from: [true]) }
  }

  /// A start that the search could not have found yet is what it hands back when there is no time.
  @Test func aStartSurvivesATimeLimit() throws {
    var problem = Highs.marketSplit(rows: 5, columns: 40)
    let start = (0..<40).map { $0 % 3 == 0 }
    for index in problem.rows.indices {
      let sum = zip(problem.rows[index].values, start).reduce(0) { $1.1 ? $0 + $1.0 : $0 }
      problem.rows[index].lower = sum
      problem.rows[index].upper = sum
    }
    for limit in [0, 0.3] {
      let answer = try Highs.solver(timeLimitSeconds: limit).solve(problem, from: start)
      #expect(answer.status == .timeLimit && answer.objective == 14 && answer.solution == start)
      #expect(answer.bound ?? 14 >= 14)
    }
  }

  @Test func withoutTimeNothingIsCalledInfeasible() throws {
    let hard = Highs.marketSplit(rows: 5, columns: 40)
    for limit in [0, 0.001, 0.3] {
      let answer = try Highs.solver(timeLimitSeconds: limit).solve(hard)
      #expect(answer.status == .timeLimit && answer.solution == nil && answer.gap == nil, "\(limit) s")
      #expect(answer.seconds < 20)
    }
    let knapsacks = Highs.knapsacks(rows: 12, columns: 250)
    let slow = try Highs.solver(timeLimitSeconds: 0.5).solve(knapsacks)
    let incumbent = try #require(slow.solution)
    #expect(slow.status == .timeLimit && Highs.keeps(incumbent, knapsacks))
    let (objective, bound) = (try #require(slow.objective), try #require(slow.bound))
    #expect(bound > objective && slow.gap == (bound - objective) / objective)
  }

  @Test func whatIsCancelledStops() async throws {
    let solver = try Highs.solver(timeLimitSeconds: 300)
    let hard = Highs.marketSplit(rows: 5, columns: 40)
    let begin = ContinuousClock.now
    #expect(throws: CancellationError.self) {
      try solver.solve(hard) { ContinuousClock.now - begin > .milliseconds(200) }
    }
    #expect(ContinuousClock.now - begin < .seconds(100))
    // By itself it asks the task that it runs in.
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try solver.solve(hard)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func aFixedColumnStaysFixed() throws {
    let solver = try Highs.solver()
    // The better item is forbidden, the worse one forced; each alone fits.
    var problem = MilpProblem(
      objective: [10, 4, -3], rows: [MilpProblem.Row(indices: [0, 1, 2], values: [5, 5, 5], upper: 10)])
    #expect(try solver.solve(problem).solution == [true, true, false])
    problem.upper[0] = 0
    problem.lower[2] = 1
    #expect(try solver.solve(problem).solution == [false, true, true])
    problem.lower = [0, 1, 1]
    problem.upper = [0, 1, 1]
    #expect(try solver.solve(problem).objective == 1)
    problem.rows.append(Highs.precedence(0, 1))
    #expect(try solver.solve(problem).status == .infeasible)
  }

  @Test func smallAndEmptyProblemsHaveAnswers() throws {
    let solver = try Highs.solver()
    #expect(try solver.solve(MilpProblem(objective: [])).objective == 0)
    #expect(
      try solver.solve(MilpProblem(objective: [], rows: [.init(indices: [], values: [], lower: 1)])).status
        == .infeasible)
    #expect(try solver.solve(MilpProblem(objective: [1, -1])).solution == [true, false])
    let contradiction = MilpProblem(objective: [1], rows: [.init(indices: [0], values: [1], lower: 1, upper: 0)])
    #expect(try solver.solve(contradiction).status == .infeasible)
    let zero = MilpProblem(objective: [1, 1], rows: [.init(indices: [0, 1], values: [0, 1], upper: 0)])
    #expect(try solver.solve(zero).solution == [true, false])
    let nothing = try solver.solve(MilpProblem(objective: [-1, -2]))
    #expect(nothing.objective == 0 && nothing.gap == 0)
  }

  @Test func limitsOutOfRangeAreRefused() throws {
    let problem = MilpProblem(objective: [1])
    for change: (inout HighsSolver) -> Void in [
      { $0.timeLimitSeconds = -1 }, { $0.timeLimitSeconds = .nan }, { $0.absoluteGap = -1 }, { $0.tolerance = 0 },
    ] {
      var solver = try Highs.solver()
      change(&solver)
      expectFaults(.data) { try solver.solve(problem) }
    }
    #expect(try Highs.solver(timeLimitSeconds: .infinity, seed: .max).solve(problem).objective == 1)
  }
}

/// What needs no solver.
@Suite struct HighsAbsenceTests {
  private func error(_ candidates: [String]) -> String {
    do {
      return "found \(try HighsLibrary(candidates: candidates).path)"
    } catch {
      return error.description
    }
  }

  @Test func whatIsMissingIsSaidWithThePlaces() {
    #expect(
      error([])
        == "milp: the solver HiGHS is not installed; looked in no place. Run scripts/setup, or use = \"threshold\".")
    let missing = error(["/nonexistent/libhighs.so.1", "libhighs-that-no-system-has.so.1"])
    #expect(missing.contains("looked in /nonexistent/libhighs.so.1, libhighs-that-no-system-has.so.1 of the system ("))
  }

  @Test func whatIsThereButUselessIsNotPassedOver() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("libhighs-\(UUID().uuidString).so.1")
    try Data("no library".utf8).write(to: file)
    defer {
      // A file that stays behind in the temporary folder harms nobody.
      try? FileManager.default.removeItem(at: file)
    }
    #expect(error([file.path, "libhighs.so.1"]).hasPrefix("milp: the solver HiGHS in \(file.path) cannot be used: "))
    // A library, but another one.
    #expect(error(["libm.so.6"]).contains("lacks Highs_version"))
  }

  @Test func aCoverCutsOffThePointAndNoSolution() throws {
    for trial in 0..<100 {
      var stream = RandomStream(seed: UInt64(trial))
      let problem = Highs.random(&stream, columns: 6, size: 20)
      let points = (0..<64).map { mask in (0..<6).map { mask >> $0 & 1 == 1 } }
      let point = points[stream.index(below: 64)]
      let covers = problem.covers(of: point, tolerance: 1e-9)
      let cut = MilpProblem(objective: problem.objective, rows: covers)
      var free = problem
      free.lower = Array(repeating: 0, count: 6)
      free.upper = Array(repeating: 1, count: 6)
      #expect(Highs.keeps(point, free) == covers.isEmpty)
      #expect(covers.isEmpty || !Highs.keeps(point, cut))
      for solution in points where Highs.keeps(solution, free) { #expect(Highs.keeps(solution, cut)) }
      for point in points {
        #expect(problem.isKept(by: point, tolerance: 1e-9) == Highs.keeps(point, problem))
      }
    }
    // Rounding of a fractional row is let pass, a whole unit is not.
    let tenths = MilpProblem(
      objective: [1, 1, 1], rows: [.init(indices: [0, 1, 2], values: [0.1, 0.2, 0.3], upper: 0.6)])
    #expect(tenths.isKept(by: [true, true, true], tolerance: 1e-9))
    let great = MilpProblem(objective: [1, 1], rows: [.init(indices: [0, 1], values: [4e15, 1], upper: 4e15)])
    #expect(great.isKept(by: [true, true], tolerance: 1e-9) == false)
  }

  @Test func itIsLookedForInOrder() {
    #expect(
      HighsLibrary.candidates(executable: "/opt/cutline/bin/cutline", workingFolder: "/home/someone") == [
        "/opt/cutline/lib/cutline/libhighs.so.1", "/opt/cutline/bin/libhighs.so.1",
        "/opt/cutline/.dependencies/highs/lib/libhighs.so.1", "/opt/.dependencies/highs/lib/libhighs.so.1",
        "libhighs.so.1",
      ])
    // Only what runs from a build folder looks above the current folder.
    #expect(
      HighsLibrary.candidates(executable: "/a/.build/debug/tests", workingFolder: "/b/c").suffix(4) == [
        "/a/.dependencies/highs/lib/libhighs.so.1", "/b/c/.dependencies/highs/lib/libhighs.so.1",
        "/b/.dependencies/highs/lib/libhighs.so.1", "libhighs.so.1",
      ])
  }

  @Test(arguments: [
    (MilpProblem(objective: [1], lower: [], upper: [1], rows: []), "1 objective values, 0 lower and 1 upper bounds"),
    (MilpProblem(objective: [.nan]), "the objective value is nan"),
    (MilpProblem(objective: [1e20]), "below 1e20"),
    (MilpProblem(objective: [1], lower: [0.5], upper: [1], rows: []), "the bounds are 0.5 and 1.0"),
    (MilpProblem(objective: [1], lower: [1], upper: [0], rows: []), "the bounds are 1.0 and 0.0"),
    (MilpProblem(objective: [1], rows: [.init(indices: [0], values: [])]), "row 0: 1 columns and 0 values"),
    (MilpProblem(objective: [1], rows: [.init(indices: [1], values: [1])]), "column 1 of 1"),
    (MilpProblem(objective: [1], rows: [.init(indices: [-1], values: [1])]), "column -1 of 1"),
    (MilpProblem(objective: [1], rows: [.init(indices: [0, 0], values: [1, 1])]), "named twice"),
    (MilpProblem(objective: [1], rows: [.init(indices: [0], values: [1e-10])]), "is 1e-10"),
    (MilpProblem(objective: [1], rows: [.init(indices: [0], values: [.infinity])]), "is inf"),
    (MilpProblem(objective: [1], rows: [.init(indices: [0], values: [1], lower: .nan)]), "a bound is nan"),
    (MilpProblem(objective: [1], rows: [.init(indices: [0], values: [1], upper: 1e20)]), "a bound is 1e+20"),
  ]) func malformedProblemsAreRefused(problem: MilpProblem, reason: String) {
    do {
      try problem.check()
      Issue.record("accepted although \(reason)")
    } catch {
      #expect(error.description.contains(reason))
    }
  }
}
