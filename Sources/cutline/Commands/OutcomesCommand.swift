@_spi(Run) internal import CutlineCore
internal import CutlineDecide
internal import CutlineWorkspace

/// What became of applications.
struct OutcomesCommand: Command {
  static let name = "outcomes"
  static let group = CommandGroup.decisions
  static let summary = "Reports what became of applications, and lists what was reported."
  static let operands = ["ACTION", "[FILE]"]
  static let options: [Option] =
    StoreOptions.writing + [
      .value("product", "NAME", "The product (default: the only one).")
    ]
  static let details = """
    Actions:
      append FILE   outcomes of a CSV with the columns application_id, event, occurred_on, seen_until, external_key;
                    source (observed, bureau, simulated, model) and supersedes (the external_key that it corrects) may
                    stand beside them. All of the file is taken, or nothing; what is known already changes nothing.
      list          what was reported, by report; no application is named

    Events are none, delinquent_30, delinquent_60, default, charge_off, settled, withdrawn. docs/methods/scorecard-labels.md
    says what follows from them.

    Example: cutline outcomes append outcomes.csv --token-file anna.token
    """
  private enum Action: String, CaseIterable { case append, list }

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    switch try StoreOptions.action(name, arguments, Action.self) {
    case .append:
      let path = try StoreOptions.operand(1, "FILE", arguments)
      let outcomes = try Outcome.table(Array(OpenedFile.read(path, limit: 1 << 30)), at: path)
      let (store, caller) = try StoreOptions.openAsCaller(arguments)
      let done = try store.appendOutcomes(
        outcomes, at: path, product: store.product(meant: arguments["product"]), by: caller)
      try StoreOptions.print(done, arguments) {
        "\(path): \(done.appended) outcomes appended, \(done.repeated) were known already\n"
          + (done.inNoBatch > 0
            ? "\(done.inNoBatch) of them are of applications that are in no batch: no label follows from them until they are (cutline labels add-batch)\n"
            : "")
      }
    case .list:
      let reports = try StoreOptions.open(arguments, .reading).outcomeReports(product: arguments["product"])
      try StoreOptions.print(Page(reports), arguments) {
        guard !reports.isEmpty else { return "no outcome was reported\n" }
        var table = TextTable(
          ["product", "report", "at", "by", "events", "outcomes", "corrected since"], textColumns: 5)
        for report in reports {
          let events = report.events.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
          table.add([
            report.product, "\(report.report)", report.reportedAt.text, report.reportedBy,
            events.joined(separator: ", "), "\(report.rows)", "\(report.superseded)",
          ])
        }
        return table.text
      }
    }
    return .ok
  }
}
