import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation

@testable import CutlineModels

/// Designs for trees, and the estimators on them.
enum TreeFitFixture {
  static let isInstalled = (try? XGBoostLibrary.installed.get()) != nil
  static let needs = "needs the library XGBoost (libxgboost-dev)"

  static func context(workers: Int = 1, seed: UInt64 = 42) -> RunContext {
    RunContext(stageID: "fit", seed: seed, workers: workers)
  }

  static func design(
    _ columns: [[Double]], _ target: [Double], weights: [Double]? = nil, offset: [Double] = [], directions: [Int] = []
  ) -> Design {
    Design(
      features: columns.indices.map { "x\($0)" }, columns: columns, target: target, targetUnit: "fraction",
      weights: weights ?? target.map { _ in 1 }, offset: offset, directions: directions)
  }

  /// Rows with a curve in x0, a fall in x1, an interaction and noise; x3 is missing now and then, which matters.
  static func planted(
    _ rows: Int, seed: UInt64 = 5, directions: [Int] = [1, -1, 0, 0], classes: Bool = false
  ) -> Design {
    var random = RandomStream(seed: seed)
    var columns = (0..<4).map { _ in (0..<rows).map { _ in 2 * random.uniform() - 1 } }
    for row in 0..<rows where random.index(below: 5) == 0 { columns[3][row] = .nan }
    let sums = (0..<rows).map { row in
      let missing = columns[3][row].isNaN ? 1.5 : 0
      return 2 * columns[0][row] - columns[1][row] * columns[1][row] * (columns[1][row] < 0 ? -1 : 1)
        + columns[0][row] * columns[2][row] + missing
    }
    let target = sums.map { sum in
      classes ? (random.uniform() < Link.logit.mean(of: sum) ? 1 : 0) : sum + 0.3 * (random.uniform() - 0.5)
    }
    return design(columns, target, directions: directions)
  }

  static func boosting(_ change: (inout BoostingFit.Config) -> Void = { _ in }) -> BoostingFit {
    var config = BoostingFit.Config()
    config.rounds = 40
    change(&config)
    return BoostingFit(config: config)
  }

  static func forest(_ change: (inout ForestFit.Config) -> Void = { _ in }) -> ForestFit {
    var config = ForestFit.Config()
    config.trees = 40
    config.depth = 5
    change(&config)
    return ForestFit(config: config)
  }

  static func fit<S: Stage>(
    _ stage: S, _ design: Design, workers: Int = 1, seed: UInt64 = 42
  ) async throws -> Model where S.Kind == Fit {
    let input = Fit.Input(design: design)
    let model = try await stage.run(input, in: context(workers: workers, seed: seed))
    try Fit.check(model, against: input)
    return model
  }

  static func predictions(_ model: Model, _ design: Design) throws -> [Double] {
    try model.form.evaluate(columns: design.columns, rows: design.rowCount)
  }

  /// 1 − the part of the target's variance that is left.
  static func r2(_ model: Model, _ design: Design) throws -> Double {
    WeightedFit(observed: design.target, predicted: try predictions(model, design), weights: design.weights).r2
  }
}
