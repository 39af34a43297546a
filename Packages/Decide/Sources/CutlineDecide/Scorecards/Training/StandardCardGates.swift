internal import CutlineCompute
@_spi(Run) internal import CutlineCore
internal import CutlineCredit

/// All gates of a scorecard (`ScorecardGates`), against the one in force where it is named.
struct StandardCardGates: Stage {
  typealias Kind = CardGates
  static let name = "standard"
  static let summary =
    "Labels, discrimination, improvement, likeness to the card in force, signs and reach of a scorecard. Gates: \(gates.joined(separator: ", "))."

  /// All that it reports, in the order of the report.
  static let gates = [
    "samples", "bad_rate", "leak", "auc", "improvement", "score_correlation", "out_of_time", "band_stability",
    "weight_change", "signs", "reachability", "circularity",
  ]

  enum OnFail: String, Sendable, CaseIterable {
    /// The run ends with exit 4; what was made is kept beside it.
    case stop
    /// The run goes on: a person may waive what fails.
    case report
  }

  enum OnOtherVariables: String, Sendable, CaseIterable { case stop, warn }

  struct Config: StageConfig {
    var active: String?
    var onFail = OnFail.stop
    var leastBadRate = 5
    var mostBadRate = 50
    var leakArea = 95
    var leakValue = 2.0
    var onOtherVariables = OnOtherVariables.stop
    static let fields: [Field<Self>] = [
      .shared(.optionalText("active", \.active, "The scorecard in force, a scorecard.json; left out = there is none.")),
      .choice("on_fail", \.onFail, "Whether a gate that fails ends the run."),
      .int("min_bad_rate", \.leastBadRate, in: 0...100, unit: "percent", "The least share of bad labels."),
      .int("max_bad_rate", \.mostBadRate, in: 0...100, unit: "percent", "The greatest share of bad labels."),
      .int(
        "leak_area", \.leakArea, in: 51...101, unit: "percent",
        "The area under the ROC curve of one characteristic alone from which it is taken for a leak; 101 = never."),
      .double(
        "leak_information_value", \.leakValue, in: 0.01...1_000,
        "The information value of one characteristic from which it is taken for a leak."),
      .shared(
        .choice(
          "on_other_variables", \.onOtherVariables,
          "What happens where the scorecard in force cannot be worked out on these applications: stop = the run ends; warn = the gates say that nothing was compared."
        )),
    ]
  }
  let config: Config
  var externalInputs: [String] { config.active.map { [$0] } ?? [] }

