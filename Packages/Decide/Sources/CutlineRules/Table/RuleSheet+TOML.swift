internal import CutlineCore

extension RuleSheet {
  /// Reads a table of rules from TOML.
  ///
  /// - Throws: `Faults` (usage) with all mistakes, each with line and column.
  /// - Complexity: O(bytes).
  public init(toml text: String, of file: String) throws {
    let root = try ConfigDocument.parse(text, source: file)
    var reader = Reader(file: file)
    self = try reader.sheet(root)
    try reader.reading.finish()
  }

  private struct Reader {
    let file: String
    var reading = Reading()

    mutating func sheet(_ root: ConfigTable) throws -> RuleSheet {
      known(
        root, ["name", "currency", "hit", "outcomes", "default", "fields", "derived", "rules", "note"], of: "the table")
      let place = Place(source: file, line: 1, column: 1)
      var sheet = RuleSheet(name: text(root, "name", of: "the table") ?? "rules", hit: Text("priority", place))
      sheet.place = place
      sheet.currency = text(root, "currency", of: "the table", isNeeded: false)
      if let hit = placed(root["hit"], "hit") { sheet.hit = hit } else { missing(place, "hit", "the table") }
      sheet.outcomes = root["outcomes"].map { list($0, "outcomes") }
      sheet.otherwise = placed(root["default"], "default", takesNumbers: true)
      sheet.note = text(root, "note", of: "the table", isNeeded: false)
      for entry in entries(root["fields"], "fields") {
        if let own = table(entry.value, "fields.\(entry.key)") { sheet.fields.append(field(entry, own)) }
      }
      for entry in entries(root["derived"], "derived") {
        if let own = table(entry.value, "derived.\(entry.key)"), let made = derived(entry, own) {
          sheet.derived.append(made)
        }
      }
      for value in root["rules"]?.array ?? [] {
        if let own = table(value, "a rule"), let made = rule(own, at: value.place) { sheet.rules.append(made) }
      }
      if let rules = root["rules"], rules.array == nil {
        fault(rules.place, "rules is \(rules.typeName)", "Write each rule as [[rules]].")
      }
      return sheet
    }

    // MARK: Parts

    private mutating func field(_ entry: ConfigTable.Entry, _ own: ConfigTable) -> Field {
      let what = "field \(entry.key)"
      known(own, ["type", "unit", "column", "domain", "levels", "missing", "note"], of: what)
      var field = Field(name: Text(entry.key, entry.place), type: Text("number", entry.place))
      if let type = placed(own["type"], "type") { field.type = type } else { missing(entry.place, "type", what) }
      field.unit = placed(own["unit"], "unit")
      field.column = text(own, "column", of: what, isNeeded: false)
      if let domain = own["domain"] { field.domain = list(domain, "domain", takesNumbers: true) }
      if let levels = own["levels"] { field.levels = list(levels, "levels").map(\.text) }
      if let value = own["missing"] {
        if let flag = value.boolean {
          field.missing = flag
        } else {
          fault(value.place, "missing is \(value.typeName)", "Write missing = true or false.")
        }
      }
      field.note = text(own, "note", of: what, isNeeded: false)
      return field
    }

    private mutating func derived(_ entry: ConfigTable.Entry, _ own: ConfigTable) -> Derived? {
      let what = "derived field \(entry.key)"
      known(own, ["unit", "cases", "otherwise", "otherwise_unit", "value", "note"], of: what)
      guard let otherwise = placed(own["otherwise"] ?? own["value"], "otherwise") else {
        missing(entry.place, "otherwise", what)
        return nil
      }
      var derived = Derived(name: Text(entry.key, entry.place), otherwise: otherwise)
      derived.unit = placed(own["unit"], "unit")
      derived.otherwiseUnit = placed(own["otherwise_unit"], "otherwise_unit")
      derived.note = text(own, "note", of: what, isNeeded: false)
      for value in own["cases"]?.array ?? [] {
        guard let own = table(value, "a case") else { continue }
        known(own, ["when", "value", "unit"], of: "a case of \(entry.key)")
        guard let when = placed(own["when"], "when"), let result = placed(own["value"], "value") else {
          missing(value.place, "when or value", "a case of \(entry.key)")
          continue
        }
        derived.cases.append(.init(when: when, value: result, unit: placed(own["unit"], "unit")))
      }
      return derived
    }

