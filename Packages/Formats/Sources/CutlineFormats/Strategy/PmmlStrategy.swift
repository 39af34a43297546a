internal import CutlineCredit
internal import Foundation

/// A strategy as a RuleSetModel of PMML 4.4: the first rule that is true counts.
///
/// A comparison with a missing value is neither true nor false, so that missing values are asked for before anything else that
/// could pass them by.
///
/// Source: Data Mining Group, *PMML 4.4.1*, RuleSet.
struct PmmlStrategy {
  private let rules: StrategyRules

  init(_ rules: StrategyRules) { self.rules = rules }

  var text: String {
    let outcomes = StrategyRules.Outcome.allCases
    let result = fresh("decision")
    let fields = rules.scores.map { StrategyExport.escaped($0.column) }
    let dictionary = fields.map { "    <DataField name=\"\($0)\" optype=\"continuous\" dataType=\"double\"/>\n" }
    let values = outcomes.map { "<Value value=\"\($0.rawValue)\"/>" }.joined()
    let schema = fields.map { "      <MiningField name=\"\($0)\" invalidValueTreatment=\"asIs\"/>\n" }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">
        <Header description="\(StrategyExport.escaped(rules.header.lines.joined(separator: "; ")))">
          <Application name="cutline" version="\(StrategyExport.escaped(rules.header.version))"/>
        </Header>
        <DataDictionary numberOfFields="\(fields.count + 1)">
      \(dictionary.joined())    <DataField name="\(result)" optype="categorical" dataType="string">\(values)</DataField>
        </DataDictionary>
        <RuleSetModel modelName="\(StrategyExport.escaped(rules.header.name))" functionName="classification">
          <MiningSchema>
      \(schema.joined())      <MiningField name="\(result)" usageType="target"/>
          </MiningSchema>
          <RuleSet defaultScore="\(StrategyRules.Outcome.reject.rawValue)" defaultConfidence="1">
            <RuleSelectionMethod criterion="firstHit"/>
      \(answers)\(accepted)    </RuleSet>
        </RuleSetModel>
      </PMML>

      """
  }

  /// A name that no score has.
  private func fresh(_ name: String) -> String {
    var free = name
    while rules.scores.contains(where: { $0.column == free }) { free += "_" }
    return free
  }

  private func predicate(_ score: StrategyRules.Score, _ way: String, _ value: Double) -> String {
    "<SimplePredicate field=\"\(StrategyExport.escaped(score.column))\" operator=\"\(way)\" "
      + "value=\"\(DecimalText.shortest(value))\"/>"
  }

  private func rule(_ id: String, _ outcome: StrategyRules.Outcome, _ predicates: [String]) -> String {
    let all =
      predicates.isEmpty
      ? "<True/>"
      : predicates.count == 1
        ? predicates[0] : "<CompoundPredicate booleanOperator=\"and\">\(predicates.joined())</CompoundPredicate>"
    return "      <SimpleRule id=\"\(id)\" score=\"\(outcome.rawValue)\" confidence=\"1\">\(all)</SimpleRule>\n"
  }

  private var answers: String {
    rules.scores.enumerated().map { place, score in
      var text = ""
      for (k, code) in score.codes.enumerated() {
        text += rule("score\(place + 1)-code\(k + 1)", code.outcome, [predicate(score, "equal", code.value)])
      }
      let missing = "<SimplePredicate field=\"\(StrategyExport.escaped(score.column))\" operator=\"isMissing\"/>"
      text += rule("score\(place + 1)-missing", score.missing, [missing])
      if let least = score.least {
        text += rule("score\(place + 1)-below", score.outside, [predicate(score, "lessThan", least)])
      }
      if let greatest = score.greatest {
        text += rule("score\(place + 1)-above", score.outside, [predicate(score, "greaterThan", greatest)])
      }
      return text
    }.joined()
  }

  private var accepted: String {
    rules.rules.enumerated().map { k, intervals in
      let predicates = zip(rules.scores, intervals).flatMap { score, interval in
        let (above, to) =
          score.closed == .right ? ("greaterThan", "lessOrEqual") : ("greaterOrEqual", "lessThan")
        return [
          interval.low.map { predicate(score, above, $0) }, interval.high.map { predicate(score, to, $0) },
        ].compactMap { $0 }
      }
      return rule("accept\(k + 1)", .accept, predicates)
    }.joined()
  }
}
