internal import CutlineCore
internal import CutlineWorkspace
internal import Foundation

struct NewPluginCommand: Command {
  static let name = "new-plugin"
  static let group = CommandGroup.stages
  static let summary = "Writes the folder of a plugin with one stage: it builds and its tests pass as it comes out."
  static let operands = ["NAME"]
  static let options: [Option] = [
    .value("kind", "KIND", "The stage's kind: see cutline list (required)."),
    .value("output", short: "o", "DIR", "The folder (default NAME)."),
    .value("prefix", "PREFIX", "Where cutline is installed (default: where this one is)."),
  ]
  static let details = """
    Examples:
      cutline new-plugin my-search --kind search
      cutline new-plugin my-rejects --kind infer-rejects --output plugins/my-rejects

    NAME, in kebab-case, is the name of the plugin and of its stage. The folder's README.md says how to build, test and
    use it.
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let name = arguments.operands[0]
    let registry = try Plugins.registry()
    guard let kind = arguments["kind"] else {
      let kinds = registry.contracts.filter { $0.baseline != nil }.map(\.name)
      throw Faults.usage(
        "cutline new-plugin", "no kind is named", "Add --kind with one of \(kinds.joined(separator: ", ")).")
    }
    // A name that is taken, or a word of Swift, would build and never load, or not build.
    let taken = registry.all.filter { $0.kind == kind }.flatMap { [$0.name] + $0.aliases }
    guard !taken.contains(name), !["self", "type", "protocol", "any", "some"].contains(name) else {
      throw Faults.usage(
        "cutline new-plugin",
        taken.contains(name) ? "there is a \(kind).\(name) already" : "\(name) is a word of Swift",
        "Choose another name.")
    }
    let plugin = try NewPlugin(
      name: name, kind: kind, kinds: registry.contracts,
      usage: { try usage(of: name, as: $0, registry) }, prefix: { try prefix(arguments) })
    let folder = arguments["output"] ?? name
    try plugin.write(to: folder)
    Console.out(
      """
      \(folder): a plugin with the stage \(kind).\(name). Next:

        cd \(folder)
        swift build -c release
        swift test
        \(plugin.prefix)/bin/cutline plugins --plugin .build/release/lib\(plugin.module).so

      """)
    return .ok
  }

  /// In the place of the plan's stage of that kind; where it has none, as a stage of its own, connected by type.
  private static func usage(of name: String, as kind: KindDescription, _ registry: Registry) throws -> String {
    let plan = try PlanExpansion.plan(of: nil).requests
    if let own = plan.first(where: { $0.kind == kind.name }) { return "[stages.\(own.id)]\nuse = \"\(name)\"" }
    // What no stage of the plan gives is made by a stage that holds such stages in a setting.
    let holder = try plan.first { stage in
      try registry.stage(kind: stage.kind, name: stage.use, at: .default).fields.contains { $0.form.holds(kind.name) }
    }
    if let holder, let stage = try? registry.stage(kind: holder.kind, name: holder.use, at: .default),
      let field = stage.fields.first(where: { $0.form.holds(kind.name) })
    {
      return "[stages.\(holder.id)]\nwith = { \(field.key) = [\"\(name)\"] }"
    }
    let ports = try kind.ports.compactMap { port -> String? in
      let source = try plan.first { stage in
        let output = try registry.stage(kind: stage.kind, name: stage.use, at: .default).output
        return ObjectIdentifier(output) == ObjectIdentifier(port.type)
      }
      return source.map { "\(port.name) = " + (port.takesMany ? "[\"\($0.id)\"]" : "\"\($0.id)\"") }
    }
    return
      "[[stage]]\nid = \"\(name)\"\nkind = \"\(kind.name)\"\nuse = \"\(name)\"\nfrom = { \(ports.joined(separator: ", ")) }"
  }

  /// - Throws: `Faults` (usage) when nothing to build plugins against is there.
  private static func prefix(_ arguments: Arguments) throws -> String {
    let path = arguments["prefix"] ?? ProgramIdentity.folder + "/.."
    let prefix = URL(fileURLWithPath: path).standardizedFileURL.path
    guard FileManager.default.fileExists(atPath: "\(prefix)/lib/cutline/modules/CutlineCore.swiftmodule") else {
      throw Faults.usage(
        arguments["prefix"].map { "--prefix \($0)" } ?? "cutline new-plugin",
        "cutline is not installed in \(prefix), so there is nothing to build a plugin against",
        "Install it with scripts/install PREFIX, and name that with --prefix.")
    }
    return prefix
  }
}