  func run(_ input: CardGates.Input, in context: RunContext) async throws -> CardVerdict {
    let table = input.table
    let tested = (0..<table.rowCount).filter { table.isTest[$0] }
    let (rows, name) =
      tested.isEmpty
      ? (Array(0..<table.rowCount), "training rows: there is no test") : (tested, "test rows (\(table.split))")
    let isBad = rows.map { table.isBad[$0] }
    let card = DecidingCard.points(input.card)
    let new = try scores(card, table, rows)
    let inForce = try inForce(table, rows, context)
    let population = ScorecardGates.Population(
      name, new: new, old: inForce.card?.scores, isBad: isBad, isTraining: tested.isEmpty, noBaseline: inForce.why)
    let (count, bad) = (table.rowCount, table.badCount)
    var gates = [
      ScorecardGates.samples(rows: count, bad: bad, population: "labels"),
      ScorecardGates.badRate(
        rows: count, bad: bad, population: "labels", least: config.leastBadRate, most: config.mostBadRate),
      leak(input.binning), ScorecardGates.area(population), ScorecardGates.improvement(population),
      ScorecardGates.correlation(population, isRecent: table.split == "time" && rows.count >= Self.fewRecent),
    ]
    gates.append(split(table, tested))
    gates.append(bands(card, inForce.card?.card, population))
    gates.append(weights(card, inForce.card?.card, population))
    gates.append(ScorecardGates.signs(input.model.terms.map { ($0.variable, $0.coefficient, $0.p) }))
    gates.append(ScorecardGates.reachability(input.card))
    gates.append(ScorecardGates.circularity(population))
    for gate in gates where gate.verdict == .warn || gate.verdict == .fail {
      context.warn(
        "\(word: gate.gate) \(word: gate.verdict.rawValue)\(word: gate.detail.isEmpty ? "" : ": \(gate.detail)")")
    }
    let metrics = CardMetrics(new, isBad: isBad) { input.card.scale.probability(of: $0) }
    let places = try places(card, table)
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

  private typealias Scored = (card: DecidingCard, scores: [Double])

  /// The card in force with its scores; nil where there is none, and why.
  private func inForce(_ table: TrainingTable, _ rows: [Int], _ context: RunContext) throws -> (
    card: Scored?, why: String
  ) {
    guard let path = config.active else { return (nil, "no baseline: active names no card") }
    let card = try DecidingCard(Array(FileSystem.read(path, limit: 64 << 20)), at: path)
    do { return ((card, try scores(card, table, rows)), "") } catch let faults as Faults
      where config.onOtherVariables == .warn
    {
      let why = "no baseline: the card in force cannot be worked out here (\(faults.masked))"
      return (nil, why)
    }
  }

  /// Where the training table holds what a card takes, per characteristic or feature.
  private func places(_ card: DecidingCard, _ table: TrainingTable) throws -> [Int] {
    try zip(card.names, card.columns).map { name, column in
      guard let place = table.variables.firstIndex(where: { $0.column == TextColumn.comparable(column) }) else {
        throw Faults.usage(
          "active", "has the characteristic \(name), which is not among the variables",
          "Name it in [scorecard.characteristics], so that both cards can be compared on the same applications.")
      }
      return place
    }
  }

  private func scores(_ card: DecidingCard, _ table: TrainingTable, _ rows: [Int]) throws -> [Double] {
    let columns = try places(card, table).map { table.columns[$0].taken(rows) }
    return try card.scores(columns, rows: rows.count).map { Double($0) / Double(card.unit) }
  }

  private func leak(_ binning: CardBinning) -> ScorecardGate {
    let kept = binning.variables.map {
      ($0.name, SingleArea(good: $0.good, bad: $0.bad), Double?.some($0.informationValue))
    }
    let rows = binning.variables.first.map { Int($0.good.reduce(0, +) + $0.bad.reduce(0, +)) } ?? 0
    return ScorecardGates.leak(
      kept + binning.dropped.map { ("\($0.name), which has no bins", $0.area, nil) }, rows: rows,
      mostPercent: config.leakArea, mostValue: config.leakValue)
  }

  private func split(_ table: TrainingTable, _ tested: [Int]) -> ScorecardGate {
    let verdict: ScorecardGate.Verdict = table.split == "time" ? .pass : .warn
    return ScorecardGate(
      "out_of_time", verdict, value: Double(tested.count), threshold: "tested on the latest decisions",
      rows: tested.count, population: "labels",
      detail: table.split == "time"
        ? "" : table.split == "none" ? "nothing was held back" : "the test was drawn at random")
  }

  private func notCompared(_ gate: String, _ threshold: String, _ population: String, _ detail: String) -> ScorecardGate
  {
    ScorecardGate(gate, .warn, value: nil, threshold: threshold, rows: 0, population: population, detail: detail)
  }

  private func bands(
    _ card: DecidingCard, _ active: DecidingCard?, _ population: ScorecardGates.Population
  ) -> ScorecardGate {
    let told = ("band_stability", "below 10 points", population.name)
    guard let active, let old = population.old else {
      return notCompared(told.0, told.1, told.2, population.noBaseline)
    }
    guard active.bands == card.bands else { return notCompared(told.0, told.1, told.2, "the cards have other bands") }
    func bands(_ card: DecidingCard, _ scores: [Double]) -> [Int] {
      scores.map { card.bands.band(of: Int64(($0 * Double(card.unit)).rounded()), unit: card.unit) }
    }
    return ScorecardGates.bands(
      BandMigration(old: bands(active, old), new: bands(card, population.new), count: card.bands.all.count), card.bands,
      population: population.name)
  }

  /// A characteristic's weight is its share of what decides (`DecidingCard.shares`), in hundredths.
  private func weights(
    _ card: DecidingCard, _ active: DecidingCard?, _ population: ScorecardGates.Population
  ) -> ScorecardGate {
    guard let active else {
      return notCompared(
        "weight_change", "below 0.5 of the old weight", "features of both cards", population.noBaseline)
    }
    let old = Dictionary(active.shares.map { ($0.name, $0.units) }, uniquingKeysWith: { a, _ in a })
    return ScorecardGates.weightChange(card.shares.map { ($0.name, old[$0.name], $0.units) }, unit: 100)
  }
}
