internal import CutlineCore
internal import CutlineFlow
internal import CutlineWorkspace

/// Policies and what they decided, as text.
enum FlowText {
  static func text(_ policy: DecisionPolicy) -> String {
    var table = TextTable(["model", "probability", "approve", "decline", "sha256"], textColumns: 5)
    for step in policy.steps {
      let source =
        switch step.source {
        case .column(let name): "column \(name)"
        case .model(let own, _): "\(own.model.name), \(own.model.features.count) features"
        }
      let zone = step.zone
      table.add([
        step.name(nil), source,
        zone.silentSides.contains(.approve) ? "never" : "p <= \(NumberText.shortest(zone.lower))",
        zone.silentSides.contains(.decline) ? "never" : "p >= \(NumberText.shortest(zone.upper))",
        step.sha256.map { String($0.prefix(12)) } ?? "",
      ])
    }
    return
      "\(policy.name): \(policy.rules.rules.count) rules of \(policy.rules.name), then \(policy.steps.count) models, then people\n"
      + table.text + policy.notes.map { "note: \($0)\n" }.joined()
  }

  static func text(_ statistics: FlowStatistics) -> String {
    var stages = TextTable(["stage", "approve", "decline", "review"], textColumns: 1)
    for own in statistics.stages { stages.add([own.stage, "\(own.approve)", "\(own.decline)", "\(own.review)"]) }
    var named = TextTable(["what", "applications"], textColumns: 1)
    for (name, count) in [
      ("business_manual", statistics.businessManual), ("business_auto", statistics.businessAuto),
      ("lr_confident", statistics.firstConfident), ("second_confident", statistics.secondConfident),
      ("second_uncertain", statistics.secondUncertain), ("total", statistics.total),
    ] { named.add([name, "\(count)"]) }
    var text = stages.text + named.text
    if statistics.modelErrors > 0 { text += "\(statistics.modelErrors) of them, as a model gave no probability\n" }
    guard !statistics.features.isEmpty else { return text }
    var features = TextTable(["feature", "missing", "unknown level", "failed"], textColumns: 1)
    for own in statistics.features { features.add([own.feature, "\(own.missing)", "\(own.unknown)", "\(own.failed)"]) }
    return text + features.text
  }
}

/// What a check of a policy tells programs.
struct PolicySummary: Encodable {
  struct Step: Encodable {
    let stage, name, source: String
    let sha256: String?
    let threshold, lower, upper: Double
    let silent: [String]
  }
  let policy, rules, rulesSHA256: String
  let steps: [Step]
  let notes: [String]
  let fields: [String]

  enum CodingKeys: String, CodingKey {
    case policy, rules, steps, notes, fields
    case rulesSHA256 = "rules_sha256"
  }

  init(_ flow: DecisionFlow) {
    let own = flow.policy
    (policy, rules, rulesSHA256, notes) = (own.name, own.rules.name, own.rulesSHA256, own.notes)
    steps = zip(["first", "second"], own.steps).map { stage, step in
      let source = if case .column(let name) = step.source { "column \(name)" } else { "model" }
      return Step(
        stage: stage, name: step.name(nil), source: source, sha256: step.sha256, threshold: step.zone.threshold,
        lower: step.zone.lower, upper: step.zone.upper, silent: step.zone.silentSides.map(\.word))
    }
    fields = flow.fields.map(\.column)
  }
}
