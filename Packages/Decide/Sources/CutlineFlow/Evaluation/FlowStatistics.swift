public import CutlineRules

/// What a flow decided of many applications, in numbers that add up.
///
/// The requirement's: business_manual + business_auto + lr_confident + second_confident + second_uncertain = total, each application in
/// exactly one. Ours: by stage and decision, which add up to the same total.
public struct FlowStatistics: Sendable, Encodable, Equatable {
  /// Sent to people by rules; declined or approved by rules.
  public let businessManual, businessAuto: Int
  /// Decided by the first model, by the second, left to people by the models.
  public let firstConfident, secondConfident, secondUncertain: Int
  public let total: Int

  /// A stage's applications.
  public struct Stage: Sendable, Encodable, Equatable {
    public let stage: String
    public let approve, decline, review: Int
  }
  public struct Feature: Sendable, Encodable, Equatable {
    public let recipe, feature: String
    /// Of those that a model looked at: missing, of an unknown level, of a value that may not be.
    public let missing, unknown, failed: Int
  }

  public let stages: [Stage]
  /// Of those left to people, where a model gave no probability.
  public let modelErrors: Int
  /// Evaluations of the second model that nothing depended on.
  public let secondMonitored: Int
  public let rules: RuleStatistics
  /// Features that lacked a value somewhere.
  public let features: [Feature]

  enum CodingKeys: String, CodingKey {
    case total, stages, rules, features
    case businessManual = "business_manual"
    case businessAuto = "business_auto"
    case firstConfident = "lr_confident"
    case secondConfident = "second_confident"
    case secondUncertain = "second_uncertain"
    case modelErrors = "model_errors"
    case secondMonitored = "second_monitored"
  }

  /// - Complexity: O(applications).
  public init(_ records: FlowRecords) {
    var counts = [[Int]](
      repeating: [Int](repeating: 0, count: FlowRecords.Decision.allCases.count),
      count: FlowRecords.Stage.allCases.count)
    var (errors, monitored) = (0, 0)
    for row in 0..<records.count {
      counts[Int(records.stages[row].rawValue)][Int(records.decisions[row].rawValue)] += 1
      if records.stages[row] == .models, records.hasModelError(row) { errors += 1 }
      if records.second[row].verdict != nil, !records.usesSecond(row) { monitored += 1 }
    }
    func count(_ stage: FlowRecords.Stage, _ decision: FlowRecords.Decision) -> Int {
      counts[Int(stage.rawValue)][Int(decision.rawValue)]
    }
    businessManual = count(.rules, .review)
    businessAuto = count(.rules, .approve) + count(.rules, .decline)
    firstConfident = count(.first, .approve) + count(.first, .decline)
    secondConfident = count(.second, .approve) + count(.second, .decline)
    secondUncertain = count(.models, .review)
    total = records.count
    stages = FlowRecords.Stage.allCases.map { stage in
      Stage(
        stage: stage.word, approve: count(stage, .approve), decline: count(stage, .decline),
        review: count(stage, .review))
    }
    (modelErrors, secondMonitored) = (errors, monitored)
    rules = RuleStatistics(records.ruled, records.flow.policy.rules)
    features = zip(records.flow.recipes, records.counts).flatMap { recipe, counts in
      recipe.names.indices.compactMap { place in
        let own = Feature(
          recipe: recipe.sheet.name, feature: recipe.names[place], missing: counts.missing[place],
          unknown: counts.unknown[place], failed: counts.failed[place])
        return own.missing + own.unknown + own.failed > 0 ? own : nil
      }
    }
  }
}
