internal import CutlineCore
internal import CutlineCredit

/// A new card from one in use and a model that advises: the draft of it, what changes, and what the gates say.
///
/// An expert card's weights are blended (`WeightRefinement`). Points are blended attribute by attribute where model and card cut the
/// same variables at the same places: exact = (1 − α) base + α advice, rounded half to even by itself; a variable whose coefficient
/// has the wrong sign is advised nothing, the points of average evidence in every bin. Other cards are not blended: a new card takes
/// their place.
public struct CardRefinement: Sendable {
  /// What a feature is worth, of 100 in all for points.
  public struct Change: Sendable, Encodable {
    public let feature: String
    /// Nil for a feature that the base does not have.
    public let old: Double?
    /// What the model alone would give; nil for a feature that it does not have.
    public let advised: Double?
    public let new: Double
    /// In percent of the old; nil for a new feature and an old one of nothing.
    public let changePct: Double?
    public let hasSignConflict: Bool
    /// Below half of the old; nil for a new feature.
    public let isSmall: Bool?

    enum CodingKeys: String, CodingKey {
      case feature, old, advised, new
      case changePct = "change_pct"
      case hasSignConflict = "sign_conflict"
      case isSmall = "small"
    }
  }

  public let card: DecidingCard
  public let changes: [Change]
  let model: CardModelFile
  /// In hundredths; per feature of the new card.
  let weights: [(feature: String, old: Int64?, new: Int64)]

  /// - Throws: `Faults` (usage) for cards that cannot be blended, (data).
  public init(_ base: DecidingCard, _ model: CardModelFile, alpha: Double, decimals: Int = 2) throws {
    guard (0...1).contains(alpha) else {
      throw Faults.usage("alpha", "\(alpha) is not in 0...1", "0 keeps the base, 1 takes the model's advice.")
    }
    self.model = model
    switch base {
    case .weights(let own): (card, changes, weights) = try Self.blended(own, model, alpha, decimals)
    case .points(let own): (card, changes, weights) = try Self.blended(own, model, alpha)
    }
  }

  private typealias Blended = (card: DecidingCard, changes: [Change], weights: [(String, Int64?, Int64)])

  private static func blended(_ base: WeightCard, _ model: CardModelFile, _ alpha: Double, _ decimals: Int) throws
    -> Blended
  {
    guard model.basis == .transforms else {
      throw Faults.usage(
        "model", "is of weights of evidence, and the base is an expert card of transforms",
        "Its coefficients say nothing of these weights: learn a model of the card's own transforms, or make a new card."
      )
    }
    let refined = try WeightRefinement(
      base: base.features.map { ($0.name, try DecimalNumber($0.weight)) },
      coefficients: model.terms.map { ($0.feature, $0.coefficient) }, alpha: alpha, decimals: decimals)
    guard let refined else {
      throw Faults.gate(
        "model", "has no usable coefficient: each says that more of the feature is riskier", "Look at the labels.")
    }
    let strange = refined.weights.filter { $0.base == nil && $0.units > 0 }
    guard strange.isEmpty else {
      throw Faults.usage(
        "model", "has features that the card has no transform of: \(strange.map(\.feature).joined(separator: ", "))",
        "Make a version of the card that has them with weight 0 first.")
    }
    let scale = (0..<decimals).reduce(1.0) { unit, _ in unit * 10 }
    let own = refined.weights.filter { $0.base != nil }
    let card = try base.with(
      Dictionary(own.map { ($0.feature, Double($0.units) / scale) }, uniquingKeysWith: { a, _ in a }))
    // Whole by now: weights of more decimals were refused.
    let old = base.features.map { Int64(($0.weight * scale).rounded()) }
    let changes = zip(own, old).map { weight, old in
      Change(
        feature: weight.feature, old: Double(old) / scale, advised: weight.advised, new: Double(weight.units) / scale,
        changePct: old == 0 ? nil : 100 * Double(weight.units - old) / Double(old),
        hasSignConflict: weight.hasSignConflict, isSmall: weight.isChangeSmall)
    }
    return (.weights(card), changes, zip(own, old).map { ($0.feature, $1, $0.units) })
  }

