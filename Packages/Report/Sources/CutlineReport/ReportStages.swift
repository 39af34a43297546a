public import CutlineCore

/// The stages of this module.
public enum ReportStages {
  public static func register(in registry: inout Registry) throws {
    try registry.register(StandardTables.self)
    try registry.register(SurfaceComparison.self)
    try registry.register(FrontierComparison.self)
  }
}
