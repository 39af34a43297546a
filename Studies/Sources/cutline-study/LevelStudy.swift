import CutlineCore
import CutlineCredit
import Foundation

/// Which method puts the risk of the rejected at its true level, whoever selected them and however.
///
/// For every mechanism of selection, level of the rejects' risk and number a portfolio is simulated whose rejected
/// applications have outcomes too, as if booked. Each estimator's surface is adjusted by each method, and the cell table
/// that a run would have is set against one whose swap-ins are true: of strategies that are fixed in advance the promised
/// less the true risk of the swap-ins and of all that is accepted (booked applications as observed in both), and promised
/// over true production of the swap-ins; of strategies that the search chooses by the promises (at 0.9, 1 and 1.1 times
/// today's risk) promised less true risk, and what they produce in truth, as a share of the most that truth allows at that
/// risk.
struct LevelStudy {
  private struct Method {
    let name: String
    /// Kind infer-rejects.
    let stage: String
    var settings = ""
    /// Whether the requirement's stress factor raises the risk of rejects.
    var isStressed = false
    /// Kind rates.
    var rates = "measured"
  }

  private static let methods = [
    Method(name: "none", stage: "none"),
    Method(name: "the requirement's: stress, one rate", stage: "none", isStressed: true, rates: "transformation"),
    Method(name: "stress alone", stage: "none", isStressed: true),
    Method(name: "acceptance-uplift (1.5)", stage: "acceptance-uplift"),
    Method(name: "acceptance-uplift (0.75)", stage: "acceptance-uplift", settings: "reject_uplift_factor = 0.75\n"),
    Method(name: "acceptance-uplift (0.5)", stage: "acceptance-uplift", settings: "reject_uplift_factor = 0.5\n"),
    Method(
      name: "acceptance-uplift, power 0.2", stage: "acceptance-uplift",
      settings: "curve = \"power\"\nreject_uplift_factor = 0.2\n"),
    Method(
      name: "acceptance-uplift, power 0.3", stage: "acceptance-uplift",
      settings: "curve = \"power\"\nreject_uplift_factor = 0.3\n"),
    Method(name: "parceling-score-band, 1", stage: "parceling-score-band", settings: "factor = 1.0\n"),
    Method(name: "parceling-score-band, 1.1", stage: "parceling-score-band", settings: "factor = 1.1\n"),
    Method(name: "parceling-score-band, 1.3", stage: "parceling-score-band", settings: "factor = 1.3\n"),
    Method(name: "parceling-score-band, 1.5", stage: "parceling-score-band", settings: "factor = 1.5\n"),
    Method(name: "parceling-score-band, 1.2 (the default)", stage: "parceling-score-band"),
    Method(
      name: "parceling-score-band, 1.2, no prior", stage: "parceling-score-band", settings: "prior_bads = 0\n"),
    Method(name: "fuzzy-augmentation", stage: "fuzzy-augmentation"),
    Method(name: "hard-cutoff", stage: "hard-cutoff"),
    Method(name: "reweighting", stage: "reweighting"),
    Method(name: "monotone", stage: "monotone"),
    Method(name: "within-cell", stage: "within-cell"),
    Method(name: "overrides", stage: "overrides"),
    Method(name: "overrides, no prior", stage: "overrides", settings: "prior_bads = 0\n"),
    Method(name: "overrides, scores within cells left out", stage: "overrides", settings: "within_cell = false\n"),
  ]

  /// Settings of `train.cross-validated`.
  private static let estimators = [
    (name: "the default", settings: ""),
    (
      name: "ridge by R² (the requirement's)",
      settings:
        "select = \"best\"\nscore = \"r2\"\nestimators = [{ use = \"ridge\", grid = { alpha = [1.2, 0.5] } }, \"linear\"]\n"
    ),
    (
      name: "tweedie 1.5",
      settings: "estimators = [{ use = \"tweedie\", grid = { power = [1.5], alpha = [0.001] } }]\n"
    ),
  ]

  private static let thresholds = [0.6, 0.8, 1.0]

