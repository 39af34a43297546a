@_spi(Run) internal import CutlineCore
internal import CutlineData
internal import CutlineDecide
internal import CutlineRules
internal import CutlineWorkspace
internal import Foundation

/// Tables of rules: what they say, whether they are proved, what they say of applications, how two of them differ.
struct RulesCommand: Command {
  static let name = "rules"
  static let group = CommandGroup.decisions
  static let summary = "Proves tables of rules, asks them about tables, compares them, and takes them to DMN and back."
  static let operands = ["ACTION", "RULES", "[TABLE]"]
  static let options: [Option] =
    [
      .value(
        "output", short: "o", "FILE",
        "run: the new table, .csv, .xpt or .sas7bdat; check: its gates; export, import: the file."),
      .value(
        "format", "NAME", "export, import: dmn, toml or json; else that of TABLE: auto, sas7bdat, xpt, parquet or csv."),
      .value("as-of", "DAY", "run, compare: the day on which rules of a time are asked."),
      .value("lang", "CODE", "run: also the sentence of the reason in this language, such as en, es, ru."),
      .value("with", "RULES", "compare: the other table, the new one."),
      .value("decision", "NAME", "import: of a DMN file with several tables, which."),
      .flag("attach", "check: of a version, replace its proof by this one."),
      .flag("force", "export, import: replace a file that is there."),
    ] + StoreOptions.writing + [.value("product", "NAME", "Of a version: its product (default: the only one).")]
    + TableInput.options.filter { $0.name != "format" }
  static let details = """
    Actions:
      show RULES                 its fields and rules
      check RULES                whether it is total, without overlap where the hit policy says so, every rule reachable,
                                 missing values included; each mistake with a record that shows it. Exit 4 where it is
                                 not proved
      run RULES TABLE -o FILE    one row an application: action, deciding rule, all rules that are true or unknown
      compare RULES --with NEW [TABLE]   what differs; with TABLE who gets another outcome, and by which rules
      export RULES --format F -o FILE    to DMN XML, TOML or JSON
      import FILE --format F -o FILE     of DMN XML, as TOML, or JSON where FILE ends so

    RULES is a TOML or JSON file, a table that comes with the program (\(BuiltInRules.names.joined(separator: ", "))), or a version of the store.
    docs/methods/rules.md has the language.

    Examples:
      cutline rules show escalation
      cutline rules check rules.toml
      cutline rules run escalation applications.csv --lang en -o checked.csv
      cutline rules export rules.toml --format dmn -o rules.dmn
      cutline version create --kind rules --content rules.toml --token-file anna.token
      cutline rules compare @active --with v2 applications.csv
    """

  private enum Action: String, CaseIterable { case show, check, run, compare, export, `import` }

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    func table() throws -> RuleTable { try RuleFiles.table(StoreOptions.operand(1, "RULES", arguments), arguments) }
    switch try StoreOptions.action(name, arguments, Action.self) {
    case .show:
      let table = try table()
      try StoreOptions.print(table.sheet, arguments) { RulesText.text(table) }
    case .check: return try check(arguments)
    case .run: try run(RuleProgram(table()), arguments)
    case .compare: try compare(table(), arguments)
    case .export: try RuleFiles.export(arguments)
    case .import: try RuleFiles.import(arguments)
    }
    return .ok
  }

  private static func check(_ arguments: Arguments) throws -> ExitCode {
    let word = try StoreOptions.operand(1, "RULES", arguments)
    let table = try RuleFiles.table(word, arguments)
    let proof = RuleProver.proof(of: RuleProgram(table))
    if let output = arguments["output"] {
      try NewFile.write(Data(proof.gates(digest: Digest.of(table.sheet.json))), to: output)
      Console.published()
    }
    if arguments.has("attach") {
      let (store, caller) = try StoreOptions.openAsCaller(arguments)
      let version = try store.version(meant: word, product: arguments["product"], kind: .rules)
      _ = try store.proveRules(of: version, by: caller)
    }
    try StoreOptions.print(proof, arguments) { RulesText.text(proof) }
    return proof.isProved ? .ok : .gate
  }

  private static func run(_ program: RuleProgram, _ arguments: Arguments) throws {
    let answered = try AnsweredTable("rules run", arguments)
    let asOf = try AnsweredTable.asOf(arguments, isNeeded: program.table.isDated)
    let table = try TableInput(arguments).read(answered.input)
    let ruled = try RuledTable(program, table, of: answered.input, asOf: asOf)
    try answered.write(table, with: ruled.ruled.columns(program, language: arguments["lang"]))
    let statistics = RuleStatistics(ruled.ruled, program.table)
    try StoreOptions.print(statistics, arguments) { RulesText.text(statistics) }
  }

  private static func compare(_ old: RuleTable, _ arguments: Arguments) throws {
    guard let word = arguments["with"] else { throw Faults.usage("--with", "is not given", "Name the new table.") }
    let new = try RuleFiles.table(word, arguments)
    var comparison = RuleComparison(old, new)
    if arguments.operands.count > 2 {
      let input = arguments.operands[2]
      let table = try TableInput(arguments).read(input)
      let day = try AnsweredTable.asOf(arguments, isNeeded: old.isDated || new.isDated)
      let (a, b) = (
        try RuledTable(RuleProgram(old), table, of: input, asOf: day),
        try RuledTable(RuleProgram(new), table, of: input, asOf: day)
      )
      comparison.compare((a.ruled, old), (b.ruled, new))
    }
    try StoreOptions.print(comparison, arguments) { RulesText.text(comparison) }
  }
}
