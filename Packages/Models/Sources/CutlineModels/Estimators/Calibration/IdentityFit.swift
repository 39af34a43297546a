internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// The calibration that changes nothing: the raw prediction itself.
struct IdentityFit: Stage {
  typealias Kind = Fit
  static let name = "identity"
  static let summary = "One feature as it is: a raw prediction that is left uncalibrated."

  struct Config: StageConfig {
    var feature: String?

    static let fields: [Field<Self>] = [
      .optionalText("feature", \.feature, "The raw prediction among the features; left out, it is the only one.")
    ]
  }
  let config: Config

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    let (data, place, _) = try Calibrated.of(input.design, feature: config.feature, for: Self.name)
    let form = try ModelForm.linear(intercept: 0, coefficients: [1])
    return try Model(
      Self.name, data, unit: input.design.targetUnit, form: OneFeature.lifted(form, of: place, among: data.names.count))
  }
}