  /// Promised less true, in percentage points, or of production in percent.
  private struct Errors {
    var swapIn: [Double] = []
    var accepted: [Double] = []
    var production: [Double] = []
    var chosen: [Double] = []
    /// Production of the chosen strategy in truth over the best, in percent.
    var share: [Double] = []
  }

  private struct Case: Hashable {
    let mechanism: LevelPortfolio.Mechanism
    let level: LevelPortfolio.Level
  }

  private let stages: StudyStages

  init() throws { stages = try StudyStages() }

  /// - Parameter portfolios: of each mechanism and level.
  func table(portfolios: Int) async throws -> String {
    let cases = LevelPortfolio.Mechanism.allCases.flatMap { mechanism in
      LevelPortfolio.Level.allCases.map { Case(mechanism: mechanism, level: $0) }
    }
    // Per estimator, per method.
    var errors = [[[Case: Errors]]](
      repeating: [[Case: Errors]](repeating: [:], count: Self.methods.count), count: Self.estimators.count)
    for (place, own) in cases.enumerated() {
      for number in 0..<portfolios {
        let portfolio = try await LevelPortfolio(
          number: number, own.mechanism, own.level, stages: stages)
        try await add(portfolio, own, to: &errors)
      }
      FileHandle.standardError.write(Data("\(place + 1) of \(cases.count) cases\n".utf8))
    }
    return Self.methodTable(errors[0]) + "\n" + Self.mechanismTable(errors[0]) + "\n" + Self.estimatorTable(errors)
  }

  private func add(_ portfolio: LevelPortfolio, _ own: Case, to errors: inout [[[Case: Errors]]]) async throws {
    let cube = portfolio.cube
    let exposure = try await stages.run("exposure", "ratio", ["cube": cube], as: ExposureModel.self)
    for (e, estimator) in Self.estimators.enumerated() {
      let surface = try await stages.run(
        "train", "cross-validated", ["cube": cube, "sample": portfolio.sample], settings: estimator.settings,
        as: RiskSurface.self)
      for (m, method) in Self.methods.enumerated() {
        let rejects = try await stages.run(
          "infer-rejects", method.stage, ["cube": cube, "surface": surface], settings: method.settings,
          as: RejectAdjustment.self)
        let rates = try await stages.run("rates", method.rates, ["cube": cube], as: SwapInRates.self)
        let cells = try await stages.run(
          "cells", "standard",
          ["cube": cube, "surface": surface, "exposure": exposure, "rejects": rejects, "rates": rates],
          settings: "apply_stress = \(method.isStressed)\n", as: CellTable.self)
        try await compare(cells, Self.true(cells, portfolio), into: &errors[e][m][own, default: Errors()])
      }
    }
  }

  /// The same table with the swap-ins as they would have been.
  private static func `true`(_ cells: CellTable, _ portfolio: LevelPortfolio) -> CellTable {
    CellTable(
      grid: cells.grid, measure: cells.measure, booked: cells.booked, rejected: cells.rejected,
      rejectedRows: cells.rejectedRows, swapIn: portfolio.truth, predictedRisk: cells.predictedRisk,
      rejectMultiplier: cells.rejectMultiplier, exposureRatio: cells.exposureRatio, basis: cells.basis,
      scale: cells.scale)
  }

  private func compare(_ promised: CellTable, _ truth: CellTable, into errors: inout Errors) async throws {
    let measure = promised.measure
    for threshold in Self.thresholds {
      let sums = [promised, truth].map { table in
        (0..<table.grid.cellCount).filter { StudyStages.isTaken($0, of: table.grid, from: threshold) }
          .reduce((booked: CellSums.zero, swapIn: CellSums.zero)) { sum, cell in
            (sum.booked + table.booked[cell], sum.swapIn + table.swapIn[cell])
          }
      }
      let swapIns = sums.compactMap { measure.percent($0.swapIn) }
      let all = sums.compactMap { measure.percent($0.booked + $0.swapIn) }
      guard swapIns.count == 2, all.count == 2, sums[1].swapIn.production > 0 else { continue }
      errors.swapIn.append(swapIns[0] - swapIns[1])
      errors.accepted.append(all[0] - all[1])
      errors.production.append(
        100 * (Double(sums[0].swapIn.production) / Double(sums[1].swapIn.production) - 1))
    }
    guard let today = measure.percent(promised.booked.reduce(CellSums.zero, +)) else { return }
    let limits = [0.9, 1, 1.1].map { $0 * today }
    let (chosen, best) = (try await stages.best(promised, limits: limits), try await stages.best(truth, limits: limits))
    for (strategy, ideal) in zip(chosen, best) {
      guard let strategy, let ideal else { continue }
      let (said, done) = (promised.totals(of: strategy).optimum, truth.totals(of: strategy).optimum)
      guard let a = measure.percent(said), let b = measure.percent(done) else { continue }
      errors.chosen.append(a - b)
      errors.share.append(100 * Double(done.production) / Double(truth.totals(of: ideal).optimum.production))
    }
  }

