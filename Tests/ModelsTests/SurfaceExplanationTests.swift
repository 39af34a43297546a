import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import Synchronization
import Testing

@testable import CutlineModels

/// What explains the model behind a surface, on the cells of its grid.
@Suite struct SurfaceExplanationTests {
  /// 6 × 7 cells of different exposure, two of them empty, whose risk rises with both scores together.
  static let sample: Sample = {
    let grid = SampleFixture.grid(6, 7, first: .higherIsRiskier, last: .higherIsRiskier)
    var rows: [SampleFixture.Row] = []
    for cell in 0..<42 where cell != 5 && cell != 36 {
      let bins = grid.bins(cell)
      for turn in 0..<(8 + cell % 5) {
        let exposure = Int64(1_000_000 * (1 + cell % 3 + turn))
        let bad = (cell * 7 + turn * 5) % 11 < 1 + bins[0] * bins[1] / 6
        rows.append(.init(bins: bins, numerator: bad ? exposure / 20 : 0, denominator: exposure))
      }
    }
    return SampleFixture.sample(grid, rows)
  }()
  static let cube = Result { try Cube(of: sample) }

  struct Run {
    let files: [String: String]
    let remarks: [String]

    /// The lines of a file by the names in its head.
    func table(_ path: String) throws -> [[String: Double]] {
      let lines = try #require(files[path]).split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
      return lines.dropFirst().map { Dictionary(zip(lines[0], $0.map { Double($0) ?? .nan })) { a, _ in a } }
    }
  }

  /// - Parameter settings: as in a configuration.
  static func run(_ surface: RiskSurface, _ settings: String = "") async throws -> Run {
    let registry = try ExplanationStageTests.registry()
    let stage = try registry.stage(kind: "explain-surface", name: "standard", at: .default)
    let remarks = Mutex<[String]>([])
    let context = RunContext(stageID: "explain", seed: 5, workers: 2) { event in
      remarks.withLock { $0.append(event.message) }
    }
    let entries = try ConfigDocument.parse(settings, source: "test").entries
    let output = try await stage.instance(entries, registry: registry).run(
      ["cube": cube.get(), "surface": surface], in: context)
    let files = try #require(output as? FileSet).files
    return Run(
      files: Dictionary(uniqueKeysWithValues: files.map { ($0.path, String(decoding: $0.bytes, as: UTF8.self)) }),
      remarks: remarks.withLock { $0 })
  }

  static func trained(_ estimator: String) async throws -> RiskSurface {
    let registry = try ExplanationStageTests.registry()
    let stage = try registry.stage(kind: "train", name: "cross-validated", at: .default)
    let isMadeOfScores = ["boosting", "monotone-surface"].contains(estimator)
    let settings = "estimators = [\"\(estimator)\"]\nfeature_sets = [\"\(isMadeOfScores ? "simple" : "full")\"]"
    let entries = try ConfigDocument.parse(settings, source: "test").entries
    let surface = try await stage.instance(entries, registry: registry).run(
      ["cube": cube.get(), "sample": sample], in: RunContext(stageID: "train", seed: 5))
    return try #require(surface as? RiskSurface)
  }

  static let estimators = ["ridge", "logistic", "hurdle", "monotone-surface"]

