internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// A strategy as one C99 file that needs nothing: `int NAME(const double *scores)`, NaN = missing; no state, no library.
struct CStrategy {
  private static let codes: [(StrategyRules.Outcome, Int)] = [(.reject, 0), (.accept, 1), (.keep, 2), (.outside, 3)]

  /// - Throws: `Faults` (usage) where the function's name is none.
  static func text(of rules: StrategyRules, function: String) throws -> String {
    try CModel.checkName(function)
    let writer = CStrategy(rules: rules)
    let inputs = rules.scores.enumerated().map { place, score in
      "   scores[\(place)]  \(StrategyExport.comment(score.column)), \(score.direction.rawValue)\n"
    }.joined()
    return """
      /* \(rules.header.lines.map(StrategyExport.comment).joined(separator: "\n   "))

      \(inputs)   NaN is missing. Returns 0 reject, 1 accept, 2 keep (the decision of today stands), 3 outside (the strategy
         says nothing of it).
         cc -std=c99 -O2 -c strategy.c; include this file, or declare: int \(function)(const double *scores); */

      #if defined(__FAST_MATH__)
      #error "-ffast-math takes NaN for a number"
      #endif

      int \(function)(const double *scores);
      const char *\(function)_name(int outcome);

      int \(function)(const double *scores)
      {
      \(writer.body)  return 0;
      }

      const char *\(function)_name(int outcome)
      {
        static const char *const names[] = {\(codes.map { "\"\($0.0.rawValue)\"" }.joined(separator: ", "))};
        return outcome >= 0 && outcome < \(codes.count) ? names[outcome] : "";
      }

      """
  }

  private let rules: StrategyRules

  private static func code(_ outcome: StrategyRules.Outcome) -> Int {
    codes.first { $0.0 == outcome }?.1 ?? 0
  }

  private var body: String {
    var text = ""
    for place in rules.scores.indices { text += "  const double x\(place + 1) = scores[\(place)];\n" }
    for (place, score) in rules.scores.enumerated() {
      let x = "x\(place + 1)"
      for code in score.codes {
        text += "  if (\(x) == \(DecimalText.shortest(code.value))) { return \(Self.code(code.outcome)); }\n"
      }
      text += "  if (\(x) != \(x)) { return \(Self.code(score.missing)); }\n"
      for (edge, way) in [(score.least, "<"), (score.greatest, ">")] {
        guard let edge else { continue }
        text += "  if (\(x) \(way) \(DecimalText.shortest(edge))) { return \(Self.code(score.outside)); }\n"
      }
    }
    for rule in rules.rules {
      let conditions = zip(rules.scores, rule).enumerated().flatMap { place, pair in
        let (above, to) = pair.0.closed == .right ? (">", "<=") : (">=", "<")
        return [
          pair.1.low.map { "x\(place + 1) \(above) \(DecimalText.shortest($0))" },
          pair.1.high.map { "x\(place + 1) \(to) \(DecimalText.shortest($0))" },
        ].compactMap { $0 }
      }
      text += "  if (\(conditions.isEmpty ? "1" : conditions.joined(separator: " && "))) { return 1; }\n"
    }
    return text
  }
}
