import CutlineCompute
import CutlineCore
import CutlineCredit
import TestSupport
import Testing

@testable import CutlineModels

/// Inputs at the edges: each gives a clear result or a clear error.
@Suite("Estimators at the edges")
struct FitEdgeTests {
  static let names = [
    "linear", "ridge", "lasso", "elastic-net", "logistic", "tweedie", "poisson", "gamma", "hurdle", "voting",
    "isotonic", "monotone-surface", "platt", "beta", "prior-shift", "identity",
  ]
  /// Those that read one feature.
  static let single: Set = ["isotonic", "platt", "beta", "prior-shift", "identity"]

  /// The model, or the faults; anything else fails the test.
  static func outcome(_ name: String, _ settings: [String: ConfigValue.Content] = [:], _ design: Design) async throws
    -> Result<Model, Faults>
  {
    do { return .success(try await FitFixture.fit(name, settings, design)) } catch let faults as Faults {
      #expect([.data, .usage].contains(faults.code))
      #expect(!faults.advice.isEmpty)
      return .failure(faults)
    } catch let inner as InnerFailure { return .failure(inner.faults) }
  }

  static func design(_ name: String, _ target: [Double], columns: [[Double]]? = nil) -> Design {
    let x = target.indices.map { 0.1 + 0.8 * Double($0) / Double(max(1, target.count)) }
    let all = columns ?? (single.contains(name) ? [x] : [x, x.map { $0 * $0 }])
    return FitFixture.design(all, target, directions: all.map { _ in 1 })
  }

