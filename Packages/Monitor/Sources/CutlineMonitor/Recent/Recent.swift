internal import CutlineCore
internal import CutlineCredit

/// Sets the scenarios against the applications of the recent period.
enum Recent: ExchangedKind {
  struct Input: Sendable {
    let cube: Cube
    let surface: RiskSurface
    let exposure: ExposureModel
    let cells: CellTable
    let scenarios: ScenarioSet
    /// Nil where the cube has hash classes of its own.
    let sample: Sample?
  }
  typealias Output = RecentRisk
  static let name = "recent"
  static let summary = "Sets the scenarios against the applications of the recent period."
  static let ports = Ports(
    Input.init, .one("cube", \.cube), .one("surface", \.surface), .one("exposure", \.exposure), .one("cells", \.cells),
    .one("scenarios", \.scenarios), .optional("sample", \.sample))

  static func check(_ output: RecentRisk, against input: Input) throws {
    try output.check()
    guard let cells = output.cells else { return }
    guard cells.grid == input.cube.grid, cells.scale == input.cube.scale else {
      throw Faults.data("recent", "its cells are of another grid or scale", "Hand both on unchanged.")
    }
    let production = try input.cube.sums(of: .production, ApplicationState.booked, in: .recent)
    guard cells.booked.indices.allSatisfy({ cells.booked[$0].production == production[$0] }) else {
      throw Faults.data("recent", "its production is not that of the cube", "Add up what was booked.")
    }
  }

  static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [small.sample, nil].map {
      Input(
        cube: small.cube, surface: small.surface, exposure: small.exposure, cells: small.cells,
        scenarios: small.scenarios, sample: $0)
    }
  }
}
