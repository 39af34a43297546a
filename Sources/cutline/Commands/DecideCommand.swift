@_spi(Run) internal import CutlineCore
internal import CutlineDecide
internal import CutlineFlow
internal import CutlineWorkspace
internal import Foundation

/// Decisions of a policy: rules, a first model, a second, people.
struct DecideCommand: Command {
  static let name = "decide"
  static let group = CommandGroup.decisions
  static let summary = "Decides about applications by a policy: rules, a first and a second model, then people."
  static let operands = ["ACTION", "[POLICY]", "[TABLE]"]
  static let options: [Option] =
    [
      .value(
        "output", short: "o", "FILE",
        "run, keep: the new table, .csv, .xpt or .sas7bdat; model: the content of a version of kind model-set."),
      .value("as-of", "DAY", "run, one, tune: the day on which rules of a time are asked."),
      .value("lang", "CODE", "run, one, keep: sentences and names in this language: en, es, ru."),
      .value("recipe", "FILE", "model: the recipe of the model's features."),
      .flag("attach", "check: of a version, replace its gates by what is found now."),
    ] + DecideTuning.options + DecideKeeping.options + StoreOptions.writing
    + [.value("product", "NAME", "Of a version: its product (default: the only one).")] + TableInput.options
  static let details = """
    Actions:
      check POLICY               whether every part is there and fits, and what somebody should know of it
      run POLICY TABLE [-o FILE] counts by who decided; with -o one row an application
      one POLICY APPLICATION     one decision as JSON; APPLICATION is JSON, or - for standard input
      model MODEL -o FILE        a model with its recipe as content of a version of kind model-set
      tune POLICY TABLE --outcome COLUMN   the margins with the least loss, for each number of reviews
      keep TABLE --id COLUMN     decides by the policy in force of the store, and keeps a receipt of each row; a table that
                                 comes again decides nothing again. JSON or - in the place of TABLE: one application
      replay                     decides all kept ones again and compares: none may differ (exit 6); --with POLICY: what if

    POLICY is a file in TOML or JSON, or a version of the store, such as @active. docs/methods/escalation.md has the
    formulas.

    Examples:
      cutline decide check policy.toml
      cutline decide run policy.toml applications.csv -o decided.csv
      cutline decide one policy.toml '{"age": 40, "p_first": 0.2}'
      cutline decide tune policy.toml labelled.csv --outcome bad --margin 300 --lgd 0.6 --amount amount --cost 12
      cutline version create --kind policy --content policy.toml --token-file anna.token
      cutline decide keep applications.csv --id application_id --amounts amount --token-file anna.token
      cutline decide replay --from 2026-01-01 --with policy-2.toml --token-file anna.token
    """

