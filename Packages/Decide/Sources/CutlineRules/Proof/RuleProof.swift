internal import CutlineCore

/// What was proved of a table, and what was found against it, each with a record that the evaluator has tried.
public struct RuleProof: Sendable, Encodable {
  public enum State: String, Sendable, Encodable {
    case pass = "PASS"
    case warn = "WARN"
    case fail = "FAIL"
  }

  /// One question about the table.
  public struct Check: Sendable, Encodable {
    public let name: String
    public let state: State
    public let detail: String
  }

  /// What speaks against the table, or is good to know.
  public struct Finding: Sendable, Encodable {
    /// gap, overlap, unreachable, dead-condition or open.
    public let kind: String
    /// Those that it is about, in the order of the table.
    public let rules: [String]
    public let sentence: String
    /// By field; a field that is missing has null. Nil where there is none.
    public let record: [String: String?]?
    /// What the evaluator says of the record.
    public let outcome: String?
    /// The rule that wins, where several are true.
    public let wins: String?
    /// Whether it makes its check fail.
    public let isFault: Bool
  }

  public let table: String
  public let hitPolicy: String
  public let rules: Int
  public var checks: [Check] = []
  public var findings: [Finding] = []
  /// Findings that are not listed.
  public var leftOut = 0
  /// Evaluations of conditions.
  public var steps = 0

  enum CodingKeys: String, CodingKey {
    case table, rules, checks, findings, steps
    case hitPolicy = "hit_policy"
    case leftOut = "left_out"
  }

  /// Whether nothing failed and nothing is open.
  public var isProved: Bool { checks.allSatisfy { $0.state != .fail } }

  /// As `gates.csv` of a run.
  ///
  /// - Parameter digest: of what was looked at.
  public func gates(digest: String) -> [UInt8] {
    var csv = CsvText(["gate", "state", "detail", "source"])
    for check in checks { csv.add(["rules-\(check.name)", check.state.rawValue, check.detail, "sha256 \(digest)"]) }
    return csv.bytes
  }
}
