internal import CutlineCore
internal import CutlineData
internal import CutlineModels
internal import CutlineOptimize
internal import CutlineReport

/// The composition root: every stage that this tool knows.
enum Plugins {
  static func registry() throws -> Registry {
    var registry = Registry()
    try DataStages.register(in: &registry)
    try ModelStages.register(in: &registry)
    try OptimizeStages.register(in: &registry)
    try ReportStages.register(in: &registry)
    return registry
  }
}
