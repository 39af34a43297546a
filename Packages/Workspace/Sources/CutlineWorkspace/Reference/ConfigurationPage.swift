internal import CTexts
public import CutlineCore

/// The reference of the keys that a configuration may hold in its plan's table, for a terminal or as
/// `docs/configuration.md`: the frame that people write, with lists made of the plan and the stages' fields.
public struct ConfigurationPage {
  private let plan: PlanFile
  private let registry: Registry
  private let fields: SharedFields

  public init(plan: PlanFile, registry: Registry) {
    self.plan = plan
    self.registry = registry
    let order = plan.requests.map(\.kind)
    let placed = plan.stages(of: registry).enumerated().sorted { a, b in
      let places = [a, b].map { order.firstIndex(of: $0.element.kind) ?? order.count }
      return places[0] == places[1] ? a.offset < b.offset : places[0] < places[1]
    }
    fields = SharedFields(placed.map(\.element))
  }

  /// One key a paragraph.
  public func plain() -> String {
    var text = ""
    for name in fields.names {
      guard let field = fields[name].first?.field else { continue }
      text += "\(name) = \(field.defaultValue)\(field.unit.isEmpty ? "" : " (\(field.unit))")\n"
      text += "    \(field.sentence) \(field.allowed.prefix(1).uppercased())\(field.allowed.dropFirst()).\n"
      text += "    Taken by \(owners(of: name).joined(separator: ", ")).\n"
    }
    for choice in plan.choices {
      text += "\(choice.key)\n    The implementation of \(choice.stage): \(names(choice).joined(separator: ", ")).\n"
    }
    if let key = plan.verbosity { text += "\(key) = INFO\n    \(Self.verbosity)\n" }
    for (key, reason) in plan.inert { text += "\(key)\n    Without effect: \(reason).\n" }
    return text
  }

  /// The page.
  public func markdown() -> String {
    let frame = cutline_configuration_page()
    let bytes = UnsafeRawBufferPointer(start: frame.bytes, count: frame.length)
    return String(decoding: bytes, as: UTF8.self)
      .replacing("{{plan}}", with: plan.name).replacing("{{table}}", with: plan.table ?? "settings")
      .replacing("{{keys}}", with: keys).replacing("{{choose}}", with: choices).replacing("{{inert}}", with: inert)
  }

  /// A table for each kind that takes keys; a key stands with the first.
  private var keys: String {
    var text = ""
    var kind = ""
    for name in fields.names {
      guard let owner = fields[name].first else { continue }
      if owner.stage.kind != kind {
        kind = owner.stage.kind
        text += text.isEmpty ? "" : "\n"
        text += "### `\(kind)`\n\n\(owner.stage.contract.summary)\n\n"
        text += "| key | default | allowed | unit | meaning | taken by |\n|---|---|---|---|---|---|\n"
      }
      let field = owner.field
      text += row([
        "`\(name)`", "`\(field.defaultValue)`", field.allowed, field.unit, field.sentence,
        owners(of: name).map { "`\($0)`" }.joined(separator: ", "),
      ])
    }
    return text + forms
  }

  /// The keys inside keys whose values are tables.
  private var forms: String {
    var text = ""
    for name in fields.names {
      guard let form = fields[name].first?.field.form, let (keys, phrase) = Self.table(in: form, name) else { continue }
      text += "\n\(phrase):\n\n| key | allowed | meaning |\n|---|---|---|\n"
      for key in keys { text += row(["`\(key.name)`", key.form.phrase, key.sentence]) }
    }
    return text
  }

  private static func table(in form: FieldForm, _ name: String) -> (keys: [FieldForm.Key], phrase: String)? {
    switch form {
    case .table(let keys): (keys, "`\(name)`, where it is a table")
    case .map(.table(let keys)): (keys, "Each table `\(name).<name>`")
    case .list(.table(let keys), _): (keys, "Each table in `\(name)`")
    case .oneOf(let forms): forms.lazy.compactMap { table(in: $0, name) }.first
    default: nil
    }
  }

  private var choices: String {
    guard !plan.choices.isEmpty else { return "None in this plan.\n" }
    return "| key | stage | implementations |\n|---|---|---|\n"
      + plan.choices.map { choice in
        row([
          "`\(choice.key)`", "`\(choice.stage)`", names(choice).map { "`\"\($0)\"`" }.joined(separator: ", "),
        ])
      }.joined()
      + (plan.verbosity.map { "\n`\($0)` (default `\"INFO\"`): \(Self.verbosity)\n" } ?? "")
  }

  private static let verbosity =
    "How much the console shows: \(Verbosity.allCases.map(\.rawValue).joined(separator: ", ")). The run folder keeps all."

  private var inert: String {
    guard !plan.inert.isEmpty else { return "None in this plan.\n" }
    return "| key | why |\n|---|---|\n" + plan.inert.map { row(["`\($0.key)`", "\($0.reason)"]) }.joined()
  }

  private func names(_ choice: PlanFile.Choice) -> [String] {
    registry.all.filter { $0.kind == choice.kind }.flatMap { [$0.name] + $0.aliases }
  }

  /// The kinds whose stages all take `name`, and single stages of the others.
  private func owners(of name: String) -> [String] {
    var seen: Set<String> = []
    return fields[name].map(\.stage).flatMap { stage -> [String] in
      guard seen.insert(stage.kind).inserted else { return [] }
      return fields[name].filter { $0.stage.kind == stage.kind }.map { "\(stage.kind).\($0.stage.name)" }
    }
  }

  private func row(_ cells: [String]) -> String {
    "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
  }
}

extension FieldForm {
  /// What may stand there, for people.
  fileprivate var phrase: String {
    switch self {
    case .number(let range) where range.upperBound == .greatestFiniteMagnitude: "a number"
    case .number(let range): "a number in \(range.lowerBound)...\(range.upperBound)"
    case .integer(let range): "a whole number in \(range.lowerBound)...\(range.upperBound)"
    case .boolean: "true or false"
    case .text: "text"
    case .date: "a date"
    case .choice(let names): names.map { "`\"\($0)\"`" }.joined(separator: ", ")
    case .list(let element, _): "a list: \(element.phrase)"
    case .map(let element): "a table, for each key: \(element.phrase)"
    case .table: "a table"
    case .oneOf(let forms): forms.map(\.phrase).joined(separator: "; or ")
    case .stage(let kind): "a stage of kind `\(kind)`"
    case .any: "see the meaning"
    case .nothing: "nothing"
    }
  }
}
