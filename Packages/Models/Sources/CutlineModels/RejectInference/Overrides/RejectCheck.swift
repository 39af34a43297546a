internal import CutlineCore
internal import CutlineCredit

/// Sets what is inferred about rejects beside what is known of them.
enum RejectCheck: ExchangedKind {
  struct Input: Sendable {
    let cube: Cube
    let surface: RiskSurface
    /// One or more, to be compared.
    let rejects: [NamedArtifact<RejectAdjustment>]
  }
  typealias Output = FileSet
  static let name = "reject-check"
  static let summary = "Sets what is inferred about rejected applications beside what is known of them."
  static let ports = Ports(
    Input.init, .one("cube", \.cube), .one("surface", \.surface), .many("rejects", \.rejects))

  static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    let raised = RejectAdjustment(
      method: "acceptance-uplift", multiplier: [Double](repeating: 1.5, count: 9), cappedCells: 0)
    return [
      Input(
        cube: small.cube, surface: small.surface,
        rejects: [NamedArtifact("infer-rejects", small.rejects), NamedArtifact("raised", raised)])
    ]
  }
}
