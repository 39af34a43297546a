internal import CutlineCore
internal import CutlineCredit
internal import CutlineData
internal import CutlineFormats
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

/// A strategy of a run for a decision engine.
struct ExportCommand: Command {
  static let name = "export"
  static let group = CommandGroup.strategies
  static let summary =
    "Writes a strategy of a run as rules in raw scores: SQL, DMN, PMML, JSON, C, CSV or a spreadsheet."
  static let operands = ["RUN"]
  static let options: [Option] =
    [
      .value("format", "FORMAT", "sql, dmn, pmml, json, c, csv or xlsx."),
      .value("scenario", "NAME", "Which strategy of the run, or of --cutoffs (default base); force: the one in force."),
      StatedStrategies.option,
      .value("output", short: "o", "PATH", "The file to write; standard output without it (not for xlsx)."),
      .value("name", "TEXT", "What the strategy is called (default the scenario's name)."),
      .value("column", "A=B", repeats: true, "The column A of the run is called B where the rules are used."),
      .value("table", "NAME", "sql: the table that is read (default applications)."),
      .value("decision", "NAME", "sql: the column that is added (default decision)."),
      .value("dialect", "NAME", "sql: ansi (SQLite, PostgreSQL, DuckDB; default), tsql or oracle."),
      .value("function", "NAME", "c: the name of the function (default cutline_decide)."),
      .value(
        "check", "FILE", "Decides each row of this table by the exported rules and by the run's grid, and compares."),
      .flag("force", "Replace a file that is there."),
    ]
  static let details = """
    Each row is answered by accept, reject, keep (outside the grid, today's decision stands) or outside (the strategy says
    nothing of it: a missing score, a code). All formats answer alike, at the edges, too. docs/methods/exports.md has them.

    Examples:
      cutline export output/all --format sql -o strategy.sql
      cutline export output/all --scenario base --format dmn --column score_rf=applicationScore -o strategy.dmn
      cutline export output/all --format json --check applications.csv.gz -o strategy.json
      cutline export output/all --cutoffs committee.csv --scenario committee --format sql -o committee.sql
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    guard let word = arguments["format"] else {
      throw Faults.usage(
        "cutline export", "names no format", "Give --format with one of \(formats.joined(separator: ", ")).")
    }
    guard formats.contains(word) else {
      throw Faults.usage(
        "--format", "\"\(word)\" is not known\(DidYouMean.phrase(for: word, among: formats))",
        "It may be \(formats.joined(separator: ", ")).")
    }
    let options = try self.options(arguments, word)
    let run = try StoredStrategy(
      StatedStrategies.added(to: VerifiedRun(arguments.operands[0]), arguments),
      scenario: arguments["scenario"] ?? "base", name: arguments["name"],
      columns: columns(arguments.all("column")))
    if let remark = run.rules.header.remark { Console.error("  \(run.rules.header.name): \(remark)") }
    if let file = arguments["check"] {
      let count = try ExportCheck(run).compare(TableReader.read(file, options: ReadOptions()).table, of: file)
      Console.error("\(file): \(count)")
    }
    let output = arguments["output"]
    if word == xlsx {
      guard let output else {
        throw Faults.usage("--format xlsx", "is no text for standard output", "Give --output strategy.xlsx.")
      }
      let book = StrategyWorkbook(
        run.rules, strategy: run.strategy, cells: run.cells, outside: run.outside, bookedRows: run.bookedRows)
      try write(try book.bytes(), to: output, force: arguments.has("force"))
    } else {
      let text = try StrategyExport.text(
        of: run.rules, as: StrategyExport.Format(rawValue: word) ?? .json, options: options)
      guard let output else {
        Console.data(text)
        return .ok
      }
      try write(Data(text.utf8), to: output, force: arguments.has("force"))
    }
    let rules = run.rules
    Console.error("\(output ?? ""): \(rules.header.name), \(rules.scores.count) scores, \(rules.rules.count) rules")
    return .ok
  }

  private static let xlsx = "xlsx"
  private static let formats = StrategyExport.Format.allCases.map(\.rawValue) + [xlsx]

  /// An option of another format must not pass unheard.
  private static func options(_ arguments: Arguments, _ format: String) throws -> StrategyExport.Options {
    var options = StrategyExport.Options()
    for (name, only) in [("table", "sql"), ("decision", "sql"), ("dialect", "sql"), ("function", "c")] {
      guard let value = arguments[name] else { continue }
      guard format == only else {
        throw Faults.usage("--\(name)", "has no effect with --format \(format)", "It is an option of --format \(only).")
      }
      switch name {
      case "table": options.table = value
      case "decision": options.column = value
      case "function": options.function = value
      default: options.dialect = try arguments.choice("dialect", StrategyExport.Dialect.self) ?? .ansi
      }
    }
    return options
  }

  private static func columns(_ words: [String]) throws -> [String: String] {
    var names: [String: String] = [:]
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, names[parts[0]] == nil else {
        throw Faults.usage("--column \(word)", "is not A=B, or names A twice", "Write --column score_rf=SCORE.")
      }
      names[parts[0]] = parts[1]
    }
    return names
  }

  private static func write(_ data: Data, to path: String, force: Bool) throws {
    if force { try NewFile.replace(data, to: path) } else { try NewFile.write(data, to: path) }
  }
}
