import CutlineCompute
import CutlineCore
import CutlineTesting
import Foundation
import Testing

@testable import CutlineModels

/// Explanations against the expected results of independent peers.
@Suite struct ExplanationOracleTests {
  typealias Fixture = ExplanationFixture
  static let shap = SharedFiles.path("oracles/shap", from: #filePath)
  static let explain = SharedFiles.path("oracles/decisions/explain.json", from: #filePath)

  private static func decode<Value: Decodable>(_ type: Value.Type, from path: String) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private struct Shap: Decodable {
    struct Peer: Decodable {
      let baseScore, expectedValue: Double
      let trees: [[Fixture.Node]]
      let shap: [[Double]]
      let rawPrediction: [Double]
      let exactExpectedValue: Double?
      let exactFloat64First6: [[Double]]?
    }
    let nFeatures: Int
    let rows: [[Double?]]
    let models: [String: Peer]
  }

  @Test(.enabled(if: shap != nil, "needs ../shared/oracles/shap"), arguments: ["german_5f_3t", "german_7f_missing"])
  func pathDependentValuesEqualThePeers(_ name: String) async throws {
    let file = try Self.decode(Shap.self, from: try #require(Self.shap) + "/\(name).json")
    let rows = file.rows.map { $0.map { $0 ?? .nan } }
    #expect(Set(file.models.keys) == ["lightgbm", "xgboost"])
    for (library, peer) in file.models {
      let tolerance = library == "lightgbm" ? 1e-9 : 1e-5
      let form = try Fixture.form(peer.trees, features: file.nFeatures, base: peer.baseScore)
      let ours = try await Fixture.explain(form, rows: rows, background: rows, by: .treePathDependent)
      #expect(abs(ours.base[0] - peer.expectedValue) <= tolerance)
      #expect(Fixture.nearest(ours.predictions, peer.rawPrediction) <= tolerance)
      for row in rows.indices {
        #expect(Fixture.nearest(ours.row(row), peer.shap[row]) <= tolerance, "\(library), row \(row)")
      }
      // The same trees in double precision, by enumeration.
      for (row, exact) in (peer.exactFloat64First6 ?? []).enumerated() {
        #expect(Fixture.nearest(ours.row(row), exact) <= 1e-6)
      }
    }
  }

  private struct Explained: Decodable {
    struct Linear: Decodable {
      struct Row: Decodable {
        let scaled, shap: [Double]
        let shapBase, logit: Double
      }
      let features: [String]
      let coefficients, mean, sd: [Double]
      let intercept: Double
      let background: [[Double]]
      let rows: [Row]
    }
    struct Trees: Decodable {
      let features: Int
      let trees: [[Fixture.Node]]
      let baseScore, baseValue: Double
      let background, rows: [[Double?]]
      let shap: [[Double]]
      let margin: [Double]
    }
    let linear: [Linear]
    let trees: [Trees]
  }

  private static func explained() throws -> Explained {
    try decode(Explained.self, from: try #require(explain))
  }

  @Test(.enabled(if: explain != nil, "needs ../shared/oracles/decisions"))
  func interventionalValuesOfTreesEqualThePeers() async throws {
    for example in try Self.explained().trees {
      let form = try Fixture.form(example.trees, features: example.features, base: example.baseScore)
      // The library compares in single precision.
      func numbers(_ rows: [[Double?]]) -> [[Double]] { rows.map { $0.map { $0.map { Double(Float($0)) } ?? .nan } } }
      for method in [Explainer.Method.treeInterventional, .exact, .auto] {
        let ours = try await Fixture.explain(
          form, rows: numbers(example.rows), background: numbers(example.background), by: method)
        #expect(abs(ours.base[0] - example.baseValue) <= 1e-9)
        #expect(Fixture.nearest(ours.predictions, example.margin) <= 1e-9)
        for row in example.rows.indices {
          #expect(Fixture.nearest(ours.row(row), example.shap[row]) <= 1e-9, "\(method), row \(row)")
        }
      }
    }
  }

  @Test(.enabled(if: explain != nil, "needs ../shared/oracles/decisions"))
  func valuesOfLinearModelsEqualThePeers() async throws {
    for example in try Self.explained().linear {
      let form = try ModelForm.linear(intercept: example.intercept, coefficients: example.coefficients, link: .logit)
      let background = example.background.map { row in
        row.indices.map { (row[$0] - example.mean[$0]) / example.sd[$0] }
      }
      let ours = try await Fixture.explain(
        form, rows: example.rows.map(\.scaled), background: background, by: .linear)
      #expect(ours.scale.phrase == "log-odds, before link")
      for (row, theirs) in example.rows.enumerated() {
        #expect(Fixture.nearest(ours.row(row), theirs.shap) <= 1e-9)
        #expect(abs(ours.base[row] - theirs.shapBase) <= 1e-9 && abs(ours.predictions[row] - theirs.logit) <= 1e-9)
      }
    }
  }
}
