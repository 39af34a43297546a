public import CutlineCore
public import CutlineCredit

/// What strategies become over a range of assumptions about the rejected.
public enum RejectEnvelope: ExchangedKind {
  public struct Input: Sendable {
    public let cube: Cube
    public let surface: RiskSurface
    /// Those of the run, which the others are set against.
    public let rejects: RejectAdjustment
    public let cells: CellTable
    public let scenarios: ScenarioSet
  }
  public typealias Output = FileSet
  public static let name = "reject-envelope"
  public static let summary = "Finds what strategies become over a range of assumptions about rejected applications."
  public static let ports = Ports(
    Input.init, .one("cube", \.cube), .one("surface", \.surface), .one("rejects", \.rejects), .one("cells", \.cells),
    .one("scenarios", \.scenarios))

  public static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [
      Input(
        cube: small.cube, surface: small.surface, rejects: small.rejects, cells: small.cells,
        scenarios: small.scenarios)
    ]
  }
}
