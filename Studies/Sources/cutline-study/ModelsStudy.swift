import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation

/// Which estimators promise the true level of risk, where selection is by the scores alone.
///
/// For every portfolio and every candidate a surface is learnt as a run learns it, and three strategies that are fixed in
/// advance (they depend on no data) are valued: what the cell table promises for their accepted swap-ins, and for all that
/// they accept, against the truth of the simulation. A promise is (Σ numerator / Σ denominator) · multiplier in percent; the
/// truth weighs the true risk of each cell with its true pile per unit asked for, on the same applications.
struct ModelsStudy {
  struct Candidate {
    let name: String
    /// Settings of `train.cross-validated`.
    let settings: String
  }

  private static let ridges =
    "{ use = \"ridge\", with = { alpha = 1.2 } }, { use = \"ridge\", with = { alpha = 0.5 } }, \"linear\""
  private static let tweedies =
    "{ use = \"tweedie\", with = { power = 1.5, alpha = 0.1 } }, { use = \"tweedie\", with = { power = 1.5, alpha = 0.01 } }, "
    + "{ use = \"tweedie\", with = { power = 1.5, alpha = 0.001 } }"
  private static let poisson = "{ use = \"poisson\", with = { alpha = 0.0001 } }"
  private static let logistic = "{ use = \"logistic\", with = { alpha = 0.0001 } }"
  private static let poissons = "{ use = \"poisson\", grid = { alpha = [0.01, 0.001, 0.0001] } }"
  private static let mixed =
    "{ use = \"voting\", with = { calibration = \"identity\", estimators = [{ use = \"ridge\", with = { alpha = 0.5 } }, "
    + "{ use = \"poisson\", with = { alpha = 0.001 } }] } }"
  private static let logistics =
    "{ use = \"logistic\", grid = { alpha = [0.01, 0.001, 0.0001] } }"
  static let candidates = [
    Candidate(name: "**the default**", settings: ""),
    Candidate(
      name: "ridge, R² (the requirement's)", settings: "select = \"best\"\nestimators = [\(ridges)]\nscore = \"r2\"\n"),
    Candidate(name: "ridge, best deviance", settings: "select = \"best\"\nestimators = [\(ridges)]\n"),
    Candidate(
      name: "elastic-net",
      settings:
        "estimators = [{ use = \"elastic-net\", with = { alpha = 0.001 } }, { use = \"elastic-net\", with = { alpha = 0.0001 } }]\n"
    ),
    Candidate(name: "hurdle", settings: "estimators = [\"hurdle\"]\n"),
    Candidate(name: "tweedie 1.5", settings: "estimators = [\(tweedies)]\n"),
    Candidate(
      name: "tweedie 1.5, exposure as offset",
      settings: "estimators = [{ use = \"tweedie\", with = { power = 1.5, alpha = 0.001, exposure = \"offset\" } }]\n"),
    Candidate(name: "poisson, penalties 10⁻² to 10⁻⁴", settings: "estimators = [\(poissons)]\n"),
    Candidate(name: "poisson, penalty 10⁻⁴", settings: "estimators = [\(poisson)]\n"),
    Candidate(name: "poisson, penalty 10⁻⁴, best deviance", settings: "select = \"best\"\nestimators = [\(poisson)]\n"),
    Candidate(
      name: "poisson, quadratic features", settings: "feature_sets = [\"quadratic\"]\nestimators = [\(poisson)]\n"),
    Candidate(name: "logistic, penalties 10⁻² to 10⁻⁴", settings: "estimators = [\(logistics)]\n"),
    Candidate(name: "logistic, penalty 10⁻⁴", settings: "estimators = [\(logistic)]\n"),
    Candidate(
      name: "logistic, quadratic features", settings: "feature_sets = [\"quadratic\"]\nestimators = [\(logistic)]\n"),
    Candidate(name: "mean of ridge and poisson", settings: "estimators = [\(mixed)]\n"),
    Candidate(name: "monotone-surface", settings: "estimators = [\"monotone-surface\"]\n"),
    Candidate(
      name: "boosting, poisson",
      settings: "estimators = [{ use = \"boosting\", with = { objective = \"poisson\", rounds = 60, depth = 3 } }]\n"),
    Candidate(name: "forest", settings: "estimators = [\"forest\"]\n"),
    Candidate(name: "those of the default, best deviance", settings: "select = \"best\"\n"),
  ]

  /// Strategies by how safe the two scores are together, from 0 to 2: the share of cells that they take falls.
  private static let strategies = [0.6, 0.8, 1.0]

  private let stages: StudyStages

  init() throws { stages = try StudyStages() }

  /// Promised minus true risk, in percentage points.
  private struct Errors {
    var swapIn: [Double] = []
    var accepted: [Double] = []
    /// The same of strategies that the search chose by the candidate's own cell table.
    var chosenSwapIn: [Double] = []
    var chosenAccepted: [Double] = []
    var failures = 0
  }

