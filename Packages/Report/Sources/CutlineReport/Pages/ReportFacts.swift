internal import CutlineCore
internal import CutlineCredit

/// What a report tells of a run: its files, and what its numbers are about.
struct ReportFacts: Sendable {
  let tables: RunTables
  let summary: SampleSummary
  let grid: CellGrid
  let measure: RiskMeasure
  /// What the stages had to say, by stage.
  let said: [(stage: String, said: StageFiles.Said)]
  /// Where the tables lie inside the run.
  let folder: String
  let currency: String
  /// The strategies, a line each: `actual`, `in force`, the scenarios.
  let strategies: StoredTable?
  /// Names of the scenarios, in the order of their limits.
  let scenarios: [String]

  init(
    tables: RunTables, summary: SampleSummary, grid: CellGrid, measure: RiskMeasure,
    said: [(stage: String, said: StageFiles.Said)],
    folder: String,
    currency: String
  ) throws {
    (self.tables, self.summary, self.grid, self.measure) = (tables, summary, grid, measure)
    (self.said, self.folder) = (said, folder)
    self.currency = currency
    strategies = try tables.table("\(folder)/strategies.csv")
    scenarios = strategies.map { $0.column("strategy").filter { !["actual", "in force"].contains($0) } } ?? []
  }

  /// The scenario that the report is about: `base`, or the one in the middle.
  var main: String? { scenarios.contains("base") ? "base" : scenarios.isEmpty ? nil : scenarios[scenarios.count / 2] }

  func table(_ name: String) throws -> StoredTable? { try tables.table("\(folder)/\(name).csv") }

  /// Bad outcomes of the main period's booked applications, in the grid; nil where no table counts them.
  var badOutcomes: Int? {
    get throws {
      guard let bins = try table("bins"), let first = bins.column("variable").first else { return nil }
      let counts = bins.rows.indices.filter { bins.text("variable", $0) == first }.map { Int(bins.text("bad", $0)) }
      return counts.contains(nil) ? nil : counts.compactMap { $0 }.reduce(0, +)
    }
  }

  /// How sure it is that the main scenario's true risk keeps its limit; nil where nothing says so.
  var probabilityWithinLimit: Double? {
    get throws {
      try decoded(StoredIntervals.self, "intervals")?.scenarios.first { $0.name == main }?.probabilityWithinLimit
    }
  }

  /// What the columns of a table mean.
  func notes(_ table: StoredTable) -> [ColumnNote] { tables.record(table.path)?.columns ?? [] }

  func decoded<T: Decodable>(_ type: T.Type, _ name: String) throws -> T? {
    try tables.decoded(type, at: "\(folder)/\(name).json")
  }
}

/// The parts of `intervals.json` that a report shows.
struct StoredIntervals: Decodable {
  /// How a part of the estimate that no resample changes is called, where it is the model.
  static let model = "the risk model"

  struct Scenario: Decodable {
    let name: String
    let probabilityWithinLimit: Double?
  }
  let confidence: Double
  let made: Int
  let scenarios: [Scenario]
  let notCovered: [String]
}

/// The parts of `drift_alerts_{scenario}.json` that a report shows.
struct StoredAlerts: Decodable {
  struct Alert: Decodable { let severity, message, period: String }
  let alerts: [Alert]
  let summary: [String: Int]
  let notLookedAt: [String]

  /// In the order in which one must know them.
  var worstFirst: [Alert] {
    let order = ["critical", "warning", "info"]
    return (order + [""]).flatMap { severity in
      alerts.filter { severity.isEmpty ? !order.contains($0.severity) : $0.severity == severity }
    }
  }

  enum CodingKeys: String, CodingKey {
    case alerts, summary
    case notLookedAt = "not_looked_at"
  }
}

/// The parts of `backtest_{scenario}.json` that a report shows.
struct StoredBackTest: Decodable {
  struct Side: Decodable {
    let risk: Double?
    let bad: Int?
  }
  let months: Int
  let scenario: String?
  let promised, observed: Side
  let verdict: String
}

/// The parts of `reject_check.json` that a report shows.
struct StoredRejectCheck: Decodable {
  struct Method: Decodable { let method, verdict: String }
  let status: String
  let badOverrides: Int
  struct Bound: Decodable { let low, high: Double }
  /// Of overrides against what is assumed of rejected applications alike.
  let ratio: Double?
  let ratioBound: Bound?
  /// The same by chance alone, before what overriders may have known.
  let ratioInterval: Bound?
  /// How much better overrides may be than what they stand for.
  let overrideBound: Double?
  /// As many bad outcomes of one amount would say as much.
  let effectiveBads: Double?
  let methods: [Method]
}

/// The parts of `certificate.json` that a report shows.
struct StoredCertificate: Decodable {
  struct Limit: Decodable { let limit, status: String }
  let limits: [Limit]
}
