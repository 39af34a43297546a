internal import CutlineCore
internal import CutlineCredit

/// What every stage that says the strategy in force has to configure.
struct InForceConfig: StageConfig {
  var fewestAgreement = 0.8
  var folder = "data"

  static let fields: [Field<Self>] = [
    .double(
      "least_agreement", \.fewestAgreement, in: 0...1, unit: "share",
      "Of the decisions; below it a warning says that these scores do not explain them."),
    ResultFolder.field(\.folder),
  ]

  /// Says it, and writes `strategy_in_force.csv`.
  func write(_ force: StrategyInForce, _ grid: CellGrid, in context: RunContext) async throws {
    let overrides = force.overrides(in: grid)
    guard let agreement = force.agreement(in: grid) else {
      return context.warn("the main period has no decision in the grid: nothing is known of the strategy in force")
    }
    let accepted = (0..<grid.cellCount).count { force.strategy.accepts($0, in: grid) }
    let remark: Remark =
      "\(word: force.isStated ? "as stated" : "estimated"): \(accepted) of \(grid.cellCount) cells are accepted; it explains \(word: NumberText.fixed(100 * agreement, 2)) % of the decisions (\(overrides.booked) were booked against it, \(overrides.rejected) rejected against it)"
    if agreement < fewestAgreement {
      context.warn(remark + "; other rules than these scores decided the rest")
    } else {
      context.note(remark)
    }
    let columns =
      grid.axes.flatMap { axis in
        [
          ColumnNote(axis.name, unit: "bin", "Bin of \(axis.source)."),
          ColumnNote("\(axis.name)_interval", unit: "text", "Its values of \(axis.source)."),
        ]
      } + [
        ColumnNote("booked", unit: "applications", "Of the main period."),
        ColumnNote("rejected", unit: "applications", "By score, of the main period."),
        ColumnNote("acceptance_rate", unit: "percent", "Booked of both; empty without any."),
        ColumnNote("in_force", unit: "text", "accept or reject."),
        ColumnNote("overrides", unit: "applications", "Decided otherwise."),
      ]
    let rows = (0..<grid.cellCount).map { cell -> [String] in
      let (booked, rejected) = (force.booked[cell], force.rejected[cell])
      let isAccepted = force.strategy.accepts(cell, in: grid)
      let rate = booked + rejected > 0 ? 100 * Double(booked) / Double(booked + rejected) : nil
      let bins = zip(grid.axes, grid.bins(cell)).flatMap { [String($1 + 1), $0.interval(ofBin: $1)] }
      let decision = isAccepted ? "accept" : "reject"
      let counts = [String(booked), String(rejected), NumberText.shortest(rate), decision]
      return bins + counts + [String(isAccepted ? rejected : booked)]
    }
    try await context.attach(ResultFile(path: "\(folder)/strategy_in_force.csv", columns: columns, rows: rows))
  }
}

struct StatedInForceConfig: StageConfig {
  var cutoffs: FixedCutoffs?
  var common = InForceConfig()

  static let fields: [Field<Self>] =
    [
      .shared(
        .custom(
          "strategy_in_force", allowed: "a table with a list for every variable of the grid",
          "The strategy that decided about the applications, as fixed_cutoffs is written; without it it is estimated.",
          refused: [.integer(1), .string("x"), .array([])],
          form: FixedCutoffs.form,
          show: { $0.cutoffs?.toml ?? "unset" }, read: { $0.cutoffs = try FixedCutoffs($1, key: "strategy_in_force") }))
    ] + InForceConfig.fields.map { $0.lifted(\.common) }
}
