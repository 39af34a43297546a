/// A strategy with its exact sums.
public struct FrontierPoint: Sendable, Hashable, Codable {
  public let production, numerator, denominator: Int64
  /// Per row, row 0 the safest bin of the first variable: how many columns are accepted from the safe end. It does not
  /// increase from row 0 on.
  public let accepted: [UInt16]

  public init(production: Int64, numerator: Int64, denominator: Int64, accepted: [UInt16]) {
    self.production = production
    self.numerator = numerator
    self.denominator = denominator
    self.accepted = accepted
  }

  /// Whether the risk is defined: a positive denominator, or 0 over 0. Anything else over zero, of either sign, and
  /// every negative denominator is infeasible.
  public var isFeasible: Bool { denominator > 0 || (denominator == 0 && numerator == 0) }

  /// Numerator over denominator in double precision, for display; 0 for 0 over 0, nil where infeasible.
  public var risk: Double? {
    guard isFeasible else { return nil }
    return denominator == 0 ? 0 : Double(numerator) / Double(denominator)
  }

  /// The sign of the difference of two feasible risks, exactly: the cross products are compared in 128 bits.
  public static func compareRisk(_ a: FrontierPoint, _ b: FrontierPoint) -> Int {
    let left = a.numerator.multipliedFullWidth(by: b.denominator == 0 ? 1 : b.denominator)
    let right = b.numerator.multipliedFullWidth(by: a.denominator == 0 ? 1 : a.denominator)
    if left.high != right.high { return left.high < right.high ? -1 : 1 }
    if left.low != right.low { return left.low < right.low ? -1 : 1 }
    return 0
  }

  /// The frontier of strategies: those that no other one dominates (production not lower, risk not higher, one of them
  /// better), one for each distinct production and risk, by ascending production and so by ascending risk.
  ///
  /// Among equal production and risk the larger denominator stays, then the lexicographically smallest `accepted`, read
  /// from row 0 on. Infeasible strategies leave.
  ///
  /// - Complexity: O(*n* log *n*) comparisons.
  public static func frontier(of points: [FrontierPoint]) -> [FrontierPoint] {
    let ordered = points.filter(\.isFeasible).sorted { a, b in
      if a.production != b.production { return a.production > b.production }
      let risk = compareRisk(a, b)
      if risk != 0 { return risk < 0 }
      if a.denominator != b.denominator { return a.denominator > b.denominator }
      return a.accepted.lexicographicallyPrecedes(b.accepted)
    }
    var frontier: [FrontierPoint] = []
    for point in ordered {
      if let last = frontier.last, compareRisk(point, last) >= 0 { continue }
      frontier.append(point)
    }
    return frontier.reversed()
  }
}
