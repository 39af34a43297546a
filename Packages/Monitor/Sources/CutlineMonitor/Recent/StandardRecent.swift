internal import CutlineCore
internal import CutlineCredit

struct RecentConfig: StageConfig {
  var level = 0.01
  var earlyMultiplier = 4.0
  var currency = Currency.euro
  var folder = "data"
  static let fields: [Field<Self>] = [
    .double(
      "false_alarms", \.level, in: 0.0001...0.5, unit: "share",
      "Share of back-tests in which noise alone is called a change, better or worse."),
    .double(
      "early_multiplier", \.earlyMultiplier, in: 0.001...1000,
      "Snapshots summed in todu_amt_pile_h3: risk after three months = this · todu_30ever_h3 / pile."),
    Currency.field(\.currency), ResultFolder.field(\.folder),
  ]
}

/// The scenarios on the recent period, with maturity as a state; and whether what was booked since went as promised.
///
/// See `RecentCells` for the risk of what was booked and rejected since, `Ladder` for what three months say of six,
/// `RiskComparison` for the test. Writes `risk_production_summary_mr_`, `data_summary_desagregado_mr_` and `backtest_` of
/// every scenario; nothing where no recent period is asked for, or where it holds nothing.
struct StandardRecent: Stage {
  typealias Kind = Recent
  static let name = "standard"
  static let summary = "Summary, cells and back-test of every scenario on the recent period."
  static let reads = ["sample"]
  let config: RecentConfig

  /// Rows only where there is a test to be made and the cube has no hash classes for it.
  func needs(_ input: Recent.Input) -> [String] {
    input.cube.buckets == nil && (input.cube.summary.recent?.months ?? 0) > 0 ? Self.reads : []
  }

  func run(_ input: Recent.Input, in context: RunContext) async throws -> RecentRisk {
    guard let period = input.cube.summary.recent else {
      context.note("no recent period is asked for: date_ini_book_obs_mr and date_fin_book_obs_mr are not set")
      return .nothing(.notAskedFor)
    }
    guard input.surface.grid == input.cube.grid, input.cells.grid == input.cube.grid else {
      throw Faults.data("recent", "cells or surface belong to another grid", "Connect stages of one run.")
    }
    if period.end < input.cube.summary.basis.periodStart {
      context.warn(
        "the recent period (\(word: period.start) to \(word: period.end)) lies before the main one: what the back-test calls promised is the later of the two, observed the earlier, and deteriorated means that risk has fallen since"
      )
    }
    if period.sharedRows > 0 {
      context.warn("\(period.sharedRows) applications lie in both periods: they count in the main one only")
    }
    let basis = period.basis(segment: input.cube.summary.basis.segment)
    let decided = try input.cube.sums(of: .rows, ApplicationState.decidedByScore, in: .recent)
    guard let basis, decided.prefix(input.cube.grid.cellCount).contains(where: { $0 > 0 }) else {
      context.warn(
        "the recent period holds no booked or score-rejected application of the grid: there is nothing to look at")
      return .nothing(.empty)
    }
    let ladder = try Ladder(input.cube)
    let made = try RecentCells(input, basis: basis, ladder: ladder)
    let state: RecentRisk.State =
      made.matureRows == 0 ? .immature : made.matureRows < made.bookedRows ? .partlyMature : .mature
    let recent = RecentRisk(
      state: state, cells: made.cells, sources: made.sources, ladder: ladder, tests: try tests(input))
    try recent.check()
    // The rows of the summary are the cube's, added up another way.
    for amount in [Amount.requested, .production] {
      let sums = try input.cube.sums(of: amount, ApplicationState.booked, in: .recent).prefix(made.cells.grid.cellCount)
      let own = made.cells.booked.map { amount == .requested ? $0.requested : $0.production }
      guard sums.reduce(0, +) == own.reduce(0, +) else {
        throw Faults.integrity("recent period", "its \(amount) is not that of the cube", "Report this stage.")
      }
    }
    say(recent, made, context)
    let tables = RecentTables(recent, made.cells, config.currency, folder: config.folder)
    for scenario in input.scenarios.scenarios {
      for file in [try tables.summary(scenario), tables.cellRows(scenario), tables.backTest(scenario)] {
        try await context.attach(file.path, columns: file.columns) { try $0.append(file.bytes) }
      }
      let own = recent.tests.filter { $0.scenario == nil || $0.scenario == scenario.name }
      let json = try CanonicalJSON.encode(own, pretty: true)
      try await context.attach("\(config.folder)/backtest_\(scenario.name).json") { try $0.append(json) }
    }
    return recent
  }

