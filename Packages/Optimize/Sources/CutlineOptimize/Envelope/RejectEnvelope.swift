public import CutlineCore
public import CutlineCredit

/// What strategies become over a range of assumptions about the rejected.
public enum RejectEnvelope: ExchangedKind {
  public struct Input: Sendable {
    public let cube: Cube
    public let surface: RiskSurface
    public let exposure: ExposureModel
    /// The adjustment of the run itself, which the others are set against.
    public let rejects: RejectAdjustment
    public let rates: SwapInRates?
  }
  public typealias Output = FileSet
  public static let name = "reject-envelope"
  public static let summary = "Finds what strategies become over a range of assumptions about rejected applications."
  public static let ports = Ports(
    Input.init, .one("cube", \.cube), .one("surface", \.surface), .one("exposure", \.exposure),
    .one("rejects", \.rejects), .optional("rates", \.rates))

  public static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [small.rates, nil].map {
      Input(
        cube: small.cube, surface: small.surface, exposure: small.exposure, rejects: small.rejects, rates: $0)
    }
  }
}
