internal import CutlineCore
internal import CutlineData
internal import Foundation

struct InitCommand: Command {
  static let name = "init"
  static let group = CommandGroup.run
  static let summary = "Reads a file of applications and proposes a configuration for it."
  static let operands = ["FILE"]
  static let options: [Option] =
    [.value("output", short: "o", "PATH", "The configuration to write (default config.toml); an existing file stays.")]
    + TableInput.options
  static let details = """
    Columns are recognised by their names and content, statuses by their words; periods, scores, bins (deciles) and
    special codes come from the data. Guesses are marked with ?. What only a person can know is said, here and at the top
    of the file; where nothing is, the configuration runs as it is:

      cutline init applications.csv
      cutline run

    Options that say how the file is read are written into the configuration.
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let path = arguments.operands[0]
    let output = arguments["output"] ?? "config.toml"
    guard !FileManager.default.fileExists(atPath: output) else {
      throw Faults.usage(output, "is there already", "Name another file with --output, or remove it.")
    }
    var status = stat()
    if path == "-" || stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG {
      throw Faults.usage(path, "is no file that a run could read again", "Write the table to a file first.")
    }
    let table = try TableInput(arguments).read(path)
    // Relative paths of a configuration are looked for beside it, too.
    let draft = try ConfigurationDraft(table, path: path)
    let text = draft.text + reading(arguments, draft.types)
    try NewFile.write(text, to: output)
    Console.error(
      draft.open.isEmpty
        ? "\(output): run it with cutline run --config \(output)"
        : "\(output): it cannot run before you have completed it")
    for sentence in draft.notes { Console.error("  \(sentence)") }
    for sentence in draft.open { Console.error("  you must say \(sentence)") }
    return .ok
  }

  /// What was said about reading the file, as the source's settings.
  private static func reading(_ arguments: Arguments, _ found: [(column: String, type: String)]) -> String {
    var entries: [String] = []
    for (option, key) in [
      ("format", "format"), ("member", "member"), ("encoding", "encoding"), ("decimal-mark", "decimal_mark"),
      ("thousands-mark", "thousands_mark"), ("delimiter", "delimiter"), ("comment", "comment"), ("quote", "quote"),
      ("escape", "escape"),
    ] {
      if let value = arguments[option] { entries.append("\(key) = \(ConfigValue.quoted(value))") }
    }
    for (option, key) in [("skip-lines", "skip_lines"), ("expansion-limit", "expansion_limit")] {
      if let value = arguments[option] { entries.append("\(key) = \(value)") }
    }
    for (option, key) in [("date-format", "date_formats"), ("missing", "missing_tokens")]
    where !arguments.all(option).isEmpty {
      entries.append("\(key) = [\(arguments.all(option).map(ConfigValue.quoted).joined(separator: ", "))]")
    }
    if arguments.has("no-header") { entries.append("header = false") }
    var types: [(String, [String])] = []
    for text in arguments.all("type") {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { continue }
      if let at = types.firstIndex(where: { $0.0 == parts[0] }) {
        types[at].1.append(parts[1])
      } else {
        types.append((parts[0], [parts[1]]))
      }
    }
    for (column, type) in found where !types.contains(where: { $0.0 == column }) { types.append((column, [type])) }
    if !types.isEmpty {
      let stated = types.map { name, forms in
        "\(ConfigValue.quoted(name)) = [\(forms.map(ConfigValue.quoted).joined(separator: ", "))]"
      }
      entries.append("types = { \(stated.joined(separator: ", ")) }")
    }
    return entries.isEmpty ? "" : "\n[stages.source]\nwith = { \(entries.joined(separator: ", ")) }\n"
  }
}
