internal import CutlineCore
internal import Foundation

/// A table of rules as a decision table of DMN 1.3: inputs are fields, one output, cells are unary tests.
///
/// FEEL finds that missing values (null) meet no test but `null` and `not` of values; so does the table where its rules say
/// `on_missing = "pass"`. What DMN has no word for is refused by its name; units, columns, queues and reasons stand in attributes of their
/// own namespace, which other programs pass over.
///
/// Source: Object Management Group, *Decision Model and Notation 1.3*, 2021, chapters 8 and 10.
struct DmnRules {
  private let table: RuleTable
  /// Fields that a rule tests, in their order.
  private let inputs: [Int]
  /// By rule, by field the cell.
  private var cells: [[Int: String]] = []

  static let model = "https://www.omg.org/spec/DMN/20191111/MODEL/"
  static let own = "urn:cutline:rules"

  /// - Throws: `Faults` (usage) with all that cannot be said in DMN, by rule.
  init(_ table: RuleTable) throws {
    self.table = table
    var reading = Reading()
    func refused(_ rule: RuleTable.Rule, _ problem: String, _ advice: String) {
      reading.add(Faults.usage(rule.place, "rule \(rule.id) \(problem)", advice))
    }
    if table.isDated {
      reading.add(
        Faults.usage(table.sheet.place, "has rules of a time, which DMN does not know", "Export the rules of one day."))
    }
    let root = ProofBox(table)
    for rule in table.rules {
      cells.append([:])
      if rule.isFlag {
        refused(rule, "is a flag, which decides nothing: DMN has no such rule", "Export the table without it.")
      }
      if rule.onMissing >= 0, TruthSet.of(rule.condition, in: root) & TruthSet.unknown != 0 {
        refused(
          rule, "answers a missing value with \(table.outcomes[rule.onMissing]), which DMN cannot say",
          "Say on_missing = \"pass\" and add rules for null, or missing = false of its fields.")
      }
      var own: [Int: [RuleCondition]] = [:]
      for part in Self.parts(rule.condition) {
        let variables = Set(part.tests.map(\.variable))
        guard variables.count == 1, let variable = variables.first, case .field(let field) = table.variables[variable]
        else {
          refused(
            rule,
            variables.isEmpty
              ? "is always or never true in a part"
              : "joins several fields, or computes, in one test: \(part.tests.map(\.text).joined(separator: ", "))",
            "A cell of DMN tests one field: make several rules of it.")
          continue
        }
        own[field, default: []].append(part)
      }
      for (field, parts) in own {
        do {
          cells[cells.count - 1][field] = try DmnCell.text(parts, of: table.fields[field])
        } catch { refused(rule, error.problem, "Write it as cells.") }
      }
    }
    try reading.finish()
    let used = Set(cells.flatMap(\.keys))
    inputs = table.fields.indices.filter(used.contains)
    guard !inputs.isEmpty else { throw Faults.usage(table.sheet.place, "tests no field", "DMN needs an input.") }
  }

  /// Those that must all be true.
  private static func parts(_ condition: RuleCondition) -> [RuleCondition] {
    guard case .all(let parts) = condition else { return [condition] }
    return parts.flatMap(Self.parts)
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("\n", with: "&#10;").replacing("\t", with: "&#9;").replacing(
        "\r", with: "&#13;")
  }

  private static func attribute(_ name: String, _ text: String?) -> String {
    text.map { " \(name)=\"\(escaped($0))\"" } ?? ""
  }

  private static func type(_ kind: RuleField.Kind) -> String {
    switch kind {
    case .number, .integer: "number"
    case .date: "date"
    case .bool: "boolean"
    case .text: "string"
    }
  }

