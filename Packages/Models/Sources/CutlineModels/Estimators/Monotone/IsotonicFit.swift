internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Monotone regression on one feature by pooling adjacent violators; as a calibration, on a raw prediction.
///
/// Minimises `Σ wᵢ (yᵢ − g(xᵢ))²` over all g that never fall (or never rise) in x: exactly, and with it every Bregman
/// divergence with these weights, such as the Bernoulli, Poisson or gamma deviance. Rows of one x are pooled first. The model
/// is a step function: equal to g at each x of the design, with edges in the middle between two blocks.
///
/// - Throws: `Faults` (usage) where the feature is not named among several, or the design has an offset; `Faults` (data) as
///   every fit.
/// - Complexity: O(n log n).
///
/// Source: R. E. Barlow, D. J. Bartholomew, J. M. Bremner, H. D. Brunk, *Statistical Inference under Order Restrictions*, 1972.
struct IsotonicFit: Stage {
  typealias Kind = Fit
  static let name = "isotonic"
  static let summary = "The best monotone step function of one feature, by pooling adjacent violators."

  enum Way: String, Sendable, CaseIterable { case auto, rising, falling }

  struct Config: StageConfig {
    var feature: String?
    var direction = Way.auto

    static let fields: [Field<Self>] = [
      .optionalText("feature", \.feature, "The feature that is read; left out, it is the only one."),
      .choice(
        "direction", \.direction,
        "Where the target goes as the feature grows; auto is what the design declares, else what fits better."),
    ]
  }
  let config: Config

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    let (data, place, pairs) = try Calibrated.of(input.design, feature: config.feature, for: Self.name)
    let declared = input.design.directions.isEmpty ? 0 : input.design.directions[place]
    let rising: Bool? =
      switch config.direction {
      case .rising: true
      case .falling: false
      case .auto: declared == 0 ? nil : declared > 0
      }
    let (form, isRising) = try Self.steps(pairs, rising: rising)
    if rising == nil { context.note("the target is taken to be \(word: isRising ? "rising" : "falling")") }
    return try Model(
      Self.name, data, unit: input.design.targetUnit, parameters: ["direction": isRising ? 1 : -1],
      form: OneFeature.lifted(form, of: place, among: data.names.count))
  }

  /// The step function and whether it rises.
  /// - Parameter rising: nil for what fits better; of equals, rising.
  static func steps(_ pairs: Calibrated, rising: Bool?) throws -> (form: ModelForm, rising: Bool) {
    // In units of the greatest target, whose squares are numbers.
    let unit = FitData.power(of: -(pairs.target.map(\.magnitude).max().flatMap { $0 > 0 ? $0.exponent : nil } ?? 0))
    let scaled = Calibrated(scores: pairs.scores, target: pairs.target.map { $0 * unit }, weights: pairs.weights)
    let blocks = AdjacentViolators.points(scaled)
    let up = rising == false ? nil : AdjacentViolators(blocks, rising: true)
    let down = rising == true ? nil : AdjacentViolators(blocks, rising: false)
    switch (up, down) {
    case (let up?, let down?): return try up.loss <= down.loss ? (up.form(unit), true) : (down.form(unit), false)
    case (let up?, nil): return (try up.form(unit), true)
    case (nil, let down?): return (try down.form(unit), false)
    case (nil, nil): throw Faults.usage("fit \(name)", "there is no direction", "Choose rising or falling.")
    }
  }
}

/// Neighbours along a feature whose means are in the wrong order become one block, until none is left.
struct AdjacentViolators {
  struct Block {
    /// The first and the last x.
    var first, last: Double
    var weight, mean: Double
  }

  private(set) var blocks: [Block] = []
  /// Σ w (y − g)², without what no choice of g changes.
  private(set) var loss = 0.0

  /// One block for each x, ascending.
  static func points(_ pairs: Calibrated) -> [Block] {
    let order = pairs.scores.indices.sorted {
      pairs.scores[$0] != pairs.scores[$1] ? pairs.scores[$0] < pairs.scores[$1] : $0 < $1
    }
    var blocks: [Block] = []
    for row in order {
      let (x, y, w) = (pairs.scores[row], pairs.target[row], pairs.weights[row])
      guard let last = blocks.indices.last, blocks[last].last == x else {
        blocks.append(Block(first: x, last: x, weight: w, mean: y))
        continue
      }
      blocks[last].add(w, y)
    }
    return blocks
  }

  init(_ points: [Block], rising: Bool) {
    for point in points {
      var block = point
      while let before = blocks.last, rising ? before.mean >= block.mean : before.mean <= block.mean {
        let share = before.weight / (before.weight + block.weight) * block.weight
        loss += share * (before.mean - block.mean) * (before.mean - block.mean)
        var joined = before
        joined.add(block.weight, block.mean)
        joined.last = block.last
        block = joined
        blocks.removeLast()
      }
      blocks.append(block)
    }
  }

  /// - Parameter unit: what the targets were multiplied by.
  func form(_ unit: Double) throws -> ModelForm {
    try .steps(
      edges: zip(blocks, blocks.dropFirst()).map { Self.between($0.last, $1.first) },
      values: blocks.map { $0.mean / unit })
  }

  /// An edge of a right-closed bin between a < b: nearest to their middle, not below a and below b.
  static func between(_ a: Double, _ b: Double) -> Double {
    let middle = 0.5 * a + 0.5 * b
    return middle >= a && middle < b ? middle : a
  }
}

extension AdjacentViolators.Block {
  /// A weighted mean of both, by steps that stay between them.
  fileprivate mutating func add(_ other: Double, _ value: Double) {
    weight += other
    mean += (value - mean) * (other / weight)
  }
}
