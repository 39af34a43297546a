package import CutlineCore

extension RuleSheet {
  /// Reads a table of rules from TOML.
  ///
  /// - Throws: `Faults` (usage) with all mistakes, each with line and column.
  /// - Complexity: O(bytes).
  public init(toml text: String, of file: String) throws {
    let root = try ConfigDocument.parse(text, source: file)
    var reader = SheetReader(file: file)
    self = try reader.sheet(root)
    try reader.reading.finish()
  }
}

extension SheetReader {
  /// Fields and derived fields alone: what else than rules reads of an application.
  package mutating func inputs(_ root: ConfigTable, of what: String) -> RuleSheet {
    var sheet = RuleSheet(name: what, hit: Text("priority"))
    sheet.place = Place(source: file, line: 1, column: 1)
    sheet.currency = text(root, "currency", of: what, isNeeded: false)
    inputs(root, &sheet)
    return sheet
  }

  private mutating func inputs(_ root: ConfigTable, _ sheet: inout RuleSheet) {
    for entry in entries(root["fields"], "fields") {
      if let own = table(entry.value, "fields.\(entry.key)") { sheet.fields.append(field(entry, own)) }
    }
    for entry in entries(root["derived"], "derived") {
      if let own = table(entry.value, "derived.\(entry.key)"), let made = derived(entry, own) {
        sheet.derived.append(made)
      }
    }
  }

  fileprivate mutating func sheet(_ root: ConfigTable) throws -> RuleSheet {
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
    inputs(root, &sheet)
    for value in root["rules"]?.array ?? [] {
      if let own = table(value, "a rule"), let made = rule(own, at: value.place) { sheet.rules.append(made) }
    }
    if let rules = root["rules"], rules.array == nil {
      fault(rules.place, "rules is \(rules.typeName)", "Write each rule as [[rules]].")
    }
    return sheet
  }

  // MARK: Parts

  private mutating func field(_ entry: ConfigTable.Entry, _ own: ConfigTable) -> RuleSheet.Field {
    let what = "field \(entry.key)"
    known(own, ["type", "unit", "column", "domain", "levels", "missing", "note"], of: what)
    var field = RuleSheet.Field(name: Text(entry.key, entry.place), type: Text("number", entry.place))
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

  private mutating func derived(_ entry: ConfigTable.Entry, _ own: ConfigTable) -> RuleSheet.Derived? {
    let what = "derived field \(entry.key)"
    known(own, ["unit", "cases", "otherwise", "otherwise_unit", "value", "note"], of: what)
    guard let otherwise = placed(own["otherwise"] ?? own["value"], "otherwise") else {
      missing(entry.place, "otherwise", what)
      return nil
    }
    var derived = RuleSheet.Derived(name: Text(entry.key, entry.place), otherwise: otherwise)
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

  private mutating func rule(_ own: ConfigTable, at place: Place) -> RuleSheet.Rule? {
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
    var rule = RuleSheet.Rule(id: id, action: Text("points", place))
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
      rule.reason = RuleSheet.Reason(code: text(table, "code", of: "the reason of \(what)") ?? "")
      for entry in table.entries where entry.key != "code" {
        rule.reason?.texts[entry.key] = text(table, entry.key, of: "the reason of \(what)")
      }
    }
    return rule
  }
}
