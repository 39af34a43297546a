internal import CutlineCore
internal import CutlineDecide
internal import CutlineWorkspace

/// The log of a store.
struct AuditCommand: Command {
  static let name = "audit"
  static let group = CommandGroup.decisions
  static let summary = "Verifies the log of a store, prints it, proves a record, and shows it to a witness."
  static let operands = ["ACTION", "[ARGUMENT]"]
  static let options: [Option] =
    StoreOptions.reading + [
      .value("head", "FILE", repeats: true, "verify: compare with a head or checkpoint that was kept elsewhere."),
      .value("key", "TEXT", "verify PROOF: the log's key as `cutline store init` has shown it; any other is refused."),
      .value("output", short: "o", "FILE", "head, prove, witness: write to this new file."),
      .value("from", "N", "prove: that the log has only grown since it had N records."),
      .value("object", "NAME", "log: only what was done to it, such as v2."),
      .value("actor", "NAME", "log: only what they did."),
      .value("limit", "N", "log: the most that is listed (default 50)."),
    ]
  static let details = """
    Actions:
      verify           all records, rows, tree and states; names the first fault (exit 6). --head FILE shows a cut or rebuilt end
      verify PROOF     whether a file of `prove` holds, without a store; --key TEXT: by the key that you trust
      head             the end of the log as a signed checkpoint; --json: one line for a list of heads
      log              the latest records
      prove N          that record N is in the log, for somebody who has no store; --from N: that it has only grown
      witness FOLDER   shows the log to a folder elsewhere, which keeps the last checkpoint and signs the next one only where it
                       continues it; a shorter or rebuilt log is exit 6, with both roots

    Examples:
      cutline audit witness /mnt/other/witness
      cutline audit verify --head /mnt/other/witness/checkpoint
    """

  private enum Action: String, CaseIterable { case verify, head, log, prove, witness }

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    switch try StoreOptions.action(name, arguments, Action.self) {
    case .verify:
      guard arguments.operands.count < 2 else { return try verify(proof: arguments.operands[1], arguments) }
      return try verify(arguments)
    case .head:
      let head = try StoreOptions.open(arguments, .reading).head()
      let line = String(decoding: try AnswerJSON.line(of: head), as: UTF8.self)
      try give(arguments.has("json") ? line : head.checkpoint ?? line, arguments)
    case .log: try log(arguments)
    case .prove:
      let store = try StoreOptions.open(arguments, .reading)
      if let old = try arguments.integer("from", in: 0...Int.max) {
        try give(json(store.growth(from: old)), arguments)
        return .ok
      }
      let word = try StoreOptions.operand(1, "N", arguments)
      guard let seq = Int(word) else {
        throw Faults.usage("\"\(word)\"", "is no number of a record", "Give one of cutline audit log.")
      }
      try give(json(store.proof(of: seq)), arguments)
    case .witness:
      let folder = try StoreOptions.operand(1, "FOLDER", arguments)
      let seen = try StoreOptions.open(arguments, .reading).witness(folder)
      if arguments["output"] != nil { try give(seen.text, arguments) }
      Console.error("\(folder): root \(seen.rootText) of \(seen.size) records, signed")
    }
    return .ok
  }

  private static func json(_ value: some Encodable) throws -> String {
    String(decoding: try AnswerJSON.bytes(of: value), as: UTF8.self)
  }

  private static func give(_ text: String, _ arguments: Arguments) throws {
    guard let path = arguments["output"] else { return Console.data(text) }
    try NewFile.write(text, to: path)
  }

  private static func verify(proof path: String, _ arguments: Arguments) throws -> ExitCode {
    let trusted = try arguments["key"].map { text in
      guard let key = VerifierKey(text) else {
        throw Faults.usage("--key", "is no key of a log", "Give NAME+ID+BASE64 as cutline store init has shown it.")
      }
      return key
    }
    switch try WrittenProof(reading: path) {
    case .record(let proof):
      try proof.check(by: trusted, at: path)
      Console.out(
        "\(path): record \(proof.index + 1) is in the log of \(proof.size) records that \(proof.key) signed\n")
    case .growth(let proof):
      try proof.check(by: trusted, at: path)
      Console.out(
        "\(path): the log of \(proof.size) records that \(proof.key) signed continues that of \(proof.old) with the root \(proof.oldRoot)\n"
      )
    case .receipt(let proof):
      try proof.check(by: trusted, at: path)
      Console.out(
        "\(path): the receipt of decision \(try proof.decisionID(at: path)) was sealed by record \(proof.log.index + 1) of the log that \(proof.log.key) signed\n"
      )
    }
    if trusted == nil {
      Console.error("The key is the one that the proof names: say --key with the one that you were given.")
    }
    return .ok
  }

  private static func verify(_ arguments: Arguments) throws -> ExitCode {
    let heads = try arguments.all("head").flatMap { try KnownHead.read($0) }
    let verdict = try StoreOptions.open(arguments, .reading).verifyAudit(heads: heads)
    if arguments.has("json") { try Console.data(json(verdict)) }
    let path = StoreOptions.path(arguments)
    if let fault = verdict.fault {
      throw Faults.integrity(
        path, "the log is not what was written: record \(fault.index), \(fault.reason.rawValue): \(fault.detail)",
        "Keep the file as it is, and restore a backup beside it.")
    }
    if !arguments.has("json") {
      let compared =
        verdict.heads == 0
        ? "compared with no head from elsewhere: a cut end would not be seen (--head FILE)"
        : "agrees with \(verdict.heads) head\(verdict.heads == 1 ? "" : "s") from elsewhere"
      Console.out(
        "\(path): \(verdict.records) records and \(verdict.rows) rows are as they were written; \(compared)\n")
    }
    return .ok
  }

  private static func log(_ arguments: Arguments) throws {
    var query = Store.LogQuery()
    query.object = arguments["object"]
    query.actor = arguments["actor"]
    query.limit = try arguments.integer("limit", in: 1...1_000_000) ?? 50
    let records = try StoreOptions.open(arguments, .reading).log(query)
    try StoreOptions.print(Page(records), arguments) {
      var table = TextTable(["seq", "time", "actor", "action", "object", "hash"], textColumns: 6)
      for record in records {
        table.add([
          "\(record.seq)", record.time, record.actor, record.action, "\(record.objectType) \(record.objectID)",
          String(record.hash.prefix(12)),
        ])
      }
      return table.text
    }
  }
}
