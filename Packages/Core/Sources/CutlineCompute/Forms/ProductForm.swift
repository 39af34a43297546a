internal import CCompute

/// μ(x) = μ₁(x) × μ₂(x) × …, in this order: a hurdle, such as the probability of a loss times its size.
///
/// NaN in any model's value gives NaN, also where another's is 0. All models read the same features.
public struct ProductForm: FormPart, Codable, Hashable {
  public let models: [ModelForm]

  static let name = "product"
  var inputCount: Int { models[0].inputCount }
  var depth: Int { models.reduce(0) { max($0, $1.depth) } + 1 }
  var width: Int { models.reduce(1) { max($0, $1.part.width) } }

  /// - Throws: `FormError.invalid` where there is no model, or they differ in their number of features.
  public init(models: [ModelForm]) throws(FormError) {
    try FormCheck(form: Self.name).alike(models)
    self.models = models
  }

  func value(_ x: [Double]) -> Double {
    models.dropFirst().reduce(models[0].part.value(x)) { $0 * $1.part.value(x) }
  }

  func batch() -> any BatchPart { ProductBatch(models: models.map { $0.part.batch() }) }

  private enum CodingKeys: String, CodingKey, CaseIterable { case models }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(only: CodingKeys.self, form: Self.name)
    try self.init(models: container.decode([ModelForm].self, forKey: .models))
  }
}

private struct ProductBatch: BatchPart {
  let models: [any BatchPart]

  func evaluate(_ tile: Tile, into out: UnsafeMutablePointer<Double>) {
    models[0].evaluate(tile, into: out)
    tile.scratch(1) { value in
      for model in models.dropFirst() {
        model.evaluate(tile, into: value)
        tile.apply(Int(CUTLINE_MULTIPLY), to: value, into: out)
      }
    }
  }
}
