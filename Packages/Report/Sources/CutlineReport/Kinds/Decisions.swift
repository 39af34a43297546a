internal import CutlineCore
internal import CutlineCredit

/// Says what each strategy decides, for whom, and what changes against the one in force.
enum Decisions: ExchangedKind {
  struct Input: Sendable {
    let cube: Cube
    let cells: CellTable
    let frontier: Frontier
    let scenarios: ScenarioSet
    /// For the intervals of cells; without it they stay empty.
    let draws: CellDraws?
    /// What changes are counted from; without it they stay empty.
    let force: StrategyInForce?
  }
  typealias Output = FileSet
  static let name = "decisions"
  static let summary = "Says what each strategy decides, for whom, and what changes."
  static let ports = Ports(
    Input.init, .one("cube", \.cube), .one("cells", \.cells), .one("frontier", \.frontier),
    .one("scenarios", \.scenarios), .optional("draws", \.draws), .optional("force", \.force))

  static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    let cells = small.cube.grid.cellCount
    let force = StrategyInForce(
      strategy: small.frontier.points[0].strategy, isStated: true,
      booked: Array(try small.cube.sums(of: .rows, ApplicationState.booked).prefix(cells)),
      rejected: Array(try small.cube.sums(of: .rows, [.scoreRejected]).prefix(cells)))
    return [(small.draws, force), (nil, nil)].map {
      Input(
        cube: small.cube, cells: small.cells, frontier: small.frontier, scenarios: small.scenarios, draws: $0,
        force: $1)
    }
  }
}