  /// Base and values of every cell with exposure add up to what the model gives for it, on the scale that is explained;
  /// by the definition of two players the values are those of the enumeration.
  @Test(arguments: estimators + (TreeFitFixture.isInstalled ? ["boosting"] : []))
  func everyCellAddsUp(estimator: String) async throws {
    let surface = try await Self.trained(estimator)
    let run = try await Self.run(surface)
    #expect(run.remarks == [])
    let rows = try run.table("data/shap_values.csv")
    #expect(rows.count == 40)
    let form = try ExplainedForm(try #require(surface.model).form).form
    let points = rows.map { [$0["value_a_raw"] ?? .nan, $0["value_b_raw"] ?? .nan] }
    func value(_ a: Double, _ b: Double) throws -> Double {
      try form.evaluate(columns: [[a], [b]], rows: 1)[0]
    }
    let total = rows.reduce(0) { $0 + ($1["weight"] ?? .nan) }
    /// The mean over the background with some scores set.
    func mean(_ a: Double?, _ b: Double?) throws -> Double {
      try zip(points, rows).reduce(0) { try $0 + ($1.1["weight"] ?? .nan) / total * value(a ?? $1.0[0], b ?? $1.0[1]) }
    }
    for (point, row) in zip(points, rows) {
      let (base, a, b) = (try mean(nil, nil), try mean(point[0], nil), try mean(nil, point[1]))
      let all = try value(point[0], point[1])
      let expected = [base, (a - base + all - b) / 2, (b - base + all - a) / 2, all]
      let found = ["base", "shap_a_raw", "shap_b_raw", "explained"].map { row[$0] ?? .nan }
      #expect(ExplanationFixture.nearest(found, expected) < 1e-12)
      #expect(abs(found[0] + found[1] + found[2] - found[3]) < 1e-12)
    }
    // The cells of the surface that have exposure, in their order.
    let observed = try SurfaceCells(Self.cube.get())
    #expect(observed.cells == (0..<42).filter { $0 != 5 && $0 != 36 })
    let predicted = try surface.model?.form.evaluate(columns: observed.design.columns, rows: 40)
    #expect(predicted == observed.cells.map { surface.risk[$0] })
  }

  @Test func theSummaryCountsCellsByExposure() async throws {
    let run = try await Self.run(try await Self.trained("ridge"))
    let rows = try run.table("data/shap_values.csv")
    let weights = rows.map { $0["weight"] ?? .nan }
    let total = weights.reduce(0, +)
    let lines = try #require(run.files["data/shap_summary.csv"]).split(separator: "\n").dropFirst()
    #expect(lines.count == 2)
    for line in lines {
      let fields = line.split(separator: ",").map(String.init)
      let values = rows.map { $0["shap_\(fields[0])"] ?? .nan }
      let mean = zip(values, weights).reduce(0) { $0 + $1.0.magnitude * $1.1 } / total
      #expect(abs((Double(fields[1]) ?? .nan) - mean) < 1e-14)
    }
    let json = try #require(run.files["data/shap_summary.json"])
    #expect(json.contains("\"what\" : \"cells of the grid\"") && json.contains("\"ofRows\" : 40"))
    #expect(json.contains("\"importanceLoss\" : \"poisson\""))
  }

  /// One line of a configuration: the trees' own training weights are the background.
  @Test(.enabled(if: TreeFitFixture.isInstalled, "needs the library XGBoost (libxgboost-dev)"))
  func anotherMethodTakesItsPlace() async throws {
    let surface = try await Self.trained("boosting")
    let (own, other) = (
      try await Self.run(surface), try await Self.run(surface, "method = \"tree-path-dependent\"")
    )
    let json = try #require(other.files["data/shap_summary.json"])
    #expect(json.contains("\"method\" : \"tree-path-dependent\"") && json.contains("training weights inside the trees"))
    let (rows, others) = (try own.table("data/shap_values.csv"), try other.table("data/shap_values.csv"))
    #expect(rows.map { $0["explained"] } == others.map { $0["explained"] })
    #expect(rows.map { $0["shap_a_raw"] } != others.map { $0["shap_a_raw"] })
    #expect(own.files["data/partial_dependence.csv"] == other.files["data/partial_dependence.csv"])
  }

  /// The same surface with other parts.
  static func surface(_ surface: RiskSurface, model: Model?, risk: [Double]? = nil) -> RiskSurface {
    RiskSurface(
      grid: surface.grid, multiplier: surface.multiplier, risk: risk ?? surface.risk, estimator: "their-program",
      featureSet: surface.featureSet, parameters: [:], features: [], coefficients: [], trainR2: 0, trainingRows: 1,
      trainingCells: 1, folds: 0, candidates: [], model: model)
  }

  @Test func whatCannotBeExplainedIsSaidAndEndsNothing() async throws {
    let trained = try await Self.trained("ridge")
    let without = try await Self.run(Self.surface(trained, model: nil))
    #expect(without.files.isEmpty && without.remarks.count == 1)
    #expect(without.remarks[0].contains("nothing is explained: the surface of their-program is"))
    // A method that does not suit the form.
    let unsuited = try await Self.run(trained, "method = \"tree-path-dependent\"")
    #expect(unsuited.files.isEmpty)
    #expect(unsuited.remarks.contains { $0.hasPrefix("the model is not explained: method tree-path-dependent: ") })
    // A program that fails takes its own part with it.
    let less = try await Self.run(
      trained, "importance = { use = \"process\", with = { command = [\"false\"] } }")
    #expect(less.files.count == 4 && less.files["data/shap_summary.csv"]?.contains("permutation") == false)
    #expect(
      less.remarks.contains { $0.hasPrefix("the importance of scores is left out: importance process: ") })
    // A model with features of its own.
    let model = try Model(
      name: "theirs", features: [Model.Feature("income")], unit: "fraction",
      form: .linear(intercept: 0, coefficients: [1]))
    let strange = try await Self.run(Self.surface(trained, model: model))
    #expect(strange.files.isEmpty && strange.remarks[0].contains("lacks the feature income"))
  }

  /// As one that was loaded, and trained where bins had other means.
  @Test func aSurfaceWithOtherRisksThanItsModelIsSaid() async throws {
    let trained = try await Self.trained("ridge")
    let risk = trained.risk.map { $0 + 0.25 }
    let run = try await Self.run(Self.surface(trained, model: trained.model, risk: risk))
    #expect(run.files.count == 4 && run.remarks.count == 1)
    #expect(run.remarks[0].contains("up to 25.0 percentage points another risk"))
  }

  @Test func noneWritesNothing() async throws {
    let files = try await NoSurfaceExplanation(config: NoConfig()).run(
      try #require(try ExplainSurface.specimens().first), in: FitFixture.context()
    ).files
    #expect(files.isEmpty)
  }
}
