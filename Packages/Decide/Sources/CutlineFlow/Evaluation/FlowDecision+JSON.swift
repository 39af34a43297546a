internal import CutlineCore
internal import CutlineRules

/// One decision as JSON: what the flow says, and beside it the names that requirement 002 gave.
extension FlowDecision {
  /// - Parameter language: of names and sentences; nil = en.
  public func answer(language: String?) -> some Encodable & Sendable { Answer(self, language) }

  private struct Answer: Encodable, Sendable {
    let own: FlowDecision
    let words: FlowWords

    init(_ own: FlowDecision, _ language: String?) { (self.own, words) = (own, FlowWords(language)) }

    private struct Step: Encodable {
      let stage, model: String
      let sha256: String?
      let p: Double?
      let t, lower, upper: Double
      let verdict: String
      let decides: Bool
    }

    private struct Key: CodingKey {
      let stringValue: String
      let intValue: Int? = nil
      init(_ name: String) { stringValue = name }
      init?(stringValue: String) { self.init(stringValue) }
      init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: Key.self)
      func put(_ name: String, _ value: (some Encodable)?) throws {
        // Nothing is said by leaving it out: null is a value here.
        if let value { try values.encode(value, forKey: Key(name)) } else { try values.encodeNil(forKey: Key(name)) }
      }
      try put("policy", own.policy)
      try put("decision", own.decision.word)
      try put("stage", own.stage.word)
      try put("probability", own.probability)
      try put("reason", own.reason)
      try put("queue", own.queue)
      try put("rule", own.stage == .rules ? own.rules.rule : nil)
      try put("cause", own.rules.cause)
      try put("rules_sha256", own.rulesSHA256)
      try put("fired", own.rules.fired)
      try put("flags", own.flags)
      try put("unknown", own.rules.unknown)
      try put("failed", own.rules.failed)
      try put("failures", own.rules.failures)
      try put(
        "path",
        own.path.map {
          Step(
            stage: $0.stage.word, model: $0.name(words.language), sha256: $0.sha256, p: $0.probability,
            t: $0.threshold, lower: $0.lower, upper: $0.upper, verdict: $0.verdict.word, decides: $0.decides)
        })
      // The requirement's.
      let (first, second) = (own.entry(.first), own.entry(.second))
      try put("final_decision", own.decision.number)
      try put("model_used", own.modelUsed(words.language))
      try put("needs_review", own.decision == .review)
      try put("message", words.message(own))
      try put("lr_proba", first?.probability)
      try put("second_proba", second?.probability)
      try put("lr_margin", first.flatMap(Self.margin))
      try put("second_margin", second.flatMap(Self.margin))
      try put("lr_confident", own.stage == .first)
      try put("second_confident", own.stage == .second)
      try put("second_used", second?.decides == true)
      try put("decision_path", words.path(own))
    }

    /// |p − t|.
    private static func margin(_ entry: Entry) -> Double? { entry.probability.map { ($0 - entry.threshold).magnitude } }
  }

  func entry(_ stage: FlowRecords.Stage) -> Entry? { path.first { $0.stage == stage } }

  /// `Business Rules`, the name of the model that decided, or `Manual Review`.
  public func modelUsed(_ language: String?) -> String {
    if decision == .review { return "Manual Review" }
    return stage == .rules ? "Business Rules" : entry(stage)?.name(language) ?? ""
  }
}

extension FlowRecords.Decision {
  /// 1 of a decline, 0 of an approval, nil of a review.
  public var number: Int? {
    switch self {
    case .approve: 0
    case .decline: 1
    case .review: nil
    }
  }
}
