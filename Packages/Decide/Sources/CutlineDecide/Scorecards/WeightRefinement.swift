internal import CutlineCore
public import CutlineCredit

/// New weights of an expert card from the coefficients of a model on its own features: the model advises, the card stays the
/// card.
///
/// For a coefficient c of bad, advice = max(0, −c), scaled so that it adds up to the base weights of the model's features;
/// blended = (1 − α) base + α advice; rounded to units by largest remainder, so that the total is exactly the base's. Features
/// that the model does not have keep their weight.
public struct WeightRefinement: Sendable, Hashable {
  /// A feature of the new card.
  public struct Weight: Sendable, Hashable {
    public let feature: String
    /// Nil for a feature that the base does not have.
    public let base: DecimalNumber?
    /// What the model alone would give; nil for a feature that it does not have.
    public let advised: Double?
    public let blended: Double
    /// In units of 10^−decimals.
    public let units: Int64
    /// The model takes more of the feature for riskier, and the card rewards it.
    public let hasSignConflict: Bool
    /// Whether it is allowed to change as much as it does: |new − old| / max(|old|, 1) below one half; nil for a new feature.
    public let isChangeSmall: Bool?
  }

  /// In the order of the base, then new ones in the model's order.
  public let weights: [Weight]
  public let decimals: Int

  /// - Parameters:
  ///   - base: in the card's order; not negative.
  ///   - coefficients: in the model's order.
  ///   - alpha: 0 keeps the base, 1 takes the advice.
  /// - Returns: nil where no coefficient of the model is usable: all have the wrong sign.
  /// - Throws: `Faults` (usage).
  public init?(
    base: [(feature: String, weight: DecimalNumber)], coefficients: [(feature: String, value: Double)], alpha: Double,
    decimals: Int = 2
  ) throws {
    try Self.check(base, coefficients, alpha, decimals)
    let known = Dictionary(base.map { ($0.feature, $0.weight) }, uniquingKeysWith: { a, _ in a })
    let model = Dictionary(coefficients.map { ($0.feature, $0.value) }, uniquingKeysWith: { a, _ in a })
    let features = base.map(\.feature) + coefficients.map(\.feature).filter { known[$0] == nil }
    let scale = (0..<decimals).reduce(Int64(1)) { unit, _ in unit * 10 }
    let unitsOfBase = try features.map { feature in
      try known[feature].map { try Self.units($0, decimals, feature) } ?? 0
    }
    // Left out are those that the model does not have.
    let share = zip(features, unitsOfBase).reduce(Int64(0)) { $0 + (model[$1.0] == nil ? 0 : $1.1) }
    let sum = coefficients.reduce(0.0) { $0 + max(0, -$1.value) }
    guard sum > 0 else { return nil }
    let room = Double(share) / Double(scale)
    var made: [(advised: Double?, blended: Double)] = []
    for (feature, units) in zip(features, unitsOfBase) {
      let own = Double(units) / Double(scale)
      guard let coefficient = model[feature] else {
        made.append((nil, own))
        continue
      }
      let advised = max(0, -coefficient) * (room / sum)
      made.append((advised, (1 - alpha) * own + alpha * advised))
    }
    let units = LargestRemainder.units(
      made.map(\.blended), decimals: decimals, total: unitsOfBase.reduce(0, +))
    weights = features.indices.map { index in
      let (feature, old) = (features[index], unitsOfBase[index])
      let isNew = known[feature] == nil
      let change = (units[index] - old).magnitude
      return Weight(
        feature: feature, base: known[feature], advised: made[index].advised, blended: made[index].blended,
        units: units[index], hasSignConflict: model[feature].map { $0 > 0 } ?? false,
        isChangeSmall: isNew ? nil : 2 * change < max(old.magnitude, UInt64(scale)))
    }
    self.decimals = decimals
  }

  private static func check(
    _ base: [(feature: String, weight: DecimalNumber)], _ coefficients: [(feature: String, value: Double)],
    _ alpha: Double, _ decimals: Int
  ) throws {
    guard (0...1).contains(alpha) else {
      throw Faults.usage("alpha", "\(alpha) is not in 0...1", "0 keeps the base, 1 takes the model's advice.")
    }
    guard (0...6).contains(decimals) else {
      throw Faults.usage("decimals", "\(decimals) is not in 0...6", "Weights have up to six decimals.")
    }
    for (names, place) in [(base.map(\.feature), "the base"), (coefficients.map(\.feature), "the model")] {
      guard Set(names).count == names.count else {
        throw Faults.usage(place, "has a feature twice", "Name each once.")
      }
    }
    guard base.contains(where: { $0.weight.mantissa > 0 }), base.allSatisfy({ $0.weight.mantissa >= 0 }) else {
      throw Faults.usage(
        "the base", "has negative weights, or none above 0", "Give what each feature is worth at most.")
    }
    guard coefficients.allSatisfy({ $0.value.isFinite }) else {
      throw Faults.usage("the model", "has coefficients that are no numbers", "Fit it again.")
    }
  }

  private static func units(_ weight: DecimalNumber, _ decimals: Int, _ feature: String) throws -> Int64 {
    guard weight.scale <= decimals, weight.mantissa <= 1_000_000_000 else {
      throw Faults.usage(
        "weight \(feature)", "\(weight) has more than \(decimals) decimals, or is too large",
        "Write it with as many, or set decimals.")
    }
    return Int64(weight.mantissa) * (0..<(decimals - weight.scale)).reduce(1) { unit, _ in unit * 10 }
  }
}

/// Numbers that are cut to whole units and keep a total: each is cut down, and the units that are left go one each to the largest
/// remainders, ties in order.
public enum LargestRemainder {
  /// - Parameters:
  ///   - values: not negative, below 2⁵³ / 10^decimals. Remainders are those of their exact binary values; what lies below 2⁻¹⁰⁰ of a
  ///     unit is cut off.
  ///   - total: in units, no more than rounding away from the sum of the values.
  static func units(_ values: [Double], decimals: Int, total: Int64) -> [Int64] {
    let scale = (0..<decimals).reduce(Int128(1)) { unit, _ in unit * 10 }
    let parts = values.map { part($0, scale) }
    var units = parts.map(\.whole)
    let left = total - units.reduce(0, +)
    let order = parts.indices.sorted { (-parts[$0].rest, $0) < (-parts[$1].rest, $1) }
    // A sum of doubles may be a unit beyond the total; what has the smallest remainder gives it back.
    if left >= 0 {
      for place in order.prefix(Int(min(left, Int64(order.count)))) { units[place] += 1 }
    } else {
      for place in order.reversed().filter({ units[$0] > 0 }).prefix(Int(-left)) { units[place] -= 1 }
    }
    return units
  }

  private static let bits = 100

  /// value · scale = whole + rest / 2^bits, exactly but for what lies below.
  private static func part(_ value: Double, _ scale: Int128) -> (whole: Int64, rest: Int128) {
    guard value > 0, value.isFinite else { return (0, 0) }
    let exponent = Int(value.exponent) - 52
    let product = Int128(value.significandBitPattern | (value.isNormal ? 1 << 52 : 0)) * scale
    if exponent >= 0 { return (Int64(clamping: product << Int128(min(exponent, 60))), 0) }
    let shift = -exponent
    guard shift < 127 else { return (0, 0) }
    let whole = product >> Int128(shift)
    let rest = product - (whole << Int128(shift))
    return (
      Int64(clamping: whole), shift <= bits ? rest << Int128(bits - shift) : rest >> Int128(shift - bits)
    )
  }
}
