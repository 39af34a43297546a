@_spi(Run) internal import CutlineCore
internal import CutlineDecide
internal import CutlineServe
internal import CutlineWorkspace
internal import Foundation

/// Versions of what decides: drafts, approvals, what is in force.
struct VersionCommand: Command {
  static let name = "version"
  static let group = CommandGroup.decisions
  static let summary = "Drafts, approvals and activations of strategies, scorecards, rules, models and policies."
  static let operands = ["ACTION", "[VERSION]", "[EVIDENCE]"]
  static let options: [Option] =
    StoreOptions.writing + StoreOptions.version + [
      .value("reason", "TEXT", "Why; approvals, rejections, retirements and rollbacks need it."),
      .value("from-run", "RUN", "create --kind strategy or scorecard: the folder of a finished run."),
      .value("scenario", "NAME", "create --from-run: which strategy (default base)."),
      .value("batch", "NAME", "create --from-run: the batch that the scorecard was learnt from."),
      .value("content", "FILE", "create: JSON; of --kind rules and policy also TOML."),
      .value(
        "evidence", "NAME=FILE", repeats: true, "create, attach: what speaks for it; gates=FILE is its table of gates."),
      .value("base", "VERSION", "create: the version that it was made from."),
      .value("approvals", "N", "create: at least this many must approve (default 1)."),
      .value("notes", "TEXT", "create: for whoever reads it later."),
      .value("effective-from", "TIME", "activate: from then on (UTC)."),
      .value("at", "TIME", "live: the moment; of a day its end (UTC; default now)."),
      .value("to", "VERSION", "rollback: to which (default @previous)."),
      .value("state", "NAME", "list: only those."), .flag("all", "list: archived ones, too."),
      .value("output", short: "o", "FILE", "content, evidence: the new file to write."),
    ]
  static let details = """
    Actions:
      create [VERSION]  a draft, of --from-run or --content; without a name the next of v1, v2, …
      list              what there is            show VERSION      one of them, with its evidence
      history VERSION   what happened to it      content VERSION   its bytes, as they came in
      evidence VERSION NAME                      the bytes of what speaks for it, such as gates
      live --at TIME    what was in force then   states            which action leads where, and who may
      attach VERSION --evidence NAME=FILE        newer evidence; approvals of the older count no more
      submit, approve, reject, withdraw, activate, retire, archive VERSION
      rollback [--to VERSION], confirm VERSION   back to what was in force; a second person confirms within 24 hours
      activate-due      what was scheduled for now or earlier

    A VERSION may be @active, @previous or an alias, such as @champion.

    Examples:
      cutline version create --kind strategy --from-run output/all --scenario base --token-file anna.token
      cutline version submit v1 --token-file anna.token
      cutline version approve v1 --reason "committee of 12 March" --token-file boris.token
      cutline version activate v1 --token-file boris.token
      cutline version live --at 2026-03-31
    """

