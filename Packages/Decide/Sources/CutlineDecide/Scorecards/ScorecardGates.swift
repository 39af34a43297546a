internal import CutlineCompute
internal import CutlineCore

/// The rules that a scorecard must keep before people look at it. Shares, areas and changes are compared as whole numbers, before
/// anything is rounded.
public enum ScorecardGates {
  /// The same applications under two scores, with their outcomes.
  public struct Population: Sendable {
    /// What they are, in words.
    public let name: String
    /// Higher is safer; no NaN.
    public let new: [Double]
    /// Of the card in force; nil where there is none.
    public let old: [Double]?
    /// Per application; empty where outcomes are not known.
    public let isBad: [Bool]
    /// Whether the new score was learnt from these applications: what it does on them is then no evidence, and passes no gate.
    public let isTraining: Bool
    /// Why there is no card in force to compare with.
    public let noBaseline: String

    public init(
      _ name: String, new: [Double], old: [Double]? = nil, isBad: [Bool] = [], isTraining: Bool = false,
      noBaseline: String = "no baseline: active names no card"
    ) {
      (self.name, self.new, self.old, self.isBad) = (name, new, old, isBad)
      (self.isTraining, self.noBaseline) = (isTraining, noBaseline)
    }
  }

  // MARK: Labels

  /// At least 100 labels; few bad ones warn.
  public static func samples(rows: Int, bad: Int, population: String, least: Int = 100) -> ScorecardGate {
    ScorecardGate(
      "samples", rows < least ? .fail : bad < fewBad ? .warn : .pass, value: Double(rows),
      threshold: "at least \(least) labels", rows: rows, population: population,
      detail: rows >= least && bad < fewBad ? "only \(bad) are bad: every figure below is uncertain" : "")
  }

  private static let fewBad = 50

  /// A bad rate that a model can learn from: `least` ≤ 100 · bad / n ≤ `most`, in percent.
  public static func badRate(rows: Int, bad: Int, population: String, least: Int = 5, most: Int = 50) -> ScorecardGate {
    let (share, n) = (Int128(bad) * 100, Int128(rows))
    let holds = rows > 0 && share >= Int128(least) * n && share <= Int128(most) * n
    return ScorecardGate(
      "bad_rate", holds ? .pass : .fail, value: rows > 0 ? 100 * Double(bad) / Double(rows) : nil,
      threshold: "\(least) to \(most) %", rows: rows, population: population)
  }

  /// A characteristic of which nearly all is known when it is known: its area alone is at least `mostPercent` of 100, or its information
  /// value at least `mostValue`. What could not be cut into bins for that is asked, too: other columns may know it as well.
  ///
  /// - Parameter characteristics: with their area and information value alone; nil where that is not defined.
  public static func leak(
    _ characteristics: [(name: String, area: SingleArea?, value: Double?)], rows: Int, mostPercent: Int = 95,
    mostValue: Double = 2
  ) -> ScorecardGate {
    let told = characteristics.filter {
      $0.area?.isAtLeast(percent: mostPercent) ?? false || ($0.value ?? 0) >= mostValue
    }
    let sentences = told.map { own in
      let area = own.area.map { "area \(NumberText.fixed($0.value, 3))" }
      let value = own.value.map { "information value \(NumberText.fixed($0, 2))" }
      return "\(own.name) (\([area, value].compactMap { $0 }.joined(separator: ", ")))"
    }
    return ScorecardGate(
      "leak", told.isEmpty ? .pass : .fail, value: characteristics.compactMap { $0.area?.value }.max(),
      threshold:
        "each alone an area below \(NumberText.shortest(Double(mostPercent) / 100)) and an information value below \(NumberText.shortest(mostValue))",
      rows: rows, population: "training rows",
      detail: told.isEmpty
        ? "" : "\(sentences.joined(separator: ", ")): look whether it was known at the decision")
  }

  // MARK: Discrimination

  /// The area under the ROC curve of the new score: exactly .60 passes.
  public static func area(_ population: Population, leastPercent: Int = 60) -> ScorecardGate {
    let threshold = "at least \(NumberText.shortest(Double(leastPercent) / 100))"
    guard let pairs = PairCounts(population.new, isBad: population.isBad) else {
      return ScorecardGate(
        "auc", .skipped, value: nil, threshold: threshold, rows: population.isBad.count, population: population.name,
        detail: "outcomes of one class only")
    }
    let holds = 100 * pairs.twice >= Int128(leastPercent) * pairs.twiceAll
    return ScorecardGate(
      "auc", !holds ? .fail : population.isTraining ? .warn : .pass, value: pairs.area, threshold: threshold,
      rows: population.isBad.count, population: population.name,
      detail: holds && population.isTraining ? "on the rows that it was learnt from" : "")
  }

