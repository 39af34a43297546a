@_spi(Run) internal import CutlineCore
internal import CutlineDecide
internal import CutlineFlow
internal import CutlineWorkspace
internal import Foundation

/// `cutline decide keep` and `replay`: decisions of a store, with receipts.
enum DecideKeeping {
  static let options: [Option] = [
    .value("id", "COLUMN", "keep TABLE: the column with the applications' ids, one a row."),
    .value("application", "ID", "keep JSON: the application's id."),
    .value("request-key", "KEY", "keep JSON: by which the same request comes again (default: none)."),
    .value("amounts", "COLUMN", "keep TABLE: the column with amounts in the product's currency."),
    .value("from", "MOMENT", "replay: only decisions from then on."),
    .value("to", "MOMENT", "replay: only decisions up to then; a day without a time is its end."),
    .value("with", "POLICY", "replay: decide by this file or version instead, and compare."),
  ]

  /// Rows that are decided in one transaction.
  private static let atOnce = 5000

  // MARK: Keeping

  static func keep(_ arguments: Arguments) throws -> ExitCode {
    let word = try StoreOptions.operand(1, "TABLE", arguments)
    if let language = arguments["lang"] { try FlowRecords.check(language: language) }
    let (store, caller) = try StoreOptions.openAsCaller(arguments)
    let product = try store.product(meant: arguments["product"])
    let desk = DecisionDesk(engine: Tool.version)
    guard !word.hasPrefix("{"), word != "-" else {
      return try keepOne(word, desk, product: product, in: store, by: caller, arguments)
    }
    return try keepTable(word, desk, product: product, in: store, by: caller, arguments)
  }

  private static func keepOne(
    _ word: String, _ desk: DecisionDesk, product: String, in store: Store, by caller: Caller, _ arguments: Arguments
  ) throws -> ExitCode {
    guard let application = arguments["application"] else {
      throw Faults.usage("--application", "is not given", "Say of which application this is.")
    }
    let bytes = word == "-" ? Array(try FileHandle.standardInput.readToEnd() ?? Data()) : Array(word.utf8)
    var request = DecisionDesk.Request(applicationID: application, json: bytes)
    request.requestKey = arguments["request-key"]
    if request.requestKey?.hasPrefix(DecisionDesk.Request.tablePrefix) == true {
      throw Faults.usage("--request-key", "begins as the keys of tables' rows do", "Give another one.")
    }
    request.language = arguments["lang"]
    let kept = try desk.decide([request], product: product, in: store, by: caller)[0].get()
    Console.out("{\"decision_id\":\"\(kept.decisionID)\",\"repeated\":\(kept.isRepeated),\"answer\":\(kept.answer)}\n")
    return .ok
  }

  private struct Counts: Encodable {
    var kept = 0
    var repeated = 0
    var refused = 0
    var decisions: [String: Int] = [:]
  }

  private static func keepTable(
    _ path: String, _ desk: DecisionDesk, product: String, in store: Store, by caller: Caller, _ arguments: Arguments
  ) throws -> ExitCode {
    guard let idColumn = arguments["id"] else {
      throw Faults.usage("--id", "is not given", "Name the column with the applications' ids.")
    }
    let answered = try AnsweredTable("decide keep", arguments, at: 1, needsOutput: false)
    let table = try TableInput(arguments).read(path)
    let ids = try texts(of: AnsweredTable.column(idColumn, table, of: path), idColumn, path)
    let amounts = try arguments["amounts"].map { name in
      try cents(of: AnsweredTable.column(name, table, of: path), name, path)
    }
    let flow = try desk.inForce(product, in: store).flow
    let fields = try flow.fields.filter { $0.name != "as_of" }.map { field in
      (field, try AnsweredTable.column(field.column, table, of: path).values)
    }
    var counts = Counts()
    var (decisions, names): ([String?], [String?]) = ([], [])
    var refusals: [String] = []
    for start in stride(from: 0, to: table.rowCount, by: atOnce) {
      let rows = start..<min(table.rowCount, start + atOnce)
      let requests = try rows.map { row -> DecisionDesk.Request in
        var request = DecisionDesk.Request(
          applicationID: ids[row], fields: try values(fields, row))
        // A table that is given again decides nothing again.
        request.requestKey = DecisionDesk.Request.tablePrefix + ids[row]
        request.amount = amounts?[row]
        request.language = arguments["lang"]
        return request
      }
      for (row, result) in zip(rows, try desk.decide(requests, product: product, in: store, by: caller)) {
        switch result {
        case .success(let kept):
          counts.kept += kept.isRepeated ? 0 : 1
          counts.repeated += kept.isRepeated ? 1 : 0
          counts.decisions[kept.decision, default: 0] += 1
          decisions.append(kept.decision)
          names.append(kept.decisionID)
        case .failure(let error):
          counts.refused += 1
          if refusals.count < 20 { refusals.append("row \(row + 1): \(Faults(error).problem)") }
          decisions.append(nil)
          names.append(nil)
        }
      }
    }
    try answered.write(
      table,
      with: [
        Column(name: "decision", values: .text(TextColumn(decisions))),
        Column(name: "decision_id", values: .text(TextColumn(names))),
      ])
    for refusal in refusals { Console.error("\(path): \(refusal)") }
    try StoreOptions.print(counts, arguments) {
      "\(counts.kept) decided and kept, \(counts.repeated) known already, \(counts.refused) that cannot be decided\n"
        + counts.decisions.sorted { $0.key < $1.key }.map { "  \($0.key) \($0.value)\n" }.joined()
    }
    return counts.refused == 0 ? .ok : .data
  }

