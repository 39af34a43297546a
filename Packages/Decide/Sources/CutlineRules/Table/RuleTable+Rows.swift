extension RuleTable {
  /// Of each field: name, type, unit, values, whether it may be missing, column.
  public var fieldRows: [[String]] {
    zip(sheet.fields, fields).map { own, field -> [String] in
      let ends = own.domain?.map { $0.text }.joined(separator: " to ")
      let values: String = own.levels?.joined(separator: ", ") ?? ends ?? "any"
      let unit: String = field.unit.isPlain ? "" : field.unit.text
      let column: String = field.column == field.name ? "" : field.column
      return [field.name, field.kind.rawValue, unit, values, field.mayBeMissing ? "may be" : "an error", column]
    }
  }

  /// Of each rule: id, condition, action, answer to a missing value, reason.
  public var ruleRows: [[String]] {
    zip(sheet.rules, rules).map { own, rule -> [String] in
      let cells = own.cells.map { "\($0.field.text) \($0.test.text)" }
      let tests = (own.when.map { [$0.text] } ?? []) + cells
      var action: String = own.points?.text ?? own.action.text
      if let queue = rule.queue { action += " (\(queue))" }
      let missing: String = own.onMissing?.text ?? (rule.isFlag ? "" : Self.manual)
      let reason = [rule.reasonCode, rule.reasonTexts["en"]].compactMap { $0 }.joined(separator: ": ")
      return [rule.id, tests.joined(separator: "; "), action, missing, reason]
    }
  }

  /// Of each derived field a line: what it is made of.
  public var derivedLines: [String] {
    sheet.derived.map { own -> String in
      let cases = own.cases.map { "\($0.value.text) where \($0.when.text)" }
      let rest: String = (own.cases.isEmpty ? "" : "else ") + own.otherwise.text
      return "\(own.name.text): " + (cases + [rest]).joined(separator: ", ")
    }
  }
}
