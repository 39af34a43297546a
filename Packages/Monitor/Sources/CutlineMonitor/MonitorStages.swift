public import CutlineCore

/// The stages of this module.
public enum MonitorStages {
  /// The kinds that only this package needs.
  private static let kinds: [any Kind.Type] = [Recent.self, Audit.self]

  public static func register(in registry: inout Registry) throws {
    for kind in kinds { try registry.register(kind: kind) }
    try registry.register(StandardRecent.self)
    try registry.register(StandardAudit.self)
  }
}
