internal import CutlineCore
internal import CutlineFormats

/// Flat decision tables of DMN 1.1 to 1.5 as tables of rules: hit policies UNIQUE, PRIORITY, FIRST and COLLECT with SUM, one output.
struct DmnRulesImport {
  private let file: String
  private let decision: XmlElement
  private let own: XmlElement
  private let currency: String?
  private let note: String?
  private(set) var notes: [String] = []

  /// - Parameter name: of the decision or business knowledge model; nil where the file has only one with a table.
  /// - Throws: `Faults` (data) with the line of what is wrong, or what a table of rules cannot say, by its name.
  static func sheet(_ bytes: [UInt8], of file: String, decision name: String?) throws -> (
    sheet: RuleSheet, notes: [String]
  ) {
    var reader = try DmnRulesImport(bytes, file, name)
    let sheet = try reader.sheet()
    return (sheet, reader.notes)
  }

  private init(_ bytes: [UInt8], _ file: String, _ name: String?) throws {
    self.file = file
    let root = try XmlElement.document(bytes, of: file)
    guard root.name == "definitions" else {
      throw Faults.data(
        Place(source: file, line: root.line, column: 1), "is no DMN: its root is \(root.name)", "Give a file of DMN.")
    }
    let all = (root.all("decision") + root.all("businessKnowledgeModel")).compactMap {
      element -> (XmlElement, XmlElement)? in
      (element.first("decisionTable") ?? element.first("encapsulatedLogic")?.first("decisionTable")).map {
        (element, $0)
      }
    }
    let names = all.map { $0.0.attributes["name"] ?? $0.0.attributes["id"] ?? "" }
    guard !all.isEmpty else { throw Faults.data(file, "holds no decision table", "Give a file with a flat table.") }
    let chosen: Int
    if let name {
      guard let place = names.firstIndex(of: name) else {
        throw Faults.usage(
          "--decision", "\(file) has no table \"\(name)\"\(DidYouMean.phrase(for: name, among: names))",
          "It has \(names.joined(separator: ", ")).")
      }
      chosen = place
    } else {
      guard all.count == 1 else {
        throw Faults.usage(
          file, "holds \(all.count) tables", "Say --decision with one of \(names.joined(separator: ", ")).")
      }
      chosen = 0
    }
    (decision, own) = all[chosen]
    currency = root.attributes["currency"]
    note = root.first("description")?.text
  }

  private func place(_ element: XmlElement) -> Place { Place(source: "\(file):\(element.line)") }

  private func refused(_ element: XmlElement, _ problem: String, _ advice: String) -> Faults {
    Faults.data(place(element), problem, advice)
  }

  private static func trimmed(_ text: String) -> String {
    let inner = text.drop(while: \.isWhitespace)
    return String(inner.reversed().drop(while: \.isWhitespace).reversed())
  }

  private func text(_ element: XmlElement?) -> String { Self.trimmed(element?.first("text")?.text ?? "") }

  private func hit() throws -> RuleTable.HitPolicy {
    let policy = own.attributes["hitPolicy"] ?? "UNIQUE"
    switch policy {
    case "UNIQUE": return .unique
    case "PRIORITY": return .priority
    case "FIRST": return .first
    case "COLLECT":
      guard own.attributes["aggregation"] == "SUM" else {
        throw refused(
          own, "collects by \(own.attributes["aggregation"] ?? "listing"), which a table of rules does not",
          "It adds up: COLLECT with SUM.")
      }
      return .collectSum
    default:
      throw refused(
        own, "has the hit policy \(policy), which a table of rules does not have",
        "It has UNIQUE, PRIORITY, FIRST, and COLLECT with SUM.")
    }
  }

