import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineTesting
import Foundation
import TestSupport
import Testing

@testable import CutlineModels

/// The stages around explanations, as a plan sees them.
@Suite struct ExplanationStageTests {
  typealias Fixture = ExplanationFixture
  static let kinds = ["explain", "importance", "dependence", "explanation-files", "explain-surface"]

  static func registry() throws -> Registry {
    var registry = Registry()
    try ModelStages.register(in: &registry)
    return registry
  }

  @Test(arguments: kinds) func everyStageKeepsWhatTheKitAsks(_ kind: String) async throws {
    let stages = try Self.registry().all.filter { $0.kind == kind }
    #expect(stages.contains { $0.name == "process" } && stages.count >= 2)
    for stage in stages {
      #expect(StageConformance.wellFormed(stage) == [])
      if stage.name == "process" { continue }
      let registry = try Self.registry()
      #expect(await StageConformance.refusesWrongInputs(stage, registry: registry) == [])
      for inputs in try stage.contract.specimens() {
        #expect(try await StageConformance.deterministic(stage, inputs: inputs, registry: registry).broken == [])
        #expect(try await StageConformance.lawful(stage, inputs: inputs, registry: registry) == [])
        #expect(try await StageConformance.stopsWhenCancelled(stage, inputs: inputs, registry: registry) == [])
      }
    }
  }

