internal import CutlineCompute
internal import CutlineRules

/// Decides about one application after the other, with the memory of the first; one a thread.
///
/// This is the evaluator: one application is a batch of one.
final class FlowEvaluator {
  private let flow: DecisionFlow
  private let columns: FlowColumns
  private let rules: RuleEvaluator
  private let recipes: [RecipeEvaluator]
  /// Whether a recipe has been evaluated for the present row.
  private var isMade: [Bool]
  /// By step, the model's features of the present row.
  private var features: [[Double]]
  private let outcomes: [FlowRecords.Decision?]
  private(set) var found: FlowRecords

  init(_ flow: DecisionFlow, _ columns: FlowColumns) {
    (self.flow, self.columns) = (flow, columns)
    rules = RuleEvaluator(flow.rules)
    rules.read(columns.rules)
    recipes = zip(flow.recipes, columns.recipes).map { recipe, columns in
      let own = RecipeEvaluator(recipe)
      own.read(columns)
      return own
    }
    isMade = flow.recipes.map { _ in false }
    features = flow.scorers.map { [Double](repeating: .nan, count: $0?.places.count ?? 0) }
    outcomes = flow.policy.rules.outcomes.map { outcome in
      switch outcome {
      case "decline": .decline
      case "approve": .approve
      case RuleTable.pass: nil
      default: .review
      }
    }
    found = FlowRecords(flow)
  }

  /// - Complexity: O(rules and features looked at); a model of nested forms takes memory for what lies between them.
  func decide(row: Int) {
    let outcome = outcomes[rules.decide(row: row, into: &found.ruled)]
    if let outcome { return found.add(outcome, .rules) }
    for recipe in isMade.indices { isMade[recipe] = false }
    let p = probability(0, row)
    let verdict = flow.policy.steps[0].zone.verdict(p)
    let hasSecond = flow.policy.steps.count > 1
    var second: (p: Double, verdict: GreyZone.Verdict)?
    if hasSecond, verdict == .unsure || flow.policy.evaluatesAlways {
      let p = probability(1, row)
      second = (p, flow.policy.steps[1].zone.verdict(p))
    }
    switch (verdict, second?.verdict) {
    case (.approve, _): found.add(.approve, .first, p, verdict, second)
    case (.decline, _): found.add(.decline, .first, p, verdict, second)
    case (.unsure, .approve?): found.add(.approve, .second, p, verdict, second)
    case (.unsure, .decline?): found.add(.decline, .second, p, verdict, second)
    // A model that gives no probability is nobody's silent side.
    case (.unsure, _), (.error, _): found.add(.review, .models, p, verdict, second)
    }
  }

  /// With the counts of its recipes.
  func finish() -> FlowRecords {
    found.counts = recipes.map(\.counts)
    return found
  }

  private func probability(_ step: Int, _ row: Int) -> Double {
    guard let scorer = flow.scorers[step] else { return columns.probabilities[step]?[row] ?? .nan }
    let recipe = recipes[scorer.recipe]
    if !isMade[scorer.recipe] {
      recipe.evaluate(row: row)
      isMade[scorer.recipe] = true
    }
    for (place, from) in scorer.places.enumerated() {
      let feature = scorer.model.features[place]
      var value = recipe.values[from]
      if let codes = feature.codes, codes.contains(value) { value = .nan }
      if value.isNaN, feature.missing == .refuse { return .nan }
      features[step][place] = value
    }
    // The number of features was compared when the model was made.
    return (try? scorer.model.form.value(of: features[step])) ?? .nan
  }
}
