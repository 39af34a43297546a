internal import CutlineCore

/// What a gate of a scorecard found, on what.
public struct ScorecardGate: Sendable, Hashable, Codable {
  public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
    case pass = "PASS"
    case warn = "WARN"
    case fail = "FAIL"
    /// There was nothing to look at.
    case skipped = "SKIPPED"
  }

  public let gate: String
  public let verdict: Verdict
  /// What was measured; nil where it is not defined.
  public let value: Double?
  /// The rule in words, with its number.
  public let threshold: String
  /// Applications that it was measured on.
  public let rows: Int
  /// Which these are.
  public let population: String
  /// What a reader should know beside it.
  public let detail: String

  public init(
    _ gate: String, _ verdict: Verdict, value: Double?, threshold: String, rows: Int, population: String,
    detail: String = ""
  ) {
    (self.gate, self.verdict, self.value, self.threshold) = (gate, verdict, value, threshold)
    (self.rows, self.population, self.detail) = (rows, population, detail)
  }

  static let columns = [
    ColumnNote("gate", unit: "text", "The gate."),
    ColumnNote("state", unit: "text", "PASS, WARN, FAIL or SKIPPED; what had nothing to look at is SKIPPED."),
    ColumnNote("value", unit: "number", "What was measured; empty where it is not defined."),
    ColumnNote("threshold", unit: "text", "The rule."),
    ColumnNote("rows", unit: "applications", "On how many it was measured."),
    ColumnNote("population", unit: "text", "Which these are."),
    ColumnNote("detail", unit: "text", "What a reader should know beside it."),
  ]

  /// A table of gates as approvals bind to it (`GateReport`).
  public static func csv(_ gates: [ScorecardGate]) -> [UInt8] {
    var csv = CsvText(columns.map(\.name), guardsFormulas: true)
    for gate in gates {
      csv.add([
        gate.gate, gate.verdict.rawValue, gate.value.map(NumberText.shortest) ?? "", gate.threshold, "\(gate.rows)",
        gate.population, gate.detail,
      ])
    }
    return csv.bytes
  }
}
