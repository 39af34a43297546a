internal import CCompute

/// μ(x) = g⁻¹(β₀ + β₁ x₁ + … + βₚ xₚ), added in this order: a linear, logistic, log-linear or probit model, Platt's
/// calibration, a weighted sum.
///
/// NaN in any feature gives NaN, also where its coefficient is 0. O(p) per record.
public struct LinearForm: FormPart, Codable, Hashable {
  public let intercept: Double
  public let coefficients: [Double]
  public let link: Link

  static let name = "linear"
  var inputCount: Int { coefficients.count }

  /// - Parameters:
  ///   - intercept: β₀, on the scale of the link.
  ///   - coefficients: β₁ … βₚ; none makes a constant.
  /// - Throws: `FormError.invalid` where a number is not finite, or p > 65,536.
  public init(intercept: Double, coefficients: [Double], link: Link = .identity) throws(FormError) {
    let check = FormCheck(form: Self.name)
    try check.finite([intercept], "intercept")
    try check.finite(coefficients, "coefficient")
    try check.require(coefficients.count <= FormLimits.features, "has \(coefficients.count) coefficients")
    self.intercept = intercept
    self.coefficients = coefficients
    self.link = link
  }

  func value(_ x: [Double]) -> Double {
    var sum = intercept
    for feature in coefficients.indices { sum += coefficients[feature] * x[feature] }
    return link.mean(of: sum)
  }

  func batch() -> any BatchPart { LinearBatch(form: self) }

  private enum CodingKeys: String, CodingKey, CaseIterable { case intercept, coefficients, link }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(only: CodingKeys.self, form: Self.name)
    try self.init(
      intercept: container.decode(Double.self, forKey: .intercept),
      coefficients: container.decode([Double].self, forKey: .coefficients),
      link: container.decodeIfPresent(Link.self, forKey: .link) ?? .identity)
  }
}

private struct LinearBatch: BatchPart {
  let form: LinearForm

  func evaluate(_ tile: Tile, into out: UnsafeMutablePointer<Double>) {
    form.coefficients.withUnsafeBufferPointer {
      cutline_form_linear(tile.kernel, form.intercept, $0.baseAddress, $0.count, out, tile.instructionSet)
    }
    tile.mean(form.link, of: out)
  }

  /// A column at a time and in place: nothing needs the features of a row side by side.
  func evaluate(
    _ columns: [[Double]], from first: Int, _ tile: Tile, features: UnsafeMutablePointer<Double>,
    into out: UnsafeMutablePointer<Double>
  ) {
    tile.apply(Int(CUTLINE_SET), to: out, form.intercept, into: out)
    for (feature, column) in columns.enumerated() {
      column.withUnsafeBufferPointer {
        guard let from = $0.baseAddress else { return }
        tile.apply(Int(CUTLINE_ADD_WEIGHED), to: from + first, form.coefficients[feature], into: out)
      }
    }
    tile.mean(form.link, of: out)
  }
}
