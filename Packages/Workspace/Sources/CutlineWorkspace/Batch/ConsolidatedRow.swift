internal import CutlineCore
internal import CutlineCredit

/// A line of the consolidated table: a segment, a supersegment or all, in one scenario and period.
public struct ConsolidatedRow: Sendable {
  public enum Period: String, Sendable, CaseIterable {
    case main
    /// The recent one.
    case recent = "mr"
  }

  public enum Kind: String, Sendable { case segment, supersegment, total }

  public enum Status: String, Sendable {
    /// All of its segments are in it.
    case complete
    /// Some of its segments have no figures.
    case partial
    /// None has.
    case missing
    /// A segment whose scenario has no strategy: what is booked today is there.
    case infeasible
  }

  /// A line's money and risk: volumes of a year in units of currency, percent.
  struct Figures: Sendable {
    var production, risk, numerator, denominator: Double?

    init() {}

    init(_ sums: JointSums.Sums, _ joint: JointSums, risk: Double?) {
      production = joint.annual(sums.production)
      (numerator, denominator) = (joint.annual(sums.numerator), joint.annual(sums.denominator))
      self.risk = risk
    }

    var texts: [String] { [production, risk, numerator, denominator].map { NumberText.shortest($0) } }
  }

  public let group: String
  public let kind: Kind
  public let period: Period
  public let scenario: String
  public let status: Status
  /// Names of the segments that are in it, and of the others with their reason.
  let segments, missing: [String]
  private(set) var actual = Figures(), optimum = Figures(), swapIn = Figures(), swapOut = Figures()
  /// Optimum minus actual, subtracted before it is rounded to a double.
  private(set) var productionDelta: Double?
  private(set) var productionInterval: BatchNeighbours.Ends = (nil, nil)
  private(set) var riskInterval: BatchNeighbours.Ends = (nil, nil)
  /// What varies in the intervals, by the name that it has in `intervals.csv`: the strategies stay as they are. Empty without any.
  private(set) var intervalBasis = ""
  /// How the intervals were made, or why there are none.
  private(set) var intervalMethod = ""
  /// What makes a sum over these segments doubtful.
  let note: String
  /// Of one segment: percent; nil for a group, whose limit is nobody's.
  private(set) var limit: DecimalNumber?
  /// How far the outcomes of a recent period are known, of each segment that is in it.
  private(set) var outcomes = ""
  /// The gates that have not passed, of each run that is in it.
  private(set) var gates = ""

  /// - Parameters:
  ///   - members: the segments of the group; with nil, or with a scenario without a strategy, it is not in the sums.
  ///   - note: of the runs that are in it.
  /// - Throws: `Faults` (data) for months or multipliers that cannot be brought together.
  init(
    _ group: String, _ kind: Kind, _ members: [(name: String, run: ConsolidatedRun?, reason: String)], _ period: Period,
    _ scenario: String, _ neighbours: BatchNeighbours, note: ([ConsolidatedRun]) -> String
  ) throws {
    (self.group, self.kind, self.period, self.scenario) = (group, kind, period, scenario)
    var present:
      [(run: ConsolidatedRun, part: ConsolidatedRun.Part, own: ConsolidatedRun.Scenario, totals: StrategyTotals)] = []
    var missing: [String] = []
    for (name, run, reason) in members {
      guard let run else {
        missing.append("\(name) (\(reason))")
        continue
      }
      guard let part = run.part(period) else {
        missing.append("\(name) (no recent period)")
        continue
      }
      guard let own = part.scenarios.first(where: { $0.name == scenario }) else {
        missing.append("\(name) (no such scenario)")
        continue
      }
      if let totals = own.totals {
        present.append((run, part, own, totals))
      } else {
        missing.append("\(name) (\(own.status.rawValue))")
      }
    }
    segments = present.map(\.run.name)
    self.missing = missing
    self.note = note(present.map(\.run))
    let runs = members.compactMap(\.run)
    if kind == .segment { limit = runs.first?.part(period)?.scenarios.first { $0.name == scenario }?.limit }
    let states = runs.compactMap { $0.part(period)?.outcomes }.filter { !$0.isEmpty }
    outcomes = Self.counted(states)
    gates =
      kind == .segment
      ? runs.first.map { $0.gates ?? Self.noGates } ?? ""
      : Self.counted(
        runs.flatMap { run in run.gates.map { $0.isEmpty ? [] : $0.components(separatedBy: "; ") } ?? [Self.noGates] })
    guard let first = present.first else {
      // What is booked today does not need a strategy.
      if kind == .segment, let run = members.first?.run, let part = run.part(period) {
        status = .infeasible
        let joint = try JointSums([part])
        let sums = joint.sum([part.actual])
        actual = Figures(sums, joint, risk: sums.percent(run.measure))
        intervalMethod = "none: the scenario has no strategy"
      } else {
        status = .missing
      }
      return
    }
    status = missing.isEmpty ? .complete : .partial
    if let other = present.first(where: { $0.run.measure != first.run.measure }) {
      throw Faults.data(
        "consolidation of \(group)",
        "\(first.run.name) has the multiplier \(first.run.measure.multiplier) and \(other.run.name) \(other.run.measure.multiplier): their risks cannot be added up",
        "Give them one multiplier, or leave the table out with --no-consolidation.")
    }
    let joint = try JointSums(present.map(\.part))
    let measure = first.run.measure
    func sum(_ part: (StrategyTotals) -> CellSums) -> JointSums.Sums { joint.sum(present.map { part($0.totals) }) }
    let (booked, best) = (sum(\.actual), sum(\.optimum))
    actual = Figures(booked, joint, risk: booked.percent(measure))
    optimum = Figures(best, joint, risk: best.strategyPercent(measure))
    productionDelta = joint.annual((best - booked).production)
    let (into, out) = (sum(\.swapIn), sum(\.swapOut))
    swapIn = Figures(into, joint, risk: into.percent(measure))
    swapOut = Figures(out, joint, risk: out.percent(measure))
    let draws = period == .main ? JointDraws(present.map { ($0.run, $0.own) }) : nil
    guard let draws, draws.problem == nil else {
      intervalMethod = "none: \(draws?.problem ?? "no resamples are made of the recent period")"
      return
    }
    let optima = draws.indices.map { at in joint.sum(zip(present, at).map { $0.own.draws[$1].optimum }) }
    func interval(_ estimate: Double?, _ value: (JointSums.Sums) -> Double?) -> BatchNeighbours.Ends {
      neighbours.interval(
        optima.prefix(draws.resamples).compactMap(value), estimate,
        optima.dropFirst(draws.resamples).compactMap(value), draws.method, draws.confidence)
    }
    let ends = interval(Double(best.production)) { Double($0.production) }
    productionInterval = (ends.low.map { joint.annual($0) }, ends.high.map { joint.annual($0) })
    riskInterval = interval(best.percent(measure)) { $0.percent(measure) }
    intervalBasis = StrategyIntervals.Basis.wholeEstimator.rawValue
    intervalMethod =
      "\(draws.method), \(draws.resamples) joint resamples, \(NumberText.shortest(100 * draws.confidence)) %"
  }

