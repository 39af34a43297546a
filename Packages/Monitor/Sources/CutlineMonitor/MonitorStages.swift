public import CutlineCore

/// The stages of this module.
public enum MonitorStages {
  /// The kinds that only this package needs.
  private static let kinds: [any Kind.Type] = [
    Recent.self, Audit.self, Track.self, Stability.self, Trends.self, Alerts.self, Fairness.self, ScoreMetrics.self,
  ]

  public static func register(in registry: inout Registry) throws {
    for kind in kinds { try registry.register(kind: kind) }
    try registry.register(StandardRecent.self)
    try registry.register(StandardAudit.self)
    try registry.register(StandardTrack.self)
    try registry.register(StandardStability.self)
    try registry.register(StandardTrends.self)
    try registry.register(StandardAlerts.self)
    try registry.register(StandardFairness.self)
    try registry.register(StandardScoreMetrics.self)
  }
}
