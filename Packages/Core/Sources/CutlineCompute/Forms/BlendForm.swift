internal import CCompute

/// μ(x) = g⁻¹(w₁ g(μ₁(x)) + w₂ g(μ₂(x)) + …), added in this order: a mean of models, or a stack of them.
///
/// NaN in any model's value gives NaN. All models read the same features; one that needs fewer begins with `expand`.
///
/// Source: Wolpert, *Stacked generalization*, 1992.
public struct BlendForm: FormPart, Codable, Hashable {
  public let models: [ModelForm]
  public let weights: [Double]
  public let link: Link

  static let name = "blend"
  var inputCount: Int { models[0].inputCount }
  var depth: Int { models.reduce(0) { max($0, $1.depth) } + 1 }
  var width: Int { models.reduce(1) { max($0, $1.part.width) } }

  /// - Parameter weights: one per model, finite; they need not add up to 1.
  /// - Throws: `FormError.invalid` where there is no model, or they differ in their number of features.
  public init(models: [ModelForm], weights: [Double], link: Link = .identity) throws(FormError) {
    let check = FormCheck(form: Self.name)
    try check.alike(models)
    try check.require(weights.count == models.count, "has \(weights.count) weights for \(models.count) models")
    try check.finite(weights, "weight")
    self.models = models
    self.weights = weights
    self.link = link
  }

  func value(_ x: [Double]) -> Double {
    var sum = weights[0] * link.sum(of: models[0].part.value(x))
    for k in 1..<models.count { sum += weights[k] * link.sum(of: models[k].part.value(x)) }
    return link.mean(of: sum)
  }

  func batch() -> any BatchPart {
    BlendBatch(models: models.map { $0.part.batch() }, weights: weights, link: link)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case models, weights, link }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(only: CodingKeys.self, form: Self.name)
    try self.init(
      models: container.decode([ModelForm].self, forKey: .models),
      weights: container.decode([Double].self, forKey: .weights),
      link: container.decodeIfPresent(Link.self, forKey: .link) ?? .identity)
  }
}

private struct BlendBatch: BatchPart {
  let models: [any BatchPart]
  let weights: [Double]
  let link: Link

  func evaluate(_ tile: Tile, into out: UnsafeMutablePointer<Double>) {
    tile.scratch(1) { value in
      for k in models.indices {
        models[k].evaluate(tile, into: value)
        tile.sum(link, of: value)
        tile.apply(Int(k == 0 ? CUTLINE_WEIGH : CUTLINE_ADD_WEIGHED), to: value, weights[k], into: out)
      }
    }
    tile.mean(link, of: out)
  }
}
