internal import CCompute

/// Points: base + points₁(x₁) + points₂(x₂) + …, added in this order.
///
/// Each characteristic has its own bins, special values and missing points; one without missing points makes the whole NaN
/// where it is missing. A probability comes from `then` a `linear` with a link. O(p log n) per record.
///
/// Source: Siddiqi, *Intelligent Credit Scoring*, 2nd ed., ch. 10.
public struct ScorecardForm: FormPart, Codable, Hashable {
  /// Points before any characteristic.
  public let base: Double
  /// Points per bin, in the order of the features.
  public let characteristics: [BinnedValues]

  static let name = "scorecard"
  var inputCount: Int { characteristics.count }

  /// - Throws: `FormError.invalid` where there is no characteristic or the base is not finite.
  public init(base: Double = 0, characteristics: [BinnedValues]) throws(FormError) {
    let check = FormCheck(form: Self.name)
    try check.finite([base], "base")
    try check.count(characteristics.count, "characteristics", atMost: FormLimits.features)
    self.base = base
    self.characteristics = characteristics
  }

  func value(_ x: [Double]) -> Double {
    var sum = base
    for feature in characteristics.indices { sum += characteristics[feature].value(of: x[feature]) }
    return sum
  }

  func batch() -> any BatchPart { ScorecardBatch(base: base, characteristics: characteristics.map(BinnedBatch.init)) }

  private enum CodingKeys: String, CodingKey, CaseIterable { case base, characteristics }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(only: CodingKeys.self, form: Self.name)
    try self.init(
      base: container.decode(Double.self, forKey: .base),
      characteristics: container.decode([BinnedValues].self, forKey: .characteristics))
  }
}

private struct ScorecardBatch: BatchPart {
  let base: Double
  let characteristics: [BinnedBatch]

  func evaluate(_ tile: Tile, into out: UnsafeMutablePointer<Double>) {
    tile.apply(Int(CUTLINE_SET), to: out, base, into: out)
    tile.scratch(1) { points in
      for (feature, characteristic) in characteristics.enumerated() {
        characteristic.evaluate(tile, feature: feature, into: points)
        tile.apply(Int(CUTLINE_ADD), to: points, into: out)
      }
    }
  }
}
