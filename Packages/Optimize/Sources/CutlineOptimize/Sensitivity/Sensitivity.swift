internal import CutlineCore
internal import CutlineCredit

/// Says what the chosen strategies hang on: single cells, the predicted risk of rejects, the number of changes.
enum Sensitivity: ExchangedKind {
  struct Input: Sendable {
    let cells: CellTable
    let frontier: Frontier
    let scenarios: ScenarioSet
    /// What changes are counted from; nil where nobody knows it.
    let force: StrategyInForce?
  }
  typealias Output = FileSet
  static let name = "sensitivity"
  static let summary = "Says what the chosen strategies hang on."
  static let ports = Ports(
    Input.init, .one("cells", \.cells), .one("frontier", \.frontier), .one("scenarios", \.scenarios),
    .optional("force", \.force))

  static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    let (booked, rejected) = try InForce.decisions(small.cube)
    let force = StrategyInForce(
      strategy: small.frontier.points[0].strategy, isStated: true, booked: booked, rejected: rejected)
    return [force, nil].map {
      Input(cells: small.cells, frontier: small.frontier, scenarios: small.scenarios, force: $0)
    }
  }
}