    private mutating func rule(_ own: ConfigTable, at place: Place) -> Rule? {
      guard let id = placed(own["id"], "id") else {
        missing(place, "id", "a rule")
        return nil
      }
      let what = "rule \(id.text)"
      known(
        own,
        [
          "id", "when", "cells", "action", "queue", "points", "on_missing", "reason", "valid_from", "valid_to", "note",
        ], of: what)
      let points = placed(own["points"], "points", takesNumbers: true)
      var rule = Rule(id: id, action: Text("points", place))
      if let action = placed(own["action"], "action") {
        rule.action = action
      } else if points == nil {
        missing(place, "action", what)
      }
      rule.points = points
      rule.when = placed(own["when"], "when")
      rule.queue = placed(own["queue"], "queue")
      rule.onMissing = placed(own["on_missing"], "on_missing")
      rule.validFrom = placed(own["valid_from"], "valid_from")
      rule.validTo = placed(own["valid_to"], "valid_to")
      rule.note = text(own, "note", of: what, isNeeded: false)
      for entry in entries(own["cells"], "cells") {
        guard let test = placed(entry.value, "a cell", takesNumbers: true) else { continue }
        rule.cells.append(.init(field: Text(entry.key, entry.place), test: test))
      }
      if let reason = own["reason"], let table = table(reason, "reason") {
        known(table, ["code", "en", "ru", "es", "de", "fr", "pt"], of: "the reason of \(what)")
        rule.reason = Reason(code: text(table, "code", of: "the reason of \(what)") ?? "")
        for entry in table.entries where entry.key != "code" {
          rule.reason?.texts[entry.key] = text(table, entry.key, of: "the reason of \(what)")
        }
      }
      return rule
    }

    // MARK: Values

    private mutating func fault(_ place: Place, _ problem: String, _ advice: String) {
      reading.add(Faults.usage(place, problem, advice))
    }

    private mutating func missing(_ place: Place, _ key: String, _ what: String) {
      fault(place, "\(what) has no \(key)", "Give it.")
    }

    private mutating func known(_ table: ConfigTable, _ keys: [String], of what: String) {
      for entry in table.entries where !keys.contains(entry.key) {
        fault(
          entry.place, "\(what) has the unknown key \(entry.key)\(DidYouMean.phrase(for: entry.key, among: keys))",
          "It may have \(keys.joined(separator: ", ")).")
      }
    }

    private mutating func text(_ table: ConfigTable, _ key: String, of what: String, isNeeded: Bool = true) -> String? {
      guard let value = table[key] else {
        if isNeeded { missing(Place(source: file, line: 1, column: 1), key, what) }
        return nil
      }
      return placed(value, key)?.text
    }

    /// A text with the place of its first character; numbers as they are written, where they may stand.
    private mutating func placed(_ value: ConfigValue?, _ key: String, takesNumbers: Bool = false) -> Text? {
      guard let value else { return nil }
      switch value.content {
      case .string(let text):
        return Text(
          text, Place(source: value.place.source, line: value.place.line, column: value.place.column + 1))
      case .integer(let number) where takesNumbers: return Text("\(number)", value.place)
      case .float(let number) where takesNumbers && number.isFinite:
        return Text(RuleNumber(number)?.text ?? "", value.place)
      case .float(let number) where takesNumbers && number.isInfinite:
        return Text(number < 0 ? "-inf" : "inf", value.place)
      case .boolean(let flag) where takesNumbers: return Text("\(flag)", value.place)
      case .temporal(let text): return Text(text, value.place)
      default:
        fault(value.place, "\(key) is \(value.typeName)", "Write a text\(takesNumbers ? " or a number" : "").")
        return nil
      }
    }

    private mutating func list(_ value: ConfigValue, _ key: String, takesNumbers: Bool = false) -> [Text] {
      guard let all = value.array else {
        fault(value.place, "\(key) is \(value.typeName)", "Write a list.")
        return []
      }
      var texts: [Text] = []
      for value in all { if let text = placed(value, key, takesNumbers: takesNumbers) { texts.append(text) } }
      return texts
    }

    private mutating func table(_ value: ConfigValue, _ what: String) -> ConfigTable? {
      if let table = value.table { return table }
      fault(value.place, "\(what) is \(value.typeName)", "Write a table.")
      return nil
    }

    private mutating func entries(_ value: ConfigValue?, _ what: String) -> [ConfigTable.Entry] {
      guard let value, let table = table(value, what) else { return [] }
      return table.entries.sorted { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
    }
  }
}
