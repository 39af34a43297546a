internal import CutlineCore

/// `gates.csv`: the gates of a run as a table, for whom reads no pages and for the page of a batch.
public struct GateTable: Sendable {
  /// A gate as it was written.
  public struct Line: Sendable {
    /// The name that stays the same in every language: `data_quality`, `proof`, …
    public let gate: String
    /// PASS, WARN, FAIL, WAIVED or SKIPPED.
    public let state: String
    public let detail: String
  }
  public let lines: [Line]

  /// The gate of a batch that a segment's run has ended well.
  public static let run = "run"
  public static let fileName = "gates.csv"

  /// - Throws: `Faults` (integrity) for what is no table of gates.
  public init(csv: [UInt8], at path: String) throws {
    let table = try StoredTable(path: path, csv: csv)
    let states = Set(Gate.State.allCases.map { $0.rawValue.uppercased() })
    lines = try table.rows.indices.map { row in
      let state = table.text("state", row)
      guard states.contains(state), !table.text("gate", row).isEmpty else {
        throw Faults.integrity(path, "is no table of gates that cutline wrote", "Restore it or run again.")
      }
      return Line(gate: table.text("gate", row), state: state, detail: table.text("detail", row))
    }
  }

  /// What has not passed, the worst first: `FAIL drift_alerts; SKIPPED recent_period`; empty where everything has.
  public var notPassed: String {
    ["FAIL", "WARN", "WAIVED", "SKIPPED"].flatMap { state in
      lines.filter { $0.state == state }.map { "\(state) \($0.gate)" }
    }.joined(separator: "; ")
  }

  static func file(_ gates: [Gate], in folder: String) -> ResultFile {
    ResultFile(
      path: "\(folder)/\(fileName)",
      columns: [
        ColumnNote("gate", unit: "text", "What must hold before a strategy is put into force."),
        ColumnNote(
          "state", unit: "text", "PASS, WARN, FAIL, WAIVED; SKIPPED where nothing was looked at, which is no pass."),
        ColumnNote("detail", unit: "text", "What was found."),
        ColumnNote("source", unit: "text", "The file that says it."),
      ], rows: gates.map { [$0.id, $0.state.rawValue.uppercased(), $0.detail, $0.source ?? ""] })
  }
}
