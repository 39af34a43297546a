internal import CutlineAllocate
internal import CutlineCore
internal import CutlineCredit
internal import CutlineData
internal import CutlineDecide
internal import CutlineModels
internal import CutlineMonitor
internal import CutlineOptimize
internal import CutlineReport
internal import ExamplePlugin

/// The composition root: every stage that this tool knows.
enum Plugins {
  /// The built-in modules; one line each.
  private static let modules: [(name: String, register: @Sendable (inout Registry) throws -> Void)] = [
    ("CutlineData", { try DataStages.register(in: &$0) }),
    ("CutlineModels", { try ModelStages.register(in: &$0) }),
    ("CutlineDecide", { try DecideStages.register(in: &$0) }),
    ("CutlineOptimize", { try OptimizeStages.register(in: &$0) }),
    ("CutlineAllocate", { try AllocateStages.register(in: &$0) }),
    ("CutlineMonitor", { try MonitorStages.register(in: &$0) }),
    ("CutlineReport", { try ReportStages.register(in: &$0) }),
    ("CutlineCredit", { try CreditKinds.register(in: &$0) }),
    ("ExamplePlugin", { try ExampleStages.register(in: &$0) }),
  ]

  /// The built-in stages.
  static func registry() throws -> Registry {
    var registry = Registry()
    for module in modules {
      try registry.owned(by: StageOwner(name: module.name, version: Tool.version)) { try module.register(&$0) }
    }
    return registry
  }
}
