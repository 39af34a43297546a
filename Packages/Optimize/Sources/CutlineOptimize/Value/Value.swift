internal import CutlineCore
internal import CutlineCredit

/// Says what strategies are worth, and which are worth most.
enum Value: ExchangedKind {
  struct Input: Sendable {
    let cells: CellTable
    let frontier: Frontier
    let scenarios: ScenarioSet
  }
  typealias Output = FileSet
  static let name = "value"
  static let summary = "Says what strategies are worth, and which are worth most."
  static let ports = Ports(
    Input.init, .one("cells", \.cells), .one("frontier", \.frontier), .one("scenarios", \.scenarios))

  static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [Input(cells: small.cells, frontier: small.frontier, scenarios: small.scenarios)]
  }
}
