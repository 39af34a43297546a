import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineSimulate
import Foundation

/// How often intervals hold the truth.
///
/// One population of each mechanism of selection; from each, portfolios of a Poisson number of applications. A run's stages
/// make cells, a strategy, resamples and intervals of every portfolio. The truth is the population's: per cell the mean over
/// all portfolios of the sums of the booked, and of the rejected as if booked, times the share that other rules and walking away
/// would leave. Of it a strategy has its true risk and production: what it would have over new applications of the same
/// population. Coverage of 95 % intervals, each with its basis:
///
/// - a strategy fixed in advance, booked-only: against the truth of the booked with the swap-ins that the run predicts, which
///   is what that interval says, and against the whole truth;
/// - the same, whole-estimator: against the whole truth;
/// - the strategy that the run chooses: its true risk and production, by the whole-estimator interval, which takes no account of
///   choosing, and by the selection-aware one.
struct IntervalsStudy {
  struct Setting {
    let name: String
    let mechanism: LevelPortfolio.Mechanism
    var level = LevelPortfolio.Level.same
    var rejects = "\"none\""
    /// Whether nothing but the scores decides who is booked.
    var isIgnorable = true
    /// How many portfolios: all that are asked for where coverage is promised, a fifth of them elsewhere, 40 or more.
    func count(of portfolios: Int) -> Int { isIgnorable ? portfolios : max(40, portfolios / 5) }
  }

  static let settings = [
    Setting(name: "ignorable: scores decide, rejects as they are", mechanism: .scores),
    Setting(
      name: "scores decide, default inference (× 1.2)", mechanism: .scores, rejects: "\"parceling-score-band\"",
      isIgnorable: false),
    Setting(
      name: "steeper below the cutoff, default inference", mechanism: .scores, level: .riskier,
      rejects: "\"parceling-score-band\"", isIgnorable: false),
    Setting(
      name: "noisy recorded scores, default inference", mechanism: .noisyScores, rejects: "\"parceling-score-band\"",
      isIgnorable: false),
    Setting(
      name: "private information, default inference", mechanism: .insight, rejects: "\"parceling-score-band\"",
      isIgnorable: false),
    Setting(name: "private information, rejects as they are", mechanism: .insight, isIgnorable: false),
    Setting(
      name: "change of policy, default inference", mechanism: .policyChange, rejects: "\"parceling-score-band\"",
      isIgnorable: false),
  ]

  /// Expected applications of a file.
  static let rows = 16_000
  static let resamples = 250
  /// Of the strategy that is fixed in advance.
  static let threshold = 0.8

  private let stages: StudyStages

  init() throws { stages = try StudyStages() }

  static func model(_ setting: Setting) -> PortfolioModel {
    var (model, _) = LevelPortfolio.model(1, setting.mechanism, setting.level)
    (model.goodLogOddsAt500, model.unexplainedDeviation, model.bureauNoise) = (3.0, 0.6, 0.8)
    (model.policyBureauWeight, model.lowSideOverrideShare, model.outcomeNoise) = (0.5, 0.04, 0)
    model.takeUpShare = 0.95
    // Rows that belong together, and amounts that cannot be, are questions of their own.
    (model.duplicateShare, model.resubmissionShare, model.unitErrorShare) = (0, 0, 0)
    return model
  }

  /// Held, of how many; and the errors of the estimate.
  private struct Coverage {
    var held = 0, asked = 0
    var widths: [Double] = []

    mutating func add(_ interval: StrategyIntervals.Interval?, _ truth: Double?) {
      guard let low = interval?.low, let high = interval?.high, let truth else { return }
      asked += 1
      if (low...high).contains(truth) { held += 1 }
      widths.append(high - low)
    }

    var text: String {
      guard asked > 0 else { return "–" }
      return String(format: "%.1f", 100 * Double(held) / Double(asked))
    }
  }

  private struct Found {
    var coverage: [String: Coverage] = [:]
    /// Estimate less truth, percentage points of risk, or of production in percent.
    var errors: [String: [Double]] = [:]
    var optimism: [Double] = []
    /// P(true risk ≤ limit) said, and whether it was.
    var within: [(said: Double, was: Bool)] = []
    var portfolios = 0, failed = 0
  }

