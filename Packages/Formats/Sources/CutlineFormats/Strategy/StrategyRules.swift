internal import CutlineCore
public import CutlineCredit

/// A strategy as rules in raw scores: what a decision engine needs to decide as the run does.
///
/// A record x is decided in this order, and the first answer counts:
/// 1. score by score, in their order: is it one of the score's codes, is it missing (NaN), does it lie outside the edges?
///    Then the outcome of that code, of `missing`, of `outside`.
/// 2. a rule whose intervals all hold their score: `accept`.
/// 3. otherwise `reject`.
///
/// An interval is open at the end of the grid: values beyond the outer edges have been answered, or belong to the outermost
/// bins (`edge-bin`). So ±∞ needs no words of its own.
public struct StrategyRules: Sendable, Hashable {
  /// What the rules answer.
  public enum Outcome: String, Sendable, Codable, CaseIterable {
    case accept, reject
    /// Outside the grid, and the decision of today stands (`own-bin`).
    case keep
    /// Outside the grid, and the strategy says nothing of it (`drop`, `error`).
    case outside
  }

  /// A value that is a code and no score.
  public struct Code: Sendable, Hashable {
    public let value: Double
    public let outcome: Outcome

    public init(value: Double, outcome: Outcome) {
      self.value = value
      self.outcome = outcome
    }
  }

  /// One score and what is answered where it has no place on its axis.
  public struct Score: Sendable, Hashable {
    /// The column of raw values, and the variable that the run cuts it into.
    public let column, variable: String
    public let direction: Direction
    public let closed: GridAxis.Closed
    /// The outer edges, both inside; nil where there is no end, or values beyond it belong to the outermost bin.
    public let least, greatest: Double?
    /// Inner edges, ascending.
    public let edges: [Double]
    public let codes: [Code]
    public let missing, outside: Outcome

    /// - Parameters:
    ///   - policy: what the run does with codes, missing values and values beyond the edges.
    ///   - column: what the target calls the column; nil = as the run.
    public init(_ axis: GridAxis, policy: ScorePolicy, column: String? = nil) {
      self.column = column ?? axis.source
      variable = axis.name
      direction = axis.direction
      closed = axis.closed
      edges = Array(axis.edges.dropFirst().dropLast())
      let outer =
        policy.clampsBeyond ? [] : [axis.edges.first, axis.edges.last].map { $0.flatMap { $0.isFinite ? $0 : nil } }
      (least, greatest) = (outer.first ?? nil, outer.last ?? nil)
      codes = policy.codes
      (missing, outside) = (policy.missing, policy.outside)
    }

    /// What is answered before any rule; nil where the value is a score inside the edges.
    public func answer(_ value: Double) -> Outcome? {
      if let code = codes.first(where: { $0.value == value }) { return code.outcome }
      if value.isNaN { return missing }
      if let least, value < least { return outside }
      if let greatest, value > greatest { return outside }
      return nil
    }

    func contains(_ value: Double, _ interval: Interval) -> Bool {
      let isAbove = interval.low.map { closed == .right ? value > $0 : value >= $0 } ?? true
      return isAbove && (interval.high.map { closed == .right ? value <= $0 : value < $0 } ?? true)
    }
  }

  /// Bins next to each other, by their edges; nil where there is no further edge.
  public struct Interval: Sendable, Hashable {
    public let low, high: Double?

    public init(low: Double?, high: Double?) {
      self.low = low
      self.high = high
    }

    public var isEverything: Bool { low == nil && high == nil }
  }

  /// A box of the scores but the last, and of the last what is accepted there; nil where nothing is.
  public struct Band: Sendable, Hashable {
    public let outer: [Interval]
    public let accepted: Interval?
  }

  public let header: StrategyHeader
  public let scores: [Score]
  /// Disjoint, and all of the grid: in ascending order of the scores.
  public let bands: [Band]

  /// The boxes that are accepted, an interval per score.
  public var rules: [[Interval]] {
    bands.compactMap { band in band.accepted.map { band.outer + [$0] } }
  }

