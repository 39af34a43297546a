internal import CutlineCore
internal import CutlineRules
internal import CutlineWorkspace

/// Tables of rules as text.
enum RulesText {
  static func text(_ table: RuleTable) -> String {
    var lines = [
      "\(table.name): hit policy \(table.hit.rawValue), \(table.outcomes.joined(separator: " > "))",
      table.otherwise.map { "no rule: \(table.outcomes[$0])" } ?? "no default: every application must meet a rule",
    ]
    if !table.unread.isEmpty { lines.append("read by no rule: \(table.unread.joined(separator: ", "))") }
    var fields = TextTable(["field", "type", "unit", "values", "missing", "column"], textColumns: 6)
    for row in table.fieldRows { fields.add(row) }
    var rules = TextTable(["rule", "when", "action", "missing", "reason"], textColumns: 5)
    for row in table.ruleRows { rules.add(row) }
    let derived = table.derivedLines.map { "  \($0)\n" }.joined()
    return lines.joined(separator: "\n") + "\n" + fields.text + derived + rules.text
  }

  static func text(_ proof: RuleProof) -> String {
    var table = TextTable(["proof", "state", "detail"], textColumns: 3)
    for check in proof.checks { table.add([check.name, check.state.rawValue, check.detail]) }
    var text = "\(proof.table): \(proof.rules) rules, hit policy \(proof.hitPolicy)\n" + table.text
    let faults = proof.findings.filter(\.isFault)
    let others = proof.findings.filter { !$0.isFault }
    for finding in faults + others.prefix(20) {
      text += "\(finding.isFault ? "" : "note: ")\(finding.kind): \(finding.sentence)\n"
      if let record = finding.record {
        let values = record.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value ?? "missing")" }.joined(
          separator: ", ")
        text += "  \(values): \(finding.outcome ?? "")\n"
      }
    }
    let hidden = max(0, others.count - 20) + proof.leftOut
    if hidden > 0 { text += "\(hidden) more are not listed; --json lists more\n" }
    return text
  }

  static func text(_ statistics: RuleStatistics) -> String {
    var table = TextTable(["outcome", "applications"], textColumns: 1)
    for own in statistics.outcomes { table.add([own.name, "\(own.applications)"]) }
    table.add(["all", "\(statistics.total)"])
    var rules = TextTable(["rule", "true", "unknown", "failed", "decides"], textColumns: 1)
    for own in statistics.rules {
      rules.add([own.id, "\(own.fired)", "\(own.unknown)", "\(own.failed)", "\(own.decides)"])
    }
    return table.text + rules.text
  }

  static func text(_ comparison: RuleComparison) -> String {
    var text = ""
    for own in comparison.differences {
      text += "\(own.part) \(own.change)\n"
      if let old = own.old { text += "  - \(old)\n" }
      if let new = own.new { text += "  + \(new)\n" }
    }
    if comparison.differences.isEmpty { text = "no difference\n" }
    guard let population = comparison.population else { return text }
    text += "\(population.changed) of \(population.applications) applications have another outcome\n"
    var outcomes = TextTable(["old", "new", "applications"], textColumns: 2)
    for own in population.outcomes { outcomes.add([own.old, own.new, "\(own.applications)"]) }
    var rules = TextTable(["decided by", "now by", "applications"], textColumns: 2)
    for own in population.rules { rules.add([own.old, own.new, "\(own.applications)"]) }
    return text + outcomes.text + (population.rules.isEmpty ? "" : rules.text)
  }
}
