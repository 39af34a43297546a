internal import CutlineCompute
internal import CutlineCore

/// One summand of what is explained, with the method that suits it: Shapley values of a sum are sums of Shapley values.
enum ExplainedPart: Sendable {
  /// A constant and a function of each feature.
  case additive(AdditiveForm)
  /// Trees after features that are each made from one of the model; `first` is nil where they ask for those themselves.
  case trees(TreesForm, first: ModelForm?, players: [Int])
  /// Anything else: by enumeration of these features.
  case other(ModelForm, features: Set<Int>)

  struct Weighted: Sendable {
    let weight: Double
    let part: ExplainedPart
  }

  /// The parts of a form without link and calibration.
  /// - Parameter sees: what may be told apart; enumeration takes the rest.
  static func parts(of form: ModelForm, seeing sees: Sight) throws -> [Weighted] {
    if sees.additive, let additive = AdditiveForm(form) { return [Weighted(weight: 1, part: .additive(additive))] }
    switch form {
    case .trees(let trees) where trees.link == .identity && sees.trees:
      let part = ExplainedPart.trees(trees, first: nil, players: Array(0..<trees.inputCount))
      return [Weighted(weight: 1, part: part)]
    case .blend(let blend) where blend.link == .identity:
      return try zip(blend.models, blend.weights).flatMap { model, weight in
        try parts(of: model, seeing: sees).map { Weighted(weight: weight * $0.weight, part: $0.part) }
      }
    case .then(let then) where then.first.isFeatures:
      return try parts(of: then, form, seeing: sees)
    default:
      return [Weighted(weight: 1, part: .other(form, features: form.sources[0]))]
    }
  }

  private static func parts(of then: ThenForm, _ form: ModelForm, seeing sees: Sight) throws -> [Weighted] {
    let sources = then.first.sources
    switch then.after {
    case .trees(let trees) where trees.link == .identity && sees.trees && sources.allSatisfy({ $0.count <= 1 }):
      // One that is made from nothing is the same in every row, so that any player will do.
      let players = sources.map { $0.first ?? 0 }
      return [Weighted(weight: 1, part: .trees(trees, first: then.first, players: players))]
    case .blend(let blend) where blend.link == .identity:
      return try zip(blend.models, blend.weights).flatMap { model, weight in
        try parts(of: then.first.then(model), seeing: sees).map {
          Weighted(weight: weight * $0.weight, part: $0.part)
        }
      }
    case .linear(let linear) where linear.link == .identity:
      // Features that are made from the same ones stay together, so that few are enumerated at a time.
      var groups: [Set<Int>: [Double]] = [:]
      for (place, coefficient) in linear.coefficients.enumerated() where coefficient != 0 {
        groups[sources[place], default: linear.coefficients.map { _ in 0 }][place] = coefficient
      }
      let sorted = groups.sorted { $0.key.sorted().lexicographicallyPrecedes($1.key.sorted()) }
      let parts = try sorted.map { features, coefficients in
        let group = try ModelForm.linear(intercept: 0, coefficients: coefficients)
        return Weighted(weight: 1, part: .other(try then.first.then(group), features: features))
      }
      return parts
    default:
      return [Weighted(weight: 1, part: .other(form, features: form.sources[0]))]
    }
  }

  /// What a method tells apart.
  struct Sight {
    let additive, trees: Bool
  }

  /// What the method is called.
  var method: String {
    switch self {
    case .additive: "linear"
    case .trees: "tree-interventional"
    case .other: "exact"
    }
  }
}
