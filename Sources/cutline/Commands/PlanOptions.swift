internal import CutlineCore
internal import CutlineWorkspace
internal import Foundation

/// The options that say which plan is meant, shared by run, check and plan.
enum PlanOptions {
  static let options: [Option] = [
    .value("config", short: "c", "PATH", "Configuration file (default config.toml)."),
    .value("model-path", short: "m", "DIR", "Use the models of another run instead of training."),
    .flag("training-only", short: "t", "Stop after the models: no search."),
    .flag("skip-dq-checks", "Leave the data-quality checks out; every result says so."),
    .value("set", "KEY=VALUE", repeats: true, "Override a setting; a lone key is one of [preprocessing]."),
    Plugins.option,
  ]

  /// Which part of the plan.
  static let parts: [Option] = [
    .value(
      "from", "STAGE", repeats: true, "Run this stage and all that depends on it, even where nothing has changed."),
    .value("until", "STAGE", repeats: true, "Only this stage and all that it needs; the folder then holds no more."),
  ]

  /// The part of the plan that is asked for, and the stages that must run anew.
  static func part(of plan: Plan, _ arguments: Arguments) throws -> (plan: Plan, anew: Set<String>) {
    let until = arguments.all("until")
    let part = until.isEmpty ? plan : try plan.until(until, at: Place(source: "--until"))
    let from = arguments.all("from")
    return (part, from.isEmpty ? [] : try part.downstream(of: from, at: Place(source: "--from")))
  }

  static func path(_ arguments: Arguments) -> String { arguments["config"] ?? "config.toml" }

  static func expand(_ arguments: Arguments, registry: Registry) throws -> (
    plan: Plan, expansion: PortfolioPlan, path: String
  ) {
    let path = path(arguments)
    let document = try ConfigDocument.load(path, settings: arguments.all("set"))
    let changes = PortfolioPlan.Changes(
      modelPath: arguments["model-path"], trainingOnly: arguments.has("training-only"),
      skipQuality: arguments.has("skip-dq-checks"))
    let expansion = try PortfolioPlan(document, changes: changes, registry: registry)
    return (try Plan(expansion.requests, registry: registry, seed: expansion.seed), expansion, path)
  }
}