  private mutating func sheet() throws -> RuleSheet {
    let hit = try hit()
    if let orientation = own.attributes["preferredOrientation"], orientation == "CrossTable" {
      throw refused(own, "is a cross table", "Write it with a rule a row.")
    }
    let outputs = own.all("output")
    guard outputs.count == 1, let output = outputs.first else {
      throw refused(own, "has \(outputs.count) outputs", "A table of rules has one: make a table of each.")
    }
    var sheet = RuleSheet(
      name: decision.attributes["name"] ?? "dmn", hit: .init(hit.rawValue, place(own)))
    sheet.currency = currency
    sheet.note = note
    sheet.place = place(own)
    let inputs = own.all("input")
    let entries = own.all("rule").map { $0.all("inputEntry").map { text($0) } }
    for (number, rule) in own.all("rule").enumerated() where entries[number].count != inputs.count {
      throw refused(
        rule, "has \(entries[number].count) cells of \(inputs.count)",
        "Give each input a cell, - where any value will do.")
    }
    for (number, input) in inputs.enumerated() { sheet.fields.append(try field(input, entries.map { $0[number] })) }
    let all = try self.outputs(output, hit)
    if hit != .collectSum { sheet.outcomes = all.map { .init($0, place(output)) } }
    if let text = output.first("defaultOutputEntry").map({ self.text($0) }) {
      sheet.otherwise = .init(try word(text, hit, output), place(output))
    }
    for (number, rule) in own.all("rule").enumerated() {
      sheet.rules.append(try self.rule(rule, number, sheet.fields, entries[number], hit))
    }
    return sheet
  }

  // MARK: Fields

  /// Of what its cells compare it with; `typeRef` often says something else.
  private mutating func field(_ input: XmlElement, _ cells: [String]) throws -> RuleSheet.Field {
    let expression = text(input.first("inputExpression"))
    guard expression.wholeMatch(of: /[\p{L}_][\p{L}\p{N}_ .\-]*/) != nil else {
      throw refused(input, "computes its input: \(expression)", "An input of a table of rules is a field by its name.")
    }
    var name = String(
      expression.unicodeScalars.map { $0.isASCII && RuleLexer.isOfName(UInt8($0.value)) ? Character($0) : "_" })
    if name.first.map({ !$0.isLetter }) ?? true || RuleParser.isWord(name) || name == RuleField.asOf.name {
      name = "field_" + name
    }
    let values = text(input.first("inputValues"))
    var kinds: Set<RuleField.Kind> = []
    for cell in cells + [values] where cell != "-" && !cell.isEmpty {
      for token in try RuleLexer.tokens(RuleSource(text: cell, place: place(input))) {
        switch token.token {
        case .number: kinds.insert(.number)
        case .text: kinds.insert(.text)
        case .name("true"), .name("false"): kinds.insert(.bool)
        case .name("date"): kinds.insert(.date)
        default: break
        }
      }
    }
    if kinds.contains(.date) { kinds.remove(.text) }
    guard kinds.count < 2 else {
      throw refused(
        input, "compares \(expression) with \(kinds.map(\.rawValue).sorted().joined(separator: " and "))",
        "Compare like with like.")
    }
    let stated = input.first("inputExpression")?.attributes["typeRef"].map {
      String($0.split(separator: ":").last ?? "")
    }
    let byName: [String: RuleField.Kind] = ["number": .number, "string": .text, "boolean": .bool, "date": .date]
    var kind = kinds.first ?? stated.flatMap { byName[$0] } ?? .text
    if let stated, let other = byName[stated], other != kind {
      notes.append("\(expression) is stated as \(stated) and compared as \(kind.rawValue)")
    }
    if kind == .number, input.attributes["type"] == "integer" { kind = .integer }
    var field = RuleSheet.Field(name: .init(name, place(input)), type: .init(kind.rawValue, place(input)))
    field.column = input.attributes["column"] ?? (name == expression ? nil : expression)
    field.unit = input.attributes["unit"].map { .init($0, place(input)) }
    field.missing = input.attributes["missing"] != "false"
    guard !values.isEmpty else { return field }
    if kind == .text {
      field.levels = try literals(values, input)
    } else if let match = values.wholeMatch(of: /\[\s*(\S+?)\s*\.\.\s*(\S+?)\s*\]/) {
      field.domain = [bare(String(match.1)), bare(String(match.2))].map { .init($0, place(input)) }
    } else if let match = values.wholeMatch(of: /(>=|<=)\s*(\S+)/) {
      let end = bare(String(match.2))
      field.domain = (match.1 == ">=" ? [end, "inf"] : ["-inf", end]).map { .init($0, place(input)) }
    } else if kind != .bool {
      notes.append("the values of \(expression), \(values), are no closed interval and are left out")
    }
    return field
  }