  /// What the population holds per cell, of a file: of booked, and of rejected ones as they would be.
  private struct Truth {
    let booked, swapIn: [(Double, Double, Double)]

    init(_ results: [One]) {
      func mean(_ sums: (One) -> [CellSums]) -> [(Double, Double, Double)] {
        let count = Double(results.count)
        return (results.first.map(sums) ?? []).indices.map { cell in
          results.reduce((0, 0, 0)) { total, own in
            let sums = sums(own)[cell]
            return (
              total.0 + Double(sums.production) / 100 / count, total.1 + Double(sums.numerator) / 100 / count,
              total.2 + Double(sums.denominator) / 100 / count
            )
          }
        }
      }
      (booked, swapIn) = (mean(\.booked), mean(\.trueSwapIn))
    }

    func sums(_ accepts: [Bool]) -> (booked: (Double, Double, Double), swapIn: (Double, Double, Double)) {
      func total(_ cells: [(Double, Double, Double)]) -> (Double, Double, Double) {
        zip(cells, accepts).reduce((0, 0, 0)) { sum, cell in
          cell.1 ? (sum.0 + cell.0.0, sum.1 + cell.0.1, sum.2 + cell.0.2) : sum
        }
      }
      return (total(booked), total(swapIn))
    }
  }

  func table(portfolios: Int) async throws -> String {
    var text =
      "| selection | fixed: booked-only risk, own truth | whole truth | fixed: whole risk | by BCa | production | chosen: whole risk | chosen: selection-aware risk | production | error of fixed risk | of chosen risk | optimism said |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n"
    var further = ""
    for setting in Self.settings {
      let found = try await study(setting, portfolios)
      let row =
        [
          "booked own", "booked", "whole risk", "whole risk bca", "whole production", "chosen whole", "aware risk",
          "aware production",
        ]
        .map { found.coverage[$0]?.text ?? "–" }
      func mean(_ values: [Double]) -> String {
        values.isEmpty ? "–" : String(format: "%+.3f", values.reduce(0, +) / Double(values.count))
      }
      text += "| \(setting.name) | \(row.joined(separator: " | ")) | \(mean(found.errors["fixed"] ?? [])) | "
      text += "\(mean(found.errors["chosen"] ?? [])) | \(mean(found.optimism)) |\n"
      further += Self.further(setting, found)
      FileHandle.standardError.write(Data((text + further).utf8))
    }
    return text + "\n" + further
  }

  private static func further(_ setting: Setting, _ found: Found) -> String {
    var text = "\(setting.name): \(found.portfolios) portfolios, \(found.failed) without a chosen strategy; "
    for key in ["whole risk", "aware risk"] {
      let widths = found.coverage[key]?.widths ?? []
      guard !widths.isEmpty else { continue }
      text += "\(key): mean width \(String(format: "%.3f", widths.reduce(0, +) / Double(widths.count))); "
    }
    for (name, values) in found.errors.sorted(by: { $0.key < $1.key }) {
      let own = ModelsStudy.moments(values)
      text += "\(name): sd of errors \(String(format: "%.3f", own.spread)); "
    }
    text += "booked-only own truth by BCa: \(found.coverage["booked own bca"]?.text ?? "–"). "
    let sure = found.within.filter { $0.said >= 0.9 }
    text += "P(true risk ≤ limit) ≥ 0.9 said \(sure.count) times, true in \(sure.count { $0.was }). "
    let bands = [(0.0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1.01)].map { low, high -> String in
      let own = found.within.filter { $0.said >= low && $0.said < high }
      return "\(own.count { $0.was })/\(own.count)"
    }
    return text + "Kept the limit by said probability 0-¼-½-¾-1: \(bands.joined(separator: ", ")).\n"
  }

