internal import CutlineCompute
internal import CutlineCore

/// How the scores, bins and discrimination of a card stand month by month against the applications that it is compared with.
///
/// Stability is PSI with shares of empty classes raised to 0.0001: of the score in tenths of the reference, of a characteristic in its
/// bins. It is an alert above 0.1 and above what chance alone stays below in 99 of 100 (χ²). Discrimination is an alert where the
/// interval of a month's area (95 %, DeLong) lies below the reference's area less 0.03; of fewer than 50 outcomes or 10 bad ones nothing is
/// said. Calibration sets what the scores of a band promise beside what came (`BandCalibration`), and is no alert: bands are several.
/// What had nothing to look at says so.
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
    /// Where its applications have gone, or come from, the most.
    public let most: Move

    enum CodingKeys: String, CodingKey {
      case of, psi, bound
      case isAlert = "alert"
      case most = "moved_most"
    }
  }

  /// A bin whose share has changed.
  public struct Move: Sendable, Encodable {
    /// From 1.
    public let bin: Int
    /// As the card calls it; of scores the points.
    public let label: String
    public let expectedPct, actualPct: Double

    enum CodingKeys: String, CodingKey {
      case bin, label
      case expectedPct = "expected_pct"
      case actualPct = "actual_pct"
    }

    /// `most in (0.5, 1]: 12.3 % → 20.1 %`.
    var sentence: String {
      "most in \(label): \(NumberText.fixed(expectedPct, 1)) % → \(NumberText.fixed(actualPct, 1)) %"
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
    /// By band, the best first; of bands with outcomes. Empty of an expert card, whose scores promise nothing.
    public let calibration: [BandCalibration]

    enum CodingKeys: String, CodingKey {
      case month, rows, known, bad, stability, calibration
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
  /// Bad ones below which nothing is said of discrimination.
  static let fewestBad = 10
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
        stability += Self.stability("score", expected, Self.counts(rows.map { scores[$0] }, cuts)) {
          Self.label(of: $0, cuts, unit: card.unit)
        }
        if case .points(let own) = card, reference.bins.count == own.characteristics.count {
          for (place, characteristic) in own.characteristics.enumerated() {
            var counts = [Int64](repeating: 0, count: characteristic.attributes.count)
            for row in rows { counts[bins[place][row]] += 1 }
            stability += Self.stability(characteristic.name, reference.bins[place], counts, characteristic.label)
          }
        }
      } else {
        notLookedAt.append(
          "\(month): stability, of \(rows.count) applications against \(reference.scores.count); \(Self.fewest) are needed of both"
        )
      }
      let known = rows.filter { isBad[$0] != nil }
      let outcomes = known.map { isBad[$0] == true }
      let bad = outcomes.count { $0 }
      let isEnough = known.count >= Self.fewest && bad >= Self.fewestBad
      let areas = isEnough ? RocAreas([known.map { -Double(scores[$0]) }], isBad: outcomes) : nil
      let interval = areas.flatMap(CardMetrics.interval)
      if areas == nil {
        let why =
          known.isEmpty
          ? "no outcome is known"
          : isEnough
            ? "all \(known.count) outcomes are of one class"
            : "\(known.count) outcomes with \(bad) bad are too few; \(Self.fewest) with \(Self.fewestBad) are needed"
        notLookedAt.append("\(month): discrimination, \(why)")
      }
      let isBelow = interval.flatMap { interval in reference.area.map { interval[1] < $0 - Self.areaMargin } } ?? false
      alerts += stability.filter(\.isAlert).map {
        "\(month): \($0.of) has moved, PSI \(NumberText.fixed($0.psi, 3)); \($0.most.sentence)"
      }
      if isBelow, let area = areas?.areas[0] {
        alerts.append(
          "\(month): the score tells good from bad less than it did, area \(NumberText.fixed(area, 3)) of \(NumberText.fixed(reference.area ?? 0, 3))"
        )
      }
      let sum = rows.reduce(0.0) { $0 + Double(scores[$1]) / Double(card.unit) }
      all.append(
        Month(
          month: month, rows: rows.count, known: known.count, bad: bad,
          meanScore: sum / Double(rows.count), stability: stability, area: areas?.areas[0], areaInterval: interval,
          isAreaAlert: isBelow, calibration: BandCalibration.of(card, known.map { scores[$0] }, isBad: outcomes)))
    }
    if reference.area == nil {
      notLookedAt.append("degradation: no area is known of \(reference.name) to compare with")
    }
    if case .weights = card {
      notLookedAt += [
        "bins: an expert card has none", "calibration: the scores of an expert card promise no probability",
      ]
    }
    (self.reference, referenceRows, referenceArea) = (reference.name, reference.scores.count, reference.area)
    (self.months, self.alerts, self.notLookedAt) = (all, alerts, notLookedAt)
  }

  /// Per characteristic, the bin of each row; none of an expert card.
  fileprivate static func bins(_ card: DecidingCard, _ columns: [CardColumn]) throws -> [[Int]] {
    guard case .points(let own) = card else { return [] }
    return try zip(own.characteristics, columns).map { try $0.bins.bins($1, of: $0.column) }
  }

  /// Whether anything was compared with anything.
  public var hasLooked: Bool {
    months.contains {
      !$0.stability.isEmpty || !$0.calibration.isEmpty || ($0.area != nil && referenceArea != nil)
    }
  }

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

  /// A tenth in points.
  private static func label(of tenth: Int, _ cuts: [Int64], unit: Int64) -> String {
    func points(_ place: Int) -> String { NumberText.shortest(Double(cuts[place]) / Double(unit)) }
    guard !cuts.isEmpty else { return "all scores" }
    if tenth == 0 { return "scores up to \(points(0))" }
    return tenth == cuts.count
      ? "scores above \(points(tenth - 1))" : "scores above \(points(tenth - 1)) up to \(points(tenth))"
  }

  private static func stability(
    _ name: String, _ expected: [Int64], _ actual: [Int64], _ label: (Int) -> String
  ) -> [Stability] {
    guard let found = PopulationStability(expected: expected, actual: actual, smoothing: .floor(0.0001)) else {
      return []
    }
    let bound = found.bound(confidence: 0.99)
    return [
      Stability(
        of: name, psi: found.index, bound: bound, isAlert: found.index > psiLimit && found.index > bound,
        most: move(expected, actual, label))
    ]
  }

  /// The bin whose share differs most, compared as fractions; the first of equal ones.
  private static func move(_ expected: [Int64], _ actual: [Int64], _ label: (Int) -> String) -> Move {
    let (n, m) = (expected.reduce(0, +), actual.reduce(0, +))
    let sizes = zip(expected, actual).map { (Int128($1) * Int128(n) - Int128($0) * Int128(m)).magnitude }
    let bin = sizes.indices.max { sizes[$0] < sizes[$1] || (sizes[$0] == sizes[$1] && $0 > $1) } ?? 0
    return Move(
      bin: bin + 1, label: label(bin), expectedPct: 100 * Double(expected[bin]) / Double(n),
      actualPct: 100 * Double(actual[bin]) / Double(m))
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
