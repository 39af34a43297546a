internal import CutlineCore
internal import CutlineWorkspace

struct CheckCommand: Command {
  static let name = "check"
  static let summary = "Checks a configuration without reading any data."
  static let options = PlanOptions.options

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let (plan, expansion, path) = try PlanOptions.expand(
      arguments, registry: Plugins.registry(arguments, config: PlanOptions.path(arguments)))
    for note in expansion.notes { Console.error("  \(note)") }
    Console.out("\(path) is right: \(plan.nodes.count) stages.\n")
    return .ok
  }
}

struct PlanCommand: Command {
  static let name = "plan"
  static let summary = "Prints the stages that a configuration leads to, in the waves in which they run."
  static let options =
    PlanOptions.options + PlanOptions.parts + [
      .flag("settings", "Print every setting with its origin."),
      .value("format", "NAME", "text (default), mermaid or dot: a drawing for Mermaid or Graphviz."),
    ]
  static let details = """
    Examples:
      cutline plan -c config.toml --settings
      cutline plan -c config.toml --format dot | dot -Tsvg > plan.svg
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let (whole, expansion, _) = try PlanOptions.expand(
      arguments, registry: Plugins.registry(arguments, config: PlanOptions.path(arguments)))
    let (plan, _) = try PlanOptions.part(of: whole, arguments)
    for note in expansion.notes { Console.error("  \(note)") }
    let form = try arguments.choice("format", PlanDrawing.Form.self) ?? .text
    Console.out(PlanDrawing(plan: plan, showsSettings: arguments.has("settings")).text(form))
    return .ok
  }
}

struct ListCommand: Command {
  static let name = "list"
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
  static let summary = "Describes a stage: its ports, and every key with default, range, unit and meaning."
  static let operands = ["[KIND.NAME]"]
  static let options: [Option] =
    [
      .flag("all", "Describe every stage."), .flag("markdown", "Print Markdown, as in docs/stages.md."),
    ] + Plugins.options

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let registry = try Plugins.registry(arguments, config: arguments["config"])
    if arguments.has("all") {
      Console.out(StageReference(stages: registry.all, markdown: arguments.has("markdown")).text)
      return .ok
    }
    guard let operand = arguments.operands.first else {
      throw Faults.usage(
        "cutline describe", "names no stage", "Write for instance cutline describe search.exhaustive, or --all.")
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
  static let summary =
    "Prints the JSON Schema of configurations, with which an editor completes and checks config.toml."
  static let options = Plugins.options
  static let details = """
    Example:
      cutline schema > cutline.schema.json

    Editors with TOML support (Taplo, Even Better TOML) use it for files that begin with the line
      #:schema ./cutline.schema.json
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    Console.out(try ConfigurationSchema(registry: Plugins.registry(arguments, config: arguments["config"])).text())
    return .ok
  }
}