  // MARK: Tables

  private static func number(_ value: Double, _ decimals: Int = 2) -> String {
    String(format: "%+.\(decimals)f", value)
  }

  private static func all(_ errors: [Case: Errors], _ of: (Errors) -> [Double]) -> [Double] {
    errors.values.flatMap(of)
  }

  private static func mean(_ values: [Double]) -> Double { ModelsStudy.moments(values).mean }

  /// The case whose mean is farthest from 0.
  private static func worst(_ errors: [Case: Errors], _ of: (Errors) -> [Double]) -> (own: Case, mean: Double)? {
    errors.map { (own: $0.key, mean: mean(of($0.value))) }.max { abs($0.mean) < abs($1.mean) }
  }

  private static func methodTable(_ errors: [[Case: Errors]]) -> String {
    var text =
      "| method | all accepted: mean | worst | in | swap-ins: mean | worst | spread | production of swap-ins | chosen: mean | worst | share of the best |\n"
    text += "|---|---|---|---|---|---|---|---|---|---|---|\n"
    for (method, own) in zip(methods, errors) {
      guard let accepted = worst(own, \.accepted), let swapIn = worst(own, \.swapIn), let chosen = worst(own, \.chosen)
      else { continue }
      let cells = [
        method.name, number(mean(all(own, \.accepted))), number(accepted.mean),
        "\(accepted.own.mechanism.rawValue), \(accepted.own.level.rawValue)", number(mean(all(own, \.swapIn))),
        number(swapIn.mean), String(number(ModelsStudy.moments(all(own, \.swapIn)).spread).dropFirst()),
        number(mean(all(own, \.production)), 1) + " %", number(mean(all(own, \.chosen))), number(chosen.mean),
        String(format: "%.1f", mean(all(own, \.share))) + " %",
      ]
      text += "| \(cells.joined(separator: " | ")) |\n"
    }
    return text
  }

  /// All accepted, by mechanism and level.
  private static func mechanismTable(_ errors: [[Case: Errors]]) -> String {
    let mechanisms = LevelPortfolio.Mechanism.allCases
    let levels = LevelPortfolio.Level.allCases
    var text = "| method | \(mechanisms.map(\.rawValue).joined(separator: " | ")) |\n|---|"
    text += mechanisms.map { _ in "---|" }.joined() + "\n"
    for (method, own) in zip(methods, errors) {
      let cells = mechanisms.map { mechanism in
        levels.map { level in
          number(mean(own[Case(mechanism: mechanism, level: level)]?.accepted ?? []))
        }.joined(separator: " / ")
      }
      text += "| \(method.name) | \(cells.joined(separator: " | ")) |\n"
    }
    return text
  }

  private static func estimatorTable(_ errors: [[[Case: Errors]]]) -> String {
    var text =
      "| method | \(estimators.map { "\($0.name): worst | share of the best" }.joined(separator: " | ")) |\n|---|"
    text += estimators.map { _ in "---|---|" }.joined() + "\n"
    for (m, method) in methods.enumerated() {
      let cells = estimators.indices.map { e in
        let own = errors[e][m]
        return "\(worst(own, \.accepted).map { number($0.mean) } ?? "–") | "
          + String(format: "%.1f", mean(all(own, \.share))) + " %"
      }
      text += "| \(method.name) | \(cells.joined(separator: " | ")) |\n"
    }
    return text
  }
}
