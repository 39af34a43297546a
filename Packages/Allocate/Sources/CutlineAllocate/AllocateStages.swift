public import CutlineCore

/// The stages of this module.
public enum AllocateStages {
  public static func register(in registry: inout Registry) throws {
    try registry.register(kind: Allocate.self)
    try registry.register(ExactAllocation.self)
    try registry.register(JointAllocation.self)
    try registry.register(GreedyAllocation.self)
    try registry.register(MilpAllocation.self)
  }
}
