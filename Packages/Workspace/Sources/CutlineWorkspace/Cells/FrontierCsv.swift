internal import CutlineCore
public import CutlineCredit

/// A frontier as CSV: production, numerator, denominator, risk in percent, and the cutoffs. Of risk limits there is one
/// row each, with the limit, how far it is proven, and the bound at the end.
public struct FrontierCsv {
  public let text: String
  /// One per limit.
  public let answers: [Frontier.Answer]

  /// - Parameter thresholds: percent; empty for the whole frontier.
  public init(_ frontier: Frontier, thresholds: [DecimalNumber], cells: CellTable, labels: CutoffLabels) throws {
    let names = labels.combinations.map { "cut_\($0)" }
    var header = ["production", "numerator", "denominator", "risk_pct"] + names
    func fields(_ point: Frontier.Point) -> [String] {
      let sums = [point.production, point.numerator, point.denominator].map(cells.scale.shortText)
      let risk = cells.measure.strategyPercent(point.sums).map { "\($0)" } ?? ""
      return sums + [risk] + labels.cutoffs(point.strategy)
    }
    answers = try thresholds.map { try frontier.answer(to: $0, measure: cells.measure) }
    let rows: [[String]]
    if thresholds.isEmpty {
      rows = frontier.points.map(fields)
    } else {
      header += ["threshold_pct", "status", "bound"]
      let empty = [String](repeating: "", count: names.count + 4)
      rows = answers.map { answer in
        (answer.point.map { fields(frontier.points[$0]) } ?? empty)
          + [answer.limit.description, answer.status.rawValue, answer.bound.map(cells.scale.shortText) ?? ""]
      }
    }
    var csv = CsvText(header)
    for row in rows { csv.add(row) }
    text = csv.text
  }
}
