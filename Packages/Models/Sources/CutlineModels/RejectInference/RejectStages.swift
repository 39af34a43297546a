internal import CutlineCore
internal import CutlineCredit

/// Rejected applications are as risky as the surface says.
struct NoRejectInference: Stage {
  typealias Kind = InferRejects
  static let name = "none"
  static let summary = "Takes the predicted risk of rejected applications as it is."
  init(config: NoConfig) {}

  func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
    RejectAdjustment(
      method: Self.name, multiplier: [Double](repeating: 1, count: input.cube.grid.cellCount), cappedCells: 0)
  }
}

extension Purpose {
  /// The fit of a surface to cells that inferred outcomes of rejects were added to.
  static let rejectInference: Purpose = "reject-inference"
}

extension ModelStages {
  static func registerRejectInference(in registry: inout Registry) throws {
    try registry.register(NoRejectInference.self)
    try registry.register(AcceptanceUplift.self)
    try registry.register(ScoreBandParcelling.self)
    try registry.register(FuzzyAugmentation.self)
    try registry.register(HardCutoff.self)
    try registry.register(Reweighting.self)
    try registry.register(MonotoneInference.self)
    try registry.register(WithinCell.self)
    try registry.register(OverrideInference.self)
    try registry.register(OverrideCheck.self)
    try registry.register(kind: RejectCheck.self)
  }
}
