internal import CutlineCore
internal import CutlineCredit

struct BackgroundConfig: StageConfig {
  var backgroundRows = 256
  static let fields: [Field<Self>] = [
    .int(
      "background_rows", \.backgroundRows, in: 1...1_000_000,
      "The most rows of the background that are used; more are drawn from, by the run's seed.")
  ]
}

/// The method that suits each part of the model.
struct AutoExplanation: Stage {
  typealias Kind = Explain
  static let name = "auto"
  static let summary = "Takes linear, tree-interventional or exact, as the form of the model or of each part asks for."
  static let reads = ["rows"]
  let config: BackgroundConfig

  func run(_ input: Explain.Input, in context: RunContext) async throws -> Explanation {
    try await Explainer(method: .auto, backgroundRows: config.backgroundRows).run(input, in: context)
  }
}

/// φⱼ = gⱼ(xⱼ) − mean of gⱼ over the background, of models that are sums of functions of one feature each.
struct LinearExplanation: Stage {
  typealias Kind = Explain
  static let name = "linear"
  static let summary = "Exact values of linear models, scorecards and other sums against the background's mean."
  static let reads = ["rows"]
  init(config: NoConfig) {}

  func run(_ input: Explain.Input, in context: RunContext) async throws -> Explanation {
    try await Explainer(method: .linear, backgroundRows: .max).run(input, in: context)
  }
}

/// See `InterventionalTrees`.
struct TreeInterventionalExplanation: Stage {
  typealias Kind = Explain
  static let name = "tree-interventional"
  static let summary = "Exact interventional Shapley values of trees against rows of the background."
  static let reads = ["rows"]
  let config: BackgroundConfig

  func run(_ input: Explain.Input, in context: RunContext) async throws -> Explanation {
    try await Explainer(method: .treeInterventional, backgroundRows: config.backgroundRows).run(input, in: context)
  }
}

/// See `PathDependentTrees`.
struct TreePathDependentExplanation: Stage {
  typealias Kind = Explain
  static let name = "tree-path-dependent"
  static let summary = "TreeSHAP: Shapley values of trees whose background is the training weight inside them."
  static let reads = ["rows"]
  init(config: NoConfig) {}

  func run(_ input: Explain.Input, in context: RunContext) async throws -> Explanation {
    try await Explainer(method: .treePathDependent, backgroundRows: .max).run(input, in: context)
  }
}

/// See `Enumeration`.
struct ExactExplanation: Stage {
  typealias Kind = Explain
  static let name = "exact"
  static let summary = "Shapley values of any form by enumeration, up to 15 features that work together."
  static let reads = ["rows"]
  let config: BackgroundConfig

  func run(_ input: Explain.Input, in context: RunContext) async throws -> Explanation {
    try await Explainer(method: .exact, backgroundRows: config.backgroundRows).run(input, in: context)
  }
}
