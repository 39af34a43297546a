internal import CutlineCore
internal import CutlineCredit

/// Three risk limits, `optimum − step`, `optimum` and `optimum + step` percent, in decimal arithmetic.
struct RiskAppetite: StageConfig {
  var optimum = 1.1
  var step = 0.1
  var comfortZone = ComfortZone()

  static let fields: [Field<Self>] =
    [
      .shared(
        .double("optimum_risk", \.optimum, in: 0.000001...100, unit: "percent", "Risk limit of the base scenario.")),
      .shared(.double("risk_step", \.step, in: 0...100, unit: "percent", "Distance of the other two limits from it.")),
    ] + ComfortZone.fields.map { $0.lifted(\.comfortZone) }

  func validate(at places: FieldPlaces) throws {
    guard step < optimum else {
      throw Faults.usage(
        places["risk_step", "optimum_risk"],
        "risk_step \(step) leaves no positive limit for the pessimistic scenario (optimum_risk is \(optimum))",
        "Choose a smaller step.")
    }
  }

  struct Limit {
    let name: String
    /// What scenarios must keep.
    let percent: DecimalNumber
    /// The limit of the appetite alone, where the comfort zone is below it, with the year that says so.
    var zone: (year: Int, own: DecimalNumber)?
  }

  /// From the most careful to the boldest: `optimum_risk` minus, at, plus `risk_step`, and none above the comfort zone of the
  /// years of the main period, where that is enforced.
  func limits(_ basis: Basis?) throws -> [Limit] {
    let optimum = try DecimalNumber(optimum)
    let step = try DecimalNumber(step)
    let tightest = comfortZone.isEnforced ? comfortZone.tightest(basis) : nil
    return try [("pessimistic", optimum - step), ("base", optimum), ("optimistic", optimum + step)].map { name, own in
      guard let tightest, case let percent = try DecimalNumber(tightest.percent), percent < own else {
        return Limit(name: name, percent: own)
      }
      return Limit(name: name, percent: percent, zone: (tightest.year, own))
    }
  }
}