  private func study(_ setting: Setting, _ portfolios: Int) async throws -> Found {
    let model = Self.model(setting)
    // Less than today's risk: a limit that changes the book.
    let first = try await stages.prepared(model.generate(rows: 400_000, seed: 9, workers: 2).applications).cube
    let today = try first.cellSums(ApplicationState.booked).prefix(first.grid.cellCount).reduce(CellSums.zero, +)
    let limit = ((first.measure.percent(today) ?? 5) * 0.95 * 100).rounded() / 100
    let portfolios = setting.count(of: portfolios)
    var results: [One] = []
    let workers = 2
    for start in stride(from: 0, to: portfolios, by: workers) {
      let some = try await withThrowingTaskGroup(of: One?.self) { group in
        for number in start..<min(portfolios, start + workers) {
          group.addTask { try await self.one(setting, model, number, limit: limit) }
        }
        return try await group.reduce(into: [One]()) { if let own = $1 { $0.append(own) } }
      }
      results += some.sorted { $0.number < $1.number }
      if start % 50 == 0 { FileHandle.standardError.write(Data("\(setting.name): \(start)\n".utf8)) }
    }
    let truth = Truth(results)
    var found = Found()
    for own in results { Self.add(own, truth, limit, to: &found) }
    return found
  }

  /// What one portfolio says.
  private struct One: Sendable {
    let number: Int
    let booked, trueSwapIn: [CellSums]
    let fixed: [Bool]
    let chosen: [Bool]?
    let fixedIntervals, chosenIntervals: StrategyIntervals.Scenario
    /// Of the fixed strategy, by BCa.
    let corrected: StrategyIntervals.Scenario
    /// Of the fixed strategy: swap-ins as predicted, in units: production, numerator, denominator.
    let swapIn: (Double, Double, Double)
  }

  private static func add(_ own: One, _ truth: Truth, _ limit: Double, to found: inout Found) {
    found.portfolios += 1
    func risk(_ sums: (Double, Double, Double)...) -> Double {
      700 * sums.reduce(0) { $0 + $1.1 } / sums.reduce(0) { $0 + $1.2 }
    }
    func pick(
      _ scenario: StrategyIntervals.Scenario, _ basis: StrategyIntervals.Basis, _ quantity: StrategyIntervals.Quantity
    ) -> StrategyIntervals.Interval? {
      scenario.intervals.first { $0.basis == basis && $0.line == .optimum && $0.quantity == quantity }
    }
    let fixed = truth.sums(own.fixed)
    let scenario = own.fixedIntervals
    found.coverage["booked own", default: Coverage()].add(
      pick(scenario, .bookedOnly, .risk), risk(fixed.booked, own.swapIn))
    found.coverage["booked", default: Coverage()].add(
      pick(scenario, .bookedOnly, .risk), risk(fixed.booked, fixed.swapIn))
    let whole = pick(scenario, .wholeEstimator, .risk)
    found.coverage["whole risk", default: Coverage()].add(whole, risk(fixed.booked, fixed.swapIn))
    let production = 100 * (fixed.booked.0 + fixed.swapIn.0)
    found.coverage["whole risk bca", default: Coverage()].add(
      pick(own.corrected, .wholeEstimator, .risk), risk(fixed.booked, fixed.swapIn))
    found.coverage["booked own bca", default: Coverage()].add(
      pick(own.corrected, .bookedOnly, .risk), risk(fixed.booked, own.swapIn))
    found.coverage["whole production", default: Coverage()].add(
      pick(scenario, .wholeEstimator, .production), production)
    if let estimate = whole?.estimate {
      found.errors["fixed", default: []].append(estimate - risk(fixed.booked, fixed.swapIn))
    }
    if let estimate = pick(scenario, .wholeEstimator, .production)?.estimate {
      found.errors["production %", default: []].append(100 * (estimate / production - 1))
    }
    guard let accepts = own.chosen else {
      found.failed += 1
      return
    }
    let sums = truth.sums(accepts)
    let trueRisk = risk(sums.booked, sums.swapIn)
    found.coverage["chosen whole", default: Coverage()].add(
      pick(own.chosenIntervals, .wholeEstimator, .risk), trueRisk)
    let aware = pick(own.chosenIntervals, .selectionAware, .risk)
    found.coverage["aware risk", default: Coverage()].add(aware, trueRisk)
    found.coverage["aware production", default: Coverage()].add(
      pick(own.chosenIntervals, .selectionAware, .production), 100 * (sums.booked.0 + sums.swapIn.0))
    if let estimate = aware?.estimate { found.errors["chosen", default: []].append(estimate - trueRisk) }
    if let selection = own.chosenIntervals.selection {
      if let optimism = selection.riskOptimism { found.optimism.append(-optimism) }
      if let said = selection.withinLimit { found.within.append((said, trueRisk <= limit)) }
    }
  }

