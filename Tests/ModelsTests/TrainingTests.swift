import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineModels

/// The risk surface: what it recovers, and what must not change it.
@Suite struct TrainingTests {
  static func quadratic(_ x: Double, _ y: Double) -> Double {
    0.06 - 0.03 * x - 0.02 * y + 0.012 * x * x + 0.006 * x * y + 0.004 * y * y
  }

  static func truth(_ rows: Int, _ columns: Int) -> [Double] {
    (0..<rows * columns).map { cell in
      quadratic(2 * Double(cell / columns) / Double(rows - 1) - 1, 2 * Double(cell % columns) / Double(columns - 1) - 1)
    }
  }

  static func ridge(
    _ sets: [String] = ["simple", "base", "quadratic", "full"], _ alphas: [Double] = [0, 0.3, 0.5, 0.8, 1.2],
    folds: Int = 5
  ) -> RidgeTraining {
    var config = PolynomialTrainingConfig()
    config.featureSets = sets
    config.alphas = alphas
    config.validation.folds = folds
    return RidgeTraining(config: config)
  }

  @Test func aPlantedQuadraticSurfaceIsRecoveredExactly() async throws {
    let sample = SampleFixture.planted(8, 12, risk: Self.quadratic)
    let surface = try await SampleFixture.run(Self.ridge(), on: sample)
    #expect(["quadratic", "full"].contains(surface.featureSet))
    #expect(surface.parameters == ["alpha": 0])
    #expect(zip(surface.risk, Self.truth(8, 12)).allSatisfy { abs($0 - $1) < 1e-8 })
    #expect(surface.trainR2 > 1 - 1e-10)
    #expect(surface.trainingCells == 96)
    #expect(surface.trainingRows == 960)
    #expect(surface.candidates.count == 20)
    let linear = try await SampleFixture.run(LinearTraining(config: LinearTrainingConfig()), on: sample)
    #expect(zip(linear.risk, Self.truth(8, 12)).allSatisfy { abs($0 - $1) < 1e-8 })
    #expect(linear.candidates.count == 4)
  }

  /// Defaults drawn loan by loan from the planted risk.
  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func aPlantedSurfaceIsRecoveredFromDraws(seed: UInt64) async throws {
    var stream = RandomStream(seed: seed)
    let (rows, columns, perCell) = (8, 12, 400)
    var all: [SampleFixture.Row] = []
    for cell in 0..<rows * columns {
      let risk = Self.truth(rows, columns)[cell]
      for _ in 0..<perCell {
        // A pile of 7 units; a bad one owes a whole unit, so that its risk is 7 · 1 / 7.
        let bad: Int64 = stream.uniform() < risk ? 100_000 : 0
        all.append(.init(bins: [cell / columns, cell % columns], numerator: bad, denominator: 700_000))
      }
    }
    let sample = SampleFixture.sample(SampleFixture.grid(rows, columns), all)
    let surface = try await SampleFixture.run(Self.ridge(), on: sample, seed: seed)
    let truth = Self.truth(rows, columns)
    let fit = WeightedFit(observed: truth, predicted: surface.risk, weights: truth.map { _ in 1 })
    #expect(fit.r2 > 0.95, "R² against the truth is \(fit.r2)")
  }

  /// A cell that nobody was booked in gets its risk from the others.
  @Test func emptyCellsArePredicted() async throws {
    let full = SampleFixture.planted(6, 6, risk: Self.quadratic)
    let rows = try full.cell.indices.filter { ![0, 7, 35].contains(full.cell[$0]) }.map { row in
      try SampleFixture.Row(
        bins: full.grid.bins(Int(full.cell[row])), numerator: full.values(of: .numerator)[row],
        denominator: full.values(of: .denominator)[row])
    }
    let surface = try await SampleFixture.run(
      Self.ridge(["quadratic"], [0]), on: SampleFixture.sample(full.grid, rows))
    #expect(surface.trainingCells == 33)
    // The empty corner bins keep their means: each row and column still holds applications.
    #expect(zip(surface.risk, Self.truth(6, 6)).allSatisfy { abs($0 - $1) < 1e-8 })
  }

  @Test func theSelectionIsDeterministicAndDoesNotDependOnWorkers() async throws {
    let sample = SampleFixture.planted(5, 7) { x, y in 0.05 - 0.02 * x * y + 0.01 * x * x * x }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var seen: Set<Data> = []
    for workers in [1, 1, 2, 8] {
      seen.insert(try encoder.encode(try await SampleFixture.run(Self.ridge(), on: sample, workers: workers)))
    }
    #expect(seen.count == 1)
  }

