internal import CutlineCore
internal import CutlineRules

extension PolicySheet {
  /// The margins of the original: those of the first and of the second model.
  static let defaultMargins = ["0.35", "0.4"]
  static let defaultThreshold = "0.5"
  /// Languages of names and sentences.
  static let languages = ["en", "es", "ru"]

  /// Reads a policy from TOML.
  ///
  /// - Throws: `Faults` (usage) with all mistakes, each with line and column.
  /// - Complexity: O(bytes).
  public init(toml text: String, of file: String) throws {
    let root = try ConfigDocument.parse(text, source: file)
    var reader = SheetReader(file: file)
    self = reader.policy(root)
    try reader.reading.finish()
  }

  /// The policy as TOML; read again it is the same.
  public var toml: String {
    func quoted(_ text: String) -> String { ConfigValue.quoted(text) }
    var lines = ["name = \(quoted(name.text))"]
    func add(_ key: String, _ text: Text?) { if let text { lines.append("\(key) = \(quoted(text.text))") } }
    add("note", note.map { Text($0) })
    add("evaluate", evaluate)
    add("probability", probability)
    add("chosen", chosen.map { Text($0) })
    lines += ["", "[rules]"]
    add("table", rules.table)
    add("file", rules.file)
    add("version", rules.version)
    add("sha256", rules.sha256)
    for (key, step) in [("first", first), ("second", second)] {
      guard let step else { continue }
      lines += ["", "[\(key)]"]
      if !step.names.isEmpty {
        let names = step.names.sorted { $0.key < $1.key }.map { "\($0.key) = \(quoted($0.value))" }
        lines.append("names = { \(names.joined(separator: ", ")) }")
      }
      add("column", step.column)
      if let calibrated = step.calibrated { lines.append("calibrated = \(calibrated)") }
      add("model", step.model)
      add("recipe", step.recipe)
      add("version", step.version)
      add("sha256", step.sha256)
      // As they were typed: a text takes any digits.
      for (key, text) in [("threshold", step.threshold), ("margin_low", step.low), ("margin_high", step.high)] {
        lines.append("\(key) = \(RuleNumber(spelled: text.text)?.text == text.text ? text.text : quoted(text.text))")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension SheetReader {
  fileprivate mutating func policy(_ root: ConfigTable) -> PolicySheet {
    let place = Place(source: file, line: 1, column: 1)
    known(root, ["name", "evaluate", "probability", "rules", "first", "second", "chosen", "note"], of: "the policy")
    var sheet = PolicySheet(name: placed(root["name"], "name") ?? Text("policy", place))
    if root["name"] == nil { missing(place, "name", "the policy") }
    sheet.place = place
    if let text = placed(root["evaluate"], "evaluate") { sheet.evaluate = text }
    if let text = placed(root["probability"], "probability") { sheet.probability = text }
    sheet.chosen = text(root, "chosen", of: "the policy", isNeeded: false)
    sheet.note = text(root, "note", of: "the policy", isNeeded: false)
    if let value = root["rules"] {
      if let own = table(value, "rules") { sheet.rules = rules(own, value.place) }
    } else {
      missing(place, "rules", "the policy")
    }
    if let value = root["first"] {
      if let own = table(value, "first") { sheet.first = step(own, 0, value.place) }
    } else {
      missing(place, "first", "the policy")
    }
    if let value = root["second"], let own = table(value, "second") { sheet.second = step(own, 1, value.place) }
    return sheet
  }

  private mutating func rules(_ own: ConfigTable, _ place: Place) -> PolicySheet.Rules {
    known(own, ["table", "file", "version", "sha256"], of: "rules")
    var rules = PolicySheet.Rules()
    rules.place = place
    rules.table = placed(own["table"], "table")
    rules.file = placed(own["file"], "file")
    rules.version = placed(own["version"], "version")
    rules.sha256 = placed(own["sha256"], "sha256")
    return rules
  }

  private mutating func step(_ own: ConfigTable, _ index: Int, _ place: Place) -> PolicySheet.Step {
    let what = ["first", "second"][index]
    known(
      own,
      [
        "names", "column", "calibrated", "model", "recipe", "version", "sha256", "threshold", "margin_low",
        "margin_high",
      ], of: what)
    func number(_ key: String, _ otherwise: String) -> Text {
      placed(own[key], key, takesNumbers: true) ?? Text(otherwise, place)
    }
    let margin = PolicySheet.defaultMargins[index]
    var step = PolicySheet.Step(
      threshold: number("threshold", PolicySheet.defaultThreshold), low: number("margin_low", margin),
      high: number("margin_high", margin))
    step.place = place
    if let value = own["names"], let names = table(value, "names") {
      known(names, PolicySheet.languages, of: "the names of \(what)")
      for entry in names.entries { step.names[entry.key] = placed(entry.value, entry.key)?.text }
    }
    step.column = placed(own["column"], "column")
    step.calibrated = flag(own["calibrated"], "calibrated")
    step.model = placed(own["model"], "model")
    step.recipe = placed(own["recipe"], "recipe")
    step.version = placed(own["version"], "version")
    step.sha256 = placed(own["sha256"], "sha256")
    return step
  }
}
