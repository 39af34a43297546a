internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Whether there is anything, times how much: E[y] = P(y ≠ 0) · E[y | y ≠ 0].
///
/// `occurrence` is fitted to 1 where |y| exceeds `zero` and 0 elsewhere, `magnitude` to the rows where it does. Where no target
/// exceeds it, the model is 0; where all do, the probability is 1. An offset goes to the magnitude only, being one of its
/// scale; the model predicts without it. The magnitude is not clipped: a linear one may be negative.
///
/// - Throws: what the inner stages throw, with their path.
/// - Complexity: that of the two.
///
/// Source: J. G. Cragg, *Some statistical models for limited dependent variables*, Econometrica 39 (1971).
struct HurdleFit: Stage {
  typealias Kind = Fit
  static let name = "hurdle"
  static let summary = "The probability that the target is not 0, times its size where it is not."

  struct Config: StageConfig {
    var occurrence = Chosen<Fit>("logistic", with: [("alpha", .float(0.001))])
    var magnitude = Chosen<Fit>("ridge", with: [("alpha", .float(0.5))])
    var zero = 1e-10

    static let fields: [Field<Self>] = [
      .stage("occurrence", \.occurrence, "Estimator of the probability that the target is not 0."),
      .stage("magnitude", \.magnitude, "Estimator of the target, fitted to the rows where it is not 0."),
      .double("zero", \.zero, in: 0...1_000_000_000, "Targets of no greater magnitude count as 0."),
    ]
  }
  let config: Config

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    let design = input.design
    let data = try FitData(design, for: Self.name)
    let occurs = design.target.map { $0.magnitude > config.zero }
    let some = zip(occurs, design.weights).contains { $0.0 && $0.1 > 0 }
    let none = zip(occurs, design.weights).contains { !$0.0 && $0.1 > 0 }
    func constant(_ value: Double) throws -> ModelForm {
      try .linear(intercept: value, coefficients: design.features.map { _ in 0 })
    }
    var chance = try constant(some ? 1 : 0)
    if some && none {
      let first = Design(
        features: design.features, columns: design.columns, target: occurs.map { $0 ? 1 : 0 }, targetUnit: "fraction",
        weights: design.weights, groups: design.groups, times: design.times, directions: design.directions)
      chance = try await config.occurrence(.init(design: first), in: context.inner(.occurrence)).form
    }
    var size = try constant(0)
    if some {
      let second = design.rows(occurs.indices.filter { occurs[$0] })
      size = try await config.magnitude(.init(design: second), in: context.inner(.magnitude)).form
    }
    return try Model(Self.name, data, unit: design.targetUnit, form: .product([chance, size]))
  }
}

extension Purpose {
  fileprivate static let occurrence: Purpose = "hurdle/occurrence"
  fileprivate static let magnitude: Purpose = "hurdle/magnitude"
}

extension Design {
  /// Some of the rows, in the order given.
  func rows(_ places: [Int]) -> Design {
    func kept<Value>(_ values: [Value]) -> [Value] { values.isEmpty ? [] : places.map { values[$0] } }
    return Design(
      features: features, columns: columns.map { column in places.map { column[$0] } },
      target: places.map { target[$0] }, targetUnit: targetUnit, weights: places.map { weights[$0] },
      offset: kept(offset), groups: kept(groups), times: kept(times), directions: directions)
  }
}
