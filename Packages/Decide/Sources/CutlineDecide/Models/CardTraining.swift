internal import CutlineCore

/// What a model of a scorecard foretells, and the applications that it was learnt from.
public struct CardTraining: Sendable, Hashable {
  /// What counts as bad: the type of outcome of labels that the store has built, else the column that says so.
  public let outcomeType: String
  /// Where the labels come from (`LabelSet.Summary.method`).
  public let labels: String
  /// How long after the decision an event counts; nil where the file says no more than good or bad.
  public let windowDays: Int?
  /// The last day for which outcomes are complete.
  public let asOf: String?
  /// Days of decision of the applications that it was learnt from; nil where they are not known.
  public let periodStart, periodEnd: String?
  /// Applications that it was learnt from, and the bad ones of them; those of the test are not among them.
  public let rows, bad: Int

  public var badRatePct: Double? { rows > 0 ? 100 * Double(bad) / Double(rows) : nil }

  init(_ table: TrainingTable) {
    let learnt = table.isTest.indices.filter { !table.isTest[$0] }
    outcomeType = table.labels.outcome ?? ""
    (labels, windowDays, asOf) = (table.labels.method, table.labels.windowDays, table.labels.asOf)
    (periodStart, periodEnd) = (table.period?.lowerBound.iso, table.period?.upperBound.iso)
    (rows, bad) = (learnt.count, learnt.count { table.isBad[$0] })
  }

  /// Whether somebody could have counted and dated so.
  var isSound: Bool {
    let days = [asOf, periodStart, periodEnd].compactMap { $0 }
    return !outcomeType.isEmpty && (0...rows).contains(bad) && windowDays.map { (1...3660).contains($0) } ?? true
      && days.allSatisfy { CalendarDate(iso: $0) != nil } && (periodStart == nil) == (periodEnd == nil)
      && (periodStart ?? "") <= (periodEnd ?? "")
  }
}

extension CardTraining: Codable {
  private enum CodingKeys: String, CodingKey {
    case labels, rows, bad
    case outcomeType = "outcome_type"
    case windowDays = "window_days"
    case asOf = "as_of"
    case periodStart = "period_start"
    case periodEnd = "period_end"
    case badRatePct = "bad_rate_pct"
  }

  /// The rate follows from the counts.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    outcomeType = try values.decode(String.self, forKey: .outcomeType)
    labels = try values.decodeIfPresent(String.self, forKey: .labels) ?? ""
    windowDays = try values.decodeIfPresent(Int.self, forKey: .windowDays)
    asOf = try values.decodeIfPresent(String.self, forKey: .asOf)
    periodStart = try values.decodeIfPresent(String.self, forKey: .periodStart)
    periodEnd = try values.decodeIfPresent(String.self, forKey: .periodEnd)
    rows = try values.decode(Int.self, forKey: .rows)
    bad = try values.decode(Int.self, forKey: .bad)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(outcomeType, forKey: .outcomeType)
    try values.encode(labels, forKey: .labels)
    try values.encodeIfPresent(windowDays, forKey: .windowDays)
    try values.encodeIfPresent(asOf, forKey: .asOf)
    try values.encodeIfPresent(periodStart, forKey: .periodStart)
    try values.encodeIfPresent(periodEnd, forKey: .periodEnd)
    try values.encode(rows, forKey: .rows)
    try values.encode(bad, forKey: .bad)
    try values.encodeIfPresent(badRatePct, forKey: .badRatePct)
  }
}