  @Test func allMethodsAgreeOnTheSpecimenButPathDependence() async throws {
    for input in try Explain.specimens() {
      let auto = try await Explainer(method: .auto, backgroundRows: 99).run(input, in: Fixture.context())
      for method in [Explainer.Method.linear, .treeInterventional, .exact] {
        let other = try await Explainer(method: method, backgroundRows: 99).run(input, in: Fixture.context())
        for row in 0..<auto.rowCount { #expect(Fixture.nearest(auto.row(row), other.row(row)) < 1e-13) }
      }
    }
  }

  private static func importance(
    _ model: Model, _ design: Design, _ loss: PredictionLoss = .squared, repeats: Int = 3, seed: UInt64 = 1
  ) async throws -> FeatureImportance {
    var config = PermutationImportance.Config()
    config.loss = loss
    config.repeats = repeats
    return try await PermutationImportance(config: config)
      .run(.init(model: model, design: design), in: Fixture.context(workers: 2, seed: seed))
  }

  @Test func importanceIsTheRiseOfTheLoss() async throws {
    var random = RandomStream(seed: 3)
    let rows = Fixture.rows(2_000, 3, &random)
    let model = try Fixture.model(.linear(intercept: 0, coefficients: [2, 1, 0]))
    let plain = Fixture.design(rows)
    let design = Design(
      features: plain.features, columns: plain.columns, target: rows.map { 2 * $0[0] + $0[1] }, targetUnit: "fraction",
      weights: plain.weights)
    let found = try await Self.importance(model, design)
    #expect(found.baseline == 0 && found.features[2].increases == [0, 0, 0])
    // The mean of (βx − βx')² is 2 β² var(x), and that of uniform numbers in −1…1 is 1/3.
    #expect(abs(found.features[0].mean - 8.0 / 3) < 0.15 && abs(found.features[1].mean - 2.0 / 3) < 0.05)
    let again = try await Self.importance(model, design)
    #expect(try CanonicalJSON.encode(found) == CanonicalJSON.encode(again))
    let other = try await Self.importance(model, design, seed: 2)
    #expect(found.features[0].increases != other.features[0].increases)
    await expectFaults(.usage) { try await Self.importance(model, design, .logistic) }
    let chances = Design(
      features: ["x0"], columns: [[0.2, 0.9, 0.4]], target: [0, 1, 1], targetUnit: "fraction", weights: [1, 1, 0])
    let own = try Fixture.model(.linear(intercept: 0, coefficients: [1]))
    let deviance = try await Self.importance(own, chances, .logistic)
    #expect(abs(deviance.baseline - (log(1 / 0.8) + log(1 / 0.9)) / 2) < 1e-12)
    let counts = try await Self.importance(own, chances, .poisson)
    #expect(abs(counts.baseline - (0.4 + 2 * (log(1 / 0.9) - 0.1)) / 2) < 1e-12)
  }

  @Test func dependenceIsTheMeanPrediction() async throws {
    let form = try ModelForm.expand(inputCount: 2, terms: [.product([0, 1]), .fill(1, 0)])
      .then(.linear(intercept: 1, coefficients: [1, 1]))
    let design = Fixture.design([[0, 1], [1, 2], [2, 3], [3, 4]], weights: [1, 1, 1, 0])
    var config = PartialDependenceStage.Config()
    func run() async throws -> PartialDependence {
      let input = Dependence.Input(model: try Fixture.model(form), background: design)
      let found = try await PartialDependenceStage(config: config).run(input, in: Fixture.context())
      try Dependence.check(found, against: input)
      return found
    }
    let found = try await run()
    // The mean of the second feature is 2.
    #expect(found.curves[0].values == [0, 1, 2, 3] && Fixture.nearest(found.curves[0].means, [3, 5, 7, 9]) < 1e-14)
    #expect(Fixture.nearest(found.curves[1].means, [3, 5, 7, 9]) < 1e-14 && found.curves[1].missing == nil)
    #expect(found.background.rows == 3 && found.unit == "fraction")
    config.points = 3
    #expect(try await run().curves[0].values == [0, 1, 3])
  }

  @Test func theSummaryRanksFeaturesAndNamesMethodAndBackground() async throws {
    let (full, few) = (try ExplanationFiles.specimens()[0], try ExplanationFiles.specimens()[1])
    let unweighted = ExplanationFiles.Input(
      explanation: full.explanation, importance: full.importance, dependence: full.dependence)
    let files = try await ShapSummary(config: .init()).run(unweighted, in: Fixture.context()).files
    #expect(files.map(\.path) == ["data/shap_summary.json", "data/shap_summary.csv", "data/partial_dependence.csv"])
    let lines = String(decoding: files[1].bytes, as: UTF8.self).split(separator: "\n")
    #expect(lines[1].hasPrefix("score_b,0.5,0.571") && lines[2].hasPrefix("score_a,0.375,0.428"))
    #expect(lines[2].hasSuffix(",0.375,0.1767766952966369"))
    let json = String(decoding: files[0].bytes, as: UTF8.self)
    #expect(json.contains("\"method\" : \"linear\"") && json.contains("log-odds, before link"))
    #expect(String(decoding: files[2].bytes, as: UTF8.self).contains("score_a,,0.3\n"))
    let short = try await ShapSummary(config: .init()).run(few, in: Fixture.context()).files
    #expect(short.count == 2 && !String(decoding: short[1].bytes, as: UTF8.self).contains("permutation"))
  }

  /// Weights 3 and 1: the mean of 0.25 and 0.5 is 0.3125, that of 0 and 1 is 0.25.
  @Test func rowsCountByTheirWeightAndAreWritten() async throws {
    let input = try ExplanationFiles.specimens()[0]
    var config = ShapSummary.Config()
    config.folder = "data/second"
    let files = try await ShapSummary(config: config).run(input, in: Fixture.context()).files
    #expect(
      files.map(\.path)
        == ["shap_summary.json", "shap_summary.csv", "shap_values.csv", "partial_dependence.csv"].map {
          "data/second/\($0)"
        })
    let texts = files.map { String(decoding: $0.bytes, as: UTF8.self) }
    let lines = texts[1].split(separator: "\n")
    #expect(lines[1].hasPrefix("score_a,0.3125,") && lines[2].hasPrefix("score_b,0.25,"))
    #expect(texts[0].contains("\"weighted\" : true"))
    #expect(
      texts[2] == """
        value_score_a,value_score_b,weight,base,shap_score_a,shap_score_b,explained
        1.5,0.5,3,0.5,0.25,0,0.75
        0.5,0.5,1,0.5,-0.5,1,1

        """)
    let rows = try #require(input.rows)
    for other in [
      FitFixture.rows(rows, [0]),
      Design(features: ["score_a"], columns: [[1, 2]], target: [0, 1], targetUnit: "fraction", weights: [1, 1]),
    ] {
      await expectFaults(.data) {
        try await ShapSummary(config: config).run(
          .init(explanation: input.explanation, importance: nil, dependence: nil, rows: other), in: Fixture.context())
      }
    }
  }

  /// A program reads model and designs as files, and what it writes is held to the same laws.
  @Test func aProgramMayBringAnExplanation() async throws {
    let stage = try Self.registry().stage(kind: "explain", name: "process", at: .default)
    let folder = NSTemporaryDirectory() + "cutline-explain-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }  // best effort in a temporary place
    let input = try #require(try Explain.specimens().first)
    let values = try #require(try stage.contract.specimens().first)
    let own = try await Explainer(method: .exact, backgroundRows: 99).run(input, in: Fixture.context())
    func bring(_ change: (String) -> String) async throws -> Explanation? {
      let text = String(decoding: try CanonicalJSON.encode(own), as: UTF8.self)
      try change(text).write(toFile: folder + "/own.json", atomically: true, encoding: .utf8)
      let script =
        "ls -R $CUTLINE_FOLDER/input >\(folder)/seen && cp \(folder)/own.json $CUTLINE_FOLDER/output/explanation.json"
      let words = ["/bin/sh", "-c", script].map { ConfigValue(.string($0), at: .default) }
      let reads = ConfigValue(.array([ConfigValue(.string("rows"), at: .default)]), at: .default)
      let instance = try stage.instance([
        .init(key: "command", place: .default, value: ConfigValue(.array(words), at: .default)),
        .init(key: "reads", place: .default, value: reads),
      ])
      return try await instance.run(values, in: Fixture.context()) as? Explanation
    }
    let brought = try await bring { $0 }
    #expect(brought?.values == own.values && brought?.base == own.base)
    let seen = try String(contentsOfFile: folder + "/seen", encoding: .utf8)
    #expect(seen.contains("model.json") && seen.components(separatedBy: "design.csv").count == 3)
    await expectFaults(.data) { try await bring { $0.replacing("\"base\":[", with: "\"base\":[7,") } }
    await expectFaults(.data) { try await bring { $0.replacing("\"score_a\"", with: "\"score_x\"") } }
    await expectFaults(.data) { try await bring { _ in "{}" } }
  }
}