  private static func values(_ fields: [(DecisionFlow.Field, ColumnValues)], _ row: Int) throws -> [String: FlowValue] {
    var found: [String: FlowValue] = [:]
    for (field, values) in fields {
      switch values {
      case .number(let numbers): if !numbers[row].isNaN { found[field.column] = .number(numbers[row]) }
      case .moment(let moments, _):
        if !moments[row].isNaN { found[field.column] = .day(CalendarDate(daysSince1960: Int(moments[row]))) }
      case .text(let texts):
        if let text = texts[row], !text.isEmpty { found[field.column] = .text(text) }
      }
    }
    return found
  }

  private static func texts(of column: Column, _ name: String, _ path: String) throws -> [String] {
    let rows = column.count
    let texts: [String?] =
      switch column.values {
      case .text(let own): (0..<rows).map { own[$0] }
      case .number(let own): own.map { $0.isNaN ? nil : NumberText.shortest($0) }
      case .moment: []
      }
    guard texts.count == rows, let all = texts as? [String] ?? allOrNil(texts) else {
      throw Faults.data("column \(name)", "of \(path) is missing in some rows, or holds no ids", "Give each row an id.")
    }
    guard Set(all).count == rows else {
      throw Faults.data("column \(name)", "of \(path) has an id twice", "One row is one application.")
    }
    return all
  }

  private static func allOrNil(_ texts: [String?]) -> [String]? {
    let all = texts.compactMap { $0 }
    return all.count == texts.count ? all : nil
  }

  private static func cents(of column: Column, _ name: String, _ path: String) throws -> [Int?] {
    guard case .number(let own) = column.values else {
      throw Faults.data("column \(name)", "of \(path) holds no amounts", "State its form with --type \(name)=number.")
    }
    return try own.enumerated().map { row, amount in
      if amount.isNaN { return nil }
      // A double says hundredths exactly up to here.
      guard amount >= 0, amount < 9e13, case let cents = Int((amount * 100).rounded()),
        (Double(cents) / 100) == amount
      else {
        throw Faults.data(
          "column \(name)", "of \(path) has no amount in hundredths in row \(row + 1)",
          "Give amounts of 0 and more with two decimals.")
      }
      return cents
    }
  }

  // MARK: Replay

  static func replay(_ arguments: Arguments) throws -> ExitCode {
    let (store, caller) = try StoreOptions.openAsCaller(arguments, mayRead: true)
    var request = Store.ReplayRequest(product: try store.product(meant: arguments["product"]))
    request.from = try StoreOptions.instant("from", arguments)
    request.to = try StoreOptions.instant("to", arguments, day: .end).map { Instant(microseconds: $0.microseconds + 1) }
    if let from = request.from, let to = request.to, from >= to {
      throw Faults.usage("--to", "is not after --from", "Give the later moment there.")
    }
    let desk = DecisionDesk(engine: Tool.version)
    if let word = arguments["with"] {
      request.policy = DecisionDesk.replaying(word, try DecisionFlow(PolicyFiles.policy(word, arguments)))
    }
    let report = try store.replay(request, by: caller) { own in
      try desk.replaying(
        VersionName(product: request.product, kind: VersionKind.policy.rawValue, version: own.version),
        sha256: own.sha256, in: store)
    }
    try StoreOptions.print(report, arguments) { text(report) }
    guard report.equal + report.different + report.unreadable > 0 else {
      throw Faults.data(
        StoreOptions.path(arguments), "has no decision that could be made again: nothing was compared",
        "See cutline receipt list; --from and --to say which time is meant.")
    }
    if report.unreadable > 0 {
      throw Faults.integrity(
        StoreOptions.path(arguments), "\(report.unreadable) decisions have no key that opens what was given",
        "Put the file of keys back that was there.")
    }
    if request.policy == nil, report.different > 0 {
      throw Faults.integrity(
        StoreOptions.path(arguments), "\(report.different) decisions are other ones under the same policy",
        "Look at the first with cutline receipt show; another program decided, or something was changed.")
    }
    return .ok
  }

  private static func text(_ report: Store.ReplayReport) -> String {
    var text =
      "\(report.decisions) decisions by \(report.policy ?? "the policies of their receipts"): \(report.equal) equal, \(report.different) different, \(report.erased) erased, \(report.unreadable) unreadable\n"
    if !report.changes.isEmpty {
      var table = TextTable(["before", "after", "decisions", "amount", "without amount"], textColumns: 2)
      for cell in report.changes {
        table.add([
          cell.before, cell.after, "\(cell.decisions)", MoneyText.cents(cell.amount), "\(cell.withoutAmount)",
        ])
      }
      text += table.text
    }
    if !report.missing.isEmpty {
      text += "given for no decision, and read as missing: \(report.missing.joined(separator: ", "))\n"
    }
    for (name, count) in report.members.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      text += "  \(name) differs in \(count)\n"
    }
    return text
  }
}

/// Amounts in hundredths, as text.
enum MoneyText {
  static func cents(_ amount: Int) -> String {
    "\(amount / 100).\(amount % 100 < 10 ? "0" : "")\(amount % 100)"
  }
}
