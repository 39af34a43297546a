internal import CutlineCore
internal import CutlineCredit

/// Writes what proves the strategies of a run to those who do not trust its search.
enum Certification: ExchangedKind {
  struct Input: Sendable {
    let cells: CellTable
    let frontier: Frontier
    let scenarios: ScenarioSet
  }
  typealias Output = FileSet
  static let name = "certificate"
  static let summary = "Writes what proves the strategies of a run to those who do not trust its search."
  static let ports = Ports(
    Input.init, .one("cells", \.cells), .one("frontier", \.frontier), .one("scenarios", \.scenarios))

  static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [Input(cells: small.cells, frontier: small.frontier, scenarios: small.scenarios)]
  }
}
