internal import CutlineCore

/// Where a command stands in `cutline --help`.
enum CommandGroup: String, CaseIterable {
  case run = "From applications to a strategy"
  case strategies = "Strategies on any table of cells"
  case models = "Models"
  case tables = "Tables"
  case decisions = "What people decide"
  case stages = "Stages and plugins"
}

/// One word of the command line: `cutline run`.
protocol Command: Sendable {
  static var name: String { get }
  static var group: CommandGroup { get }
  /// Whether `cutline --help` lists it; `cutline help --all` lists every one.
  static var isCommon: Bool { get }
  /// One sentence.
  static var summary: String { get }
  /// Names of the operands; an optional one stands in brackets.
  static var operands: [String] { get }
  static var options: [Option] { get }
  /// Further help: examples, formats.
  static var details: String { get }
  static func run(_ arguments: Arguments) async throws -> ExitCode
}

extension Command {
  static var isCommon: Bool { true }
  static var operands: [String] { [] }
  static var options: [Option] { [] }
  static var details: String { "" }

  /// Its own options, and what every command takes.
  static var accepted: [Option] { options + [.showValues] }

  /// What `--help` prints.
  static var help: String {
    var text = "cutline \(name)" + operands.map { " \($0)" }.joined() + " [OPTIONS]\n\n\(summary)\n"
    let width = accepted.map(\.usage.count).max() ?? 0
    text += "\nOptions:\n"
    for option in accepted {
      text += "  \(option.usage)\(String(repeating: " ", count: width - option.usage.count))  \(option.help)\n"
    }
    return details.isEmpty ? text : text + "\n" + details + "\n"
  }
}