  private enum Action: String, CaseIterable {
    case create, list, show, history, content, evidence, live, states, attach
    case submit, approve, reject, withdraw, activate, retire, rollback, confirm, archive
    case activateDue = "activate-due"
  }

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let action = try StoreOptions.action(name, arguments, Action.self)
    switch action {
    case .states: Console.out(Transition.markdown)
    case .list, .show, .history, .content, .evidence, .live: try look(action, arguments)
    case .create: try create(arguments)
    case .attach:
      let evidence = try evidence(arguments)
      guard !evidence.isEmpty else { throw Faults.usage("--evidence", "is not given", "Give NAME=FILE.") }
      let (store, caller) = try StoreOptions.openAsCaller(arguments)
      let version = try named(store, arguments)
      for evidence in evidence { try VersionText.print(store.attach(evidence, to: version, by: caller), arguments) }
    case .activateDue:
      let due = try StoreOptions.open(arguments, .writing).activateDue()
      for one in due { Console.out("\(one.name): \(one.refusal ?? "in force")\n") }
      if due.isEmpty { Console.out("nothing is due\n") }
      return due.allSatisfy { $0.refusal == nil } ? .ok : .gate
    default: try perform(action, arguments)
    }
    return .ok
  }

  private static func named(_ store: Store, _ arguments: Arguments) throws -> VersionName {
    try StoreOptions.version(StoreOptions.operand(1, "VERSION", arguments), store, arguments)
  }

  private static func perform(_ action: Action, _ arguments: Arguments) throws {
    guard let wanted = Transition.Action(rawValue: action.rawValue) else { return }
    let from = try StoreOptions.instant("effective-from", arguments)
    if from != nil, action != .activate {
      throw Faults.usage("--effective-from", "has no effect on \(action.rawValue)", "It is an option of activate.")
    }
    let (store, caller) = try StoreOptions.openAsCaller(arguments)
    let word =
      action == .rollback
      ? arguments["to"] ?? arguments.operands.dropFirst().first ?? "@previous"
      : try StoreOptions.operand(1, "VERSION", arguments)
    var request = VersionRequest(wanted, try StoreOptions.version(word, store, arguments))
    request.reason = arguments["reason"] ?? ""
    request.effectiveFrom = from
    let answer = try store.perform(request, by: caller)
    try StoreOptions.print(answer, arguments) { VersionText.text(answer, action.rawValue) }
  }

  private static func create(_ arguments: Arguments) throws {
    guard let kind = try arguments.choice("kind", VersionKind.self) else {
      throw Faults.usage(
        "--kind", "is not given", "Say \(VersionKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    var draft: Store.Draft
    switch (arguments["from-run"], arguments["content"]) {
    case (let run?, nil):
      switch kind {
      case .strategy: draft = try StrategyDraft.read(run, scenario: arguments["scenario"] ?? "base")
      case .scorecard: draft = try CardDraft.read(run, batch: batch(arguments))
      case .rules, .modelSet, .policy:
        throw Faults.usage(
          "--from-run", "gives a strategy or a scorecard, no \(kind.rawValue)",
          "Say --kind strategy or scorecard, or give --content FILE.")
      }
    case (nil, let file?) where kind == .rules: draft = try Store.Draft(rules: RuleFiles.file(file))
    case (nil, let file?) where kind == .policy:
      let store = try StoreOptions.open(arguments, .reading)
      draft = try Store.Draft(
        policy: store.pinned(PolicyFiles.sheet(file), product: store.product(meant: arguments["product"])))
    case (nil, let file?): draft = Store.Draft(content: Array(try OpenedFile.read(file, limit: 64 << 20)))
    default: throw Faults.usage("cutline version create", "needs one of --from-run and --content", "Give one of them.")
    }
    draft.baseVersion = arguments["base"]
    draft.approvalsRequired = try arguments.integer("approvals", in: 1...9) ?? 1
    draft.notes = arguments["notes"] ?? ""
    draft.evidence += try evidence(arguments)
    let (store, caller) = try StoreOptions.openAsCaller(arguments)
    let sheet = try store.create(
      product: store.product(meant: arguments["product"]), kind: kind, version: arguments.operands.dropFirst().first,
      draft,
      by: caller)
    try VersionText.print(sheet, arguments)
  }

  private static func batch(_ arguments: Arguments) throws -> ApplicationBatch? {
    try arguments["batch"].map { try StoreOptions.open(arguments, .reading).batch($0) }
  }

  /// Files are as old as their last change.
  private static func evidence(_ arguments: Arguments) throws -> [Store.Evidence] {
    try arguments.all("evidence").map { word in
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw Faults.usage("--evidence \(word)", "is not NAME=FILE", "Write gates=gates.csv.")
      }
      guard let stamp = FileStamp(of: parts[1]) else {
        throw Faults.io(parts[1], "is not there", "Name a file.")
      }
      return try RunEvidence.read(parts[0], parts[1], Instant(microseconds: Int64(stamp.modified / 1000)))
    }
  }

  private static func look(_ action: Action, _ arguments: Arguments) throws {
    let store = try StoreOptions.open(arguments, .reading)
    let kind = try arguments.choice("kind", VersionKind.self)
    switch action {
    case .list:
      let sheets = try store.versions(
        product: arguments["product"], kind: kind, state: arguments.choice("state", VersionState.self),
        withArchived: arguments.has("all"))
      try StoreOptions.print(Page(sheets), arguments) { VersionText.table(sheets) }
    case .live:
      let moment = try StoreOptions.instant("at", arguments, day: .end) ?? store.moment()
      let live = try store.live(at: moment, product: arguments["product"], kind: kind)
      try StoreOptions.print(Page(live), arguments) { VersionText.table(live, at: moment) }
    case .history:
      let events = try store.history(of: named(store, arguments))
      try StoreOptions.print(Page(events), arguments) { VersionText.table(events) }
    case .content: try give(store.content(of: named(store, arguments)), arguments)
    case .evidence:
      let evidence = try StoreOptions.operand(2, "EVIDENCE", arguments)
      try give(store.evidence(evidence, of: named(store, arguments)), arguments)
    default: try VersionText.print(store.sheet(of: named(store, arguments)), arguments)
    }
  }

  private static func give(_ bytes: [UInt8], _ arguments: Arguments) throws {
    guard let path = arguments["output"] else { return Console.data(String(decoding: bytes, as: UTF8.self)) }
    try NewFile.write(Data(bytes), to: path)
  }
}

