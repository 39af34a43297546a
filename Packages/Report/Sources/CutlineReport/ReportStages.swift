public import CutlineCore

/// The stages of this module.
public enum ReportStages {
  /// The kinds that only this package needs.
  private static let kinds: [any Kind.Type] = [
    CompareSurfaces.self, CompareFrontiers.self, Decisions.self, Evaluation.self, ReportPages.self,
  ]

  public static func register(in registry: inout Registry) throws {
    for kind in kinds { try registry.register(kind: kind) }
    try registry.register(StandardTables.self)
    try registry.register(SurfaceComparison.self)
    try registry.register(FrontierComparison.self)
    try registry.register(StandardEvaluation.self)
    try registry.register(StandardDecisions.self)
    try registry.register(StandardReport.self)
  }
}