  @Test(arguments: names) func constantTargets(name: String) async throws {
    let half = try await Self.outcome(name, [:], Self.design(name, [Double](repeating: 0.5, count: 12)))
    let predicted = try FitFixture.predicted(half.get(), Self.design(name, [Double](repeating: 0.5, count: 12)))
    if name != "identity" && name != "prior-shift" {
      #expect(FitFixture.distance(predicted, predicted.map { _ in 0.5 }) < 1e-9)
    }
    let zeros = Self.design(name, [Double](repeating: 0, count: 12))
    switch try await Self.outcome(name, [:], zeros) {
    case .success(let model):
      if name != "identity" { #expect(try FitFixture.predicted(model, zeros).allSatisfy { $0 == 0 }) }
      #expect(!["logistic", "tweedie", "poisson", "gamma", "platt", "beta", "prior-shift"].contains(name))
    case .failure(let faults):
      #expect(faults.code == .data)
      #expect(faults.problem.contains(name == "gamma" ? "not positive" : "every target is 0"), "\(faults)")
    }
    let ones = try await Self.outcome(name, [:], Self.design(name, [Double](repeating: 1, count: 12)))
    if ["logistic", "platt", "beta", "prior-shift"].contains(name) {
      #expect(throws: Faults.self) { try ones.get() }
    } else {
      _ = try ones.get()
    }
  }

  @Test(arguments: names) func oneRow(name: String) async throws {
    let design = Self.design(name, [0.25])
    let predicted = try FitFixture.predicted(try await Self.outcome(name, [:], design).get(), design)
    if name != "identity" { #expect(abs(predicted[0] - 0.25) < 1e-9) }
  }

  @Test(arguments: names) func noFeatures(name: String) async throws {
    let design = FitFixture.design([], [0.25, 0.5, 0.75])
    switch try await Self.outcome(name, [:], design) {
    case .success(let model):
      #expect(FitFixture.distance(try FitFixture.predicted(model, design), [0.5, 0.5, 0.5]) < 1e-9)
    case .failure(let faults): #expect(Self.single.contains(name) && faults.code == .usage)
    }
  }

  /// Twice the same, a sum, and one that does not vary.
  @Test(arguments: ["linear", "ridge", "lasso", "elastic-net", "logistic", "tweedie", "poisson", "gamma", "hurdle"])
  func collinearFeatures(name: String) async throws {
    let drawn = FitFixture.drawn(name == "logistic" ? .zeroOne : .positive)
    let (a, b) = (drawn.columns[0], drawn.columns[1])
    let plain = FitFixture.design([a, b], drawn.target)
    let more = FitFixture.design([a, b, a, zip(a, b).map { $0 + $1 }, a.map { _ in 7 }], drawn.target)
    let model = try await Self.outcome(name, [:], more).get()
    // Without a penalty the prediction is that of the two.
    guard ["linear", "logistic", "tweedie", "poisson", "gamma"].contains(name) else { return }
    let first = try FitFixture.predicted(try await Self.outcome(name, [:], plain).get(), plain)
    #expect(FitFixture.distance(first, try FitFixture.predicted(model, more)) < 1e-8)
  }

  @Test(arguments: names) func aMissingFeatureIsNamedAndCounted(name: String) async throws {
    var design = Self.design(name, [0.1, 0.4, 0.2, 0.5])
    var columns = design.columns
    (columns[0][1], columns[0][3]) = (.nan, .nan)
    design = FitFixture.design(columns, design.target, directions: design.directions)
    let outcome = try await Self.outcome(name, [:], design)
    guard case .failure(let faults) = outcome else { Issue.record("missing values were taken"); return }
    #expect(faults.problem.contains("x0") && faults.problem.contains("2 of 4 rows"), "\(faults)")
    columns[0] = [0.1, .infinity, 0.3, 0.4]
    guard case .failure = try await Self.outcome(name, [:], FitFixture.design(columns, design.target)) else {
      Issue.record("an infinite value was taken")
      return
    }
  }

  @Test(arguments: names) func hugeAndTinyValues(name: String) async throws {
    let x = [0.2, 0.7, 0.4, 0.9, 0.6, 0.1]
    for (scale, target) in [(1e300, 1.0), (1e-300, 1.0), (1.0, 1e300), (1e300, 1e300), (1.0, 1e-300)] {
      let y = [0.3, 0.6, 0.5, 0.8, 0.4, 0.2].map { $0 * target }
      let columns = Self.single.contains(name) ? [x.map { $0 * scale }] : [x.map { $0 * scale }, x.map { 1 / $0 }]
      _ = try await Self.outcome(
        name, [:], FitFixture.design(columns, y, directions: columns.map { _ in 1 }))
    }
    if ["linear", "tweedie", "poisson", "gamma", "isotonic"].contains(name) {
      let y = [0.3, 0.6, 0.5, 0.8, 0.4, 0.2]
      let plain = FitFixture.design([x], y)
      let first = try FitFixture.predicted(try await Self.outcome(name, [:], plain).get(), plain)
      let huge = FitFixture.design([x.map { $0 * 1e300 }], y.map { $0 * 1e300 })
      let second = try FitFixture.predicted(try await Self.outcome(name, [:], huge).get(), huge)
      #expect(FitFixture.distance(first, second.map { $0 / 1e300 }) < 1e-9)
    }
  }

  /// More features than rows: least squares interpolates, penalties decide, likelihoods are separated.
  @Test func moreFeaturesThanRows() async throws {
    let drawn = FitFixture.drawn(.zeroOne, rows: 6, features: 9)
    let design = FitFixture.design(drawn.columns, [0, 1, 0, 1, 1, 0])
    for name in ["linear", "ridge", "lasso", "elastic-net"] { _ = try await Self.outcome(name, [:], design).get() }
    _ = try await Self.outcome("logistic", ["alpha": .float(0.01)], design).get()
    guard case .failure(let faults) = try await Self.outcome("logistic", [:], design) else {
      Issue.record("separated data was fitted")
      return
    }
    #expect(faults.problem.contains("separated"), "\(faults)")
  }

  @Test func targetsThatDoNotFitAreRefused() async throws {
    for name in ["logistic", "platt"] {
      guard case .failure(let faults) = try await Self.outcome(name, [:], Self.design(name, [0, 1, 1.5, -2])) else {
        Issue.record("\(name) took it")
        return
      }
      #expect(faults.problem.contains("2 targets lie outside 0 to 1"))
    }
    for name in ["tweedie", "poisson", "gamma"] {
      guard case .failure(let faults) = try await Self.outcome(name, [:], Self.design(name, [0.5, 1, -1])) else {
        Issue.record("\(name) took it")
        return
      }
      #expect(faults.problem.contains("1 target is"))
    }
    for name in ["beta", "prior-shift"] {
      guard case .failure = try await Self.outcome(name, [:], Self.design(name, [0, 1], columns: [[0.5, 1]])) else {
        Issue.record("\(name) took a raw prediction of 1")
        return
      }
    }
  }
}