  /// Of everything that was booked, then of what each scenario would have kept: at the horizon, and after three months
  /// where the file says so.
  private func tests(_ input: Recent.Input) throws -> [BackTest] {
    let (cube, count) = (input.cube, input.cube.grid.cellCount)
    let source = try BucketSource(cube, input.sample)
    let names = [nil] + input.scenarios.scenarios.filter { $0.strategy != nil }.map { Optional($0.name) }
    let groups =
      [[Bool](repeating: true, count: count)]
      + input.scenarios.scenarios.compactMap { scenario in
        scenario.strategy.map { strategy in (0..<count).map { strategy.accepts($0, in: cube.grid) } }
      }
    var outcomes = [(BucketSource.Outcome.late, cube.summary.horizonMonths ?? 6, cube.measure.multiplier)]
    if cube.measures.contains(Measure(.earlyRows)) { outcomes.append((.early, 3, config.earlyMultiplier)) }
    var tests: [BackTest] = []
    for (outcome, months, multiplier) in outcomes {
      let main = try source.sums(outcome, in: .main, groups: groups)
      let recent = try source.sums(outcome, in: .recent, groups: groups)
      let mix = try Mix(cube, outcome, multiplier)
      for index in groups.indices {
        tests.append(
          BackTest(
            scenario: names[index], months: months, multiplier: multiplier, main: main[index], recent: recent[index],
            mix: mix.percent(groups[index]), level: config.level))
      }
    }
    return tests
  }

  private func say(_ recent: RecentRisk, _ made: RecentCells, _ context: RunContext) {
    context.note(
      "recent period: \(made.matureRows) of \(made.bookedRows) booked applications have an outcome (\(word: recent.state.rawValue))"
    )
    if let ladder = recent.ladder {
      if let why = ladder.refusal {
        context.warn("three months are not carried to the horizon: \(word: why)")
      } else if let up = ladder.numeratorFactor, let down = ladder.denominatorFactor {
        context.note(
          "from three months to the horizon, over \(ladder.months) months and \(ladder.badRows) bad: numerator × \(word: NumberText.fixed(up, 3)), denominator × \(word: NumberText.fixed(down, 3))"
        )
      }
    } else if recent.state != .mature {
      context.note("the file has no todu_30ever_h3 and todu_amt_pile_h3: what has no outcome yet is imputed")
    }
    for verdict in [BackTest.Verdict.immature, .notEnough] {
      let silent = recent.tests.count { $0.verdict == verdict }
      guard silent > 0 else { continue }
      let why = verdict == .immature ? "no outcome is known yet" : "too few bad applications in one of the periods"
      context.note(
        "\(silent) of \(recent.tests.count) back-tests say nothing: \(word: verdict.rawValue) (\(word: why))")
    }
    for test in recent.tests where test.verdict != .immature && test.verdict != .notEnough {
      let group = test.scenario.map { "what \($0) keeps" } ?? "all booked"
      guard let promised = test.promised.risk, let observed = test.observed.risk, let low = test.low,
        let high = test.high
      else { continue }
      let numbers =
        "\(NumberText.fixed(promised, 3)) % promised, \(NumberText.fixed(observed, 3)) % observed, ratio in \(NumberText.fixed(low, 2)) to \(NumberText.fixed(high, 2))"
      let remark: Remark =
        "back-test after \(test.months) months, \(word: group): \(word: test.verdict.rawValue) (\(word: numbers))"
      if test.verdict == .deteriorated { context.warn(remark) } else { context.note(remark) }
    }
  }
}

/// What the cells of the main period promise of what was booked since: Σ R(cell) · d / Σ d over the cells whose risk the main
/// period knows, d the denominator of the recent period.
private struct Mix {
  private let risk: [Double?]
  private let weight: [Int64]

  init(_ cube: Cube, _ outcome: BucketSource.Outcome, _ multiplier: Double) throws {
    func sums(_ amount: Amount, _ period: Period) throws -> [Int64] {
      Array(try cube.sums(of: amount, outcome.states, in: period).prefix(cube.grid.cellCount))
    }
    let (numerator, denominator) = (try sums(outcome.numerator, .main), try sums(outcome.denominator, .main))
    risk = zip(numerator, denominator).map { $1 > 0 ? 100 * multiplier * Double($0) / Double($1) : nil }
    weight = try sums(outcome.denominator, .recent)
  }

  func percent(_ group: [Bool]) -> Double? {
    var (sum, whole) = (0.0, 0.0)
    for cell in group.indices where group[cell] {
      guard let risk = risk[cell] else { continue }
      sum += risk * Double(weight[cell])
      whole += Double(weight[cell])
    }
    return whole > 0 ? sum / whole : nil
  }
}
