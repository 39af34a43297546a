@_spi(Run) internal import CutlineCore
internal import CutlineData
internal import Foundation

struct InitCommand: Command {
  static let name = "init"
  static let group = CommandGroup.run
  static let summary = "Reads a file of applications and proposes a configuration for it."
  static let operands = ["FILE"]
  static let options: [Option] =
    [
      .value("output", short: "o", "PATH", "The configuration to write (default config.toml); an existing file stays."),
      .value("booked", "WORD", repeats: true, "A status of the file that means booked."),
      .value("rejected", "WORD", repeats: true, "A status of the file that means rejected."),
      .value("cancelled", "WORD", repeats: true, "A status of the file that means neither."),
      .value("score-reject", "WORD", repeats: true, "A reject reason of the file that is the score's."),
      .value(
        "column", "OURS=THEIRS", repeats: true,
        "What the file calls a column: status_name=Decision; score_rf and risk_score_rf name the scores."),
    ] + TableInput.options
  static let details = """
    Columns are recognised by their names and content, statuses by their words; periods, scores, bins (deciles) and
    special codes come from the data. Guesses are marked with ?. What only a person can know is said, here and at the top
    of the file, with the option that answers it; where nothing is, the configuration runs as it is:

      cutline init applications.csv
      cutline run
      cutline init antraege.csv --booked A --rejected D --column mis_date=Eingang

    Options that say how the file is read are written into the configuration.
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let path = arguments.operands[0]
    let output = arguments["output"] ?? "config.toml"
    guard !FileManager.default.fileExists(atPath: output) else {
      throw Faults.usage(output, "is there already", "Name another file with --output, or remove it.")
    }
    if SpooledPipes.isPipe(path) {
      throw Faults.usage(path, "is no file that a run could read again", "Write the table to a file first.")
    }
    let answers = try answers(arguments)
    let (table, marks) = try TableInput(arguments).readFindingMarks(path)
    // Relative paths of a configuration are looked for beside it, too.
    let draft = try ConfigurationDraft(table, path: path, answers: answers, marks: marks)
    let text = draft.text + reading(arguments, marks, draft.types)
    try NewFile.write(text, to: output)
    Console.error(
      draft.open.isEmpty
        ? "\(output): run it with cutline run --config \(output)"
        : "\(output): complete it before you run it")
    for sentence in marks.notes + draft.notes { Console.error("  \(sentence)") }
    if !draft.guesses.isEmpty {
      Console.error("  guessed, to be read before the first run:")
      for guess in draft.guesses { Console.error("    \(guess)") }
    }
    for sentence in draft.open { Console.error("  you must say \(sentence)") }
    return .ok
  }

  private static func answers(_ arguments: Arguments) throws -> DraftAnswers {
    var answers = DraftAnswers()
    answers.booked = arguments.all("booked")
    answers.rejected = arguments.all("rejected")
    answers.cancelled = arguments.all("cancelled")
    answers.scoreReject = arguments.all("score-reject")
    answers.columns = try arguments.all("column").map { word in
      // A column of the file may have the sign in its name, Cutline's have not.
      guard let equals = word.firstIndex(of: "="), equals > word.startIndex, word.index(after: equals) < word.endIndex
      else {
        throw Faults.usage(
          "--column \(word)", "is not OURS=THEIRS", "Write for instance --column status_name=Decision.")
      }
      return (String(word[..<equals]), String(word[word.index(after: equals)...]))
    }
    return answers
  }

  /// What was said about reading the file and what was found, as the source's settings.
  private static func reading(
    _ arguments: Arguments, _ marks: NumberMarks, _ found: [(column: String, type: String)]
  ) -> String {
    var entries: [String] = []
    for (key, mark) in [("decimal_mark", marks.decimal), ("thousands_mark", marks.thousands)] {
      if let mark { entries.append("\(key) = \(ConfigValue.quoted(String(mark)))") }
    }
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
      // As `TableInput` has it: a column's name may hold the sign.
      guard let equals = text.lastIndex(of: "=") else { continue }
      let parts = [String(text[..<equals]), String(text[text.index(after: equals)...])]
      if let at = types.firstIndex(where: { $0.0 == parts[0] }) {
        types[at].1.append(parts[1])
      } else {
        types.append((parts[0], [parts[1]]))
      }
    }
    for (column, type) in marks.types + found where !types.contains(where: { $0.0 == column }) {
      types.append((column, [type]))
    }
    if !types.isEmpty {
      let stated = types.map { name, forms in
        "\(ConfigValue.quoted(name)) = [\(forms.map(ConfigValue.quoted).joined(separator: ", "))]"
      }
      entries.append("types = { \(stated.joined(separator: ", ")) }")
    }
    return entries.isEmpty ? "" : "\n[stages.source]\nwith = { \(entries.joined(separator: ", ")) }\n"
  }
}
