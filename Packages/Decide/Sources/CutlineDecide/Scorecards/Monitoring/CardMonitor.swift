internal import CutlineCompute
internal import CutlineCore

/// How the scores, bins and discrimination of a card stand month by month against the applications that it is compared with.
///
/// Stability is PSI with shares of empty classes raised to 0.0001: of the score in tenths of the reference, of a characteristic in its
/// bins. It is an alert above 0.1 and above what chance alone stays below in 99 of 100 (χ²). Discrimination is an alert where the
/// interval of a month's area (95 %, DeLong) lies below the reference's area less 0.03. What had nothing to look at says so.
public struct CardMonitor: Sendable, Encodable {
  /// What the months are compared with.
  public struct Reference: Sendable {
    public var name: String
    /// In units.
    public var scores: [Int64]
    /// Per characteristic, applications per bin; empty of an expert card, which has none.
    public var bins: [[Int64]]
    /// Of the score, higher is safer; nil where no outcome is known.
    public var area: Double?

    public init(name: String, scores: [Int64], bins: [[Int64]] = [], area: Double? = nil) {
      (self.name, self.scores, self.bins, self.area) = (name, scores, bins, area)
    }
  }

  public struct Stability: Sendable, Encodable {
    /// `score`, or a characteristic.
    public let of: String
    public let psi: Double
    /// What chance alone stays below, in 99 of 100.
    public let bound: Double
    public let isAlert: Bool

    enum CodingKeys: String, CodingKey {
      case of, psi, bound
      case isAlert = "alert"
    }
  }

  public struct Month: Sendable, Encodable {
    public let month: String
    /// Applications, those with an outcome, and the bad ones of these.
    public let rows, known, bad: Int
    /// In points.
    public let meanScore: Double
    /// Of the score and of each characteristic; empty where there are too few applications, or nothing to compare with.
    public let stability: [Stability]
    public let area: Double?
    /// 95 %.
    public let areaInterval: [Double]?
    public let isAreaAlert: Bool

    enum CodingKeys: String, CodingKey {
      case month, rows, known, bad, stability
      case meanScore = "mean_score"
      case area = "auc_roc"
      case areaInterval = "auc_ci"
      case isAreaAlert = "auc_alert"
    }
  }

  public let reference: String
  public let referenceRows: Int
  public let referenceArea: Double?
  public let months: [Month]
  /// In sentences, by month.
  public let alerts: [String]
  /// What had nothing to look at.
  public let notLookedAt: [String]

  enum CodingKeys: String, CodingKey {
    case reference, months, alerts
    case referenceRows = "reference_rows"
    case referenceArea = "reference_auc"
    case notLookedAt = "not_looked_at"
  }

  /// Applications of a month below which nothing is said of it.
  static let fewest = 50
  static let psiLimit = 0.1
  static let areaMargin = 0.03

  /// - Parameters:
  ///   - columns: per characteristic or feature.
  ///   - months: per application, `2026-01`.
  ///   - isBad: per application; nil without an outcome.
  /// - Throws: `Faults` (data) for a value that an expert card does not know.
  /// - Complexity: O(n log n).
  public init(
    _ card: DecidingCard, _ reference: Reference, columns: [CardColumn], months: [String], isBad: [Bool?]
  ) throws {
    let scores = try card.scores(columns, rows: months.count)
    let bins = try Self.bins(card, columns)
    let cuts = Self.cuts(reference.scores)
    let expected = Self.counts(reference.scores, cuts)
    var places: [String: [Int]] = [:]
    for (row, month) in months.enumerated() { places[month, default: []].append(row) }
    var (all, alerts, notLookedAt): ([Month], [String], [String]) = ([], [], [])
    for (month, rows) in places.sorted(by: { $0.key < $1.key }) {
      var stability: [Stability] = []
      if rows.count >= Self.fewest, reference.scores.count >= Self.fewest {
        stability += Self.stability("score", expected, Self.counts(rows.map { scores[$0] }, cuts))
        if case .points(let own) = card, reference.bins.count == own.characteristics.count {
          for (place, characteristic) in own.characteristics.enumerated() {
            var counts = [Int64](repeating: 0, count: characteristic.attributes.count)
            for row in rows { counts[bins[place][row]] += 1 }
            stability += Self.stability(characteristic.name, reference.bins[place], counts)
          }
        }
      } else {
        notLookedAt.append(
          "\(month): stability, of \(rows.count) applications against \(reference.scores.count); \(Self.fewest) are needed of both"
        )
      }
      let known = rows.filter { isBad[$0] != nil }
      let outcomes = known.map { isBad[$0] == true }
      let areas = RocAreas([known.map { -Double(scores[$0]) }], isBad: outcomes)
      let interval = areas.flatMap(CardMetrics.interval)
      if areas == nil {
        notLookedAt.append(
          "\(month): discrimination, \(known.isEmpty ? "no outcome is known" : "all \(known.count) outcomes are of one class")"
        )
      }
      let isBelow = interval.flatMap { interval in reference.area.map { interval[1] < $0 - Self.areaMargin } } ?? false
      alerts += stability.filter(\.isAlert).map {
        "\(month): \($0.of) has moved, PSI \(NumberText.fixed($0.psi, 3))"
      }
      if isBelow, let area = areas?.areas[0] {
        alerts.append(
          "\(month): the score tells good from bad less than it did, area \(NumberText.fixed(area, 3)) of \(NumberText.fixed(reference.area ?? 0, 3))"
        )
      }
      let sum = rows.reduce(0.0) { $0 + Double(scores[$1]) / Double(card.unit) }
      all.append(
        Month(
          month: month, rows: rows.count, known: known.count, bad: outcomes.count { $0 },
          meanScore: sum / Double(rows.count), stability: stability, area: areas?.areas[0], areaInterval: interval,
          isAreaAlert: isBelow))
    }
    if reference.area == nil {
      notLookedAt.append("degradation: no area is known of \(reference.name) to compare with")
    }
    if case .weights = card { notLookedAt.append("bins: an expert card has none") }
    (self.reference, referenceRows, referenceArea) = (reference.name, reference.scores.count, reference.area)
    (self.months, self.alerts, self.notLookedAt) = (all, alerts, notLookedAt)
  }