  func table(portfolios: Int) async throws -> String {
    var errors = [Errors](repeating: Errors(), count: Self.candidates.count)
    for number in 0..<portfolios {
      let portfolio = try await StudyPortfolio(number: number, stages: stages)
      for (index, candidate) in Self.candidates.enumerated() {
        guard let cells = try await cells(candidate, portfolio) else {
          errors[index].failures += 1
          continue
        }
        for threshold in Self.strategies {
          let fixed = Self.errors(cells, portfolio) { StudyStages.isTaken($0, of: cells.grid, from: threshold) }
          guard let fixed else { continue }
          errors[index].swapIn.append(fixed.swapIn)
          errors[index].accepted.append(fixed.accepted)
        }
        for strategy in try await chosen(cells) {
          guard let found = Self.errors(cells, portfolio, { strategy.accepts($0, in: cells.grid) }) else { continue }
          errors[index].chosenSwapIn.append(found.swapIn)
          errors[index].chosenAccepted.append(found.accepted)
        }
      }
      if (number + 1) % 10 == 0 {
        FileHandle.standardError.write(Data("\(number + 1) of \(portfolios) portfolios\n".utf8))
      }
    }
    var text = "| candidates | swap-ins: mean | spread | root mean square | all accepted: mean | spread "
    text += "| chosen, swap-ins: mean | root mean square | chosen, all: mean | root mean square | failed |\n"
    text += "|---|---|---|---|---|---|---|---|---|---|---|\n"
    for (candidate, found) in zip(Self.candidates, errors) {
      let (a, b) = (Self.moments(found.swapIn), Self.moments(found.accepted))
      let numbers = [a.mean, a.spread, a.root, b.mean, b.spread].map { String(format: "%+.2f", $0) }
      text +=
        "| \(candidate.name) | \(numbers[0]) | \(numbers[1].dropFirst()) | \(numbers[2].dropFirst()) | \(numbers[3]) "
      text += "| \(numbers[4].dropFirst()) "
      let chosen = [found.chosenSwapIn, found.chosenAccepted].map(Self.moments).flatMap { [$0.mean, $0.root] }
        .map { String(format: "%+.2f", $0) }
      text +=
        "| \(chosen[0]) | \(chosen[1].dropFirst()) | \(chosen[2]) | \(chosen[3].dropFirst()) | \(found.failures) |\n"
    }
    return text
  }

  /// The cell table that a run with this candidate has; nil where nothing could be fitted.
  private func cells(_ candidate: Candidate, _ portfolio: StudyPortfolio) async throws -> CellTable? {
    let surface: RiskSurface
    do {
      surface = try await stages.run(
        "train", "cross-validated", ["cube": portfolio.cube, "sample": portfolio.sample],
        settings: candidate.settings, as: RiskSurface.self)
    } catch let faults as Faults where faults.code == .data { return nil }
    let exposure = try await stages.run("exposure", "ratio", ["cube": portfolio.cube], as: ExposureModel.self)
    let rejects = try await stages.run(
      "infer-rejects", "none", ["cube": portfolio.cube, "surface": surface], as: RejectAdjustment.self)
    return try await stages.run(
      "cells", "standard",
      ["cube": portfolio.cube, "surface": surface, "exposure": exposure, "rejects": rejects], as: CellTable.self)
  }

  /// The strategies with the greatest production at a risk of 0.9, 1 and 1.1 times today's, by the promises of the table.
  private func chosen(_ cells: CellTable) async throws -> [Strategy] {
    guard let today = cells.measure.strategyPercent(cells.booked.reduce(CellSums.zero, +)) else { return [] }
    return try await stages.best(cells, limits: [0.9, 1, 1.1].map { $0 * today }).compactMap { $0 }
  }

  private static func errors(
    _ cells: CellTable, _ portfolio: StudyPortfolio, _ accepts: (Int) -> Bool
  ) -> (swapIn: Double, accepted: Double)? {
    var promised = (swapIn: (0.0, 0.0), accepted: (0.0, 0.0))
    var truth = promised
    for cell in 0..<cells.grid.cellCount {
      guard accepts(cell) else { continue }
      let booked = cells.booked[cell]
      add(&promised.accepted, Double(booked.numerator), Double(booked.denominator))
      if let risk = portfolio.bookedRisk[cell] {
        add(&truth.accepted, risk * Double(booked.denominator) / cells.measure.multiplier, Double(booked.denominator))
      }
      let swapIn = cells.swapIn[cell]
      guard cells.rejectedRows[cell] > 0, let risk = portfolio.rejectedRisk[cell],
        let perRequested = portfolio.pilePerRequested[cell]
      else { continue }
      let pile = Double(swapIn.requested) * perRequested
      for path in [\(swapIn: (Double, Double), accepted: (Double, Double)).swapIn, \.accepted] {
        add(&promised[keyPath: path], Double(swapIn.numerator), Double(swapIn.denominator))
        add(&truth[keyPath: path], risk * pile / cells.measure.multiplier, pile)
      }
    }
    func percent(_ sums: (Double, Double)) -> Double? {
      sums.1 > 0 ? 100 * cells.measure.multiplier * sums.0 / sums.1 : nil
    }
    guard let a = percent(promised.swapIn), let b = percent(truth.swapIn), let c = percent(promised.accepted),
      let d = percent(truth.accepted)
    else { return nil }
    return (a - b, c - d)
  }

  private static func add(_ sums: inout (Double, Double), _ numerator: Double, _ denominator: Double) {
    sums.0 += numerator
    sums.1 += denominator
  }

  static func moments(_ values: [Double]) -> (mean: Double, spread: Double, root: Double) {
    let n = Double(max(1, values.count))
    let mean = values.reduce(0, +) / n
    let square = values.reduce(0) { $0 + $1 * $1 } / n
    return (mean, max(0, square - mean * mean).squareRoot(), square.squareRoot())
  }
}
