internal import CutlineCore
internal import CutlineWorkspace

/// What segments are run with.
struct ConfigCommand: Command {
  static let name = "config"
  static let group = CommandGroup.run
  static let isCommon = false
  static let summary =
    "Shows in which settings two segments, or a segment and the configuration, differ, and who says so."
  static let operands = ["diff", "A", "B"]
  static let options: [Option] = BatchCommand.segmentOptions + [.flag("json", "Print as JSON.")]
  static let details = """
    A and B are segments of segments.toml, or base for the configuration under them.

    What a segment says goes before the configuration, what --set says before both, and tables are merged key by key; where
    nobody says anything the default stands.

    Examples:
      cutline config diff premium base
      cutline config diff no_premium_ab no_premium_cd --segments-config segments.toml
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    guard arguments.operands[0] == "diff" else {
      let word = arguments.operands[0]
      throw Faults.usage(
        "cutline config \(word)", "is not a command\(DidYouMean.phrase(for: word, among: ["diff"]))",
        "Write cutline config diff A B.")
    }
    let path = PlanOptions.path(arguments)
    let registry = try Plugins.registry(arguments, config: path)
    let difference = try ConfigurationDifference(
      Array(arguments.operands.dropFirst()),
      BatchConfiguration(path, settings: arguments.all("set"), registry: registry), BatchCommand.file(arguments),
      registry: registry)
    if arguments.has("json") {
      Console.out(String(decoding: try CanonicalJSON.encode(difference.lines, pretty: true), as: UTF8.self) + "\n")
      return .ok
    }
    guard !difference.lines.isEmpty else {
      Console.out("\(difference.names[0]) and \(difference.names[1]) are run with the same settings.\n")
      return .ok
    }
    var table = TextTable(["key", difference.names[0], "", difference.names[1], ""], textColumns: 5)
    for line in difference.lines {
      table.add([line.key] + [line.a, line.b].flatMap { [shortened($0.value ?? "—"), $0.origin] })
    }
    Console.out(table.text)
    return .ok
  }

  private static func shortened(_ text: String) -> String { text.count <= 60 ? text : text.prefix(59) + "…" }
}