  private enum Action: String, CaseIterable { case check, run, one, model, tune, keep, replay }

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let action = try StoreOptions.action(name, arguments, Action.self)
    try refuseOthers(action, arguments)
    func flow() throws -> DecisionFlow {
      try DecisionFlow(PolicyFiles.policy(StoreOptions.operand(1, "POLICY", arguments), arguments))
    }
    switch action {
    case .check: try check(flow(), arguments)
    case .run: try run(flow(), arguments)
    case .one: try one(flow(), arguments)
    case .model: try model(arguments)
    case .tune: try DecideTuning.run(flow(), arguments)
    case .keep: return try DecideKeeping.keep(arguments)
    case .replay: return try DecideKeeping.replay(arguments)
    }
    return .ok
  }

  /// An option of another action must not pass unheard.
  private static func refuseOthers(_ action: Action, _ arguments: Arguments) throws {
    var own: [String: [Action]] = [
      "output": [.run, .model, .keep], "as-of": [.run, .one, .tune], "lang": [.run, .one, .keep], "recipe": [.model],
      "id": [.keep], "application": [.keep], "request-key": [.keep], "amounts": [.keep], "from": [.replay],
      "to": [.replay], "with": [.replay],
    ]
    for option in DecideTuning.options { own[option.name] = [.tune] }
    for (name, actions) in own.sorted(by: { $0.key < $1.key })
    where !arguments.all(name).isEmpty && !actions.contains(action) {
      throw Faults.usage("--\(name)", "is not an option of decide \(action.rawValue)", "See cutline decide --help.")
    }
    let most = action == .replay ? 1 : action == .keep ? 2 : 3
    guard arguments.operands.count <= most else {
      throw Faults.usage(
        "cutline decide \(action.rawValue)", "does not take \"\(arguments.operands[most])\"",
        "See cutline decide --help.")
    }
    guard arguments.operands.count < 3 || [.run, .one, .tune].contains(action) else {
      throw Faults.usage(
        "cutline decide \(action.rawValue)", "takes one operand, and not \"\(arguments.operands[2])\" too",
        "See cutline decide --help.")
    }
  }

  private static func check(_ flow: DecisionFlow, _ arguments: Arguments) throws {
    if arguments.has("attach") {
      let (store, caller) = try StoreOptions.openAsCaller(arguments)
      let word = try StoreOptions.operand(1, "POLICY", arguments)
      _ = try store.checkPolicy(
        of: store.version(meant: word, product: arguments["product"], kind: .policy), by: caller)
    }
    try StoreOptions.print(PolicySummary(flow), arguments) { FlowText.text(flow.policy) }
  }

  /// What many applications hold, as a flow reads it.
  static func columns(_ flow: DecisionFlow, _ table: Table, of path: String, _ arguments: Arguments) throws
    -> FlowColumns
  {
    let asOf = try AnsweredTable.asOf(arguments, isNeeded: flow.policy.rules.isDated)
    return try FlowColumns(flow, rows: table.rowCount) { field in
      if field.name == "as_of", let asOf {
        return .moment([Double](repeating: Double(asOf.daysSince1960), count: table.rowCount), .date)
      }
      return try AnsweredTable.column(field.column, table, of: path).values
    }
  }

  private static func run(_ flow: DecisionFlow, _ arguments: Arguments) throws {
    let answered = try AnsweredTable("decide run", arguments, needsOutput: false)
    let table = try TableInput(arguments).read(answered.input)
    let records = flow.decide(try columns(flow, table, of: answered.input, arguments))
    if answered.output != nil { try answered.write(table, with: records.columns(language: arguments["lang"])) }
    let statistics = FlowStatistics(records)
    try StoreOptions.print(statistics, arguments) { FlowText.text(statistics) }
  }

  private static func one(_ flow: DecisionFlow, _ arguments: Arguments) throws {
    let text = try StoreOptions.operand(2, "APPLICATION", arguments)
    if let language = arguments["lang"] { try FlowRecords.check(language: language) }
    let asOf = try AnsweredTable.asOf(arguments, isNeeded: flow.policy.rules.isDated)
    let bytes = text == "-" ? Array(try FileHandle.standardInput.readToEnd() ?? Data()) : Array(text.utf8)
    var application = try ApplicationReader.read(bytes, flow)
    if let asOf { application["as_of"] = .day(asOf) }
    let decision = try flow.decide(application)
    let answer = try CanonicalJSON.encode(decision.answer(language: arguments["lang"]), pretty: true)
    Console.out(String(decoding: answer, as: UTF8.self) + "\n")
  }

  private static func model(_ arguments: Arguments) throws {
    guard let output = arguments["output"] else {
      throw Faults.usage("cutline decide model", "names no file to write", "Give --output FILE.")
    }
    let model = try PolicyFiles.model(StoreOptions.operand(1, "MODEL", arguments), recipe: arguments["recipe"])
    try NewFile.write(Data(model.json), to: output)
    Console.published()
    Console.error(
      "\(output): \(model.model.name), \(model.model.features.count) features, \(model.isCalibrated ? "calibrated" : "not said to be calibrated")"
    )
  }
}
