internal import CutlineCore
internal import CutlineCredit

/// `data/scorecard.json` is the card, byte by byte what a version keeps; the tables beside it are for people.
struct StandardCardFiles: Stage {
  typealias Kind = CardFiles
  static let name = "standard"
  static let summary = "The scorecard as JSON, its points and bins as a table, its model with standard errors."
  init(config: NoConfig) {}

  func run(_ input: CardFiles.Input, in context: RunContext) async throws -> FileSet {
    FileSet(files: [
      ResultFile(
        path: "data/\(Scorecard.fileName)", bytes: Array(try CanonicalJSON.encode(input.card, pretty: true)) + [10]),
      points(input.card), model(input), try registered(input),
    ])
  }

  /// What the registry keeps of the model.
  private func registered(_ input: CardFiles.Input) throws -> ResultFile {
    let file = CardModelFile(
      estimator: input.model.estimator, basis: .woe, intercept: input.model.intercept,
      terms: zip(input.model.terms, input.binning.variables).map { term, variable in
        .init(
          feature: term.variable, coefficient: term.coefficient, standardError: term.standardError, p: term.p,
          deviation: variable.deviation, informationValue: variable.informationValue)
      }, training: input.verdict.training, metrics: input.verdict.metrics, card: input.card)
    return ResultFile(
      path: "data/\(CardModelFile.fileName)", bytes: Array(try CanonicalJSON.encode(file, pretty: true)) + [10])
  }

  private func points(_ card: Scorecard) -> ResultFile {
    var rows: [[String]] = []
    for characteristic in card.characteristics {
      for (bin, attribute) in characteristic.attributes.enumerated() {
        let (all, bad) = (attribute.good + attribute.bad, attribute.bad)
        rows.append([
          characteristic.name, "\(bin + 1)", characteristic.label(of: bin),
          NumberText.shortest(card.points(attribute.points)),
          NumberText.fixed(attribute.exact, 4), "\(attribute.good)", "\(bad)",
          all == 0 ? "" : NumberText.fixed(100 * Double(bad) / Double(all), 2), NumberText.fixed(attribute.woe, 6),
        ])
      }
    }
    return ResultFile(
      path: "data/scorecard_points.csv",
      columns: [
        ColumnNote("characteristic", unit: "text", "The variable."),
        ColumnNote("bin", unit: "number", "Its bin, from 1: intervals, special values, missing."),
        ColumnNote("label", unit: "text", "The interval as it is evaluated, or the name."),
        ColumnNote("points", unit: "points", "What is added up."),
        ColumnNote("exact_points", unit: "points", "The same before it is rounded."),
        ColumnNote("good", unit: "applications", "Good training rows."),
        ColumnNote("bad", unit: "applications", "Bad training rows."),
        ColumnNote("bad_rate_pct", unit: "percent", "Bad of good and bad; empty without rows."),
        ColumnNote("woe", unit: "number", "Weight of evidence, smoothed; above 0 is safer than average."),
      ], rows: rows)
  }

  private func model(_ input: CardFiles.Input) -> ResultFile {
    func text(_ value: Double?) -> String { value.map { NumberText.shortest($0) } ?? "" }
    let constant = ["(intercept)", NumberText.shortest(input.model.intercept), "", "", "", ""]
    return ResultFile(
      path: "data/scorecard_model.csv",
      columns: [
        ColumnNote("term", unit: "text", "The variable, or (intercept)."),
        ColumnNote(
          "coefficient", unit: "log-odds", "Of the weight of evidence, for bad: below 0 where points fall with risk."),
        ColumnNote("standard_error", unit: "log-odds", "Of the inverse information; empty under a penalty."),
        ColumnNote("z", unit: "number", "Coefficient over standard error."),
        ColumnNote("p", unit: "probability", "Two-sided, of a coefficient of 0."),
        ColumnNote("information_value", unit: "number", "Of the variable alone, on the training rows."),
      ],
      rows: [constant]
        + zip(input.model.terms, input.binning.variables).map { term, variable in
          [
            term.variable, NumberText.shortest(term.coefficient), text(term.standardError), text(term.z), text(term.p),
            NumberText.fixed(variable.informationValue, 6),
          ]
        })
  }
}
