public import CutlineCore

/// The stages of this module.
public enum OptimizeStages {
  public static func register(in registry: inout Registry) throws {
    try registry.register(StandardCells.self)
    try registry.register(FrontierSearchStage.self)
    try registry.register(ThresholdSearchStage.self)
    try registry.register(MilpSearchStage.self)
    try registry.register(ExhaustiveSearchStage.self)
    try registry.register(FixedSearchStage.self)
    try registry.register(AppetiteScenarios.self)
    try registry.register(StandardEnvelope.self)
    try registry.register(kind: RejectEnvelope.self)
    try registry.register(PoissonDraws.self)
    try registry.register(kind: Draws.self)
    try registry.register(StandardIntervals.self)
    try registry.register(kind: Intervals.self)
    try registry.register(EstimatedInForce.self)
    try registry.register(StatedInForce.self)
    try registry.register(kind: InForce.self)
    try registry.register(StandardSensitivity.self)
    try registry.register(kind: Sensitivity.self)
    try registry.register(StandardValue.self)
    try registry.register(kind: Value.self)
    try registry.register(StandardCertificate.self)
    try registry.register(kind: Certification.self)
  }
}
