@_spi(Run) internal import CutlineCore
internal import CutlineDecide
internal import CutlineWorkspace
internal import Foundation

/// Labels of batches of applications, from the outcomes that were reported.
struct LabelsCommand: Command {
  static let name = "labels"
  static let group = CommandGroup.decisions
  static let summary = "Derives good and bad of a batch of applications from their outcomes, within a window."
  static let operands = ["ACTION", "[BATCH]", "[TABLE]"]
  static let options: [Option] =
    StoreOptions.writing + [
      .value("product", "NAME", "add-batch: the product (default: the only one)."),
      .value("id", "COLUMN", "add-batch: the column that names the application (default application_id)."),
      .value("decided-on", "COLUMN", "add-batch: the column with the day of the decision (default decided_on)."),
      .value("batch", "NAME", "build: the batch."),
      .value("window", "DAYS", "build, show: how long after the decision an event counts (default 180)."),
      .value("type", "NAME", "build, show: default, delinquent_30, delinquent_60 or charge_off; worse events count."),
      .value(
        "as-of", "DAY", "build: the last day for which outcomes are complete (default: the last that any speaks of)."),
      .value("known-by", "DAY", "build: only what was reported by the end of this day (default: all)."),
      .value(
        "output", short: "o", "FILE", "show: write the labels to this new file, for a run; it names applications."),
    ] + TableInput.options
  static let details = """
    Actions:
      add-batch BATCH TABLE         makes the applications of a table known as a batch, with their days of decision
      batches                       what there is
      build --batch BATCH           derives the labels; the same outcomes and days give the same labels at any time
      show BATCH                    how they stand, by month; with --output the labels themselves

    Example:
      cutline labels add-batch BATCH_001 applications.csv --token-file anna.token
      cutline labels build --batch BATCH_001 --window 180 --token-file anna.token
      cutline labels show BATCH_001 --output labels.csv
    """
  private enum Action: String, CaseIterable {
    case addBatch = "add-batch"
    case batches, build, show
  }

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    switch try StoreOptions.action(name, arguments, Action.self) {
    case .addBatch: try addBatch(arguments)
    case .batches:
      let batches = try StoreOptions.open(arguments, .reading).batches()
      try StoreOptions.print(Page(batches), arguments) { LabelText.table(batches) }
    case .build: try build(arguments)
    case .show: try show(arguments)
    }
    return .ok
  }

  private static func addBatch(_ arguments: Arguments) throws {
    let name = try StoreOptions.operand(1, "BATCH", arguments)
    let path = try StoreOptions.operand(2, "TABLE", arguments)
    let table = try TableInput(arguments).read(path)
    let sha256 = try Digest.ofFile(path).sha256
    let found = try ApplicationBatch.applications(
      of: table, id: arguments["id"] ?? "application_id", decidedOn: arguments["decided-on"] ?? "decided_on")
    let (store, caller) = try StoreOptions.openAsCaller(arguments)
    let batch = try store.addBatch(
      name, product: store.product(meant: arguments["product"]), applications: found.all,
      source: PathKind.real(path), sourceSHA256: sha256, by: caller)
    if found.leftOut > 0 { Console.error("\(path): \(found.leftOut) rows have no day of decision and are left out") }
    try StoreOptions.print(batch, arguments) {
      "\(batch.batchID): \(batch.rows) applications of \(batch.product), decided from \(batch.periodStart) to \(batch.periodEnd)\n"
    }
  }

  private static func days(_ arguments: Arguments) throws -> Int? { try arguments.integer("window", in: 1...3660) }

  private static func build(_ arguments: Arguments) throws {
    guard let name = arguments["batch"] ?? arguments.operands.dropFirst().first else {
      throw Faults.usage("--batch", "is not given", "Name the batch.")
    }
    var request = Store.LabelRequest(batch: name)
    request.kind = try arguments.choice("type", Outcome.Kind.self) ?? .default
    request.windowDays = try days(arguments) ?? 180
    if let text = arguments["as-of"] {
      guard let day = CalendarDate(iso: text) else {
        throw Faults.usage("--as-of", "\"\(text)\" is no day", "Write 2026-01-31.")
      }
      request.asOf = day
    }
    request.knownBy = try StoreOptions.instant("known-by", arguments, day: .end)
    let (store, caller) = try StoreOptions.openAsCaller(arguments)
    let report = try store.buildLabels(request, by: caller)
    try StoreOptions.print(report, arguments) {
      LabelText.text(report) + (report.isNew ? "" : "They were so already; nothing was changed.\n")
    }
  }

  private static func show(_ arguments: Arguments) throws {
    let name = try StoreOptions.operand(1, "BATCH", arguments)
    let store = try StoreOptions.open(arguments, .reading)
    let (kind, window) = (try arguments.choice("type", Outcome.Kind.self), try days(arguments))
    let report = try store.labelReport(of: name, kind: kind, windowDays: window)
    guard let output = arguments["output"] else {
      return try StoreOptions.print(report, arguments) { LabelText.text(report) }
    }
    let labels = try store.labels(of: name, kind: kind, windowDays: window)
    // It names applications: for nobody else's eyes.
    try PrivateFile.write(String(decoding: Store.Label.csv(labels, of: report), as: UTF8.self), to: output)
    Console.error("\(output): \(labels.count) labels")
  }
}
