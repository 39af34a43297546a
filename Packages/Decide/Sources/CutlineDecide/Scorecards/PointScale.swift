internal import CutlineCompute
internal import CutlineCore

/// How log-odds of bad become points: S = O − F η with F = PDO / ln 2 and O = base points − F ln(base odds), odds good : bad.
///
/// Higher is safer: PDO more points double the odds.
///
/// Source: N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., chapter 10.
public struct PointScale: Sendable, Hashable {
  /// Where the constant of the model goes.
  public enum Intercept: String, Sendable, Hashable, Codable, CaseIterable {
    /// In equal parts to the characteristics.
    case spread
    /// To an initial score of its own.
    case separate
  }

  /// Points that double the odds.
  public let pdo: Double
  public let basePoints: Double
  /// Good : bad at the base points.
  public let baseOdds: Double
  public let intercept: Intercept
  /// Of the points that are added up: 0 or 1.
  public let decimals: Int

  /// - Throws: `Faults` (usage) for a PDO or odds that are not positive: a negative one would turn the score round.
  public init(
    pdo: Double = 20, basePoints: Double = 600, baseOdds: Double = 50, intercept: Intercept = .spread, decimals: Int = 0
  ) throws {
    for (name, value) in [("pdo", pdo), ("base_odds", baseOdds)] where !(value > 0 && value <= 1e6) {
      throw Faults.usage(
        name, "\(value) is not above 0 and up to 1000000", "Give points that double the odds, and odds.")
    }
    guard basePoints.magnitude <= 1e6 else {
      throw Faults.usage("base_points", "\(basePoints) is beyond 1000000", "Give a smaller number.")
    }
    guard (0...1).contains(decimals) else {
      throw Faults.usage("points_decimals", "\(decimals) is neither 0 nor 1", "Points have none or one.")
    }
    (self.pdo, self.basePoints, self.baseOdds) = (pdo, basePoints, baseOdds)
    (self.intercept, self.decimals) = (intercept, decimals)
  }

  public var factor: Double { pdo / Link.log.sum(of: 2) }
  public var offset: Double { basePoints - factor * Link.log.sum(of: baseOdds) }

  /// Units of the added points in one point.
  public var unitsPerPoint: Int64 { decimals == 0 ? 1 : 10 }

  /// Points of log-odds of bad, not rounded.
  public func score(logOdds: Double) -> Double { offset - factor * logOdds }

  /// The probability of bad that a score stands for: 1 / (1 + base odds · 2^((S − base points) / PDO)).
  public func probability(of score: Double) -> Double {
    let odds = baseOdds * Link.log.mean(of: (score - basePoints) / pdo * Link.log.sum(of: 2))
    return 1 / (1 + odds)
  }

  /// Exact points in units, half to even.
  /// - Throws: `Faults` (data) beyond what adds up.
  func rounded(_ exact: Double, _ place: String) throws -> Int64 {
    let units = (exact * Double(unitsPerPoint)).rounded(.toNearestOrEven)
    guard units.magnitude <= Self.mostUnits else {
      throw Faults.data(place, "has points beyond \(Int(Self.mostUnits))", "Check the coefficients and the scale.")
    }
    return Int64(units)
  }

  /// Of one attribute, so that the sum of thousands is exact.
  private static let mostUnits = 1e9
}

extension PointScale: Codable {
  private enum CodingKeys: String, CodingKey {
    case pdo, intercept
    case basePoints = "base_points"
    case baseOdds = "base_odds"
    case decimals = "points_decimals"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      pdo: values.decode(Double.self, forKey: .pdo), basePoints: values.decode(Double.self, forKey: .basePoints),
      baseOdds: values.decode(Double.self, forKey: .baseOdds),
      intercept: values.decode(Intercept.self, forKey: .intercept),
      decimals: values.decode(Int.self, forKey: .decimals))
  }
}
