internal import CutlineCore

extension RuleSheet {
  /// The table as TOML; read again it is the same.
  public var toml: String {
    var lines = ["name = \(quoted(name))"]
    func add(_ key: String, _ value: String?) { if let value { lines.append("\(key) = \(value)") } }
    add("note", note.map(quoted))
    add("currency", currency.map(quoted))
    add("hit", quoted(hit.text))
    add("outcomes", outcomes.map { list($0.map(\.text)) })
    add("default", otherwise.map { value($0.text) })
    for field in fields {
      lines += ["", "[fields.\(key(field.name.text))]"]
      add("type", quoted(field.type.text))
      add("column", field.column.map(quoted))
      add("unit", field.unit.map { quoted($0.text) })
      add("domain", field.domain.map { "[" + $0.map { value($0.text) }.joined(separator: ", ") + "]" })
      add("levels", field.levels.map { list($0) })
      if !field.missing { add("missing", "false") }
      add("note", field.note.map(quoted))
    }
    for own in derived {
      lines += ["", "[derived.\(key(own.name.text))]"]
      add("unit", own.unit.map { quoted($0.text) })
      if !own.cases.isEmpty {
        let cases = own.cases.map { one in
          "{ when = \(quoted(one.when.text)), value = \(quoted(one.value.text))"
            + (one.unit.map { ", unit = \(quoted($0.text))" } ?? "") + " }"
        }
        add("cases", "[" + cases.joined(separator: ", ") + "]")
      }
      add("otherwise", quoted(own.otherwise.text))
      add("otherwise_unit", own.otherwiseUnit.map { quoted($0.text) })
      add("note", own.note.map(quoted))
    }
    for rule in rules {
      lines += ["", "[[rules]]"]
      add("id", quoted(rule.id.text))
      add("when", rule.when.map { quoted($0.text) })
      if !rule.cells.isEmpty {
        let cells = rule.cells.map { "\(key($0.field.text)) = \(quoted($0.test.text))" }
        add("cells", "{ " + cells.joined(separator: ", ") + " }")
      }
      if rule.action.text != "points" || rule.points == nil { add("action", quoted(rule.action.text)) }
      add("queue", rule.queue.map { quoted($0.text) })
      add("points", rule.points.map { value($0.text) })
      add("on_missing", rule.onMissing.map { quoted($0.text) })
      if let reason = rule.reason {
        let texts = reason.texts.sorted { $0.key < $1.key }.map { ", \($0.key) = \(quoted($0.value))" }.joined()
        add("reason", "{ code = \(quoted(reason.code))\(texts) }")
      }
      add("valid_from", rule.validFrom.map { quoted($0.text) })
      add("valid_to", rule.validTo.map { quoted($0.text) })
      add("note", rule.note.map(quoted))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func quoted(_ text: String) -> String {
    // Texts of the language hold double quotes.
    let isPlain =
      text.contains("\"") && !text.contains("'") && !text.contains { $0.isNewline || $0 == "\t" }
      && text.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
    return isPlain ? "'\(text)'" : ConfigValue.quoted(text)
  }

  private func list(_ texts: [String]) -> String { "[" + texts.map(quoted).joined(separator: ", ") + "]" }

  /// A number stays one where TOML keeps its digits; dates are texts.
  private func value(_ text: String) -> String {
    if text == "inf" || text == "-inf" { return text }
    guard let number = RuleNumber(spelled: text), number.text == text, RuleNumber(number.double) == number,
      number.isWhole ? Int64(text) != nil : true
    else { return quoted(text) }
    return text
  }

  private func key(_ text: String) -> String {
    text.wholeMatch(of: /[A-Za-z0-9_\-]+/) != nil ? text : ConfigValue.quoted(text)
  }
}
