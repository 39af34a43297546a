@_spi(Run) internal import CutlineCore
internal import CutlineData
internal import CutlineDecide
internal import CutlineWorkspace
internal import Foundation

/// `cutline scorecard monitor`: a card in use, month by month.
enum ScorecardMonitoring {
  static let options: [Option] = [
    .value("month", "COLUMN", "monitor: the column with the day of the decision (default decided_on)."),
    .value(
      "reference", "TABLE",
      "monitor: what the months are compared with (default: what came with the version's model, else the first month)."),
  ]

  /// - Returns: 4 where there is an alert.
  static func run(_ word: String, _ arguments: Arguments) throws -> ExitCode {
    let path = try StoreOptions.operand(2, "TABLE", arguments)
    let (card, sample) = try self.card(word, arguments)
    let table = try TableInput(arguments).read(path)
    let columns = try ScoredTable.columns(of: card, table, of: path)
    let isBad = try outcome(table, path, arguments) ?? [Bool?](repeating: nil, count: table.rowCount)
    let months = try self.months(table, path, arguments["month"] ?? "decided_on")
    let dated = months.indices.filter { months[$0] != nil }
    if dated.count < months.count {
      Console.error("\(path): \(months.count - dated.count) rows have no day and are left out")
    }
    func rows(_ all: [Int]) -> (columns: [CardColumn], isBad: [Bool?]) {
      (columns.map { $0.taken(all) }, all.map { isBad[$0] })
    }
    var judged = dated
    let reference: CardMonitor.Reference
    if let other = arguments["reference"] {
      let table = try TableInput(arguments).readBeside(other)
      reference = try CardMonitor.Reference(
        card, name: (other as NSString).lastPathComponent,
        columns: ScoredTable.columns(of: card, table, of: other),
        isBad: outcome(table, other, arguments) ?? [Bool?](repeating: nil, count: table.rowCount))
    } else if let sample {
      reference = sample
    } else {
      guard let first = dated.compactMap({ months[$0] }).min() else {
        throw Faults.data(path, "has no row with a day: there is nothing to look at", "Check --month.")
      }
      let own = rows(dated.filter { months[$0] == first })
      reference = try CardMonitor.Reference(card, name: "first month, \(first)", columns: own.columns, isBad: own.isBad)
      // What is compared with itself has not moved.
      judged = dated.filter { months[$0] != first }
    }
    let own = rows(judged)
    let monitor = try CardMonitor(
      card, reference, columns: own.columns, months: judged.compactMap { months[$0] }, isBad: own.isBad)
    try StoreOptions.print(monitor, arguments) { text(monitor) }
    guard monitor.hasLooked else {
      throw Faults.data(
        path, "left nothing to look at: \(monitor.notLookedAt.first ?? "no month beside the reference")",
        "Give more applications, a reference, or outcomes.")
    }
    return monitor.alerts.isEmpty ? .ok : .gate
  }

  /// A file, or else a version of the store with what came with its model.
  private static func card(_ word: String, _ arguments: Arguments) throws -> (DecidingCard, CardMonitor.Reference?) {
    if FileSystem.exists(word) {
      return (try DecidingCard(Array(FileSystem.read(word, limit: 64 << 20)), at: word), nil)
    }
    let store = try StoreOptions.open(arguments, .reading)
    let name = try store.version(meant: word, product: arguments["product"], kind: .scorecard)
    let card = try DecidingCard(store.content(of: name), at: name.description)
    guard case .points(let own) = card, let model = try store.model(of: name), let sample = try store.modelSample(model)
    else { return (card, nil) }
    return (card, CardMonitor.Reference(own, sample, name: "test rows of \(model)"))
  }

  private static func outcome(_ table: Table, _ path: String, _ arguments: Arguments) throws -> [Bool?]? {
    try arguments["outcome"].map { try ScoredTable.outcome($0, table, of: path) }
  }

  private static func months(_ table: Table, _ path: String, _ name: String) throws -> [String?] {
    let found = try ApplicationBatch.days(of: table, name)
    return found.map { day in day.map { String(CalendarDate(daysSince1960: Int($0)).iso.prefix(7)) } }
  }

  /// Bands by month, where outcomes are known.
  private static func calibration(_ monitor: CardMonitor) -> String {
    guard monitor.months.contains(where: { !$0.calibration.isEmpty }) else { return "" }
    var table = TextTable(
      ["month", "band", "", "outcomes", "bad", "expected %", "observed %", "95 % from", "to"], textColumns: 3)
    for month in monitor.months {
      for (place, own) in month.calibration.enumerated() {
        table.add([
          place == 0 ? month.month : "", own.band, own.isOutside ? "outside" : "", "\(own.rows)", "\(own.bad)",
          NumberText.fixed(own.expectedPct, 2), NumberText.fixed(own.observedPct, 2),
          NumberText.fixed(own.interval[0], 2), NumberText.fixed(own.interval[1], 2),
        ])
      }
    }
    return "bad rate by band, as the scores promise it and as it came\n" + table.text
  }

  static func text(_ monitor: CardMonitor) -> String {
    func number(_ value: Double?, _ decimals: Int = 3) -> String { value.map { NumberText.fixed($0, decimals) } ?? "–" }
    var text = "against \(monitor.reference), \(monitor.referenceRows) applications"
    text += monitor.referenceArea.map { ", area under the ROC curve \(number($0, 4))\n" } ?? ", no area known\n"
    var table = TextTable(
      ["month", "AUC 95 %", "moved most", "rows", "known", "bad", "mean score", "PSI of score", "its bound", "AUC"],
      textColumns: 3)
    for month in monitor.months {
      let score = month.stability.first { $0.of == "score" }
      let most = month.stability.filter { $0.of != "score" }.max { $0.psi < $1.psi }
      table.add([
        month.month, month.areaInterval.map { "\(number($0[0])) to \(number($0[1]))" } ?? "",
        most.map { "\($0.of) \(number($0.psi))" } ?? "", "\(month.rows)", "\(month.known)", "\(month.bad)",
        number(month.meanScore, 1), number(score?.psi), number(score?.bound),
        month.area == nil && month.known > 0 ? "too few" : number(month.area),
      ])
    }
    text += table.text + calibration(monitor)
    text += monitor.alerts.map { "ALERT \($0)\n" }.joined()
    text += monitor.notLookedAt.map { "not looked at: \($0)\n" }.joined()
    return monitor.alerts.isEmpty ? text + "no alert\n" : text
  }
}