  func isOf(segment name: String) -> Bool {
    kind == .segment && (group == "segment_\(name)" || group.hasSuffix("/\(name)"))
  }

  /// Of the scenario's strategy: percent, units of currency a year, percent of what is booked today; nil where there is none.
  public var optimumRisk: Double? { optimum.risk }
  public var optimumProduction: Double? { optimum.production }
  public var productionShare: Double? {
    guard let own = optimum.production, let before = actual.production, before > 0 else { return nil }
    return 100 * own / before
  }

  /// The names of the columns.
  static let columns =
    ["group", "kind", "period", "scenario", "status", "n_segments", "segments", "missing_segments"]
    + ["actual", "optimum", "swap_in", "swap_out"].flatMap { line in
      ["production", "risk_pct", "todu_30ever_h6", "todu_amt_pile_h6"].map { "\(line)_\($0)" }
    } + [
      "production_delta", "production_delta_pct", "risk_delta_pct", "production_ci_lower", "production_ci_upper",
      "risk_ci_lower", "risk_ci_upper", "interval_basis", "interval_method", "note", "limit_pct", "outcomes",
      "gates_not_passed",
    ]

  var fields: [String] {
    func difference(_ a: Double?, _ b: Double?) -> Double? {
      guard let a, let b else { return nil }
      return a - b
    }
    let share = productionDelta.flatMap { gain in actual.production.flatMap { $0 > 0 ? 100 * gain / $0 : nil } }
    let ends = [productionInterval.low, productionInterval.high, riskInterval.low, riskInterval.high]
    return [
      group, kind.rawValue, period.rawValue, scenario, status.rawValue, String(segments.count),
      segments.joined(separator: "; "), missing.joined(separator: "; "),
    ] + actual.texts + optimum.texts + swapIn.texts + swapOut.texts
      + [productionDelta, share, difference(optimum.risk, actual.risk)].map { NumberText.shortest($0) }
      + ends.map { NumberText.shortest($0) } + [
        intervalBasis, intervalMethod, note, limit.map(\.description) ?? "", outcomes, gates,
      ]
  }

  private static let noGates = "no gates"

  /// What all say; what several say with the number of those that do.
  private static func counted(_ words: [String]) -> String {
    var order: [String] = []
    for word in words where !order.contains(word) { order.append(word) }
    if order.count == 1, words.count == 1 { return order[0] }
    return order.map { word in "\(word) (\(words.count { $0 == word }))" }.joined(separator: "; ")
  }
}
