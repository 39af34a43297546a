public import CutlineCore

/// The kinds of this module. Each one owns its ports, laws, specimens, baseline and short form for programs.
public enum CreditKinds {
  public static let all: [any Kind.Type] = [
    Source.self,
    Quality.self,
    Prepare.self,
    Cubes.self,
    Profiles.self,
    Fit.self,
    Train.self,
    Exposure.self,
    ModelFiles.self,
    InferRejects.self,
    Rates.self,
    Cells.self,
    Search.self,
    Scenarios.self,
    StrategyTables.self,
  ]

  /// Registers them with the stage `process` of each.
  public static func register(in registry: inout Registry) throws {
    for kind in all { try registry.register(kind: kind) }
  }
}
