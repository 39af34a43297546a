internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// All gates of a scorecard (`ScorecardGates`), against the one in force where it is named.
struct StandardCardGates: Stage {
  typealias Kind = CardGates
  static let name = "standard"
  static let summary =
    "Labels, discrimination, improvement, likeness to the card in force, signs and reach of a scorecard."

  enum OnFail: String, Sendable, CaseIterable {
    /// The run ends with exit 4; what was made is kept beside it.
    case stop
    /// The run goes on: a person may waive what fails.
    case report
  }

  struct Config: StageConfig {
    var active: String?
    var onFail = OnFail.stop
    var leastBadRate = 5
    var mostBadRate = 50
    static let fields: [Field<Self>] = [
      .shared(.optionalText("active", \.active, "The scorecard in force, a scorecard.json; left out = there is none.")),
      .choice("on_fail", \.onFail, "Whether a gate that fails ends the run."),
      .int("min_bad_rate", \.leastBadRate, in: 0...100, unit: "percent", "The least share of bad labels."),
      .int("max_bad_rate", \.mostBadRate, in: 0...100, unit: "percent", "The greatest share of bad labels."),
    ]
  }
  let config: Config
  var externalInputs: [String] { config.active.map { [$0] } ?? [] }

  func run(_ input: CardGates.Input, in context: RunContext) async throws -> CardVerdict {
    let table = input.table
    let active = try config.active.map { try Scorecard.read($0) }
    let tested = (0..<table.rowCount).filter { table.isTest[$0] }
    let (rows, name) =
      tested.isEmpty
      ? (Array(0..<table.rowCount), "training rows: there is no test") : (tested, "test rows (\(table.split))")
    let isBad = rows.map { table.isBad[$0] }
    let new = try scores(input.card, table, rows)
    let old = try active.map { try scores($0, table, rows) }
    let population = ScorecardGates.Population(name, new: new, old: old, isBad: isBad, isTraining: tested.isEmpty)
    let (count, bad) = (table.rowCount, table.badCount)
    var gates = [
      ScorecardGates.samples(rows: count, bad: bad, population: "labels"),
      ScorecardGates.badRate(
        rows: count, bad: bad, population: "labels", least: config.leastBadRate, most: config.mostBadRate),
      ScorecardGates.area(population), ScorecardGates.improvement(population),
      ScorecardGates.correlation(population, isRecent: table.split == "time" && rows.count >= Self.fewRecent),
    ]
    gates.append(split(table, tested))
    gates.append(bands(input.card, active, population))
    gates.append(weights(input.card, active))
    gates.append(ScorecardGates.signs(input.model.terms.map { ($0.variable, $0.coefficient, $0.p) }))
    gates.append(ScorecardGates.reachability(input.card))
    gates.append(ScorecardGates.circularity(population))
    for gate in gates where gate.verdict == .warn || gate.verdict == .fail {
      context.warn(
        "\(word: gate.gate) \(word: gate.verdict.rawValue)\(word: gate.detail.isEmpty ? "" : ": \(gate.detail)")")
    }
    let metrics = CardMetrics(new, isBad: isBad) { input.card.scale.probability(of: $0) }
    let places = try places(input.card, table)
    let bins = try zip(input.card.characteristics, places).map {
      try $0.bins.bins(table.columns[$1].taken(rows), of: $0.column)
    }
    let sample = CardSample(
      input.card.characteristics.map(\.name), split: tested.isEmpty ? "none" : table.split,
      bins: rows.indices.map { row in bins.map { $0[row] } }, isBad: isBad)
    return CardVerdict(
      gates: gates, stops: config.onFail == .stop, metrics: metrics, sample: sample, training: CardTraining(table))
  }

  /// Applications below which a comparison of scores is no one of recent ones.
  private static let fewRecent = 1000

  private func places(_ card: Scorecard, _ table: TrainingTable) throws -> [Int] {
    try card.characteristics.map { characteristic in
      guard let place = table.variables.firstIndex(where: { $0.name == characteristic.name }) else {
        throw Faults.usage(
          "active", "has the characteristic \(characteristic.name), which is not among the variables",
          "Name it in [scorecard.characteristics], so that both cards can be compared on the same applications.")
      }
      return place
    }
  }

  private func scores(_ card: Scorecard, _ table: TrainingTable, _ rows: [Int]) throws -> [Double] {
    let places = try places(card, table)
    return try ScorecardBatch(card).scores(places.map { table.columns[$0].taken(rows) }).map(card.points)
  }

  private func split(_ table: TrainingTable, _ tested: [Int]) -> ScorecardGate {
    let verdict: ScorecardGate.Verdict = table.split == "time" ? .pass : .warn
    return ScorecardGate(
      "out_of_time", verdict, value: Double(tested.count), threshold: "tested on the latest decisions",
      rows: tested.count, population: "labels",
      detail: table.split == "time"
        ? "" : table.split == "none" ? "nothing was held back" : "the test was drawn at random")
  }

  private func bands(
    _ card: Scorecard, _ active: Scorecard?, _ population: ScorecardGates.Population
  ) -> ScorecardGate {
    guard let active, let old = population.old else {
      return ScorecardGate(
        "band_stability", .warn, value: nil, threshold: "below 10 points", rows: 0, population: population.name,
        detail: "no baseline: active names no card")
    }
    guard active.bands == card.bands else {
      return ScorecardGate(
        "band_stability", .warn, value: nil, threshold: "below 10 points", rows: 0, population: population.name,
        detail: "the cards have other bands")
    }
    func bands(_ card: Scorecard, _ scores: [Double]) -> [Int] {
      let unit = Double(card.scale.unitsPerPoint)
      return scores.map { card.bands.band(of: Int64(($0 * unit).rounded()), unit: card.scale.unitsPerPoint) }
    }
    return ScorecardGates.bands(
      BandMigration(old: bands(active, old), new: bands(card, population.new), count: card.bands.all.count), card.bands,
      population: population.name)
  }

  /// Of a card in points, a characteristic's weight is the range of its points, scaled to 100 in all; in hundredths.
  private func weights(_ card: Scorecard, _ active: Scorecard?) -> ScorecardGate {
    let new = DecidingCard.points(card).shares
    let old = Dictionary(
      (active.map { DecidingCard.points($0).shares } ?? []).map { ($0.name, $0.units) }, uniquingKeysWith: { a, _ in a }
    )
    guard active != nil else {
      return ScorecardGate(
        "weight_change", .warn, value: nil, threshold: "below 0.5 of the old weight", rows: 0,
        population: "features of both cards", detail: "no baseline: active names no card")
    }
    return ScorecardGates.weightChange(new.map { ($0.name, old[$0.name], $0.units) }, unit: 100)
  }
}