  var text: String {
    let isSum = table.hit == .collectSum
    let policy =
      switch table.hit {
      case .unique: "hitPolicy=\"UNIQUE\""
      case .priority: "hitPolicy=\"PRIORITY\""
      case .first: "hitPolicy=\"FIRST\""
      case .collectSum: "hitPolicy=\"COLLECT\" aggregation=\"SUM\""
      }
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<definitions xmlns=\"\(Self.model)\" xmlns:cutline=\"\(Self.own)\" id=\"cutline-rules\" name=\"\(Self.escaped(table.name))\""
        + " namespace=\"\(Self.own)\" exporter=\"cutline\"\(Self.attribute("cutline:currency", table.sheet.currency))>",
    ]
    if let note = table.sheet.note { lines.append("  <description>\(Self.escaped(note))</description>") }
    for (place, field) in inputs.enumerated() {
      let own = table.fields[field]
      lines += [
        "  <inputData id=\"data\(place + 1)\" name=\"\(own.name)\">",
        "    <variable id=\"variable\(place + 1)\" name=\"\(own.name)\" typeRef=\"\(Self.type(own.kind))\"/>",
        "  </inputData>",
      ]
    }
    lines += [
      "  <decision id=\"decision\" name=\"\(Self.escaped(table.name))\">",
      "    <variable id=\"outcome-variable\" name=\"outcome\" typeRef=\"\(isSum ? "number" : "string")\"/>",
    ]
    for place in inputs.indices {
      lines.append(
        "    <informationRequirement id=\"requirement\(place + 1)\"><requiredInput href=\"#data\(place + 1)\"/></informationRequirement>"
      )
    }
    lines.append("    <decisionTable id=\"table\" \(policy) outputLabel=\"outcome\">")
    for (place, field) in inputs.enumerated() { lines += input(place + 1, table.fields[field]) }
    lines.append("      <output id=\"output\" name=\"outcome\" typeRef=\"\(isSum ? "number" : "string")\">")
    if !isSum {
      let all = table.outcomes.map { Self.escaped(RuleLiteral.text($0).text) }.joined(separator: ", ")
      lines.append("        <outputValues id=\"outcomes\"><text>\(all)</text></outputValues>")
    }
    if let otherwise = table.otherwise {
      let text = isSum ? table.otherwisePoints.text : Self.escaped(RuleLiteral.text(table.outcomes[otherwise]).text)
      lines.append("        <defaultOutputEntry id=\"default\"><text>\(text)</text></defaultOutputEntry>")
    }
    lines.append("      </output>")
    for (place, rule) in table.rules.enumerated() { lines += self.rule(place, rule) }
    lines += ["    </decisionTable>", "  </decision>", "</definitions>"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func input(_ number: Int, _ own: RuleField) -> [String] {
    let attributes = [
      ("cutline:column", own.column == own.name ? nil : own.column),
      ("cutline:unit", own.unit.isPlain ? nil : own.unit.text),
      ("cutline:missing", own.mayBeMissing ? nil : "false"), ("cutline:type", own.kind == .integer ? "integer" : nil),
    ].map { Self.attribute($0.0, $0.1) }.joined()
    var lines = [
      "      <input id=\"input\(number)\" label=\"\(own.name)\"\(attributes)>",
      "        <inputExpression id=\"expression\(number)\" typeRef=\"\(Self.type(own.kind))\"><text>\(own.name)</text></inputExpression>",
    ]
    var values: String?
    if let levels = own.levels { values = levels.map { RuleLiteral.text($0).text }.joined(separator: ", ") }
    if own.kind != .bool, own.low != nil || own.high != nil {
      values = DmnCell.text(.init(low: own.low, high: own.high, hasLow: true, hasHigh: true), of: own)
    }
    if let values {
      lines.append("        <inputValues id=\"values\(number)\"><text>\(Self.escaped(values))</text></inputValues>")
    }
    return lines + ["      </input>"]
  }

  private func rule(_ place: Int, _ rule: RuleTable.Rule) -> [String] {
    let sheet = table.sheet.rules[place]
    let reasons = (sheet.reason?.texts ?? [:]).sorted { $0.key < $1.key }.map {
      Self.attribute("cutline:reason_\($0.key)", $0.value)
    }
    var line = "      <rule id=\"\(rule.id)\"\(Self.attribute("cutline:queue", rule.queue))"
    line += "\(Self.attribute("cutline:reason", rule.reasonCode))\(reasons.joined())>"
    var lines = [line]
    if let note = sheet.note { lines.append("        <description>\(Self.escaped(note))</description>") }
    for (number, field) in inputs.enumerated() {
      lines.append(
        "        <inputEntry id=\"\(rule.id)-\(number + 1)\"><text>\(Self.escaped(cells[place][field] ?? "-"))</text></inputEntry>"
      )
    }
    let output = table.hit == .collectSum ? rule.points.text : RuleLiteral.text(table.outcomes[rule.outcome]).text
    lines += [
      "        <outputEntry id=\"\(rule.id)-outcome\"><text>\(Self.escaped(output))</text></outputEntry>",
      "      </rule>",
    ]
    return lines
  }
}

/// A cell of DMN, from conditions of one field.
enum DmnCell {
  struct Unsayable: Error { let problem: String }

