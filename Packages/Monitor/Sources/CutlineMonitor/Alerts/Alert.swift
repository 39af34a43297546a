internal import CutlineCore
internal import CutlineCredit

/// Something that a person should look at.
struct Alert: Sendable, Codable, Hashable {
  enum Severity: String, Sendable, Codable, CaseIterable, Comparable {
    case info, warning, critical

    static func < (a: Self, b: Self) -> Bool { allCases.firstIndex(of: a) ?? 0 < allCases.firstIndex(of: b) ?? 0 }
  }

  /// What has looked: `psi`, `direction`, `trend`, `backtest`.
  let source: String
  let severity: Severity
  /// A column, a metric, or `__overall__` for the distribution of the main score.
  let variable: String
  /// Of `psi` alone.
  let psiValue: Double?
  let status, message: String
  /// `main`, `recent`, or a month such as `2024-05`.
  let period: String
  /// Nil where it holds for every scenario.
  let scenario: String?

  enum CodingKeys: String, CodingKey {
    case source, severity, variable, status, message, period, scenario
    case psiValue = "psi_value"
  }
}