  /// Risk is a ratio: exposure in another currency, or every application twice, is the same surface.
  @Test func theSurfaceDoesNotDependOnTheScaleOfExposure() async throws {
    let small = SampleFixture.planted(6, 6, denominator: 700_000) { x, y in 0.07 - 0.03 * x - 0.01 * y }
    func scaled(_ factor: Int64, copies: Int) throws -> Sample {
      let rows = try small.cell.indices.map { row in
        try SampleFixture.Row(
          bins: small.grid.bins(Int(small.cell[row])), numerator: factor * small.values(of: .numerator)[row],
          denominator: factor * small.values(of: .denominator)[row])
      }
      return SampleFixture.sample(small.grid, (0..<copies).flatMap { _ in rows })
    }
    let stage = Self.ridge(["quadratic"], [0.8])
    let surface = try await SampleFixture.run(stage, on: small)
    for other in try [scaled(100, copies: 1), scaled(1, copies: 2)] {
      let again = try await SampleFixture.run(stage, on: other)
      #expect(zip(surface.risk, again.risk).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }

  /// The same score in other units, or with its bins numbered from the other end, is the same model.
  @Test func theSurfaceDoesNotDependOnTheUnitsOfAScore() async throws {
    let sample = SampleFixture.planted(6, 7, risk: Self.quadratic)
    let axes = sample.grid.axes
    let scaled = GridAxis(
      name: axes[0].name, source: axes[0].source, direction: axes[0].direction, edges: axes[0].edges.map { 3 * $0 - 40 }
    )
    let other = Sample(
      grid: CellGrid(axes: [scaled, axes[1]]), measure: sample.measure, cell: sample.cell, month: sample.month,
      status: sample.status, outcome: sample.outcome, scores: [sample.scores[0].map { 3 * $0 - 40 }, sample.scores[1]],
      amounts: Dictionary(uniqueKeysWithValues: try sample.amounts.map { ($0, try sample.values(of: $0)) }),
      summary: sample.summary)
    for set in ["simple", "base", "quadratic", "polynomial", "full"] {
      let stage = Self.ridge([set], [1.2])
      let (a, b) = (
        try await SampleFixture.run(stage, on: sample), try await SampleFixture.run(stage, on: other)
      )
      #expect(zip(a.risk, b.risk).allSatisfy { abs($0 - $1) < 1e-11 })
      #expect(zip(a.coefficients, b.coefficients).allSatisfy { abs($0 - $1) < 1e-10 })
    }
  }

  @Test func rowsWithoutAnOutcomeDoNotTrain() async throws {
    let sample = SampleFixture.planted(5, 5, risk: Self.quadratic)
    var rows = try sample.cell.indices.map { row in
      try SampleFixture.Row(
        bins: sample.grid.bins(Int(sample.cell[row])), numerator: sample.values(of: .numerator)[row],
        denominator: sample.values(of: .denominator)[row])
    }
    let before = try await SampleFixture.run(
      Self.ridge(["quadratic"], [0.5]), on: SampleFixture.sample(sample.grid, rows))
    rows += (0..<50).map { .init(bins: [$0 % 5, 0], requested: 999, isMature: false) }
    rows += (0..<50).map { .init(bins: [0, $0 % 5], status: .scoreRejected, requested: 999) }
    let after = try await SampleFixture.run(
      Self.ridge(["quadratic"], [0.5]), on: SampleFixture.sample(sample.grid, rows))
    #expect(after.trainingRows == before.trainingRows)
    #expect(zip(before.risk, after.risk).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func lessThanTwoCellsWithAnOutcomeIsRefused() async throws {
    let grid = SampleFixture.grid(3, 3)
    let rows = (0..<20).map { _ in SampleFixture.Row(bins: [1, 1], numerator: 5, denominator: 100) }
    await expectFaults(.data) {
      try await SampleFixture.run(Self.ridge(), on: SampleFixture.sample(grid, rows))
    }
  }

  /// Every application is in exactly one fold, whether folds are made of rows or of buckets.
  @Test(arguments: [2, 5, 7])
  func foldsPartitionTheApplications(folds: Int) throws {
    let sample = SampleFixture.planted(4, 5, perCell: 300, denominator: 100) { _, _ in 0.07 }
    let cube = try Cube(of: sample)
    #expect(cube.buckets == 30)
    let ofBuckets = try #require(try FoldedCells(cube, folds: folds, stream: RandomStream(seed: 1)))
    for cells in [ofBuckets, try FoldedCells(sample, folds: folds, stream: RandomStream(seed: 1))] {
      let all = cells.cells(multiplier: 7)
      var weight = [Double](repeating: 0, count: 20)
      var sizes: [Double] = []
      for fold in 0..<folds {
        let part = cells.cells(cells.splits[fold].validation, multiplier: 7)
        let rest = cells.cells(cells.splits[fold].train, multiplier: 7)
        sizes.append(part.weight.reduce(0, +) / 100)
        for cell in 0..<20 {
          weight[cell] += part.weight[cell]
          #expect(part.weight[cell] + rest.weight[cell] == all.weight[cell])
        }
      }
      #expect(weight == all.weight && cells.rows == 6000)
      #expect(sizes.reduce(0, +) == 6000)
      // One bucket in thirty more or less, and the luck of the draw.
      for size in sizes {
        #expect(abs(size - 6000 / Double(folds)) <= 6000.0 / 30 + 5 * (6000 / Double(folds)).squareRoot())
      }
    }
  }

  /// Folds follow the applications' keys: the order of the rows plays no role, the seed does.
  @Test func foldsDependOnKeysAndSeedOnly() throws {
    let sample = SampleFixture.planted(4, 5, perCell: 300, denominator: 100) { x, y in 0.07 - 0.02 * x * y }
    let order = sample.cell.indices.reversed().map { $0 }
    let turned = Sample(
      grid: sample.grid, measure: sample.measure, cell: order.map { sample.cell[$0] },
      month: order.map { sample.month[$0] }, status: order.map { sample.status[$0] },
      outcome: order.map { sample.outcome[$0] }, scores: sample.scores.map { column in order.map { column[$0] } },
      amounts: Dictionary(
        uniqueKeysWithValues: try sample.amounts.map { amount in
          let values = try sample.values(of: amount)
          return (amount, order.map { values[$0] })
        }), key: order.map { sample.key[$0] }, summary: sample.summary)
    func weights(_ sample: Sample, seed: UInt64) throws -> [[Double]] {
      let cells = try #require(try FoldedCells(Cube(of: sample), folds: 5, stream: RandomStream(seed: seed)))
      return (0..<5).map { cells.cells([$0], multiplier: 7).weight }
    }
    #expect(try weights(sample, seed: 1) == weights(turned, seed: 1))
    #expect(try weights(sample, seed: 1) != weights(sample, seed: 2))
  }

  /// Splits in time learn from what came before, and leave out what could not be known yet.
  @Test func splitsInTimeLookForwardOnly() throws {
    let months = 12
    let sample = SampleFixture.planted(3, 4, perCell: 12 * months, denominator: 100, months: months) { _, _ in 0.07 }
    let cube = try Cube(of: sample)
    for purge in [0, 3] {
      let cells = try FoldedCells(cube, blocks: 5, purge: purge)
      #expect(
        cells.splits.map(\.validation) == [[2, 3], [4, 5], [6, 7], [8, 9], [10, 11]].suffix(cells.splits.count))
      for split in cells.splits {
        let first = try #require(split.validation.first)
        #expect(split.train == Array(0..<max(0, first - purge)))
        let whole = cells.cells(multiplier: 7).weight.reduce(0, +)
        let own = cells.cells(split.validation, multiplier: 7).weight.reduce(0, +)
        #expect(abs(own - whole / 6) < 1e-9)
      }
    }
    #expect(try FoldedCells(cube, blocks: 5, purge: 3).splits.count == 4, "nothing came early enough for the first")
    expectFaults(.data) { _ = try FoldedCells(cube, blocks: 12, purge: 0) }
    expectFaults(.data) { _ = try FoldedCells(cube, blocks: 2, purge: 11) }
  }

  /// The deviance of a Poisson mean is least at the mean; a prediction of nothing costs much and not infinitely much.
  @Test func theDevianceIsLeastAtTheMean() {
    func deviance(_ predicted: Double) -> Double {
      RiskDeviance(
        observed: [0, 0.1, 0.3], predicted: [predicted, predicted, predicted], weights: [1, 2, 1], floor: 1e-4
      ).mean
    }
    let best = deviance(0.125)
    for other in [-1, 0, 0.05, 0.12, 0.13, 0.5] { #expect(deviance(other) > best) }
    #expect(deviance(-1) == deviance(0) && deviance(0).isFinite)
    #expect(RiskDeviance(observed: [0, 0], predicted: [0, 0], weights: [1, 1], floor: 0).mean == 0)
  }

  /// More draws of folds add their validations to those of the first.
  @Test func repeatedFoldsBeginWithTheSame() async throws {
    let sample = SampleFixture.planted(5, 7) { x, y in 0.05 - 0.02 * x * y + 0.01 * x * x * x }
    var stage = Self.ridge(["simple", "full"], [0, 1])
    let once = try await SampleFixture.run(stage, on: sample)
    var config = stage.config
    config.validation.repeats = 3
    stage = RidgeTraining(config: config)
    let often = try await SampleFixture.run(stage, on: sample)
    for (a, b) in zip(once.candidates, often.candidates) {
      #expect(b.foldR2.count == 15 && Array(b.foldR2.prefix(5)) == a.foldR2)
      #expect(b.foldDeviance?.count == 15 && b.devianceError != nil)
    }
  }

  /// Estimators that make products of the scores themselves are compared once.
  @Test func scoreEstimatorsAreComparedWithOneSet() async throws {
    let sample = SampleFixture.planted(5, 7) { x, y in 0.05 - 0.02 * x - 0.01 * y }
    let estimators = ["plain", "own"].map { name in
      CrossValidation.Estimator(
        name: name, parameters: [:], fit: { design, _ in try RidgeFit.model(design, alpha: 1, name: name) })
    }
    var config = PolynomialTrainingConfig()
    config.featureSets = ["simple", "full"]
    let cube = try Cube(of: sample)
    let context = RunContext(stageID: "train", seed: 1)
    let surface = try await config.surface(
      of: estimators, scoreEstimators: ["own"], Train.ports.make(PortValues(["cube": cube, "sample": sample])),
      in: context)
    #expect(
      surface.candidates.map { "\($0.estimator) \($0.features)" } == ["plain simple", "own simple", "plain full"])
  }
}
