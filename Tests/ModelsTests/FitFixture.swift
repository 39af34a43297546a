import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineTesting
import Foundation
import Testing

@testable import CutlineModels

/// Designs for the estimators, drawn or read.
enum FitFixture {
  static func design(
    _ columns: [[Double]], _ target: [Double], weights: [Double]? = nil, offset: [Double] = [], directions: [Int] = []
  ) -> Design {
    Design(
      features: columns.indices.map { "x\($0)" }, columns: columns, target: target, targetUnit: "fraction",
      weights: weights ?? target.map { _ in 1 }, offset: offset, directions: directions)
  }

  /// What a drawn target is like.
  enum Target { case number, chance, amount, zeroOne, positive }

  /// Features in −1…1 of different scales, weights in 0.1…2.1, an offset in −0.3…0.3 on request.
  static func drawn(
    _ target: Target, rows: Int = 60, features: Int = 3, seed: UInt64 = 1, hasOffset: Bool = false
  ) -> Design {
    var stream = RandomStream(seed: seed)
    func draw() -> [Double] { (0..<rows).map { _ in 2 * stream.uniform() - 1 } }
    let columns = (0..<features).map { feature in draw().map { $0 * Double(feature + 1) + 0.5 * Double(feature) } }
    let eta = (0..<rows).map { row in
      -0.4 + columns.indices.reduce(0.0) { $0 + (0.8 - 0.5 * Double($1)) * columns[$1][row] }
    }
    let chance = eta.map { 1 / (1 + exp(-$0)) }
    let y = (0..<rows).map { row -> Double in
      let u = stream.uniform()
      return switch target {
      case .number: eta[row] + 0.6 * (u - 0.5)
      case .chance: min(1, max(0, chance[row] + 0.5 * (u - 0.5)))
      case .amount: u < 0.4 ? 0 : exp(0.5 * eta[row]) * (0.3 + u)
      case .zeroOne: u < chance[row] ? 1 : 0
      case .positive: exp(0.5 * eta[row]) * (0.3 + u)
      }
    }
    return design(
      columns, y, weights: draw().map { 1.1 + $0 }, offset: hasOffset ? draw().map { 0.3 * $0 } : [])
  }

  static func context(workers: Int = 1) -> RunContext { RunContext(stageID: "fit", seed: 7, workers: workers) }

  static func entries(_ settings: [String: ConfigValue.Content]) -> [ConfigTable.Entry] {
    settings.sorted { $0.key < $1.key }.map {
      ConfigTable.Entry(key: $0.key, place: .default, value: ConfigValue($0.value, at: .default))
    }
  }

  /// A model by name, as a plan would make it.
  static func fit(
    _ name: String, _ settings: [String: ConfigValue.Content] = [:], _ design: Design, workers: Int = 1,
    in context: RunContext? = nil
  ) async throws -> Model {
    var registry = Registry()
    try ModelStages.register(in: &registry)
    let stage = try registry.stage(kind: Fit.name, name: name, at: .default)
    let instance = try stage.instance(entries(settings), registry: registry)
    let model = try #require(
      try await instance.run(["design": design], in: context ?? self.context(workers: workers)) as? Model)
    try Fit.check(model, against: Fit.Input(design: design))
    return model
  }

  /// The numbers of a linear model, the intercept first.
  static func numbers(_ model: Model) throws -> [Double] {
    guard case .linear(let form) = model.form else {
      Issue.record("the form is \(model.form.name)")
      return []
    }
    return [form.intercept] + form.coefficients
  }

  static func predicted(_ model: Model, _ design: Design) throws -> [Double] {
    try model.form.evaluate(columns: design.columns, rows: design.rowCount)
  }

  /// The greatest difference, relative to what is greater than 1.
  static func distance(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { greatest, pair in
      let own = abs(pair.0 - pair.1) / max(1, abs(pair.0), abs(pair.1))
      return own.isNaN ? .infinity : max(greatest, own)
    }
  }

  /// The rows of a design in another order, or some of them, or some twice.
  static func rows(_ design: Design, _ places: [Int], weights: [Double]? = nil) -> Design {
    design.rows(places, weights: weights ?? places.map { design.weights[$0] })
  }
}

/// Expected results of independent programs, as JSON.
struct Expected {
  let root: [String: Any]

  init(_ path: String) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    root = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
  }

  /// Committed with the tests.
  static func fixture(_ name: String) throws -> Expected {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try Expected(folder.appendingPathComponent("Fixtures/fits/\(name).json").path)
  }

  func numbers(_ path: String...) throws -> [Double] { try #require(value(path) as? [Double], "\(path)") }
  func number(_ path: String...) throws -> Double { try #require(value(path) as? Double, "\(path)") }
  func columns(_ path: String...) throws -> [[Double]] { try #require(value(path) as? [[Double]], "\(path)") }
  func keys(_ path: String...) throws -> [String] {
    try #require(value(path) as? [String: Any], "\(path)").keys.sorted()
  }

  private func value(_ path: [String]) -> Any? {
    path.reduce(root as Any?) { ($0 as? [String: Any])?[$1] }
  }
}