  private func one(_ setting: Setting, _ model: PortfolioModel, _ number: Int, limit: Double) async throws -> One? {
    var stream = RandomStream(seed: UInt64(number), label: "study/intervals/rows")
    // A Poisson number of applications, by its normal approximation.
    let (u, v) = (max(stream.uniform(), 0x1p-53), stream.uniform())
    let normal = (-2 * log(u)).squareRoot() * cos(2 * Double.pi * v)
    let rows = Int((Double(Self.rows) + Double(Self.rows).squareRoot() * normal).rounded())
    let portfolio = try model.generate(rows: rows, seed: UInt64(20_000 + number), workers: 1)
    let (sample, cube) = try await stages.prepared(portfolio.applications)
    let surface = try await stages.run(
      "train", "cross-validated", ["cube": cube, "sample": sample], as: RiskSurface.self)
    let exposure = try await stages.run("exposure", "ratio", ["cube": cube], as: ExposureModel.self)
    let rejects = try await stages.run(
      "infer-rejects", setting.rejects.trimmingCharacters(in: ["\""]), ["cube": cube, "surface": surface],
      as: RejectAdjustment.self)
    let rates = try await stages.run("rates", "measured", ["cube": cube], as: SwapInRates.self)
    let cells = try await stages.run(
      "cells", "standard",
      ["cube": cube, "surface": surface, "exposure": exposure, "rejects": rejects, "rates": rates],
      as: CellTable.self)
    let frontier = try await stages.run("search", "frontier", ["cells": cells], as: Frontier.self)
    let percent = try DecimalNumber(limit)
    let answer = try frontier.answer(to: percent, measure: cells.measure)
    let draws = try await stages.run(
      "draws", "poisson", ["surface": surface, "cells": cells, "sample": sample],
      settings: "resamples = \(Self.resamples)\nrejects = \(setting.rejects)\n", as: CellDraws.self)
    let grid = cells.grid
    let fixed = (0..<grid.cellCount).map { StudyStages.isTaken($0, of: grid, from: Self.threshold) }
    let fixedStrategy = Self.strategy(fixed, grid)
    let chosen = answer.point.map { frontier.points[$0].strategy }
    func scenario(_ name: String, _ strategy: Strategy?, _ limit: DecimalNumber) -> ScenarioSet.Scenario {
      ScenarioSet.Scenario(
        name: name, limit: limit, status: strategy == nil ? .infeasible : .optimal, point: strategy == nil ? nil : 0,
        strategy: strategy, totals: strategy.map(cells.totals))
    }
    let set = ScenarioSet(
      scenarios: [scenario("fixed", fixedStrategy, try DecimalNumber(100)), scenario("chosen", chosen, percent)],
      nested: false)
    let intervals = try await stages.run(
      "intervals", "standard", ["cells": cells, "scenarios": set, "draws": draws],
      settings: "method = \"percentile\"\n", as: StrategyIntervals.self)
    let corrected = try await stages.run(
      "intervals", "standard", ["cells": cells, "scenarios": set, "draws": draws],
      settings: "method = \"bca\"\nselection = false\n", as: StrategyIntervals.self)
    let swapIn = zip(cells.swapIn, fixed).reduce(CellSums.zero) { $1.1 ? $0 + $1.0 : $0 }
    return One(
      number: number, booked: cells.booked,
      trueSwapIn: try LevelPortfolio.truth(
        portfolio.truth, sample, booked: (1 - model.highSideOverrideShare) * model.takeUpShare),
      fixed: fixed, chosen: chosen.map { own in (0..<grid.cellCount).map { own.accepts($0, in: grid) } },
      fixedIntervals: intervals.scenarios[0], chosenIntervals: intervals.scenarios[1],
      corrected: corrected.scenarios[0],
      swapIn: (
        Double(swapIn.production) / 100, Double(swapIn.numerator) / 100, Double(swapIn.denominator) / 100
      ))
  }

  /// The strategy that accepts these cells, which are monotone.
  private static func strategy(_ accepts: [Bool], _ grid: CellGrid) -> Strategy {
    let last = grid.axes.last?.binCount ?? 1
    return Strategy(
      accepted: (0..<grid.cellCount / last).map { line in (0..<last).count { accepts[line * last + $0] } })
  }
}
