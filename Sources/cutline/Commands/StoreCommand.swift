internal import CutlineCore
internal import CutlineDecide
internal import CutlineWorkspace

/// The file of decisions.
struct StoreCommand: Command {
  static let name = "store"
  static let group = CommandGroup.decisions
  static let summary = "Makes, migrates, copies and checks the file that remembers what people decided."
  static let operands = ["ACTION", "[PATH]"]
  static let options: [Option] =
    StoreOptions.writing + [.value("admin", "NAME", "init: who may add others."), StoreOptions.writeToken]
  static let details = """
    Actions:
      init          a new store, its signing key beside it, and the first admin with a token
      migrate       bring an older store to this program's schema; a backup is made beside it first
      backup PATH   a copy in one file, while others read and write, a server among them
      check         whether the file is sound, how it grows, and what waits for somebody (exit 6 for damage, 4 for alerts)

    Examples:
      cutline store init --admin anna --write-token anna.token
      cutline store check --json
      cutline store backup decisions-2026-01-31.sqlite --token-file anna.token
    """

  private enum Action: String, CaseIterable { case `init`, migrate, backup, check }

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let path = StoreOptions.path(arguments)
    let options = StoreOptions.options(arguments)
    switch try StoreOptions.action(name, arguments, Action.self) {
    case .`init`:
      guard let admin = arguments["admin"] else {
        throw Faults.usage("--admin", "is not given", "Name the first admin, who adds the others.")
      }
      try StoreOptions.checkToken(arguments)
      let made = try Store.make(path, admin: admin, options: options)
      Console.published()
      Console.error("\(path): a store with the id \(made.storeID); its checkpoints are verified by \(made.verifierKey)")
      if let token = AccessToken(made.token) { try StoreOptions.give(token, of: admin, arguments) }
    case .migrate:
      let done = try Store.migrate(path, options: options)
      try StoreOptions.print(done, arguments) {
        guard let backup = done.backup else { return "\(path): schema \(done.to), nothing to do\n" }
        return "\(path): schema \(done.from) became \(done.to); as it was: \(backup)\n"
      }
    case .backup:
      let target = try StoreOptions.operand(1, "PATH", arguments)
      let (store, caller) = try StoreOptions.openAsCaller(arguments, mayRead: true)
      let isRecorded = try store.backup(to: target, by: caller)
      Console.error(
        "\(target): a copy of \(path)" + (isRecorded ? "" : "; the log does not name it, as another process writes"))
    case .check:
      let report = try StoreOptions.open(arguments, .reading).check()
      try StoreOptions.print(report, arguments) { text(report, path) }
      return report.damage.isEmpty ? report.alerts.isEmpty ? .ok : .gate : .integrity
    }
    return .ok
  }

  private static func text(_ report: Store.Report, _ path: String) -> String {
    var lines = [
      "\(path): schema \(report.schema), \(report.records) records, \(report.versions) versions, \(report.principals) people, \(report.bytes) bytes",
      report.growthPerDay.map {
        "grows by \($0) bytes a day" + (report.diskFullOn.map { "; the disk is full on \($0)" } ?? "")
      }
        ?? "younger than a day: nothing to say of its growth",
    ]
    lines += report.damage.map { "damage: \($0)" } + report.alerts.map { "alert: \($0)" }
    if report.damage.isEmpty { lines.append("the file is sound; cutline audit verify reads the log") }
    return lines.joined(separator: "\n") + "\n"
  }
}
