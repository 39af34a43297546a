internal import CutlineCore
internal import CutlineCredit

/// Three risk limits, `optimum − step`, `optimum` and `optimum + step` percent, in decimal arithmetic.
struct RiskAppetite: StageConfig {
  var optimum = 1.1
  var step = 0.1

  static let fields: [Field<Self>] = [
    .shared(
      .double("optimum_risk", \.optimum, in: 0.000001...100, unit: "percent", "Risk limit of the base scenario.")),
    .shared(.double("risk_step", \.step, in: 0...100, unit: "percent", "Distance of the other two limits from it.")),
  ]

  func validate(at places: FieldPlaces) throws {
    guard step < optimum else {
      throw Faults.usage(
        places["risk_step", "optimum_risk"],
        "risk_step \(step) leaves no positive limit for the pessimistic scenario (optimum_risk is \(optimum))",
        "Choose a smaller step.")
    }
  }

  /// From the most careful to the boldest.
  func limits() throws -> [(name: String, percent: DecimalNumber)] {
    let optimum = try DecimalNumber(optimum)
    let step = try DecimalNumber(step)
    return [("pessimistic", optimum - step), ("base", optimum), ("optimistic", optimum + step)]
  }
}
