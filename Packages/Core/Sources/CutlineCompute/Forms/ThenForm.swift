/// after(first(x)): a calibration after a model, a model after `expand`. It is missing where `after` says so.
public struct ThenForm: FormPart, Codable, Hashable {
  public let first: ModelForm
  public let after: ModelForm

  static let name = "then"
  var inputCount: Int { first.inputCount }
  var outputCount: Int { after.outputCount }
  var depth: Int { max(first.depth, after.depth) + 1 }
  var width: Int { max(first.part.width, after.part.width) }

  /// - Throws: `FormError.invalid` where `after` takes another number of features than `first` gives.
  public init(first: ModelForm, after: ModelForm) throws(FormError) {
    let check = FormCheck(form: Self.name)
    try check.require(
      first.outputCount == after.inputCount,
      "hands \(first.outputCount) features to a form that takes \(after.inputCount)")
    try check.depth(max(first.depth, after.depth))
    self.first = first
    self.after = after
  }

  func value(_ x: [Double]) -> Double { after.part.value(first.part.values(x)) }
  func values(_ x: [Double]) -> [Double] { after.part.values(first.part.values(x)) }
  func batch() -> any BatchPart {
    ThenBatch(first: first.part.batch(), after: after.part.batch(), width: first.outputCount)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case first, after }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(only: CodingKeys.self, form: Self.name)
    try self.init(
      first: container.decode(ModelForm.self, forKey: .first), after: container.decode(ModelForm.self, forKey: .after))
  }
}

private struct ThenBatch: BatchPart {
  let first: any BatchPart
  let after: any BatchPart
  let width: Int

  func evaluate(_ tile: Tile, into out: UnsafeMutablePointer<Double>) {
    tile.scratch(width) { features in
      first.evaluate(tile, into: features)
      after.evaluate(tile.with(features), into: out)
    }
  }
}