  /// Both scores on the same applications: the new area is larger by at least .005 as exact fractions, and a one-sided paired test
  /// (DeLong) at 5 % says that it is no chance. Enough without proof is a warning that the approver must name.
  public static func improvement(_ population: Population, leastThousandths: Int = 5) -> ScorecardGate {
    let threshold = "at least \(NumberText.shortest(Double(leastThousandths) / 1000)) more, p < .05"
    func gate(_ verdict: ScorecardGate.Verdict, _ value: Double?, _ detail: String) -> ScorecardGate {
      ScorecardGate(
        "improvement", verdict, value: value, threshold: threshold, rows: population.isBad.count,
        population: population.name, detail: detail)
    }
    guard let old = population.old else { return gate(.warn, nil, population.noBaseline) }
    guard let after = PairCounts(population.new, isBad: population.isBad),
      let before = PairCounts(old, isBad: population.isBad)
    else { return gate(.skipped, nil, "outcomes of one class only") }
    let difference = after.area - before.area
    guard 1000 * (after.twice - before.twice) >= Int128(leastThousandths) * after.twiceAll else {
      return gate(.fail, difference, "")
    }
    // Areas of bad ones: the riskier a score, the higher.
    let areas = RocAreas([population.new, old].map { $0.map { -$0 } }, isBad: population.isBad)
    guard let z = areas?.comparison(0, 1)?.z else {
      return gate(.warn, difference, "not proven: the test is degenerate")
    }
    let p = 1 - Normal.probability(z)
    let shown = p < 0.0001 ? "one-sided p < 0.0001" : "one-sided p = \(NumberText.fixed(p, 4))"
    guard p < 0.05 else { return gate(.warn, difference, "not proven: \(shown)") }
    return population.isTraining
      ? gate(.warn, difference, "on the rows that it was learnt from; \(shown)") : gate(.pass, difference, shown)
  }

  // MARK: Likeness

  /// Weights that change by half of the old one (or of one point) or more; a change of sign fails whatever its size.
  public static func weightChange(_ weights: [(feature: String, old: Int64?, new: Int64)], unit: Int64) -> ScorecardGate
  {
    let both = weights.compactMap { weight in weight.old.map { (weight.feature, $0, weight.new) } }
    func change(_ old: Int64, _ new: Int64) -> Double {
      Double((new - old).magnitude) / Double(max(old.magnitude, UInt64(unit)))
    }
    let failing = both.filter { _, old, new in
      2 * (new - old).magnitude >= max(old.magnitude, UInt64(unit)) || (old > 0 && new < 0) || (old < 0 && new > 0)
    }
    let added = weights.filter { $0.old == nil }.map(\.feature)
    return ScorecardGate(
      "weight_change", both.isEmpty ? .skipped : failing.isEmpty ? .pass : .fail,
      value: both.map { change($0.1, $0.2) }.max(), threshold: "below 0.5 of the old weight", rows: both.count,
      population: "features of both cards",
      detail: [
        failing.isEmpty ? "" : "by half or more: \(failing.map(\.0).joined(separator: ", "))",
        added.isEmpty ? "" : "new, not judged: \(added.joined(separator: ", "))",
      ].filter { !$0.isEmpty }.joined(separator: "; "))
  }

  /// Spearman's rank correlation above .8; scores that are all alike have none and fail.
  public static func correlation(_ population: Population, isRecent: Bool) -> ScorecardGate {
    func gate(_ verdict: ScorecardGate.Verdict, _ value: Double?, _ detail: String) -> ScorecardGate {
      ScorecardGate(
        "score_correlation", verdict, value: value, threshold: "Spearman above 0.8", rows: population.new.count,
        population: population.name, detail: detail)
    }
    guard let old = population.old else { return gate(.warn, nil, population.noBaseline) }
    guard !population.new.isEmpty else { return gate(.skipped, nil, "no application") }
    let found = RankCorrelation(old, population.new)
    guard let spearman = found.spearman else { return gate(.fail, nil, "all applications score alike") }
    let others = [("Pearson", found.pearson), ("Kendall", found.kendall)].compactMap { name, value in
      value.map { "\(name) \(NumberText.fixed($0, 3))" }
    }
    let told = others.joined(separator: ", ")
    guard spearman > 0.8 else { return gate(.fail, spearman, told) }
    return isRecent ? gate(.pass, spearman, told) : gate(.warn, spearman, told + "; too few recent applications")
  }