  private func bare(_ text: String) -> String {
    text.wholeMatch(of: /date\("([^"]*)"\)/).map { String($0.1) } ?? text
  }

  private func literals(_ text: String, _ element: XmlElement) throws -> [String] {
    var (found, isBetween): ([String], Bool) = ([], true)
    for token in try RuleLexer.tokens(RuleSource(text: text, place: place(element))) {
      switch token.token {
      case .text(let level) where isBetween:
        found.append(level)
        isBetween = false
      case .sign(",") where !isBetween: isBetween = true
      case .end where !isBetween: break
      default: throw refused(element, "has values that are no list of texts", "Write \"A\", \"B\".")
      }
    }
    return found
  }

  // MARK: Rules

  private func outputs(_ output: XmlElement, _ hit: RuleTable.HitPolicy) throws -> [String] {
    guard hit != .collectSum else { return [] }
    let stated = text(output.first("outputValues"))
    if !stated.isEmpty { return try literals(stated, output) }
    guard hit != .priority else {
      throw refused(
        output, "has no output values, which say what wins under PRIORITY", "List them, the one that wins first.")
    }
    var found: [String] = []
    for rule in own.all("rule") {
      let word = try word(text(rule.first("outputEntry")), hit, rule)
      if !found.contains(word) { found.append(word) }
    }
    return found
  }

  private func word(_ text: String, _ hit: RuleTable.HitPolicy, _ element: XmlElement) throws -> String {
    if hit == .collectSum {
      guard RuleNumber(spelled: text) != nil else {
        throw refused(element, "adds up \(text), which is no number", "Give numbers.")
      }
      return text
    }
    // Whatever the lexer has against it, it is no text: said with the element, in words of DMN.
    guard let tokens = try? RuleLexer.tokens(RuleSource(text: text, place: place(element))), tokens.count == 2,
      case .text(let word) = tokens[0].token
    else {
      throw refused(element, "has the output \(text), which is no text", "A table of rules gives words: write \"A\".")
    }
    return word
  }

  private func rule(
    _ element: XmlElement, _ number: Int, _ fields: [RuleSheet.Field], _ entries: [String], _ hit: RuleTable.HitPolicy
  ) throws -> RuleSheet.Rule {
    let id = element.attributes["id"] ?? ""
    var rule = RuleSheet.Rule(
      id: .init(id.wholeMatch(of: /[a-z0-9_]{1,64}/) != nil ? id : "row_\(number + 1)", place(element)),
      action: .init(RuleTable.points, place(element)))
    let output = try word(text(element.first("outputEntry")), hit, element)
    if hit == .collectSum {
      rule.points = .init(output, place(element))
    } else {
      rule.action = .init(output, place(element))
    }
    rule.onMissing = .init(RuleTable.pass, place(element))
    rule.note = element.first("description")?.text
    rule.queue = element.attributes["queue"].map { .init($0, place(element)) }
    if let code = element.attributes["reason"] {
      rule.reason = .init(code: code)
      for (key, text) in element.attributes where key.hasPrefix("reason_") {
        rule.reason?.texts[String(key.dropFirst(7))] = text
      }
    }
    for (field, cell) in zip(fields, entries) where cell != "-" && !cell.isEmpty {
      // In FEEL a missing value is other than every value.
      let isExclusion = cell.wholeMatch(of: /not\s*\((\s*"(?:[^"\\]|\\.)*"\s*,?)+\)/) != nil && field.missing
      rule.cells.append(.init(field: field.name, test: .init(isExclusion ? cell + ", null" : cell, place(element))))
    }
    return rule
  }
}
