internal import CutlineCore
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

/// The options that say which plan is meant, shared by run, check and plan.
enum PlanOptions {
  static let options: [Option] = [
    .value("config", short: "c", "PATH", "Configuration file (default config.toml)."),
    .value("model-path", short: "m", "DIR", "Use the models of another run instead of training."),
    .flag("training-only", short: "t", "Stop after the models and what explains them: no search."),
    .flag("skip-dq-checks", "Leave the data-quality checks out; every result says so."),
    .value(
      "set", "KEY=VALUE", repeats: true, "Override a setting; a lone key is one of the plan's table ([preprocessing])."),
    Plugins.option,
  ]

  /// Which part of the plan.
  static let parts: [Option] = [
    .value(
      "from", "STAGE", repeats: true, "Run this stage and all that depends on it, even where nothing has changed."),
    .value(
      "until", "STAGE", repeats: true,
      "Only this stage, or goal of the plan, and all that it needs; the folder then holds no more."),
  ]

  /// What the arguments lead to.
  struct Asked {
    /// Without what `--training-only` leaves out.
    let plan: Plan
    let expansion: PlanExpansion
    let path: String
    /// How the configuration was understood.
    let notes: [String]
    /// The stages of `--until`.
    let until: [String]

    /// The part of the plan that is asked for, and the stages that must run anew.
    func part(_ arguments: Arguments) throws -> (plan: Plan, anew: Set<String>) {
      let part = until.isEmpty ? plan : try plan.until(until, at: Place(source: "--until"))
      let from = arguments.all("from")
      return (part, from.isEmpty ? [] : try part.downstream(of: from, at: Place(source: "--from")))
    }
  }

  static func path(_ arguments: Arguments) -> String { arguments["config"] ?? "config.toml" }

  /// - Parameters:
  ///   - added: stages that a command adds where the plan has none of their id.
  ///   - completed: what it still fills in when the keys of the table have filled theirs.
  static func expand(
    _ arguments: Arguments, registry: Registry, added: [StageRequest] = [],
    completed: @escaping @Sendable (inout [StageRequest]) -> Void = { _ in }
  ) throws -> Asked {
    let changes = PlanChanges(
      modelPath: arguments["model-path"], skipQuality: arguments.has("skip-dq-checks"), added: added,
      completed: completed)
    let expansion = try PlanExpansion(
      path(arguments), settings: arguments.all("set"), changes: changes, registry: registry)
    var plan = try expansion.checked(registry)
    if arguments.has("training-only") {
      plan = try expansion.part(of: plan, until: ["training-only"], at: Place(source: "--training-only"))
    }
    let until = try expansion.stages(arguments.all("until"), of: plan, at: Place(source: "--until"))
    let notes = expansion.notes + [expansion.note(on: plan)].compactMap { $0 }
    return Asked(plan: plan, expansion: expansion, path: path(arguments), notes: notes, until: until)
  }
}
