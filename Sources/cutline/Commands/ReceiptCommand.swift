internal import CutlineCore
internal import CutlineDecide
internal import CutlineWorkspace

/// What a store keeps of its decisions.
struct ReceiptCommand: Command {
  static let name = "receipt"
  static let group = CommandGroup.decisions
  static let summary = "Lists the decisions of a store, shows and proves a receipt, and erases what was given."
  static let operands = ["ACTION", "[DECISION]"]
  static let options: [Option] =
    StoreOptions.writing + [
      .value("product", "NAME", "The product (default: the only one)."),
      .value("application", "ID", "list: only of this application; erase: the application."),
      .value("decision", "WORD", "list: only approve, decline or review."),
      .value("before", "DECISION", "list: only older ones."),
      .value("limit", "N", "list: the most that is listed (default 50)."),
      .value("output", short: "o", "FILE", "show, input, prove: write to this new file, which only its owner reads."),
    ]
  static let details = """
    Actions:
      list             the latest decisions, without what was given
      show DECISION    the receipt as it is kept, in canonical JSON; what was given is sealed in it
      input DECISION   what was given (analysts and above; the log says who looked)
      prove DECISION   that the receipt is what was sealed then, for somebody who has no store: cutline audit verify FILE
      erase --application ID    destroys the keys of all decisions about an application: what was given cannot be read
                       any more, receipts and log stay (admins)

    Examples:
      cutline receipt list --decision decline
      cutline receipt prove 0190b0c5-… -o proof.json && cutline audit verify proof.json
    """

  private enum Action: String, CaseIterable { case list, show, input, prove, erase }
  private enum Word: String, CaseIterable { case approve, decline, review }

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    switch try StoreOptions.action(name, arguments, Action.self) {
    case .list: try list(arguments)
    case .show:
      let id = try StoreOptions.operand(1, "DECISION", arguments)
      try give(try StoreOptions.open(arguments, .reading).receipt(of: id).text + "\n", arguments)
    case .input:
      let id = try StoreOptions.operand(1, "DECISION", arguments)
      let (store, caller) = try StoreOptions.openAsCaller(arguments)
      try give(String(decoding: store.input(of: id, by: caller), as: UTF8.self) + "\n", arguments)
    case .prove:
      let id = try StoreOptions.operand(1, "DECISION", arguments)
      let proof = try StoreOptions.open(arguments, .reading).proof(ofDecision: id)
      try give(String(decoding: AnswerJSON.bytes(of: proof), as: UTF8.self), arguments)
    case .erase:
      guard let application = arguments["application"] else {
        throw Faults.usage("--application", "is not given", "Name the application whose inputs are erased.")
      }
      let (store, caller) = try StoreOptions.openAsCaller(arguments)
      let done = try store.eraseInputs(
        ofApplication: application, product: store.product(meant: arguments["product"]), by: caller)
      try StoreOptions.print(done, arguments) {
        done.destroyed == 0
          ? "all \(done.decisions) inputs were erased already\n"
          : "\(done.destroyed) of \(done.decisions) inputs are erased now; receipts and log stay\n"
      }
    }
    return .ok
  }

  private static func list(_ arguments: Arguments) throws {
    let store = try StoreOptions.open(arguments, .reading)
    var query = Store.DecisionQuery()
    query.product = arguments["product"]
    query.application = arguments["application"]
    query.decision = try arguments.choice("decision", Word.self)?.rawValue
    query.before = arguments["before"]
    query.limit = try arguments.integer("limit", in: 1...1_000_000) ?? 50
    let found = try store.decisions(query)
    try StoreOptions.print(Page(found), arguments) {
      guard !found.isEmpty else { return "no decisions\n" }
      var table = TextTable(["decision", "at", "application", "policy", "decision", "stage", "amount"], textColumns: 6)
      for sheet in found {
        table.add([
          sheet.decisionID, sheet.receivedAt.text, sheet.applicationID, sheet.policy, sheet.decision, sheet.stage,
          sheet.amount.map(MoneyText.cents) ?? "",
        ])
      }
      return table.text
    }
  }

  private static func give(_ text: String, _ arguments: Arguments) throws {
    guard let path = arguments["output"] else { return Console.data(text) }
    try PrivateFile.write(text, to: path)
  }
}