  /// - Throws: where FEEL would answer otherwise.
  static func text(_ parts: [RuleCondition], of field: RuleField) throws(Unsayable) -> String {
    var own = parts
    if own.count > 1 {
      // Intervals that are joined are one.
      let all = own.compactMap(interval)
      guard all.count == own.count, let first = all.first else {
        throw Unsayable(problem: "tests \(field.name) in ways that are not one cell")
      }
      let joined = all.dropFirst().reduce(first) { $0.met($1) }
      return text(joined, of: field)
    }
    return try list(own.removeFirst(), field).joined(separator: ", ")
  }

  private static func interval(_ condition: RuleCondition) -> ValueClasses.Interval? {
    switch condition {
    case .test(let test):
      guard case .numbers(let all) = test.accepted, all.count == 1 else { return nil }
      return all[0]
    case .all(let parts):
      let all = parts.compactMap(interval)
      guard all.count == parts.count, let first = all.first else { return nil }
      return all.dropFirst().reduce(first) { $0.met($1) }
    default: return nil
    }
  }

  private static func list(_ condition: RuleCondition, _ field: RuleField) throws(Unsayable) -> [String] {
    switch condition {
    case .test(let test):
      switch test.accepted {
      case .missing: return ["null"]
      case .levels(let levels): return levels.map { RuleLiteral.text($0).text }
      case .numbers(let all): return all.map { text($0, of: field) }
      }
    case .any(let parts):
      // A missing value meets `not` in FEEL, as it meets both of these.
      let negated = parts.compactMap { part -> [String]? in
        guard case .not(.test(let test)) = part, case .levels(let levels) = test.accepted else { return nil }
        return levels
      }
      let hasMissing = parts.contains { part in
        if case .test(let test) = part { test.accepted == .missing } else { false }
      }
      if parts.count == 2, negated.count == 1, hasMissing {
        return ["not(\(negated[0].map { RuleLiteral.text($0).text }.joined(separator: ", ")))"]
      }
      var all: [String] = []
      for part in parts { all += try list(part, field) }
      return all
    case .all:
      guard let own = interval(condition) else {
        throw Unsayable(problem: "tests \(field.name) in ways that are not one cell")
      }
      return [text(own, of: field)]
    case .not(.test(let test)):
      if case .levels(let levels) = test.accepted {
        if let known = field.levels { return known.filter { !levels.contains($0) }.map { RuleLiteral.text($0).text } }
        guard !field.mayBeMissing else {
          throw Unsayable(problem: "excludes words of \(field.name), which a missing value would meet in DMN")
        }
        return ["not(\(levels.map { RuleLiteral.text($0).text }.joined(separator: ", ")))"]
      }
      if case .missing = test.accepted {
        guard field.kind != .text || field.levels != nil else {
          throw Unsayable(problem: "asks whether \(field.name) is there, which no cell of words says")
        }
        if let levels = field.levels { return levels.map { RuleLiteral.text($0).text } }
        return ["not(null)"]
      }
      throw Unsayable(problem: "has a not over \(field.name)")
    case .not: throw Unsayable(problem: "has a not over \(field.name)")
    }
  }

  static func literal(_ number: RuleNumber, _ field: RuleField) -> String {
    field.kind == .date ? "date(\"\(field.text(number))\")" : field.text(number)
  }

  /// A unary test: `(449.4..462.8]`, `> 713`, `<= 20`, `5`.
  static func text(_ own: ValueClasses.Interval, of field: RuleField) -> String {
    switch (own.low, own.high) {
    case (nil, nil): return "-"
    case (let low?, nil): return "\(own.hasLow ? ">=" : ">") \(literal(low, field))"
    case (nil, let high?): return "\(own.hasHigh ? "<=" : "<") \(literal(high, field))"
    case (let low?, let high?):
      if low == high, own.hasLow, own.hasHigh { return literal(low, field) }
      return "\(own.hasLow ? "[" : "(")\(literal(low, field))..\(literal(high, field))\(own.hasHigh ? "]" : ")")"
    }
  }
}
