public import CutlineCore

extension RuledRecords {
  /// Columns beside a table of applications: `action`, `rule`, `cause`, `queue`, `fired`, `unknown`, `failures`, `reason` and, of a table
  /// that adds up, `points`; with a language the reason's sentence, too. Lists are joined by `|`.
  ///
  /// - Throws: `Faults` (usage) where a rule has no sentence in the language.
  public func columns(_ program: RuleProgram, language: String? = nil) throws -> [Column] {
    let table = program.table
    if let language {
      let silent = table.rules.filter { !$0.isFlag && $0.reasonTexts[language] == nil }.map(\.id)
      guard silent.isEmpty else {
        throw Faults.usage(
          "--lang \(language)", "there is no sentence for \(silent.prefix(5).joined(separator: ", "))",
          "Write it in the rule's reason.")
      }
    }
    func text(_ name: String, _ label: String, _ of: (RuleVerdict, Int) -> String?) -> Column {
      Column(name: name, label: label, values: .text(TextColumn(verdicts.enumerated().map { of($1, $0) })))
    }
    func rule(_ own: RuleVerdict) -> RuleTable.Rule? { own.rule < 0 ? nil : table.rules[Int(own.rule)] }
    func list(_ name: String, _ label: String, _ lists: Lists) -> Column {
      var known: [ArraySlice<Int32>: String] = [:]
      return text(name, label) { _, row in
        let own = lists[row]
        guard !own.isEmpty else { return nil }
        if let text = known[own] { return text }
        let text = own.map { table.rules[Int($0)].id }.joined(separator: "|")
        known[own] = text
        return text
      }
    }
    var columns = [
      text("action", "What the rules say") { own, _ in table.outcomes[Int(own.outcome)] },
      text("rule", "The rule whose reason is told first") { own, _ in rule(own)?.id },
      text("cause", "fired, unknown, default, failure, overlap or gap") { own, _ in own.cause.word },
      text("queue", "Who looks at it") { own, _ in program.queue(own) },
      list("fired", "Rules that are true", fired), list("unknown", "Rules that miss a value", unknown),
      text("failures", "Fields whose value may not be") { _, row in
        failures[row].isEmpty ? nil : failures[row].map { table.text(Int($0)) }.joined(separator: "|")
      },
      text("reason", "Code of the reason") { own, _ in own.cause == .fired ? rule(own)?.reasonCode : nil },
    ]
    if let language {
      columns.append(
        text("reason_\(language)", "The same as a sentence") { own, _ in
          own.cause == .fired ? rule(own)?.reasonTexts[language] : nil
        })
    }
    if table.hit == .collectSum {
      columns.append(
        Column(
          name: "points", label: "Sum of points",
          values: .number(
            points.indices.map { row in
              table.outcomes[Int(verdicts[row].outcome)] == RuleTable.points ? points[row].double : Missing.plain.value
            })))
    }
    return columns
  }
}
