import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineModels

/// Models of other libraries predict here what they predict there. `Tests/Oracles/imported_models.py` made the files.
@Suite struct ModelImportTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/imports").path

  private struct Expected: Decodable {
    let rows: [[Double?]]
    let predictions: [Double]
  }

  static let names = [
    "xgboost-logistic", "xgboost-squared", "xgboost-tweedie", "lightgbm-binary", "lightgbm-regression",
    "lightgbm-poisson", "lightgbm-full", "lightgbm-forest", "catboost-logloss", "catboost-rmse", "sklearn-linear",
    "sklearn-logistic", "sklearn-scaled", "sklearn-tree", "sklearn-forest", "sklearn-forest-regression",
    "sklearn-boosting", "sklearn-boosting-regression", "sklearn-histogram", "sklearn-histogram-poisson",
  ]

  static func read(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")) }

  @Test(arguments: names) func predictionsAreTheLibrarys(_ name: String) throws {
    let expected = try JSONDecoder().decode(Expected.self, from: Self.read("\(name).expected.json"))
    let rows = expected.rows.map { $0.map { $0 ?? .nan } }
    #expect(rows.count == 80)
    // XGBoost adds in single precision.
    let tolerance = name.hasPrefix("xgboost") ? 2e-6 : 1e-12
    for file in ["json", "txt"] where file == "json" || name.hasPrefix("lightgbm") {
      let model = try ModelImport.read("\(Self.folder)/\(name).\(file)")
      #expect(model.features.map(\.name) == ["age", "income", "score", "months"])
      for (row, theirs) in zip(rows, expected.predictions) {
        let ours = try model.form.value(of: row)
        #expect(abs(ours - theirs) <= tolerance * max(1, abs(theirs)), "\(name).\(file): \(ours) against \(theirs)")
      }
      let isChance =
        ["logistic", "binary", "logloss", "scaled", "tree", "forest", "boosting", "histogram"]
        .contains { name.hasSuffix($0) } && name != "lightgbm-forest"
      #expect(model.unit == (isChance ? "fraction" : "value"))
      #expect(try CanonicalJSON.decode(Model.self, from: CanonicalJSON.encode(model)) == model)
    }
  }

  /// What was imported can be explained, by the training weight that the files carry too.
  @Test func importedTreesCanBeExplained() async throws {
    for name in ["xgboost-logistic", "lightgbm-binary", "catboost-rmse", "sklearn-forest"] {
      let model = try ModelImport.read("\(Self.folder)/\(name).json")
      let expected = try JSONDecoder().decode(Expected.self, from: Self.read("\(name).expected.json"))
      let rows = expected.rows.prefix(10).map { $0.map { $0 ?? .nan } }
      let design = Design(
        features: model.features.map(\.name), columns: (0..<4).map { feature in rows.map { $0[feature] } },
        target: rows.map { _ in 0 }, targetUnit: "fraction", weights: rows.map { _ in 1 })
      for method in [Explainer.Method.treeInterventional, .treePathDependent] {
        let input = Explain.Input(model: model, background: design, rows: nil)
        let explanation = try await Explainer(method: method, backgroundRows: 99)
          .run(input, in: ExplanationFixture.context())
        #expect(explanation.additivityError < 1e-12)
      }
    }
  }

  /// x ≤ threshold of a double is what Float(x) < split and Float(x) ≤ split say, for every x.
  @Test func thresholdsAreFaithfulToSinglePrecision() {
    var random = RandomStream(seed: 31)
    var splits = (0..<500).map { _ in Float(bitPattern: random.next32()) }.filter(\.isFinite)
    splits += [
      0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude, 1, -1, 16_777_216,
      .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
    ]
    for split in splits {
      let (below, upTo) = (SinglePrecision.threshold(below: split), SinglePrecision.threshold(upTo: split))
      #expect(below.isFinite && upTo.isFinite)
      let near = [Double(split), Double(split.nextDown), Double(split.nextUp), below, upTo]
      for x in near.flatMap({ [$0, $0.nextUp, $0.nextDown] }) where x.isFinite && x.magnitude <= 0x1.fffffep127 {
        #expect((x <= below) == (Float(x) < split), "\(x) against \(split)")
        #expect((x <= upTo) == (Float(x) <= split), "\(x) against \(split)")
      }
    }
  }

  @Test func whatHasNoEqualIsRefusedWithItsPlace() throws {
    func problem(_ name: String, _ old: String, _ new: String) throws -> String {
      let text = String(decoding: try Self.read(name), as: UTF8.self)
      #expect(text.contains(old), "\(name): \(old)")
      let changed = Data(text.replacingOccurrences(of: old, with: new).utf8)
      return expectFaults(.data, "\(old) to \(new)") { try ModelImport.read(changed, source: "m") }?.description ?? ""
    }
    for (name, old, new, said) in [
      (
        "xgboost-logistic.json", "\"binary:logistic\"", "\"multi:softprob\"",
        "m, learner.objective.name: is multi:softprob"
      ),
      ("xgboost-logistic.json", "\"num_class\":\"0\"", "\"num_class\":\"3\"", "num_class: is more than 1"),
      ("xgboost-logistic.json", "\"name\":\"gbtree\"", "\"name\":\"dart\"", "gradient_booster.name: is dart"),
      ("xgboost-logistic.json", "\"left_children\":[1", "\"left_children\":[0", "leads outside the tree or back"),
      (
        "xgboost-logistic.json", "\"left_children\":[1", "\"left_children\":[1e300",
        "left_children[0]: is 1e+300"
      ),
      ("xgboost-logistic.json", "\"split_indices\":[", "\"split_indices\":[77777,", "arrays of different lengths"),
      ("lightgbm-binary.json", "\"binary sigmoid:1.5\"", "\"lambdarank\"", "objective: is lambdarank"),
      ("lightgbm-binary.json", "\"missing_type\": \"NaN\"", "\"missing_type\": \"Zero\"", "zero_as_missing"),
      ("lightgbm-binary.json", "\"decision_type\": \"<=\"", "\"decision_type\": \"==\"", "asks for categories"),
      ("lightgbm-binary.txt", "num_class=1", "num_class=4", "num_class is not 1"),
      ("lightgbm-binary.txt", "num_cat=0", "num_cat=1", "asks for categories"),
      ("lightgbm-binary.txt", "left_child=1", "left_child=0", "leads outside or back"),
      ("lightgbm-binary.txt", "\nend of trees", "", "end of trees"),
      ("lightgbm-binary.txt", "tree_sizes=", "tree_sizes=1 ", "tree_sizes names"),
      ("lightgbm-binary.txt", "num_leaves=", "num_leaves=3\nnum_leaves=", "has num_leaves twice"),
      ("lightgbm-binary.json", "\"num_class\"", "\"num_class\": 1, \"num_class\"", "twice in one object"),
      ("xgboost-logistic.json", "\"num_trees\":\"", "\"num_trees\":\"1", "is not the number of trees"),
      ("xgboost-logistic.json", "\"tree_info\":[0", "\"tree_info\":[1", "does not give each tree the one value"),
      ("catboost-rmse.json", "\"RMSE\"", "\"MultiClass\"", "loss_function.type: is MultiClass"),
      ("catboost-rmse.json", "\"FloatFeature\"", "\"OnlineCtr\"", "split_type: is not FloatFeature"),
      ("sklearn-forest.json", "\"cutline-sklearn-1\"", "\"cutline-sklearn-9\"", "is no model that is known"),
      ("sklearn-linear.json", "\"income\"", "\"age\"", "names a feature twice"),
    ] {
      let text = try problem(name, old, new)
      #expect(text.contains(said), "\(name): \(text)")
    }
    expectFaults(.io) { try ModelImport.read("/nonexistent/model.json") }
    let dump = expectFaults(.data) { try ModelImport.read(Data("[{\"nodeid\": 0, \"leaf\": 1}]".utf8), source: "m") }
    #expect(dump?.advice.contains("save_model") == true)
  }

  /// Files that were damaged or made to harm: a model or faults, and never a trap.
  @Test func hostileFilesAreRefusedOrRead() throws {
    let texts = [
      "", "{", "null", "[]", "{}", "3", "\"x\"", "{\"learner\": 3}", "{\"learner\": {\"learner_model_param\": []}}",
      "{\"tree_info\": {}}", "{\"tree_info\": [], \"feature_names\": []}", "tree\n",
      "tree\nTree=0\nnum_leaves=99999999999",
      "tree\nTree=0\nnum_leaves=8000000\nnum_cat=0\nsplit_feature=\n",
      "{\"oblivious_trees\": [], \"features_info\": {}}",
      String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 100_000),
      "{\"tree_info\": [{\"tree_structure\": " + String(repeating: "{\"left_child\":", count: 5_000),
      "{\"format\": \"cutline-sklearn-1\", \"features\": [\"a\"], \"link\": \"identity\", \"kind\": \"linear\"}",
      "\u{FEFF}{}", "{\"oblivious_trees\": 1, \"features_info\": {\"float_features\": [{\"flat_feature_index\": -1}]}}",
    ]
    for text in texts {
      for format in [nil] + ModelImport.Format.allCases.map(Optional.some) {
        expectFaults(.data) { try ModelImport.read(Data(text.utf8), source: "m", format: format) }
      }
    }
    var random = RandomStream(seed: 32)
    let words = ["-1", "1e308", "null", "[]", "{}", "\"x\"", "99999999999999999999", "true", "0.5", "\"\""]
    for name in [
      "xgboost-logistic.json", "lightgbm-full.json", "lightgbm-full.txt", "catboost-rmse.json", "sklearn-forest.json",
    ] {
      let bytes = Array(try Self.read(name))
      let numbers = bytes.indices.dropFirst().filter {
        (48...57).contains(bytes[$0]) && !(48...57).contains(bytes[$0 - 1]) && bytes[$0 - 1] != 46
      }
      for round in 0..<60 {
        var damaged = bytes
        switch round % 3 {
        case 0: damaged = Array(damaged.prefix(random.index(below: damaged.count)))
        case 1: damaged[random.index(below: damaged.count)] = UInt8(random.index(below: 256))
        default:
          let place = numbers[random.index(below: numbers.count)]
          damaged.replaceSubrange(place...place, with: Array(words[random.index(below: words.count)].utf8))
        }
        do {
          let model = try ModelImport.read(Data(damaged), source: "m")
          _ = try model.form.value(of: model.features.map { _ in 0.5 })
        } catch { #expect(error is Faults, "\(error)") }
      }
    }
  }
}