  /// The rules of a strategy, with as few bands as merging neighbours of one cutoff gives: with two scores the fewest there
  /// are, with more boxes that are grown along the last axis first.
  ///
  /// - Parameters:
  ///   - policies: per axis.
  ///   - columns: names of columns in the target, by name in the run.
  /// - Throws: `Faults` (usage) for two scores of one column, or names that nothing can be called.
  /// - Complexity: O(cells of the outer axes · axes).
  public init(
    _ strategy: Strategy, on grid: CellGrid, policies: [ScorePolicy], header: StrategyHeader,
    columns: [String: String] = [:]
  ) throws {
    guard let last = grid.axes.last, policies.count == grid.axes.count,
      strategy.accepted.count == grid.cellCount / max(1, last.binCount),
      strategy.accepted.allSatisfy({ (0...last.binCount).contains($0) })
    else {
      throw Faults.data("strategy", "does not fit the grid of its run", "Run again.")
    }
    self.header = header
    scores = zip(grid.axes, policies).map { Score($0, policy: $1, column: columns[$0.source]) }
    for score in scores {
      guard !score.column.isEmpty, score.column.utf8.count <= 128,
        !score.column.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 || $0.value > 0xFFFD })
      else {
        throw Faults.usage(
          "column of \(score.variable)", "its name is empty, too long, or has characters that no format can hold",
          "Give another with --column \(score.variable)=NAME.")
      }
    }
    guard Set(scores.map { $0.column.lowercased() }).count == scores.count else {
      throw Faults.usage(
        "--column", "two scores are read from one column, or from names that differ in case only", "Give each its own.")
    }
    let boxes = StrategyBoxes(strategy, on: grid).boxes
    let outer = grid.axes.dropLast()
    bands = boxes.map { box in
      let intervals = zip(outer, box.bins).map { axis, bins in
        Interval(
          low: bins.lowerBound == 0 ? nil : axis.edges[bins.lowerBound],
          high: bins.upperBound == axis.binCount - 1 ? nil : axis.edges[bins.upperBound + 1])
      }
      return Band(outer: intervals, accepted: Self.accepted(box.accepted, of: last))
    }
  }

  /// The `count` safest bins of an axis.
  private static func accepted(_ count: Int, of axis: GridAxis) -> Interval? {
    if count == 0 { return nil }
    if count == axis.binCount { return Interval(low: nil, high: nil) }
    return axis.direction == .higherIsSafer
      ? Interval(low: axis.edges[axis.binCount - count], high: nil) : Interval(low: nil, high: axis.edges[count])
  }

  /// Decides a record: a value per score. O(scores · rules).
  public func decide(_ values: [Double]) -> Outcome {
    for (score, value) in zip(scores, values) {
      if let answer = score.answer(value) { return answer }
    }
    let isAccepted = rules.contains { rule in
      zip(scores, zip(values, rule)).allSatisfy { score, pair in score.contains(pair.0, pair.1) }
    }
    return isAccepted ? .accept : .reject
  }
}

/// What a run does with values of a score that have no place on its axis.
public struct ScorePolicy: Sendable, Hashable {
  public let codes: [StrategyRules.Code]
  public let missing, outside: StrategyRules.Outcome
  /// Values beyond the outer edges are in the outermost bins.
  public let clampsBeyond: Bool

  public init(
    codes: [StrategyRules.Code] = [], missing: StrategyRules.Outcome = .outside,
    outside: StrategyRules.Outcome = .outside, clampsBeyond: Bool = false
  ) {
    self.codes = codes
    (self.missing, self.outside) = (missing, outside)
    self.clampsBeyond = clampsBeyond
  }
}

/// Where a strategy comes from: every export says it.
public struct StrategyHeader: Sendable, Hashable, Codable {
  public let name, scenario: String
  /// optimal, unproven or fixed.
  public let status: String
  /// In percent, as a decimal number.
  public let limitPct: String
  /// Its own risk in percent; nil where it is undefined or nobody says.
  public let riskPct: String?
  /// What must be known besides: that it breaks its limit, or was chosen within another one; nil for nothing.
  public let remark: String?
  /// Of the run: its segment, first and last day of its period, digest of its results, version of the engine.
  public let segment, periodStart, periodEnd, run, version: String

  private enum CodingKeys: String, CodingKey {
    case name, scenario, status, segment, run, version, remark
    case riskPct = "risk_pct"
    case limitPct = "limit_pct"
    case periodStart = "period_start"
    case periodEnd = "period_end"
  }

  public init(
    name: String, scenario: String, status: String, limitPct: String, riskPct: String? = nil, remark: String? = nil,
    segment: String, periodStart: String, periodEnd: String, run: String, version: String
  ) {
    (self.riskPct, self.remark) = (riskPct, remark)
    (self.name, self.scenario, self.status, self.limitPct) = (Self.plain(name), Self.plain(scenario), status, limitPct)
    (self.segment, self.periodStart, self.periodEnd) = (segment, periodStart, periodEnd)
    (self.run, self.version) = (run, version)
  }

  /// Without what no text file of all formats can hold: control characters and U+FFFE.
  private static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          scalar.properties.generalCategory == .control || (scalar.value & 0xFFFE) == 0xFFFE ? " " : scalar
        }))
  }

  /// For comments, one fact a line.
  var lines: [String] {
    [
      "Strategy \(name): scenario \(scenario), \(status), risk limit \(limitPct) %"
        + (riskPct.map { ", risk \($0) %" } ?? "") + (remark.map { "; \($0)" } ?? ""),
      "of segment \(segment), applications from \(periodStart) to \(periodEnd)",
      "run \(run), written by cutline \(version)",
    ]
  }
}
