internal import CutlineCompute
internal import CutlineCore

/// Two scorecards side by side, and what the change means for the same applications.
public struct ScorecardComparison: Sendable, Encodable {
  /// A characteristic that either card has.
  public struct Difference: Sendable, Encodable {
    public let characteristic: String
    /// same, changed, added or removed.
    public let change: String
    /// From the least to the most points; nil where the card does not have it.
    public let old, new: [Double]?
    /// Whether both cut it at the same places.
    public let hasSameBins: Bool
  }

  /// Applications by what both cards decide at their cutoffs.
  public struct SwapSet: Sendable, Encodable {
    /// both, old, new or neither: who approves.
    public let approvedBy: String
    public let applications: Int
    /// Of those with an outcome; nil without any.
    public let badRatePct: Double?
    /// 95 %, after Wilson.
    public let lowPct, highPct: Double?
    enum CodingKeys: String, CodingKey {
      case applications
      case approvedBy = "approved_by"
      case badRatePct = "bad_rate_pct"
      case lowPct = "low_pct"
      case highPct = "high_pct"
    }
  }

  /// What the same applications say.
  public struct OnSample: Sendable, Encodable {
    public let applications: Int
    public let spearman, pearson, kendall: Double?
    /// Areas under the ROC curve, and the paired two-sided p-value of their difference.
    public let oldArea, newArea, p: Double?
    /// Per band of the new card: its name, old and new counts. Empty where the cards have other bands.
    public let bands: [String]
    /// Rows are old bands, columns new ones.
    public let migration: [[Int64]]
    /// Empty where a card has no cutoff.
    public let swapSet: [SwapSet]
    enum CodingKeys: String, CodingKey {
      case applications, spearman, pearson, kendall, p, bands, migration
      case oldArea = "old_auc"
      case newArea = "new_auc"
      case swapSet = "swap_set"
    }
  }

  public let differences: [Difference]
  /// What else differs: scale, cutoff, bands, limits, in words.
  public let terms: [String]
  public var onSample: OnSample?

  enum CodingKeys: String, CodingKey {
    case differences, terms
    case onSample = "on_sample"
  }

  public init(_ old: Scorecard, _ new: Scorecard) {
    func span(_ card: Scorecard, _ own: Characteristic?) -> [Double]? {
      own.map { [card.points($0.least), card.points($0.most)] }
    }
    func text(_ value: Int64?) -> String { value.map { "\($0)" } ?? "none" }
    var terms: [String] = []
    for (name, a, b) in [
      ("cutoff", old.cutoff, new.cutoff), ("min_score", old.least, new.least), ("max_score", old.most, new.most),
    ] where a != b { terms.append("\(name) \(text(a)) → \(text(b))") }
    if old.scale != new.scale || old.initial != new.initial {
      let told = [old, new].map { card in
        "\(NumberText.shortest(card.scale.basePoints)) points at \(NumberText.shortest(card.scale.baseOdds)) to 1, \(NumberText.shortest(card.scale.pdo)) double the odds, initial \(NumberText.shortest(card.points(card.initial)))"
      }
      terms.append("scale \(told[0]) → \(told[1])")
    }
    if old.bands != new.bands {
      let told = [old, new].map { $0.bands.all.map { "\($0.name) from \($0.from)" }.joined(separator: ", ") }
      terms.append("bands \(told[0]) → \(told[1])")
    }
    self.terms = terms
    let names = old.characteristics.map(\.name)
    let added = new.characteristics.map(\.name).filter { !names.contains($0) }
    differences = (names + added).map { name in
      let (a, b) = (old.characteristics.first { $0.name == name }, new.characteristics.first { $0.name == name })
      let isSame = a?.bins == b?.bins
      let points = { (card: Characteristic?) in card?.attributes.map(\.points) }
      let change =
        a == nil
        ? "added"
        : b == nil ? "removed" : isSame && points(a) == points(b) && old.scale == new.scale ? "same" : "changed"
      return Difference(
        characteristic: name, change: change, old: span(old, a), new: span(new, b),
        hasSameBins: a != nil && b != nil && isSame)
    }
  }

  /// - Parameters:
  ///   - oldScores: in units of `old`, of the same applications as `newScores`.
  ///   - isBad: per application; nil without an outcome.
  public mutating func compare(
    _ old: Scorecard, _ new: Scorecard, oldScores: [Int64], newScores: [Int64], isBad: [Bool?]
  ) {
    let (a, b) = (oldScores.map(old.points), newScores.map(new.points))
    let correlation = RankCorrelation(a, b)
    let known = isBad.indices.filter { isBad[$0] != nil }
    let areas = RocAreas(
      [known.map { -a[$0] }, known.map { -b[$0] }], isBad: known.map { isBad[$0] == true })
    var migration: [[Int64]] = []
    if old.bands == new.bands {
      migration =
        BandMigration(
          old: oldScores.map { old.bands.band(of: $0, unit: old.scale.unitsPerPoint) },
          new: newScores.map { new.bands.band(of: $0, unit: new.scale.unitsPerPoint) }, count: new.bands.all.count
        ).matrix
    }
    onSample = OnSample(
      applications: a.count, spearman: correlation.spearman, pearson: correlation.pearson, kendall: correlation.kendall,
      oldArea: areas?.areas[0], newArea: areas?.areas[1], p: areas?.comparison(1, 0)?.p,
      bands: migration.isEmpty ? [] : new.bands.all.map(\.name), migration: migration,
      swapSet: Self.swapSet(old, new, oldScores, newScores, isBad))
  }

  private static func swapSet(
    _ old: Scorecard, _ new: Scorecard, _ oldScores: [Int64], _ newScores: [Int64], _ isBad: [Bool?]
  ) -> [SwapSet] {
    guard let oldCutoff = old.cutoff, let newCutoff = new.cutoff else { return [] }
    let approved = zip(oldScores, newScores).map { a, b in
      (a >= oldCutoff * old.scale.unitsPerPoint, b >= newCutoff * new.scale.unitsPerPoint)
    }
    return [("both", true, true), ("old", true, false), ("new", false, true), ("neither", false, false)].map {
      name, byOld, byNew in
      let rows = approved.indices.filter { approved[$0] == (byOld, byNew) }
      let outcomes = rows.compactMap { isBad[$0] }
      let bad = outcomes.count { $0 }
      let interval = BinomialInterval.wilson(successes: bad, trials: outcomes.count, confidence: 0.95)
      return SwapSet(
        approvedBy: name, applications: rows.count,
        badRatePct: outcomes.isEmpty ? nil : 100 * Double(bad) / Double(outcomes.count),
        lowPct: interval.map { 100 * $0.low }, highPct: interval.map { 100 * $0.high })
    }
  }
}
