import CutlineCore
import CutlineTesting
import Foundation
import Testing

@testable import CutlineModels

/// Linear and ridge regression against the expected results of independent peers.
@Suite("Regression against peers")
struct RidgeOracleTests {
  static let folder = SharedFiles.path("oracles/models", from: #filePath)

  /// Data set, key of the expected result, α as the peer states it, weighted or not.
  static let cases: [(data: String, key: String, alpha: Double, weighted: Bool)] = ["cells_8x12", "semicontinuous"]
    .flatMap { data in
      [
        (data, "ols", 0, false), (data, "wls", 0, true), (data, "ridge_a0.01", 0.01, false),
        (data, "ridge_a0.01_w", 0.01, true), (data, "ridge_a1.0", 1, false), (data, "ridge_a1.0_w", 1, true),
        (data, "ridge_a100.0", 100, false), (data, "ridge_a100.0_w", 100, true),
      ]
    }

  @Test(.enabled(if: folder != nil, "needs ../shared/oracles/models"), arguments: cases)
  func coefficientsEqualThePeers(_ example: (data: String, key: String, alpha: Double, weighted: Bool)) throws {
    let data = try Self.read(example.data)
    let (intercept, coefficients) = try Self.expected(example.data, example.key)
    let weights = example.weighted ? data.weights : data.weights.map { _ in 1 }
    // The peer minimises Σ w (y − ŷ)² + α |b|² with the weights as given, ours with weights of mean 1.
    let mean = weights.reduce(0, +) / Double(weights.count)
    let fit = try RidgeRegression.fit(data.x, data.y, weights: weights, alpha: example.alpha / mean)
    #expect(fit.coefficients.count == coefficients.count)
    for (ours, theirs) in zip([fit.intercept] + fit.coefficients, [intercept] + coefficients) {
      #expect(abs(ours - theirs) <= 1e-8 * abs(theirs) + 1e-10, "\(example.key): \(ours) against \(theirs)")
    }
  }

  private static func read(_ name: String) throws -> (x: DesignMatrix, y: [Double], weights: [Double]) {
    let path = try #require(folder) + "/\(name).csv"
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let names = lines[0].split(separator: ",").map(String.init)
    let rows = try lines.dropFirst().map { line in
      try line.split(separator: ",").map { try #require(Double($0)) }
    }
    let features = names.indices.filter { names[$0].hasPrefix("x") }
    func column(_ index: Int) -> [Double] { rows.map { $0[index] } }
    let y = try #require(names.firstIndex(of: "y"))
    let w = try #require(names.firstIndex(of: "w"))
    return (DesignMatrix(rows: rows.count, columns: features.map(column)), column(y), column(w))
  }

  private static func expected(_ data: String, _ key: String) throws -> (Double, [Double]) {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: try #require(folder) + "/expected.json"))
    let root = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    let regression = try #require(root["regression"] as? [String: [String: [String: Any]]])
    let fit = try #require(regression[data]?[key])
    return (try #require(fit["intercept"] as? Double), try #require(fit["coef"] as? [Double]))
  }
}
