import CutlineCore
import CutlineCredit
import Synchronization

@testable import CutlineData

/// Applications written by hand, one call a row.
struct Applications {
  struct Row {
    var id: String?
    var month: String? = "2022-03-01"
    var status: String? = "booked"
    var reason: String?
    var segment: String? = "std"
    var decision: String? = "ok"
    var internalScore: Double? = 50
    var bureauScore: Double? = 500
    var asked = 100.0
    var booked = 100.0
    var todu: Double? = 0
    var pile: Double? = 600
    var extra: [String: String] = [:]
  }

  private var rows: [Row] = []
  var hasIDs = true

  mutating func add(_ count: Int = 1, _ change: (inout Row) -> Void = { _ in }) {
    for _ in 0..<count {
      var row = Row(id: "id\(rows.count)")
      change(&row)
      if row.status == "rejected", row.reason == nil { row.reason = "09-score" }
      rows.append(row)
    }
  }

  /// Enough booked rows with a risk that falls in both scores, so that directions and stress are defined.
  static func plausible(_ count: Int = 400) -> Applications {
    var applications = Applications()
    for index in 0..<count {
      applications.add {
        $0.internalScore = Double(index % 20) * 5 + 1
        $0.bureauScore = Double(index / 20 % 20) * 50 + 1
        $0.todu = Double(40 - index % 20 - index / 20 % 20)
      }
    }
    return applications
  }

  /// Deals the rows out to months.
  mutating func spread(over months: [String]) {
    for index in rows.indices { rows[index].month = months[index % months.count] }
  }

  func table() throws -> Table {
    func text(_ value: (Row) -> String?) -> ColumnValues { .text(TextColumn(rows.map(value))) }
    func number(_ value: (Row) -> Double?) -> ColumnValues { .number(rows.map { value($0) ?? Missing.plain.value }) }
    let days = rows.map { row in
      row.month.flatMap { CalendarDate(iso: $0) }.map { Double($0.daysSince1960) } ?? Missing.plain.value
    }
    var columns = [
      Column(name: "authorization_id", values: text(\.id)), Column(name: "mis_date", values: .moment(days, .date)),
      Column(name: "status_name", values: text(\.status)), Column(name: "reject_reason", values: text(\.reason)),
      Column(name: "segment_cut_off", values: text(\.segment)),
      Column(name: "se_decision_id", values: text(\.decision)),
      Column(name: "score_rf", values: number(\.internalScore)),
      Column(name: "risk_score_rf", values: number(\.bureauScore)),
      Column(name: "oa_amt", values: number { $0.asked }),
      Column(name: "oa_amt_h0", values: number { $0.status == "booked" ? $0.booked : 0 }),
      Column(name: "acct_booked_h0", values: number { $0.status == "booked" ? 1 : 0 }),
      Column(name: "todu_30ever_h6", values: number { $0.status == "booked" ? $0.todu : nil }),
      Column(name: "todu_amt_pile_h6", values: number { $0.status == "booked" ? $0.pile : nil }),
    ]
    if !hasIDs { columns.removeFirst() }
    for name in Set(rows.flatMap(\.extra.keys)).sorted() {
      columns.append(Column(name: name, values: text { $0.extra[name] }))
    }
    return try Table(columns: columns, rowCount: rows.count)
  }

  /// The sample that a configuration makes of these rows.
  func sample(_ settings: String = "", checks: Bool = false) async throws -> Sample {
    try await sample(settings, checks: checks, in: RunContext(stageID: "prepare", seed: 1))
  }

  /// What preparation says of these rows; of one kind, where that is asked for.
  func said(_ settings: String = "", only kind: RunEvent.Kind? = nil) async throws -> [String] {
    let said = Mutex<[String]>([])
    _ = try await sample(
      settings, checks: false,
      in: RunContext(stageID: "prepare", seed: 1) { event in
        if kind == nil || event.kind == kind { said.withLock { $0.append(event.message) } }
      })
    return said.withLock { $0 }
  }

  private func sample(_ settings: String, checks: Bool, in context: RunContext) async throws -> Sample {
    let source = SourceTable(table: try table(), notes: [])
    let quality = StandardQuality(config: checks ? QualityConfig() : try Self.unchecked())
    let report = try await quality.run(Quality.ports.make(PortValues(["source": source])), in: context)
    let input = try Prepare.ports.make(PortValues(["source": source, "quality": report]))
    return try await StandardPreparation(config: Self.config(settings)).run(input, in: context)
  }

  static let base = """
    variables = ["inner", "bureau"]
    date_ini_book_obs = "2022-01-01"
    date_fin_book_obs = "2022-12-01"
    eligible = "all"
    """

  static let bins = """
    [bins.inner]
    source = "score_rf"
    direction = "higher-is-safer"
    missing = "drop"
    edges = [-inf, 50, inf]
    [bins.bureau]
    source = "risk_score_rf"
    direction = "higher-is-safer"
    missing = "drop"
    special = { 9999 = "drop" }
    edges = [-inf, 500, inf]
    """

  static func config(_ settings: String, bins: String = Applications.bins) throws -> PrepareConfig {
    var table = try ConfigDocument.parse(base + "\n" + bins, source: "base")
    table.merge(try ConfigDocument.parse(settings, source: "test"))
    var registry = Registry()
    try DataStages.register(in: &registry)
    return try PrepareConfig.read(table.entries, at: .default, origin: "test", registry: registry).config
  }

  private static func unchecked() throws -> QualityConfig {
    var config = QualityConfig()
    config.skip = true
    return config
  }
}

extension Sample {
  /// Rows of the waterfall by reason.
  var waterfall: [String: Int] {
    Dictionary(summary.account.waterfall.map { ($0.reason, $0.rows) }, uniquingKeysWith: +)
  }
}
