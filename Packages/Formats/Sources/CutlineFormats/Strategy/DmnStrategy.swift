internal import CutlineCredit
internal import Foundation

/// A strategy as a decision table of DMN 1.3: inputs are numbers, one output of a string, hit policy FIRST, so that the table is
/// complete and no two rules contradict each other.
///
/// FEEL computes with decimals: edges are written without exponents, as the shortest decimals that read back as the double of the
/// run. It knows neither NaN nor infinities; missing is null.
///
/// Source: Object Management Group, *Decision Model and Notation 1.3*, 2021, chapters 8 and 10.
struct DmnStrategy {
  private let rules: StrategyRules
  private let names: [String]

  init(_ rules: StrategyRules) {
    self.rules = rules
    var names: [String] = []
    for score in rules.scores {
      // What FEEL can parse as one name in every engine; the label has the column as it is.
      var name = String(
        score.column.unicodeScalars.map {
          ($0.isASCII && $0.properties.isAlphabetic) || ("0"..."9").contains($0) ? Character($0) : "_"
        })
      if name.first.map({ $0.isNumber }) ?? true { name = "_" + name }
      while names.contains(name) || Self.words.contains(name) { name += "_" }
      names.append(name)
    }
    self.names = names
  }

  private static let words: Set<String> = [
    "and", "or", "not", "in", "between", "if", "then", "else", "for", "return", "some", "every", "satisfies",
    "instance",
    "of", "function", "external", "true", "false", "null", "date", "time", "duration", "decision",
  ]

  var text: String {
    let outcomes = StrategyRules.Outcome.allCases.map { Self.string($0.rawValue) }.joined(separator: ",")
    let data = zip(names, rules.scores).enumerated().map { place, pair in
      """
        <inputData id="data\(place + 1)" name="\(pair.0)" label="\(StrategyExport.escaped(pair.1.column))">
          <variable id="variable\(place + 1)" name="\(pair.0)" typeRef="number"/>
        </inputData>

      """
    }
    let required = names.indices.map {
      "    <informationRequirement id=\"requirement\($0 + 1)\"><requiredInput href=\"#data\($0 + 1)\"/></informationRequirement>\n"
    }
    let inputs = names.enumerated().map { place, name in
      """
            <input id="input\(place + 1)" label="\(StrategyExport.escaped(rules.scores[place].column))">
              <inputExpression id="expression\(place + 1)" typeRef="number"><text>\(name)</text></inputExpression>
            </input>

      """
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="cutline-strategy"
        name="\(StrategyExport.escaped(rules.header.name))" namespace="urn:cutline:strategy:\(StrategyExport.escaped(rules.header.run))"
        exporter="cutline" exporterVersion="\(StrategyExport.escaped(rules.header.version))">
        <description>\(StrategyExport.escaped(rules.header.lines.joined(separator: "; ")))</description>
      \(data.joined())  <decision id="decision" name="decision">
          <variable id="decision-variable" name="decision" typeRef="string"/>
      \(required.joined())    <decisionTable id="table" hitPolicy="FIRST" outputLabel="decision">
      \(inputs.joined())      <output id="output" name="decision" typeRef="string">
              <outputValues id="outcomes"><text>\(outcomes)</text></outputValues>
            </output>
      \(answers)\(accepted)\(rule("reject", "Everything else", [], .reject))    </decisionTable>
        </decision>
      </definitions>

      """
  }

  private static func string(_ text: String) -> String { "&quot;\(text)&quot;" }

  /// - Parameter tests: by score; `-` where there is none.
  private func rule(_ id: String, _ why: String, _ tests: [(Int, String)], _ outcome: StrategyRules.Outcome) -> String {
    let entries = names.indices.map { place in
      let test = tests.first { $0.0 == place }?.1 ?? "-"
      return "<inputEntry id=\"\(id)-\(place + 1)\"><text>\(StrategyExport.escaped(test))</text></inputEntry>"
    }.joined()
    return """
            <rule id="\(id)"><description>\(StrategyExport.escaped(why))</description>
              \(entries)<outputEntry id="\(id)-outcome"><text>\(Self.string(outcome.rawValue))</text></outputEntry>
            </rule>

      """
  }

  private var answers: String {
    rules.scores.enumerated().map { place, score in
      var text = ""
      for (k, code) in score.codes.enumerated() {
        text += rule(
          "score\(place + 1)-code\(k + 1)", "A code of \(score.column)", [(place, DecimalText.positional(code.value))],
          code.outcome)
      }
      text += rule("score\(place + 1)-missing", "\(score.column) is missing", [(place, "null")], score.missing)
      let beyond = [
        score.least.map { "< \(DecimalText.positional($0))" }, score.greatest.map { "> \(DecimalText.positional($0))" },
      ].compactMap { $0 }
      if !beyond.isEmpty {
        text += rule(
          "score\(place + 1)-outside", "\(score.column) lies outside the edges",
          [(place, beyond.joined(separator: ", "))], score.outside)
      }
      return text
    }.joined()
  }

  private var accepted: String {
    rules.rules.enumerated().map { k, intervals in
      let tests = zip(rules.scores, intervals).enumerated().compactMap { place, pair in
        Self.test(pair.1, pair.0).map { (place, $0) }
      }
      return rule("accept\(k + 1)", "Accepted", tests, .accept)
    }.joined()
  }

  /// A unary test: `(449.4..462.8]`, `> 713`, `<= 20`; nil for everything.
  private static func test(_ interval: StrategyRules.Interval, _ score: StrategyRules.Score) -> String? {
    let isRight = score.closed == .right
    switch (interval.low.map(DecimalText.positional), interval.high.map(DecimalText.positional)) {
    case (nil, nil): return nil
    case (let low?, nil): return "\(isRight ? ">" : ">=") \(low)"
    case (nil, let high?): return "\(isRight ? "<=" : "<") \(high)"
    case (let low?, let high?): return "\(isRight ? "(" : "[")\(low)..\(high)\(isRight ? "]" : ")")"
    }
  }
}
