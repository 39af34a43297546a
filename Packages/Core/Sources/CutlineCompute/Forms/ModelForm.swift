/// A model as data: one of a few forms, which may hold others, at most 8 deep. A value of this type is valid.
///
/// **The function of one record is the definition.** It is plain IEEE 754 double arithmetic in the stated order, without
/// fused multiply-add; `evaluate` gives the same bits for many rows, on any instruction set and number of workers. Missing
/// is NaN, and each form says what it makes of it; every NaN that comes out is `Double.nan`.
///
/// Make one by the static functions, which throw `FormError.invalid` for what is no model, or decode one; nothing in a file
/// is executed. Do not switch over the cases outside Cutline: there will be more. `docs/methods/model-forms.md` has all
/// formulas.
public indirect enum ModelForm: Sendable, Hashable {
  case linear(LinearForm)
  case trees(TreesForm)
  case steps(BinnedValues)
  case scorecard(ScorecardForm)
  case expand(ExpandForm)
  case blend(BlendForm)
  case product(ProductForm)
  case then(ThenForm)
  case cells(CellsForm)

  /// The contents, as what all forms can tell.
  var part: any FormPart {
    switch self {
    case .linear(let form): form
    case .trees(let form): form
    case .steps(let form): form
    case .scorecard(let form): form
    case .expand(let form): form
    case .blend(let form): form
    case .product(let form): form
    case .then(let form): form
    case .cells(let form): form
    }
  }

  /// What files call the forms.
  public static let names = [
    LinearForm.name, TreesForm.name, BinnedValues.name, ScorecardForm.name, ExpandForm.name, BlendForm.name,
    ProductForm.name, ThenForm.name, CellsForm.name,
  ]

  /// What files call this form, such as `linear`.
  public var name: String { type(of: part).name }
  /// How many features it takes.
  public var inputCount: Int { part.inputCount }
  /// How many values it gives: one, except `expand` and what ends in it.
  public var outputCount: Int { part.outputCount }
  /// Forms within forms: 1 for a form that holds none.
  public var depth: Int { part.depth }

  /// The value for one record: the definition of the model.
  ///
  /// - Parameter features: `inputCount` numbers, NaN where missing.
  /// - Throws: `ComputeError.shape` for another number of features, or a form with several values.
  /// - Complexity: that of the forms.
  public func value(of features: [Double]) throws(ComputeError) -> Double {
    guard outputCount == 1 else { throw ComputeError.shape("the form gives \(outputCount) values, not one") }
    try check(features.count)
    let value = part.value(features)
    return value.isNaN ? .nan : value
  }

  /// All values for one record: the definition of `expand`.
  /// - Throws: `ComputeError.shape` for another number of features than `inputCount`.
  public func values(of features: [Double]) throws(ComputeError) -> [Double] {
    try check(features.count)
    return part.values(features).map { $0.isNaN ? .nan : $0 }
  }

  /// The value of each row: bit for bit what `value(of:)` gives. Use `FormEvaluator` where one form is applied repeatedly.
  ///
  /// - Parameters:
  ///   - columns: `inputCount` columns of `rows` numbers, NaN where missing.
  ///   - workers: threads; the result does not depend on them. Values below 1 mean 1.
  ///   - instructionSet: nil chooses the widest; the result does not depend on it.
  /// - Throws: `ComputeError.shape`, `ComputeError.unsupported`.
  /// - Complexity: rows × that of one record; memory O(features) per worker beside the result.
  public func evaluate(
    columns: [[Double]], rows: Int, workers: Int = 1, instructionSet: InstructionSet? = nil
  ) throws(ComputeError) -> [Double] {
    guard outputCount == 1 else { throw ComputeError.shape("the form gives \(outputCount) values, not one") }
    return try FormEvaluator(self)
      .evaluate(columns: columns, rows: rows, workers: workers, instructionSet: instructionSet)[0]
  }

  private func check(_ count: Int) throws(ComputeError) {
    guard count == inputCount else {
      throw ComputeError.shape("\(count) features for a form that takes \(inputCount)")
    }
  }
}

extension ModelForm {
  /// g⁻¹(intercept + Σ coefficient × feature).
  public static func linear(
    intercept: Double, coefficients: [Double], link: Link = .identity
  ) throws(FormError) -> ModelForm {
    .linear(try LinearForm(intercept: intercept, coefficients: coefficients, link: link))
  }

  /// g⁻¹(base + scale × Σ leaves).
  public static func trees(
    inputCount: Int, nodes: TreesForm.Nodes, roots: [Int32], base: Double = 0, scale: Double = 1,
    link: Link = .identity
  ) throws(FormError) -> ModelForm {
    .trees(try TreesForm(inputCount: inputCount, nodes: nodes, roots: roots, base: base, scale: scale, link: link))
  }

  /// One value per bin of one feature.
  public static func steps(
    edges: [Double], closed: BinEdges.Closed = .right, values: [Double], missing: Double? = nil,
    specials: [BinnedValues.Special] = []
  ) throws(FormError) -> ModelForm {
    let bins = try BinEdges(edges, closed: closed, form: BinnedValues.name)
    return .steps(try BinnedValues(bins: bins, values: values, missing: missing, specials: specials))
  }

  /// Points per bin of each feature, added up.
  public static func scorecard(base: Double = 0, characteristics: [BinnedValues]) throws(FormError) -> ModelForm {
    .scorecard(try ScorecardForm(base: base, characteristics: characteristics))
  }

  /// Features from features.
  public static func expand(inputCount: Int, terms: [ExpandTerm]) throws(FormError) -> ModelForm {
    .expand(try ExpandForm(inputCount: inputCount, terms: terms))
  }

  /// g⁻¹(Σ weight × g(model)).
  public static func blend(
    _ models: [ModelForm], weights: [Double], link: Link = .identity
  ) throws(FormError) -> ModelForm {
    .blend(try BlendForm(models: models, weights: weights, link: link))
  }

  /// The product of models.
  public static func product(_ models: [ModelForm]) throws(FormError) -> ModelForm {
    .product(try ProductForm(models: models))
  }

  /// This form, and `after` applied to what it gives.
  public func then(_ after: ModelForm) throws(FormError) -> ModelForm {
    .then(try ThenForm(first: self, after: after))
  }

  /// One value per cell of a grid, the last axis varying fastest.
  public static func cells(axes: [BinEdges], values: [Double], missing: Double? = nil) throws(FormError) -> ModelForm {
    .cells(try CellsForm(axes: axes, values: values, missing: missing))
  }
}
