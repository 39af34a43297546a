internal import CutlineCore
internal import CutlineCredit

/// Gradient boosting, see `TreeTraining`.
struct BoostingFit: Stage {
  typealias Kind = Fit
  static let name = "boosting"
  static let summary =
    "Gradient boosted trees by XGBoost, monotone along the design's directions, proven after training."

  struct Config: StageConfig {
    var rounds = 200
    var depth = 3
    var learningRate = 0.1
    var minChildWeight = 1.0
    var subsample = 1.0
    var colsample = 1.0
    var lambda = 1.0
    var gamma = 0.0
    var objective = TreeObjective.squared
    var power = 1.5
    var monotone = TreeTraining.Monotone.directions
    var maxBins = 256

    static let fields: [Field<Self>] = [
      .int("rounds", \.rounds, in: 1...10_000, "How many trees are added one after the other."),
      .int("depth", \.depth, in: 1...16, "The most questions on the way to a leaf."),
      .double("learning_rate", \.learningRate, in: 1e-4...1, "The part of each tree that is added."),
      .double(
        "min_child_weight", \.minChildWeight, in: 0...1e9, unit: "rows of mean weight",
        "The least weight of a leaf, times the second derivative of the loss."),
      .double("subsample", \.subsample, in: 0.01...1, "The part of the rows that each tree sees."),
      .double("colsample", \.colsample, in: 0.01...1, "The part of the features that each tree sees."),
      .double("lambda", \.lambda, in: 0...1e9, "Penalty on the squared values of leaves."),
      .double("gamma", \.gamma, in: 0...1e9, "The least gain of a question."),
      .choice("objective", \.objective, "What is minimised; all but squared and logistic have a log link."),
      .double("power", \.power, in: 1.001...1.999, "Variance power, used where the objective is tweedie."),
      .choice("monotone", \.monotone, "Whether the directions of the design bind the trees."),
      .int("max_bins", \.maxBins, in: 2...4096, "The most values of a feature that questions tell apart."),
    ]
  }
  let config: Config

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    try training.model(input.design, seed: context.random(.treeSamples).bits(at: 0), in: context)
  }

  var training: TreeTraining {
    let powers = config.objective == .tweedie ? ["power": config.power] : [:]
    return TreeTraining(
      name: Self.name, objective: config.objective, power: config.power, rounds: config.rounds, bins: config.maxBins,
      monotone: config.monotone,
      parameters: [
        ("max_depth", "\(config.depth)"), ("eta", "\(config.learningRate)"),
        ("min_child_weight", "\(config.minChildWeight)"), ("subsample", "\(config.subsample)"),
        ("colsample_bytree", "\(config.colsample)"), ("lambda", "\(config.lambda)"), ("gamma", "\(config.gamma)"),
      ],
      shown: [
        "rounds": Double(config.rounds), "depth": Double(config.depth), "learning_rate": config.learningRate,
        "min_child_weight": config.minChildWeight, "subsample": config.subsample, "colsample": config.colsample,
        "lambda": config.lambda, "gamma": config.gamma, "max_bins": Double(config.maxBins),
      ].merging(powers) { own, _ in own })
  }
}

/// A random forest: the mean of trees that each see a part of the rows, and at each question a part of the features.
///
/// Trees minimise squared error, so that of a 0/1 target each leaf holds a share and the forest is a mean of shares. The
/// library draws rows without replacement.
///
/// Source: Breiman, *Random forests*, Machine Learning 45 (2001); Malley et al., *Probability machines*, 2012.
struct ForestFit: Stage {
  typealias Kind = Fit
  static let name = "forest"
  static let summary = "A random forest by XGBoost, monotone along the design's directions, proven after training."

  struct Config: StageConfig {
    var trees = 300
    var depth = 8
    var minChildWeight = 5.0
    var subsample = 0.632
    var colsample = 0.5
    var lambda = 0.0
    var monotone = TreeTraining.Monotone.directions
    var maxBins = 256

    static let fields: [Field<Self>] = [
      .int("trees", \.trees, in: 1...10_000, "How many trees are averaged."),
      .int("depth", \.depth, in: 1...16, "The most questions on the way to a leaf."),
      .double(
        "min_child_weight", \.minChildWeight, in: 0...1e9, unit: "rows of mean weight", "The least weight of a leaf."),
      .double("subsample", \.subsample, in: 0.01...1, "The part of the rows that each tree sees."),
      .double("colsample", \.colsample, in: 0.01...1, "The part of the features that each question chooses from."),
      .double("lambda", \.lambda, in: 0...1e9, "Penalty on the squared values of leaves."),
      .choice("monotone", \.monotone, "Whether the directions of the design bind the trees."),
      .int("max_bins", \.maxBins, in: 2...4096, "The most values of a feature that questions tell apart."),
    ]
  }
  let config: Config

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    try training.model(input.design, seed: context.random(.treeSamples).bits(at: 0), in: context)
  }

  var training: TreeTraining {
    TreeTraining(
      name: Self.name, objective: .squared, power: 1.5, rounds: 1, bins: config.maxBins, monotone: config.monotone,
      parameters: [
        ("num_parallel_tree", "\(config.trees)"), ("max_depth", "\(config.depth)"), ("eta", "1"),
        ("min_child_weight", "\(config.minChildWeight)"), ("subsample", "\(config.subsample)"),
        ("colsample_bynode", "\(config.colsample)"), ("lambda", "\(config.lambda)"), ("gamma", "0"),
      ],
      shown: [
        "trees": Double(config.trees), "depth": Double(config.depth), "min_child_weight": config.minChildWeight,
        "subsample": config.subsample, "colsample": config.colsample, "lambda": config.lambda,
        "max_bins": Double(config.maxBins),
      ])
  }
}