  /// No band gains or loses a tenth of the applications: 9.9 points pass, 10.0 fail.
  public static func bands(_ migration: BandMigration, _ bands: ScoreBands, population: String) -> ScorecardGate {
    guard migration.rows > 0 else {
      return ScorecardGate(
        "band_stability", .skipped, value: nil, threshold: "below 10 points", rows: 0, population: population,
        detail: "no application")
    }
    let stability = PopulationStability(expected: migration.old, actual: migration.new, smoothing: .floor(0.0001))
    let moved = bands.all.indices.filter { migration.old[$0] != migration.new[$0] }.map { band in
      "\(bands.all[band].name) \(migration.old[band]) → \(migration.new[band])"
    }
    let psi = stability.map { "PSI \(NumberText.fixed($0.index, 4))" } ?? ""
    return ScorecardGate(
      "band_stability", 10 * migration.largestChange < migration.rows ? .pass : .fail,
      value: 100 * Double(migration.largestChange) / Double(migration.rows), threshold: "below 10 points",
      rows: Int(migration.rows), population: population, detail: ([psi] + moved).joined(separator: "; "))
  }

  // MARK: The card

  /// Points must fall with risk: a coefficient of the WoE is below 0. One that is not, and no chance, fails.
  public static func signs(_ coefficients: [(feature: String, value: Double, p: Double?)]) -> ScorecardGate {
    let wrong = coefficients.filter { $0.value >= 0 }
    let isSure = wrong.contains { ($0.p ?? 0) <= 0.05 }
    return ScorecardGate(
      "signs", wrong.isEmpty ? .pass : isSure ? .fail : .warn, value: Double(wrong.count),
      threshold: "no characteristic against its own bad rates", rows: coefficients.count,
      population: "characteristics", detail: wrong.map(\.feature).joined(separator: ", "))
  }

  /// Every band can be reached, and the cutoff decides.
  public static func reachability(_ card: Scorecard) -> ScorecardGate {
    let found = card.unreachable
    return ScorecardGate(
      "reachability", found.isEmpty ? .pass : .fail, value: Double(found.count), threshold: "all bands and the cutoff",
      rows: card.bands.all.count, population: "bands", detail: found.joined(separator: "; "))
  }

  /// Labels that a score makes up: an area of .999 or more of the score in force, or a threshold on it that parts good from bad,
  /// says that the outcome was read off the score.
  public static func circularity(_ population: Population) -> ScorecardGate {
    func gate(_ verdict: ScorecardGate.Verdict, _ value: Double?, _ detail: String) -> ScorecardGate {
      ScorecardGate(
        "circularity", verdict, value: value, threshold: "an area below 0.999", rows: population.isBad.count,
        population: population.name, detail: detail)
    }
    guard let old = population.old, let pairs = PairCounts(old, isBad: population.isBad) else {
      return gate(.skipped, nil, "no score in force, or outcomes of one class only")
    }
    let isCircular = 1000 * max(pairs.twice, pairs.twiceAll - pairs.twice) >= 999 * pairs.twiceAll
    return gate(isCircular ? .fail : .pass, pairs.area, isCircular ? "the score in force tells the labels" : "")
  }
}

/// Of all pairs of a bad and a good application, twice those that a score puts in the right order, ties counted once.
struct PairCounts {
  let twice: Int128
  /// Twice all pairs.
  let twiceAll: Int128
  var area: Double { Double(twice) / Double(twiceAll) }

  /// - Parameter scores: higher is safer.
  /// - Returns: nil without a bad or a good one, or where lengths differ. O(n log n).
  init?(_ scores: [Double], isBad: [Bool]) {
    guard scores.count == isBad.count else { return nil }
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var (bads, goods, first, twice) = (0, 0, 0, Int128(0))
    while first < order.count {
      var (bad, good, last) = (0, 0, first)
      while last < order.count, scores[order[last]] == scores[order[first]] {
        if isBad[order[last]] { bad += 1 } else { good += 1 }
        last += 1
      }
      // Each good one: bad ones below it twice, those with the same score once.
      twice += Int128(good) * Int128(2 * bads + bad)
      (bads, goods, first) = (bads + bad, goods + good, last)
    }
    guard bads > 0, goods > 0 else { return nil }
    self.twice = twice
    twiceAll = 2 * Int128(bads) * Int128(goods)
  }
}
