internal import CutlineCore
internal import CutlineDecide
internal import CutlineWorkspace

/// Who may what.
struct PrincipalCommand: Command {
  static let name = "principal"
  static let group = CommandGroup.decisions
  static let isCommon = false
  static let summary = "Adds, renews, disables and lists the people and services that a store knows."
  static let operands = ["ACTION", "[NAME]"]
  static let options: [Option] =
    StoreOptions.writing + [
      .value("role", "NAME", "add: viewer, analyst, approver or admin."),
      .flag("service", "add: no person; it approves nothing."),
      .value("expires", "DAY", "add, renew, enable: the last day of the token, or the moment at which it ends (UTC)."),
      StoreOptions.writeToken,
    ]
  static let details =
    "Actions: add NAME --role ROLE, renew NAME (a new token; the old one ends), disable NAME,\nenable NAME (with a new token), list.\n\n"
    + Role.allCases.map { "  \($0.rawValue): \($0.may)" }.joined(separator: "\n")

  private enum Action: String, CaseIterable { case add, renew, disable, enable, list }

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let action = try StoreOptions.action(name, arguments, Action.self)
    if action == .list {
      let people = try StoreOptions.open(arguments, .reading).principals()
      try StoreOptions.print(Page(people), arguments) {
        var table = TextTable(["name", "role", "is", "created", "by", "state"], textColumns: 6)
        for person in people {
          table.add([
            person.name, person.role.rawValue, person.isHuman ? "person" : "service", person.createdAt.date,
            person.createdBy,
            person.disabledAt.map { "disabled \($0.date)" } ?? person.expiresAt.map { "until \($0.date)" } ?? "",
          ])
        }
        return table.text
      }
      return .ok
    }
    let who = try StoreOptions.operand(1, "NAME", arguments)
    try StoreOptions.checkToken(arguments)
    let expires = try StoreOptions.instant("expires", arguments, day: .end)
    let (store, caller) = try StoreOptions.openAsCaller(arguments)
    switch action {
    case .add:
      guard let role = try arguments.choice("role", Role.self) else {
        throw Faults.usage("--role", "is not given", "Say viewer, analyst, approver or admin.")
      }
      let token = try store.addPrincipal(
        who, role: role, isHuman: !arguments.has("service"), expires: expires, by: caller)
      try StoreOptions.give(token, of: who, arguments)
    case .renew: try StoreOptions.give(store.renewPrincipal(who, expires: expires, by: caller), of: who, arguments)
    case .enable: try StoreOptions.give(store.enablePrincipal(who, expires: expires, by: caller), of: who, arguments)
    case .disable, .list:
      try store.disablePrincipal(who, by: caller)
      Console.error("\(who): disabled; what they did stays")
    }
    return .ok
  }
}

/// What is decided on.
struct ProductCommand: Command {
  static let name = "product"
  static let group = CommandGroup.decisions
  static let isCommon = false
  static let summary = "Adds and lists products."
  static let operands = ["ACTION", "[NAME]"]
  static let options: [Option] =
    StoreOptions.writing + [
      .value("currency", "CODE", "add: ISO 4217 (default EUR)."),
      .value("approvals", "N", "add: how many others must approve a version (default 1)."),
    ]
  private enum Action: String, CaseIterable { case add, list }

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    switch try StoreOptions.action(name, arguments, Action.self) {
    case .add:
      let product = try StoreOptions.operand(1, "NAME", arguments)
      let approvals = try arguments.integer("approvals", in: 1...9) ?? 1
      let (store, caller) = try StoreOptions.openAsCaller(arguments)
      try store.addProduct(
        product, currency: arguments["currency"] ?? "EUR", approvalsRequired: approvals, by: caller)
      Console.error("\(product): added")
    case .list:
      let products = try StoreOptions.open(arguments, .reading).products()
      try StoreOptions.print(Page(products), arguments) {
        var table = TextTable(["product", "currency", "approvals"], textColumns: 2)
        for product in products { table.add([product.product, product.currency, "\(product.approvalsRequired)"]) }
        return table.text
      }
    }
    return .ok
  }
}

/// What need not be kept.
struct RetentionCommand: Command {
  static let name = "retention"
  static let group = CommandGroup.decisions
  static let isCommon = false
  static let summary = "Removes from a store what need not be kept: answers to requests older than 24 hours."
  static let operands = ["ACTION"]
  static let options = StoreOptions.writing
  private enum Action: String, CaseIterable { case apply }

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    _ = try StoreOptions.action(name, arguments, Action.self)
    let (store, caller) = try StoreOptions.openAsCaller(arguments)
    let done = try store.applyRetention(by: caller)
    try StoreOptions.print(done, arguments) { "\(done.answers) answers removed; evidence stays\n" }
    return .ok
  }
}
