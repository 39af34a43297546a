internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// A strategy as one SELECT that adds a column to a table.
///
/// Scores are read once, as doubles: NULL, NaN and, where columns have no types, text that is no number are missing. Every edge has
/// an exponent, so that it is a floating-point number in every dialect.
struct SqlStrategy {
  private let rules: StrategyRules
  private let dialect: StrategyExport.Dialect

  /// - Throws: `Faults` (usage) for a name that no identifier can be.
  static func text(of rules: StrategyRules, _ options: StrategyExport.Options) throws -> String {
    let target = try options.table.split(separator: ".", omittingEmptySubsequences: false).map {
      try SqlModel.quoted(String($0), "--table")
    }.joined(separator: ".")
    if rules.scores.contains(where: { $0.column.lowercased() == options.column.lowercased() }) {
      throw Faults.usage(
        "the column of decisions", "\(options.column.prefix(40).debugDescription) is the name of a score",
        "Give another --decision.")
    }
    let result = try SqlModel.quoted(options.column, "the column of decisions")
    let writer = SqlStrategy(rules: rules, dialect: options.dialect)
    let inputs = try rules.scores.enumerated().map { place, score in
      "\(writer.number(try SqlModel.quoted(score.column, "column of \(score.variable)"))) AS s\(place + 1)"
    }
    let (of, named) = options.dialect == .oracle ? (" FROM DUAL", "") : ("", " AS")
    return """
      \(rules.header.lines.map { "-- \(StrategyExport.comment($0))\n" }.joined())-- \(writer.dialectNote)
      SELECT t.*,
        (SELECT CASE
      \(writer.answers)\(writer.accepted)      ELSE '\(StrategyRules.Outcome.reject.rawValue)' END
         FROM (SELECT \(inputs.joined(separator: ",\n           "))\(of))\(named) s) AS \(result)
      FROM \(target)\(named) t

      """
  }

  private var dialectNote: String {
    switch dialect {
    case .ansi: "For SQLite, PostgreSQL and DuckDB. NULL and NaN are missing, in SQLite also text that is no number."
    case .tsql: "For SQL Server, with QUOTED_IDENTIFIER ON. NULL and text that is no number are missing."
    case .oracle: "For Oracle 12.2 and later. NULL, NaN and text that is no number are missing."
    }
  }

  private func number(_ name: String) -> String {
    switch dialect {
    case .ansi:
      // SQLite makes 0 of a text that is no number; as a number it is not equal to itself as a text.
      "CASE WHEN t.\(name) = CAST(t.\(name) AS DOUBLE PRECISION) THEN NULLIF(CAST(t.\(name) AS DOUBLE PRECISION), 'NaN') END"
    case .tsql: "TRY_CAST(t.\(name) AS FLOAT(53))"
    case .oracle: "NANVL(TO_BINARY_DOUBLE(t.\(name) DEFAULT NULL ON CONVERSION ERROR), NULL)"
    }
  }

  private func text(_ value: Double) -> String {
    DecimalText.exponential(value) + (dialect == .oracle ? "d" : "")
  }

  private func when(_ condition: String, _ outcome: StrategyRules.Outcome, _ why: String = "") -> String {
    let remark = why.isEmpty ? "" : "  -- \(StrategyExport.comment(why))"
    return "      WHEN \(condition) THEN '\(outcome.rawValue)'\(remark)\n"
  }

  /// Codes, missing values and values outside the edges.
  private var answers: String {
    rules.scores.enumerated().map { place, score in
      let x = "s\(place + 1)"
      var text = ""
      for code in score.codes {
        text += when("\(x) = \(self.text(code.value))", code.outcome, "a code of \(score.column)")
      }
      text += when("\(x) IS NULL", score.missing, "\(score.column) is missing")
      let beyond = [
        score.least.map { "\(x) < \(self.text($0))" }, score.greatest.map { "\(x) > \(self.text($0))" },
      ].compactMap { $0 }
      if !beyond.isEmpty {
        text += when(beyond.joined(separator: " OR "), score.outside, "\(score.column) lies outside the edges")
      }
      return text
    }.joined()
  }

  private var accepted: String {
    rules.rules.map { rule in
      let conditions = zip(rules.scores, rule).enumerated().flatMap { place, pair in
        let (score, interval) = pair
        let (above, to) = score.closed == .right ? (">", "<=") : (">=", "<")
        return [
          interval.low.map { "s\(place + 1) \(above) \(text($0))" },
          interval.high.map { "s\(place + 1) \(to) \(text($0))" },
        ].compactMap { $0 }
      }
      return when(conditions.isEmpty ? "1 = 1" : conditions.joined(separator: " AND "), .accept)
    }.joined()
  }
}
