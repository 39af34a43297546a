internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// A strategy as text that other programs decide by.
///
/// Every format asks the same questions in the same order (`StrategyRules`), with edges in decimals that read back as the same
/// double, so that all decide alike; docs/methods/exports.md has an example of each and its limits.
public enum StrategyExport {
  public enum Format: String, Sendable, CaseIterable {
    /// One SELECT with a CASE.
    case sql
    /// A decision table of DMN 1.3.
    case dmn
    /// A rule set of PMML 4.4.
    case pmml
    /// The rules themselves, documented and versioned; `PortableStrategy` reads them back.
    case json
    /// One C99 file.
    case c
    /// Cutoffs in raw scores, as `cutline evaluate` reads them.
    case csv

    public var fileExtension: String { rawValue }
  }

  public enum Dialect: String, Sendable, CaseIterable {
    /// SQLite, PostgreSQL, DuckDB.
    case ansi
    /// Microsoft SQL Server.
    case tsql
    case oracle
  }

  public struct Options: Sendable {
    /// sql: the table that is read.
    public var table = "applications"
    /// sql: the column that is added.
    public var column = "decision"
    public var dialect = Dialect.ansi
    /// c: the name of the function.
    public var function = "cutline_decide"

    public init() {}
  }

  /// What a statement or a table of decisions is still read with.
  static let ruleLimit = 5_000

  /// - Throws: `Faults` (data) where the format cannot carry so many rules, `Faults` (usage) for names that it cannot have.
  /// - Complexity: O(rules · scores).
  public static func text(of rules: StrategyRules, as format: Format, options: Options = Options()) throws -> String {
    if [.sql, .dmn, .pmml].contains(format), rules.rules.count > ruleLimit {
      throw Faults.data(
        "strategy \(rules.header.name)", "needs \(rules.rules.count) rules, more than \(ruleLimit) that engines take",
        "Export it to C or JSON.")
    }
    return switch format {
    case .sql: try SqlStrategy.text(of: rules, options)
    case .dmn: DmnStrategy(rules).text
    case .pmml: PmmlStrategy(rules).text
    case .json: try String(decoding: PortableStrategy.encode(rules), as: UTF8.self)
    case .c: try CStrategy.text(of: rules, function: options.function)
    case .csv: ScoreCondition.csv(of: rules)
    }
  }

  /// A text of a file inside a comment of any kind.
  static func comment(_ text: String) -> String {
    // What becomes a slash comes first, so that it closes nothing.
    SqlModel.comment(text).replacing("\\", with: "/").replacing("*/", with: "* /").replacing("/*", with: "/ *")
      .replacing("??", with: "? ?").replacing("--", with: "- -")
  }

  /// A text as the content or an attribute of XML.
  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
