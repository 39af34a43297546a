internal import CutlineCore
internal import CutlineCredit

/// Points by the number of them that doubles the odds (`PointsScaling`).
struct PdoPoints: Stage {
  typealias Kind = ScalePoints
  static let name = "pdo"
  static let summary = "Points by the number of them that doubles the odds of good, rounded one by one."

  struct Config: StageConfig {
    var pdo = 20.0
    var basePoints = 600.0
    var baseOdds = 50.0
    var intercept = PointScale.Intercept.spread
    var decimals = 0
    var unseen = PointsScaling.Unseen.neutral
    /// Nil = five equal parts of what the card can reach.
    var bands: ScoreBands?
    var cutoff: Int?
    var least: Int?
    var most: Int?
    static let fields: [Field<Self>] = [
      .shared(.double("pdo", \.pdo, in: 0.001...1_000_000, unit: "points", "Points that double the odds.")),
      .shared(
        .double("base_points", \.basePoints, in: -1_000_000...1_000_000, unit: "points", "Points at the base odds.")),
      .shared(.double("base_odds", \.baseOdds, in: 0.000001...1_000_000, "Good : bad at the base points.")),
      .choice(
        "intercept", \.intercept,
        "spread = the constant in equal parts to the characteristics; separate = an initial score."),
      .int("points_decimals", \.decimals, in: 0...1, "Decimals of the points that are added up."),
      .choice(
        "unseen", \.unseen,
        "What a bin without training rows is worth: neutral = average evidence, worst = the fewest points."),
      .shared(
        .custom(
          "bands", allowed: "a table of lower bounds by name",
          "Names of ranges of scores, each with its lower bound; left out = five equal parts of what the card can reach.",
          refused: [.integer(1), .string("x")], form: .map(of: .integer(-1_000_000_000...1_000_000_000)),
          show: { config in
            config.bands.map { bands in
              "{ " + bands.all.map { "\(ConfigValue.quoted($0.name)) = \($0.from)" }.joined(separator: ", ") + " }"
            } ?? "unset"
          },
          read: { config, value in
            guard let table = value.table else { throw Field<Self>.refusal("bands", value, "a table of lower bounds") }
            let bands = try table.entries.map { entry in
              guard let from = entry.value.integer else {
                throw Field<Self>.refusal("bands.\(entry.key)", entry.value, "a whole number of points")
              }
              return ScoreBands.Band(name: entry.key, from: from)
            }
            do { config.bands = try ScoreBands(bands.sorted { $0.from > $1.from }) } catch let faults as Faults {
              throw Faults.usage(value.place, "bands \(faults.problem)", faults.advice)
            }
          })),
      .shared(
        .optionalInt(
          "cutoff", \.cutoff, in: -1_000_000_000...1_000_000_000, unit: "points", "Who scores this or more is accepted."
        )),
      .optionalInt(
        "min_score", \.least, in: -1_000_000_000...1_000_000_000, unit: "points", "What lower scores are raised to."),
      .optionalInt(
        "max_score", \.most, in: -1_000_000_000...1_000_000_000, unit: "points", "What higher scores are lowered to."),
    ]
  }
  let config: Config

  func run(_ input: ScalePoints.Input, in context: RunContext) async throws -> Scorecard {
    let scale = try PointScale(
      pdo: config.pdo, basePoints: config.basePoints, baseOdds: config.baseOdds, intercept: config.intercept,
      decimals: config.decimals)
    let variables = zip(input.binning.variables, input.model.terms).map { variable, term in
      PointsScaling.Variable(
        name: variable.name, column: variable.column, bins: variable.bins, good: variable.good, bad: variable.bad,
        coefficient: term.coefficient, reason: variable.reason, binReasons: variable.binReasons,
        isProtected: variable.isProtected)
    }
    let card = try PointsScaling.card(
      intercept: input.model.intercept, variables, scale: scale, smoothing: input.binning.smoothing,
      unseen: config.unseen, cutoff: config.cutoff.map(Int64.init))
    let cut = try Scorecard(
      scale: card.scale, initialExact: card.initialExact, initial: card.initial, characteristics: card.characteristics,
      bands: config.bands ?? ScoreBands.equalParts(of: card), cutoff: card.cutoff, least: config.least.map(Int64.init),
      most: config.most.map(Int64.init))
    for sentence in cut.unreachable { context.warn("\(word: sentence)") }
    return cut
  }
}
