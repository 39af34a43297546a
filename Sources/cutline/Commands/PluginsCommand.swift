internal import CutlineCore

struct PluginsCommand: Command {
  static let name = "plugins"
  static let group = CommandGroup.stages
  static let isCommon = false
  static let summary = "Lists the plugins that are loaded and the built-in modules, with their stages."
  static let options = Plugins.options
  static let details = """
    Examples:
      cutline plugins
      cutline plugins --plugin .build/debug/libMyPlugin.so
      cutline plugins -c config.toml        the plugins under [plugins] load = [...]

    A plugin must be built for this very cutline: docs/plugins-native.md shows how.
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let registry = try Plugins.registry(arguments, config: arguments["config"])
    for owner in registry.owners {
      Console.out("\(owner.name) \(owner.version)\(owner.summary.isEmpty ? "" : ": \(owner.summary)")\n")
      Console.out("  from    \(owner.library?.path ?? "built in")\n")
      if let sha256 = owner.library?.sha256 { Console.out("  sha256  \(sha256)\n") }
      let stages = registry.stages(of: owner).map { "\($0.kind).\($0.name)" }
      Console.out("  stages  \(stages.joined(separator: ", "))\n")
    }
    let own = PluginInterface.own
    Console.out("Plugins need interface \(own.number) of Core and the toolchain \(own.toolchain).\n")
    return .ok
  }
}
