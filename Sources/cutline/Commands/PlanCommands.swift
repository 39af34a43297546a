internal import CutlineCore
internal import CutlineRun
internal import CutlineServe
internal import CutlineWorkspace

struct CheckCommand: Command {
  static let name = "check"
  static let group = CommandGroup.run
  static let summary = "Checks a configuration without reading any data."
  static let options = PlanOptions.options

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let asked = try PlanOptions.expand(
      arguments, registry: Plugins.registry(arguments, config: PlanOptions.path(arguments)))
    for note in asked.notes { Console.error("  \(note)") }
    Console.out("\(asked.path) is right: \(asked.plan.nodes.count) stages.\n")
    return .ok
  }
}

struct PlanCommand: Command {
  static let name = "plan"
  static let group = CommandGroup.run
  static let summary = "Prints the stages that a configuration leads to, in the waves in which they run."
  static let operands = ["[show]", "[PLAN]"]
  static let options =
    PlanOptions.options + PlanOptions.parts + [
      .flag("settings", "Print every setting with its origin."),
      .value("format", "NAME", "text (default), mermaid or dot: a drawing for Mermaid or Graphviz."),
    ]
  static let details = """
    Examples:
      cutline plan -c config.toml --settings
      cutline plan -c config.toml --format dot | dot -Tsvg > plan.svg
      cutline plan show portfolio > own.toml

    With show it prints a plan as it is written: a built-in one by its name, or the file of one's own at a path, checked.
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    if let word = arguments.operands.first { return try show(word, arguments) }
    let asked = try PlanOptions.expand(
      arguments, registry: Plugins.registry(arguments, config: PlanOptions.path(arguments)))
    let (plan, _) = try asked.part(arguments)
    for note in asked.notes { Console.error("  \(note)") }
    let form = try arguments.choice("format", PlanDrawing.Form.self) ?? .text
    Console.out(PlanDrawing(plan: plan, showsSettings: arguments.has("settings")).text(form))
    return .ok
  }

  private static func show(_ word: String, _ arguments: Arguments) throws -> ExitCode {
    guard word == "show" else {
      throw Faults.usage(
        "cutline plan \(word)", "is not a command\(DidYouMean.phrase(for: word, among: ["show"]))",
        "Name a configuration with --config PATH, or write cutline plan show PLAN.")
    }
    guard arguments.operands.count == 2 else {
      let names = BuiltInPlan.all.map(\.name)
      throw Faults.usage(
        "cutline plan show", "names no plan", "Built in: \(names.joined(separator: ", ")). Or name a file of your own.")
    }
    // Plugins of a configuration, where one is named: a plan may use their stages.
    let registry = try Plugins.registry(arguments, config: arguments["config"])
    Console.out(
      try PlanFile.text(of: arguments.operands[1], at: Place(source: "cutline plan show"), registry: registry))
    return .ok
  }
}

struct ListCommand: Command {
  static let name = "list"
  static let group = CommandGroup.stages
  static let summary = "Lists the stages that can be used, by kind."
  static let options: [Option] = [.flag("kinds", "Only the names of the kinds, one a line.")] + Plugins.options

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let registry = try Plugins.registry(arguments, config: arguments["config"])
    if arguments.has("kinds") {
      Console.out(registry.kinds.map { $0 + "\n" }.joined())
      return .ok
    }
    for kind in registry.kinds {
      let stages = registry.all.filter { $0.kind == kind }
      Console.out("\(kind): \(stages.first?.contract.summary ?? "")\n")
      let width = stages.map(\.name.count).max() ?? 0
      for stage in stages {
        let aliases = stage.aliases.isEmpty ? "" : " (also \(stage.aliases.joined(separator: ", ")))"
        Console.out(
          "  \(stage.name)\(String(repeating: " ", count: width - stage.name.count))  \(stage.summary)\(aliases)\n")
      }
    }
    return .ok
  }
}

struct DescribeCommand: Command {
  static let name = "describe"
  static let group = CommandGroup.stages
  static let summary = "Describes a stage: its ports, and every key with default, range, unit and meaning."
  static let operands = ["[KIND.NAME]"]
  static let options: [Option] =
    [
      .flag("all", "Describe every stage."),
      .flag("configuration", "Describe every key of the plan's table, as docs/configuration.md does."),
      .flag("api", "Describe the HTTP API: as OpenAPI 3.1, or with --markdown as docs/api.md does."),
      .flag("markdown", "Print Markdown, as in docs/stages.md."),
    ] + Plugins.options

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    if arguments.has("api") {
      Console.data(arguments.has("markdown") ? ApiPage.markdown : ApiPage.document(version: Tool.version))
      return .ok
    }
    let registry = try Plugins.registry(arguments, config: arguments["config"])
    if arguments.has("configuration") {
      let plan = try PlanExpansion.plan(of: arguments["config"])
      let page = ConfigurationPage(plan: plan, registry: registry)
      Console.out(arguments.has("markdown") ? page.markdown() : page.plain())
      return .ok
    }
    if arguments.has("all") {
      Console.out(StageReference(stages: registry.all, markdown: arguments.has("markdown")).text)
      return .ok
    }
    guard let operand = arguments.operands.first else {
      throw Faults.usage(
        "cutline describe", "names no stage",
        "Write for instance cutline describe search.exhaustive, --configuration or --all.")
    }
    let parts = operand.split(separator: ".", maxSplits: 1).map(String.init)
    let found: [StageDescription]
    if parts.count == 2 {
      found = [try registry.stage(kind: parts[0], name: parts[1], at: Place(source: "cutline describe"))]
    } else {
      found = registry.all.filter { $0.kind == operand }
      guard !found.isEmpty else {
        let hint = DidYouMean.phrase(for: operand, among: registry.kinds)
        throw Faults.usage(
          "cutline describe", "there is no kind \(operand)\(hint)", "Kinds: \(registry.kinds.joined(separator: ", ")).")
      }
    }
    Console.out(StageReference(stages: found, markdown: arguments.has("markdown")).text)
    return .ok
  }
}

struct VerifyCommand: Command {
  static let name = "verify"
  static let group = CommandGroup.run
  static let summary = "Checks that every file of a run is what the run wrote."
  static let operands = ["DIR"]

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let folder = arguments.operands[0]
    let (manifest, problems) = try RunVerification.problems(in: folder)
    guard problems.isEmpty else {
      for problem in problems { Console.error("\(folder): \(problem)") }
      Console.error(
        "error: \(folder): \(problems.count) of its files are not what the run wrote. Restore them or run again.")
      return .integrity
    }
    Console.out(
      "\(folder): all \(manifest.files.count) files match the manifest; results \(manifest.resultsDigest.prefix(16)).\n"
    )
    for failure in manifest.failures ?? [] {
      Console.out("It is what a FAILED run had finished. Stage \(failure.stage) failed: \(failure.message)\n")
    }
    return .ok
  }
}

struct SchemaCommand: Command {
  static let name = "schema"
  static let group = CommandGroup.run
  static let isCommon = false
  static let summary =
    "Prints the JSON Schema of configurations, with which an editor completes and checks config.toml."
  static let options = Plugins.options
  static let details = """
    Example:
      cutline schema > cutline.schema.json

    With --config it knows the plan and the plugins of that configuration. Editors with TOML support (Taplo, Even Better TOML) use it for files that begin with the line
      #:schema ./cutline.schema.json
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let registry = try Plugins.registry(arguments, config: arguments["config"])
    let plan = try PlanExpansion.plan(of: arguments["config"])
    Console.out(try ConfigurationSchema(registry: registry, plan: plan).text())
    return .ok
  }
}
