public import CutlineRules

/// What a flow decided of one application, with the whole way to it.
public struct FlowDecision: Sendable, Hashable {
  /// What a model of the path said.
  public struct Entry: Sendable, Hashable {
    public let stage: FlowRecords.Stage
    /// By language.
    public let names: [String: String]
    /// Of the model's content; nil of a column.
    public let sha256: String?
    /// Nil where it gave no probability.
    public let probability: Double?
    public let threshold, lower, upper: Double
    public let verdict: GreyZone.Verdict
    /// False: it was evaluated for monitoring only.
    public let decides: Bool

    func name(_ language: String?) -> String { names[language ?? "en"] ?? names["en"] ?? "" }
  }

  public let policy: String
  public let decision: FlowRecords.Decision
  public let stage: FlowRecords.Stage
  /// Of the model that decided, or was asked last; nil where rules decided, who have none.
  public let probability: Double?
  public let path: [Entry]
  /// What the rules said; rule, cause and lists are theirs.
  public let rules: RuleDecision
  public let rulesSHA256: String
  /// The code of the deciding rule where it is true, its cause else; `grey_zone` or `model_error` where models leave it open.
  public let reason: String?
  /// The reason as a sentence, by language.
  public let reasonTexts: [String: String]
  /// Who looks at it: those that the rule names, or specialists.
  public let queue: String?
  /// Rules that are true and decide nothing.
  public let flags: [String]

  /// Who looks at what models leave open.
  static let specialists = "specialist"
}

extension FlowRecords {
  /// Of one application.
  /// - Complexity: O(rules found).
  public func decision(_ row: Int) -> FlowDecision {
    let policy = flow.policy
    let told = ruled.told(row, flow.rules)
    let (decision, stage) = (decisions[row], stages[row])
    let scored = [first[row], second[row]]
    let path: [FlowDecision.Entry] = policy.steps.enumerated().compactMap { place, step in
      guard let verdict = scored[place].verdict else { return nil }
      return FlowDecision.Entry(
        stage: place == 0 ? .first : .second, names: step.names, sha256: step.sha256,
        probability: verdict == .error ? nil : scored[place].p, threshold: step.zone.threshold, lower: step.zone.lower,
        upper: step.zone.upper, verdict: verdict, decides: place == 0 || usesSecond(row))
    }
    let rule = ruled.rule(row, flow.rules)
    return FlowDecision(
      policy: policy.name, decision: decision, stage: stage, probability: probability(row), path: path, rules: told,
      rulesSHA256: policy.rulesSHA256, reason: reason(row),
      reasonTexts: stage == .rules && told.cause == "fired" ? rule?.reasonTexts ?? [:] : [:], queue: queue(row),
      flags: flags(row))
  }

  func probability(_ row: Int) -> Double? {
    let p: Double
    switch stages[row] {
    case .rules: return nil
    case .first: p = first[row].p
    case .second: p = second[row].p
    case .models: p = usesSecond(row) ? second[row].p : first[row].p
    }
    return p >= 0 && p <= 1 ? p : nil
  }

  func reason(_ row: Int) -> String? {
    switch stages[row] {
    case .rules:
      let cause = ruled.cause(row)
      guard cause == "fired", let rule = ruled.rule(row, flow.rules) else { return cause }
      return rule.reasonCode ?? rule.id
    case .first, .second: return nil
    case .models: return hasModelError(row) ? GreyZone.Verdict.error.word : "grey_zone"
    }
  }

  /// Whether a model that was asked to decide gave no probability.
  func hasModelError(_ row: Int) -> Bool {
    first[row].verdict == .error || (usesSecond(row) && second[row].verdict == .error)
  }

  func queue(_ row: Int) -> String? {
    guard decisions[row] == .review else { return nil }
    return stages[row] == .rules ? ruled.queue(row, flow.rules) : FlowDecision.specialists
  }

  func flags(_ row: Int) -> [String] {
    ruled.fired[row].compactMap { rule in
      let own = flow.policy.rules.rules[Int(rule)]
      return own.isFlag ? own.id : nil
    }
  }
}