  /// Per characteristic, the bin of each row; none of an expert card.
  fileprivate static func bins(_ card: DecidingCard, _ columns: [CardColumn]) throws -> [[Int]] {
    guard case .points(let own) = card else { return [] }
    return try zip(own.characteristics, columns).map { try $0.bins.bins($1, of: $0.column) }
  }

  /// Whether anything was compared with anything.
  public var hasLooked: Bool { months.contains { !$0.stability.isEmpty || ($0.area != nil && referenceArea != nil) } }

  /// Distinct tenths of the reference: values that occur.
  private static func cuts(_ scores: [Int64]) -> [Int64] {
    let sorted = scores.sorted()
    guard let last = sorted.last else { return [] }
    let tenths = (1..<10).map { sorted[max(0, ($0 * sorted.count + 9) / 10 - 1)] }
    return Set(tenths).filter { $0 < last }.sorted()
  }

  private static func counts(_ scores: [Int64], _ cuts: [Int64]) -> [Int64] {
    var counts = [Int64](repeating: 0, count: cuts.count + 1)
    for score in scores { counts[cuts.firstIndex { score <= $0 } ?? cuts.count] += 1 }
    return counts
  }

  private static func stability(_ name: String, _ expected: [Int64], _ actual: [Int64]) -> [Stability] {
    guard let found = PopulationStability(expected: expected, actual: actual, smoothing: .floor(0.0001)) else {
      return []
    }
    let bound = found.bound(confidence: 0.99)
    return [
      Stability(
        of: name, psi: found.index, bound: bound, isAlert: found.index > psiLimit && found.index > bound)
    ]
  }
}

extension CardMonitor.Reference {
  /// Applications by their bins that came with the model of a card.
  ///
  /// - Returns: nil for a card with other characteristics or bins.
  public init?(_ card: Scorecard, _ sample: CardSample, name: String) {
    guard let scores = sample.scores(card) else { return nil }
    var bins = card.characteristics.map { [Int64](repeating: 0, count: $0.attributes.count) }
    for pattern in sample.patterns {
      for (place, bin) in pattern.bins.enumerated() { bins[place][bin] += Int64(pattern.good + pattern.bad) }
    }
    self.init(
      name: name, scores: scores, bins: bins,
      area: CardMetrics(scores.map(card.points), isBad: sample.isBad) { card.scale.probability(of: $0) }?.area)
  }

  /// A table of applications.
  /// - Throws: `Faults` (data) for a value that an expert card does not know.
  public init(_ card: DecidingCard, name: String, columns: [CardColumn], isBad: [Bool?]) throws {
    let scores = try card.scores(columns, rows: isBad.count)
    var bins: [[Int64]] = []
    if case .points(let own) = card {
      bins = try zip(own.characteristics, CardMonitor.bins(card, columns)).map { characteristic, rows in
        rows.reduce(into: [Int64](repeating: 0, count: characteristic.attributes.count)) { $0[$1] += 1 }
      }
    }
    let known = isBad.indices.filter { isBad[$0] != nil }
    let areas = RocAreas([known.map { -Double(scores[$0]) }], isBad: known.map { isBad[$0] == true })
    self.init(name: name, scores: scores, bins: bins, area: areas?.areas[0])
  }
}
