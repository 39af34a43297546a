internal import CutlineCompute
internal import CutlineCredit

/// A form as a program of formulas: the operations of its single-record function, in its order.
struct FormulaBuilder {
  /// What the target has.
  struct Target {
    /// erfc and the normal quantile, loops over trees, and infinities.
    let isProgram: Bool
    /// The most terms that are added in one formula: programs read text only so deep.
    let sumLength: Int

    static let c = Target(isProgram: true, sumLength: 100)
    static let expression = Target(isProgram: false, sumLength: 100)
  }

  let target: Target
  var program: FormulaProgram

  init(_ target: Target, featureCount: Int) {
    self.target = target
    program = FormulaProgram(featureCount: featureCount)
  }

  /// The prediction of a model, missing where a feature is that its rule refuses.
  static func program(_ model: Model, for target: Target) -> FormulaProgram {
    var builder = FormulaBuilder(target, featureCount: model.features.count)
    let features = model.features.enumerated().map { place, feature in
      (feature.codes ?? []).reduce(Formula.feature(place)) { x, code in
        builder.program.bind(.choose(.equal(.feature(place), .number(code)), .missing, x))
      }
    }
    let value = builder.value(model.form, features)
    builder.program.result = builder.refusing(model, features, value)
    return builder.program
  }

  /// Missing where a feature is missing that the model refuses and the form does not.
  mutating func refusing(_ model: Model, _ features: [Formula], _ value: Formula) -> Formula {
    let refused = model.features.indices.filter {
      model.features[$0].missing == .refuse && !model.form.missesWithout(feature: $0)
    }
    guard let first = refused.first else { return value }
    let lacks = refused.dropFirst().reduce(Formula.Condition.isMissing(features[first])) {
      .either($0, .isMissing(features[$1]))
    }
    return .choose(lacks, .missing, value)
  }

  mutating func value(_ form: ModelForm, _ x: [Formula]) -> Formula { values(form, x)[0] }

  mutating func values(_ form: ModelForm, _ x: [Formula]) -> [Formula] {
    switch form {
    case .linear(let linear):
      let terms = zip(linear.coefficients, x).map { Formula.multiply(.number($0), $1) }
      return [mean(linear.link, of: sum(.number(linear.intercept), terms))]
    case .trees(let trees):
      let sum = Formula.multiply(.number(trees.scale), leaves(trees, x))
      return [mean(trees.link, of: .add(.number(trees.base), sum))]
    case .steps(let bins): return [.bins(x[0], bins)]
    case .scorecard(let card):
      return [sum(.number(card.base), zip(x, card.characteristics).map { .bins($0, $1) })]
    case .expand(let expand): return expand.terms.flatMap { made($0, x) }
    case .blend(let blend):
      var terms: [Formula] = []
      for (model, weight) in zip(blend.models, blend.weights) {
        terms.append(.multiply(.number(weight), sum(blend.link, of: value(model, x))))
      }
      return [mean(blend.link, of: sum(terms[0], Array(terms.dropFirst())))]
    case .product(let product):
      var result = value(product.models[0], x)
      for model in product.models.dropFirst() {
        result = .multiply(program.bind(result), program.bind(value(model, x)))
      }
      return [result]
    case .then(let then):
      var between: [Formula] = []
      for value in values(then.first, x) { between.append(program.bind(value)) }
      return values(then.after, between)
    case .cells(let cells): return [.cells(cells, x)]
    }
  }

  /// first + terms[0] + terms[1] + …, from the left.
  mutating func sum(_ first: Formula, _ terms: [Formula]) -> Formula {
    var sum = first
    for (place, term) in terms.enumerated() {
      sum = .add(sum, term)
      if (place + 1).isMultiple(of: target.sumLength) { sum = program.bind(sum) }
    }
    return sum
  }

  private mutating func leaves(_ trees: TreesForm, _ x: [Formula]) -> Formula {
    if target.isProgram { return .leaves(trees, x) }
    return program.bind(sum(.number(0), trees.roots.indices.map { .leaf(trees, tree: $0, x) }))
  }

