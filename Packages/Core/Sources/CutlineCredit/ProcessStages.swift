public import CutlineCore

/// The stage `process` of every kind of the field.
public enum ProcessStages {
  public static func register(in registry: inout Registry) throws {
    try registry.register(ProcessStage<Source>.self)
    try registry.register(ProcessStage<Quality>.self)
    try registry.register(ProcessStage<Prepare>.self)
    try registry.register(ProcessStage<Train>.self)
    try registry.register(ProcessStage<Exposure>.self)
    try registry.register(ProcessStage<ModelFiles>.self)
    try registry.register(ProcessStage<InferRejects>.self)
    try registry.register(ProcessStage<Cells>.self)
    try registry.register(ProcessStage<Search>.self)
    try registry.register(ProcessStage<Scenarios>.self)
    try registry.register(ProcessStage<StrategyTables>.self)
    try registry.register(ProcessStage<CompareSurfaces>.self)
    try registry.register(ProcessStage<CompareFrontiers>.self)
  }
}
