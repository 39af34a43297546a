public import CutlineCore
internal import CutlineCredit

/// Says how well scores tell bad applications from good ones.
enum ScoreMetrics: ExchangedKind {
  struct Input: Sendable {
    let sample: Sample
    /// For scores, outcomes, weights and dates that are columns of the file.
    let source: SourceTable?
  }
  typealias Output = ScoreMetricsReport
  static let name = "score-metrics"
  static let summary =
    "Says how well scores tell bad applications from good ones, and warns of a score that knows the outcome."
  static let ports = Ports(Input.init, .one("sample", \.sample), .optional("source", \.source))

  static func check(_ output: ScoreMetricsReport, against input: Input) throws {
    for row in output.rows {
      guard row.bads <= row.rows, row.auroc.map({ (0...1).contains($0) }) ?? true,
        (row.auroc == nil) == (row.reason != nil)
      else {
        throw Faults.data(
          "score \(row.score)", "has more bad applications than applications, or an area without a basis",
          "Count every application once, and give a reason where there is no area.")
      }
    }
    for pair in output.pairs where !((pair.p ?? 0)...1).contains(pair.pHolm ?? 1) {
      throw Faults.data("scores \(pair.first), \(pair.second)", "p of all pairs lies below p of one", "Adjust by Holm.")
    }
  }

  static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [Input(sample: small.sample, source: small.source), Input(sample: small.sample, source: nil)]
  }
}

/// How well scores tell bad from good, of one segment or supersegment.
public struct ScoreMetricsReport: StoredArtifact {
  public static let typeName = "score metrics"

  /// Whose outcomes: booked ones with a known outcome, or all that a score decided about, set against the decision.
  public enum Population: String, Sendable, Codable {
    case booked
    case throughTheDoor = "through-the-door"
  }

  /// A number with its interval; nil where there is none.
  struct Estimate: Sendable, Codable, Hashable {
    let low, high: Double

    init(_ low: Double, _ high: Double) { (self.low, self.high) = (low, high) }
  }

  /// One score of one period and population.
  struct Row: Sendable, Codable, Hashable {
    let score: String
    /// Which end is risky, and who says so.
    let direction, directionSource: String
    let period: String
    let population: Population
    /// Where the outcome comes from.
    let outcome: String
    let rows, bads: Int64
    /// What an application counts: `applications`, or the column of weights.
    let weighting: String
    let badRate: Double?
    let badRateInterval: Estimate?
    let auroc: Double?
    let aurocInterval: Estimate?
    let ks: Double?
    let ksInterval: Estimate?
    /// The last value, from the risky end, that is counted in where KS is attained.
    let ksValue: Double?
    let hMeasure, averagePrecision, informationValue: Double?
    /// The share of bad ones among the riskiest 5, 10, 15 and 20 %.
    let captures: [Capture]
    /// Why there is no area.
    let reason: String?
  }

  /// Bad ones found by refusing the riskiest.
  struct Capture: Sendable, Codable, Hashable {
    let rejectedPct: Int64
    let captured: Double
  }

  /// Two scores of the same applications.
  struct Pair: Sendable, Codable, Hashable {
    let first, second, period: String
    let rows, bads: Int64
    let firstArea, secondArea, difference, standardError: Double?
    let z, p: Double?
    /// Held against all pairs of the period (Holm).
    let pHolm: Double?
    let reason: String?
  }

  /// Who it is about.
  struct Subject: Sendable, Codable, Hashable {
    /// `segment`, `supersegment`, or `all` for a configuration alone.
    let level, name: String
    /// The supersegment of a segment; empty where it has none.
    let supersegment: String
    let periodStart, periodEnd: String
  }

  let subject: Subject
  let confidence: Double
  let rows: [Row]
  let pairs: [Pair]
  let leaks: [LeakFinding]
  let leakLevel: Double
  /// Paths of the files with curves, below the folder of the stage.
  public let files: [String]

  /// Scores that are warned of.
  public var leaking: [String] {
    leaks.filter(\.isAlarm).reduce(into: []) { if !$0.contains($1.score) { $0.append($1.score) } }
  }
}
