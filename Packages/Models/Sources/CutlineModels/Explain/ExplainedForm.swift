internal import CutlineCompute

/// The part of a model that is explained: without the calibration that follows it and without its link.
struct ExplainedForm {
  let form: ModelForm
  let scale: Explanation.Scale

  /// - Throws: `FormError` where forms would stand too deep within each other.
  init(_ form: ModelForm) throws {
    (self.form, scale) = try Self.stripped(form)
  }

  private static func stripped(_ form: ModelForm) throws -> (ModelForm, Explanation.Scale) {
    func scaled(_ inner: ModelForm, _ link: Link) -> (ModelForm, Explanation.Scale) {
      (inner, Explanation.Scale(beforeLink: link, beforeCalibration: false))
    }
    switch form {
    case .linear(let linear):
      let plain = try ModelForm.linear(intercept: linear.intercept, coefficients: linear.coefficients)
      return scaled(plain, linear.link)
    case .trees(let trees):
      return scaled(try trees.withoutLink, trees.link)
    case .blend(let blend):
      let models = try blend.models.map { try onScale(of: blend.link, $0) }
      return scaled(try .blend(models, weights: blend.weights), blend.link)
    case .then(let then) where then.first.isFeatures:
      let (after, scale) = try stripped(then.after)
      return (try then.first.then(after), scale)
    case .then(let then):
      // What follows a model that gives one value is its calibration.
      let (first, scale) = try stripped(then.first)
      return (first, Explanation.Scale(beforeLink: scale.beforeLink, beforeCalibration: true))
    case .steps, .scorecard, .expand, .product, .cells:
      return (form, .prediction)
    }
  }

  /// g(μ) as a form: where the model ends in the link itself, its sum.
  private static func onScale(of link: Link, _ model: ModelForm) throws -> ModelForm {
    switch (link, model) {
    case (.identity, _): return model
    case (_, .linear(let linear)) where linear.link == link: return try stripped(model).0
    case (_, .trees(let trees)) where trees.link == link: return try stripped(model).0
    case (_, .blend(let blend)) where blend.link == link: return try stripped(model).0
    case (_, .then(let then)) where then.first.isFeatures: return try then.first.then(onScale(of: link, then.after))
    default: return try model.then(.expand(inputCount: 1, terms: [.link(0, link)]))
    }
  }
}

extension TreesForm {
  /// The same trees on the scale of the link.
  var withoutLink: ModelForm {
    get throws {
      try .trees(inputCount: inputCount, nodes: nodes, roots: roots, base: base, scale: scale)
    }
  }
}

extension ModelForm {
  /// Whether it makes features and is no model: `expand`, or several of them one after the other.
  var isFeatures: Bool {
    switch self {
    case .expand: true
    case .then(let then): then.first.isFeatures && then.after.isFeatures
    default: false
    }
  }

  /// Per output: the inputs on which it depends. All that are read where the form gives one value.
  var sources: [Set<Int>] {
    switch self {
    case .linear(let form):
      return [Set(form.coefficients.indices.filter { form.coefficients[$0] != 0 })]
    case .trees(let form):
      let inner = form.nodes.left.indices.filter { form.nodes.left[$0] >= 0 }
      return [Set(inner.map { Int(form.nodes.feature[$0]) })]
    case .steps: return [[0]]
    case .scorecard, .cells: return [Set(0..<inputCount)]
    case .expand(let form): return form.terms.flatMap(\.sources)
    case .blend(let form): return [form.models.reduce(into: []) { $0.formUnion($1.sources[0]) }]
    case .product(let form): return [form.models.reduce(into: []) { $0.formUnion($1.sources[0]) }]
    case .then(let form):
      let first = form.first.sources
      return form.after.sources.map { $0.reduce(into: []) { $0.formUnion(first[$1]) } }
    }
  }
}

extension ExpandTerm {
  /// Per feature that it makes: the inputs on which it depends.
  fileprivate var sources: [Set<Int>] {
    switch self {
    case .product(let features): [Set(features)]
    case .indicators(let feature, let values): values.map { _ in [feature] }
    case .feature(let i), .power(let i, _), .standardised(let i, _, _), .clamp(let i, _, _), .bins(let i, _),
      .missing(let i), .fill(let i, _), .link(let i, _):
      [[i]]
    }
  }
}