  private static func blended(_ base: Scorecard, _ model: CardModelFile, _ alpha: Double) throws -> Blended {
    guard model.basis == .woe, let advice = model.card else {
      throw Faults.usage(
        "model", "is no model of weights of evidence with a card of its own, and the base is a card in points",
        "Register the model of a run with plan = \"scorecard\".")
    }
    func partner(_ own: Characteristic) -> Characteristic? { advice.characteristics.first { $0.name == own.name } }
    let isSame =
      advice.characteristics.count == base.characteristics.count && advice.scale == base.scale
      && base.characteristics.allSatisfy { own in partner(own).map(own.hasSameBins) ?? false }
    guard isSame else {
      throw Faults.usage(
        "model", "has other variables, bins or another scale than the base: their points cannot be blended",
        "State the base's edges in the configuration and run again, or make the model's own card a version: it takes the base's place as a whole."
      )
    }
    let coefficients = Dictionary(model.terms.map { ($0.feature, $0.coefficient) }, uniquingKeysWith: { a, _ in a })
    func mixed(_ own: Double, _ advised: Double) -> Double { (1 - alpha) * own + alpha * advised }
    let characteristics = try base.characteristics.map { own in
      let other = partner(own) ?? own
      let isConflict = (coefficients[own.name] ?? 0) >= 0
      return try own.with(
        coefficient: mixed(own.coefficient, isConflict ? 0 : other.coefficient),
        attributes: zip(own.attributes, other.attributes).map { mine, theirs in
          // Average evidence where the model's sign says the opposite of the bins.
          let advised = isConflict ? theirs.exact + advice.scale.factor * other.coefficient * theirs.woe : theirs.exact
          let exact = mixed(mine.exact, advised)
          return Characteristic.Attribute(
            good: theirs.good, bad: theirs.bad, woe: theirs.woe, exact: exact,
            points: try base.scale.rounded(exact, "variable \(own.name)"), reason: mine.reason)
        })
    }
    let initial = mixed(base.initialExact, advice.initialExact)
    let card = try Scorecard(
      scale: base.scale, initialExact: initial, initial: base.scale.rounded(initial, "initial score"),
      characteristics: characteristics, bands: base.bands, cutoff: base.cutoff, least: base.least, most: base.most)
    let (old, advised, new) = (
      DecidingCard.points(base).shares, DecidingCard.points(advice).shares, DecidingCard.points(card).shares
    )
    let weights = zip(old, new).map { ($0.name, Int64?.some($0.units), $1.units) }
    let changes = zip(old, new).map { a, b in
      let isConflict = (coefficients[a.name] ?? 0) >= 0
      let alone = advised.first { $0.name == a.name }
      return Change(
        feature: a.name, old: Double(a.units) / 100, advised: isConflict ? 0 : alone.map { Double($0.units) / 100 },
        new: Double(b.units) / 100, changePct: a.units == 0 ? nil : 100 * Double(b.units - a.units) / Double(a.units),
        hasSignConflict: isConflict, isSmall: 2 * (b.units - a.units).magnitude < max(a.units.magnitude, 100))
    }
    return (.points(card), changes, weights)
  }

  // MARK: Gates

  /// What the gates say of the new card against the base, on applications that the model did not learn from.
  ///
  /// - Parameters:
  ///   - population: nil where there is none: what needs it is skipped and says so.
  ///   - isRecent: whether these are enough of the latest applications.
  ///   - unit: of the weights.
  func gates(
    against base: DecidingCard, on population: RefinementPopulation?, decimals: Int
  ) -> [ScorecardGate] {
    let unit: Int64
    if case .weights = card { unit = (0..<decimals).reduce(1) { unit, _ in unit * 10 } } else { unit = 100 }
    var gates = [ScorecardGates.weightChange(weights, unit: unit), signs(), reachability()]
    guard let population, !population.old.isEmpty else {
      return gates
        + ["improvement", "score_correlation", "band_stability", "circularity"].map { name in
          ScorecardGate(
            name, .skipped, value: nil, threshold: "on applications that the model did not learn from", rows: 0,
            population: "none", detail: "no application came with the model: give a table")
        }
    }
    func points(_ units: [Int64], _ unit: Int64) -> [Double] { units.map { Double($0) / Double(unit) } }
    let own = ScorecardGates.Population(
      population.name, new: points(population.new, card.unit), old: points(population.old, base.unit),
      isBad: population.isBad, isTraining: population.isTraining)
    let bad = population.isBad.count { $0 }
    if !population.isBad.isEmpty {
      gates += [
        ScorecardGates.samples(rows: population.isBad.count, bad: bad, population: population.name),
        ScorecardGates.badRate(rows: population.isBad.count, bad: bad, population: population.name),
        ScorecardGates.area(own),
      ]
    }
    let known = population.isBad.isEmpty
    gates.append(
      known
        ? ScorecardGate(
          "improvement", .skipped, value: nil, threshold: "at least 0.005 more, p < .05", rows: 0,
          population: population.name, detail: "no outcome is known") : ScorecardGates.improvement(own))
    gates.append(ScorecardGates.correlation(own, isRecent: population.isRecent))
    func bands(_ scores: [Int64], _ card: DecidingCard) -> [Int] {
      scores.map { card.bands.band(of: $0, unit: card.unit) }
    }
    gates.append(
      ScorecardGates.bands(
        BandMigration(
          old: bands(population.old, base), new: bands(population.new, card), count: card.bands.all.count), card.bands,
        population: population.name))
    gates.append(ScorecardGates.circularity(own))
    return gates
  }

  /// A feature that the card rewards and the model takes for riskier: FAIL where it holds more than a twentieth of the weight.
  private func signs() -> ScorecardGate {
    let wrong = changes.filter { $0.hasSignConflict && ($0.old ?? 0) > 0 }
    let total = weights.reduce(0) { $0 + ($1.old ?? 0) }
    let isHeavy = weights.contains { weight in
      20 * (weight.old ?? 0) > total && wrong.contains { $0.feature == weight.feature }
    }
    return ScorecardGate(
      "signs", wrong.isEmpty ? .pass : isHeavy ? .fail : .warn, value: Double(wrong.count),
      threshold: "no feature of more than 5 % that the model takes for riskier", rows: weights.count,
      population: "features", detail: wrong.map(\.feature).joined(separator: ", "))
  }

  private func reachability() -> ScorecardGate {
    let found = card.unreachable
    return ScorecardGate(
      "reachability", found.isEmpty ? .pass : .fail, value: Double(found.count), threshold: "all bands and the cutoff",
      rows: card.bands.all.count, population: "bands", detail: found.joined(separator: "; "))
  }
}

/// Applications under the base and the new card, in the units of each.
public struct RefinementPopulation: Sendable {
  public let name: String
  public let old, new: [Int64]
  /// Empty where outcomes are not known.
  public let isBad: [Bool]
  public let isTraining, isRecent: Bool
}

extension Characteristic {
  /// The same bins with other points.
  func with(coefficient: Double, attributes: [Attribute]) throws -> Characteristic {
    try Characteristic(
      name: name, column: column, bins: bins, attributes: attributes, coefficient: coefficient,
      reason: reason, isProtected: isProtected)
  }
}
