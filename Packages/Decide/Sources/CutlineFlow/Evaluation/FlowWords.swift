internal import CutlineCore
internal import CutlineRules

/// Sentences about a decision in the languages of policies.
struct FlowWords {
  let language: String?

  init(_ language: String?) { self.language = language }

  private func say(_ en: String, _ es: String, _ ru: String) -> String {
    switch language {
    case "es": es
    case "ru": ru
    default: en
    }
  }

  /// Why, in one sentence.
  func message(_ own: FlowDecision) -> String {
    if own.stage == .rules {
      if let text = own.reasonTexts[language ?? "en"] ?? own.reasonTexts["en"] { return text }
      return rules(own)
    }
    if own.stage == .models {
      return own.reason == "grey_zone"
        ? say(
          "No model is certain: a specialist decides", "Ningún modelo está seguro: decide un especialista",
          "Модели не уверены: решает специалист")
        : say(
          "A model gives no probability: a specialist decides", "Un modelo no da probabilidad: decide un especialista",
          "Модель не даёт вероятности: решает специалист")
    }
    let name = own.entry(own.stage)?.name(language) ?? ""
    return own.decision == .approve
      ? say("\(name) approves", "\(name) aprueba", "\(name): одобрить")
      : say("\(name) declines", "\(name) rechaza", "\(name): отказать")
  }

  /// The way to it, a sentence a stage.
  func path(_ own: FlowDecision) -> [String] { [rules(own)] + own.path.filter(\.decides).map(model) + last(own) }

  private func rules(_ own: FlowDecision) -> String {
    guard own.stage == .rules else {
      return say("Rules: the models decide", "Reglas: deciden los modelos", "Правила: решают модели")
    }
    let rule = own.rules.rule ?? own.rules.cause
    switch own.decision {
    case .decline: return say("Rules: declined by \(rule)", "Reglas: rechazado por \(rule)", "Правила: отказ, \(rule)")
    case .approve:
      return say("Rules: approved by \(rule)", "Reglas: aprobado por \(rule)", "Правила: одобрено, \(rule)")
    case .review:
      return say("Rules: to people by \(rule)", "Reglas: a revisión por \(rule)", "Правила: на проверку, \(rule)")
    }
  }

  private func model(_ entry: FlowDecision.Entry) -> String {
    let name = entry.name(language)
    guard let p = entry.probability else {
      return say("\(name): no probability", "\(name): sin probabilidad", "\(name): нет вероятности")
    }
    let numbers =
      "p = \(NumberText.shortest(p)), \(NumberText.shortest(entry.lower))…\(NumberText.shortest(entry.upper))"
    switch entry.verdict {
    case .approve:
      return say("\(name): approves, \(numbers)", "\(name): aprueba, \(numbers)", "\(name): одобрить, \(numbers)")
    case .decline:
      return say("\(name): declines, \(numbers)", "\(name): rechaza, \(numbers)", "\(name): отказать, \(numbers)")
    case .unsure, .error:
      return say(
        "\(name): unsure, \(numbers)", "\(name): no está seguro, \(numbers)", "\(name): не уверена, \(numbers)")
    }
  }

  private func last(_ own: FlowDecision) -> [String] {
    guard own.decision == .review else { return [] }
    return [say("People decide", "Deciden personas", "Решают люди")]
  }
}