  private mutating func made(_ term: ExpandTerm, _ x: [Formula]) -> [Formula] {
    switch term {
    case .feature(let i): return [x[i]]
    case .power(let i, let exponent): return [(1..<exponent).reduce(x[i]) { power, _ in .multiply(power, x[i]) }]
    case .product(let features): return [features.dropFirst().reduce(x[features[0]]) { .multiply($0, x[$1]) }]
    case .standardised(let i, let centre, let scale):
      return [.divide(.subtract(x[i], .number(centre)), .number(scale))]
    case .clamp(let i, let low, let high):
      let above = Formula.choose(.below(.number(high), x[i]), .number(high), x[i])
      return [.choose(.below(x[i], .number(low)), .number(low), above)]
    case .indicators(let i, let values):
      return values.map {
        .choose(.isMissing(x[i]), .number(0), .choose(.equal(x[i], .number($0)), .number(1), .number(0)))
      }
    case .bins(let i, let bins): return [.bins(x[i], bins)]
    case .missing(let i): return [.choose(.isMissing(x[i]), .number(1), .number(0))]
    case .fill(let i, let value): return [.choose(.isMissing(x[i]), .number(value), x[i])]
    case .link(let i, let link): return [sum(link, of: x[i])]
    }
  }
}

extension ModelForm {
  /// Whether exp, ln or the normal distribution enters, which every library rounds in its own way.
  var usesFunctions: Bool {
    switch self {
    case .linear(let form): form.link != .identity
    case .trees(let form): form.link != .identity
    case .blend(let form): form.link != .identity || form.models.contains(where: \.usesFunctions)
    case .product(let form): form.models.contains(where: \.usesFunctions)
    case .then(let form): form.first.usesFunctions || form.after.usesFunctions
    case .expand(let form):
      form.terms.contains { if case .link(_, let link) = $0 { link != .identity } else { false } }
    case .steps, .scorecard, .cells: false
    }
  }

  /// How many links are undone or done in it: where one stands within another, its ends are seen.
  var linkCount: Int {
    func one(_ link: Link) -> Int { link == .identity ? 0 : 1 }
    switch self {
    case .linear(let form): return one(form.link)
    case .trees(let form): return one(form.link)
    case .blend(let form): return one(form.link) * 2 + form.models.map(\.linkCount).reduce(0, +)
    case .product(let form): return form.models.map(\.linkCount).reduce(0, +)
    case .then(let form): return form.first.linkCount + form.after.linkCount
    case .expand(let form):
      return form.terms.reduce(0) { sum, term in if case .link(_, let link) = term { sum + one(link) } else { sum } }
    case .steps, .scorecard, .cells: return 0
    }
  }

  /// Whether the value is surely missing where that feature is.
  func missesWithout(feature: Int) -> Bool { misses([feature])[0] }

  /// Per output: whether it is surely missing where one of these features is.
  private func misses(_ features: Set<Int>) -> [Bool] {
    switch self {
    case .linear(let form): [form.coefficients.indices.contains(where: features.contains)]
    case .trees: [false]
    case .steps(let form): [form.missing == nil && features.contains(0)]
    case .scorecard(let form):
      [features.contains { form.characteristics[$0].missing == nil }]
    case .cells(let form): [form.missing == nil && !features.isEmpty]
    case .blend(let form): [form.models.contains { $0.misses(features)[0] }]
    case .product(let form): [form.models.contains { $0.misses(features)[0] }]
    case .then(let form):
      form.after.misses(Set(form.first.misses(features).enumerated().filter(\.element).map(\.offset)))
    case .expand(let form):
      form.terms.flatMap { term -> [Bool] in
        switch term {
        case .feature(let i), .power(let i, _), .standardised(let i, _, _), .clamp(let i, _, _), .link(let i, _):
          [features.contains(i)]
        case .product(let all): [all.contains(where: features.contains)]
        case .bins(let i, let bins): [bins.missing == nil && features.contains(i)]
        case .indicators(_, let values): values.map { _ in false }
        case .missing, .fill: [false]
        }
      }
    }
  }
}