/// Names for versions.
struct AliasCommand: Command {
  static let name = "alias"
  static let group = CommandGroup.decisions
  static let isCommon = false
  static let summary = "Points a name, such as champion, to a version; each move is in the log."
  static let operands = ["ACTION", "[NAME]", "[VERSION]"]
  static let options = StoreOptions.writing + StoreOptions.version
  static let details = "Actions: set NAME VERSION, list. @active and @previous are always there."
  private enum Action: String, CaseIterable { case set, list }

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    switch try StoreOptions.action(name, arguments, Action.self) {
    case .set:
      let alias = try StoreOptions.operand(1, "NAME", arguments)
      let word = try StoreOptions.operand(2, "VERSION", arguments)
      let (store, caller) = try StoreOptions.openAsCaller(arguments)
      let version = try StoreOptions.version(word, store, arguments)
      try store.setAlias(alias, to: version, by: caller)
      Console.error("@\(alias): \(version)")
    case .list:
      let aliases = try StoreOptions.open(arguments, .reading).aliases()
      try StoreOptions.print(Page(aliases), arguments) {
        var table = TextTable(["alias", "version", "set by", "at"], textColumns: 4)
        for alias in aliases {
          table.add(["@\(alias.alias)", "\(alias.product)/\(alias.kind)/\(alias.version)", alias.actor, alias.at.text])
        }
        return table.text
      }
    }
    return .ok
  }
}

/// Gates that a version may fail for a while.
struct WaiverCommand: Command {
  static let name = "waiver"
  static let group = CommandGroup.decisions
  static let isCommon = false
  static let summary = "Lets a version pass a gate that it fails, until a day, for a reason."
  static let operands = ["ACTION", "[GATE]", "[VERSION]"]
  static let options =
    StoreOptions.writing + StoreOptions.version + [
      .value("reason", "TEXT", "Why."), .value("expires", "DAY", "The last day on which it holds."),
    ]
  static let details =
    "Actions: grant GATE VERSION, list.\n\nExample: cutline waiver grant drift_alerts v1 --reason \"seasonal\" --expires 2026-04-30"
  private enum Action: String, CaseIterable { case grant, list }

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    if try StoreOptions.action(name, arguments, Action.self) == .list {
      let waivers = try StoreOptions.open(arguments, .reading).waivers()
      try StoreOptions.print(Page(waivers), arguments) { VersionText.table(waivers) }
      return .ok
    }
    let gate = try StoreOptions.operand(1, "GATE", arguments)
    let word = try StoreOptions.operand(2, "VERSION", arguments)
    guard let day = try StoreOptions.instant("expires", arguments) else {
      throw Faults.usage("--expires", "is not given", "A waiver ends; give its last day.")
    }
    let (store, caller) = try StoreOptions.openAsCaller(arguments)
    let version = try StoreOptions.version(word, store, arguments)
    try VersionText.print(
      store.grantWaiver(gate, for: version, until: day, reason: arguments["reason"] ?? "", by: caller),
      arguments)
    return .ok
  }
}
