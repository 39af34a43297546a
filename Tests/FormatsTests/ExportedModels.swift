import CutlineCompute
import CutlineCredit
import TestSupport

/// Models of every form and link, and records on and one ulp beside everything that they compare with.
struct ExportedModels {
  struct Case: Sendable {
    let name: String
    let model: Model
    /// No exp, ln or erfc: the same bits are due.
    let isExact: Bool
    /// Per feature, per row.
    let columns: [[Double]]
    /// The definition.
    let expected: [Double]

    init(name: String, model: Model, isExact: Bool, rows: Int = ExportedModels.rows) throws {
      self.name = name
      self.model = model
      self.isExact = isExact
      columns = ExportedModels.columns(model, rows: rows)
      expected = try ExportedModels.expected(model, columns, rows: rows)
    }
  }

  /// Made once, for all suites.
  static let all = Result { try made() }

  static let rows = 10_000
  /// Names that must be quoted and escaped.
  static let names = ["score", "Select", "a \"b\" <c> & d's", "größe", "x; DROP TABLE t --", "v1"]

  static func model(
    _ name: String, _ form: ModelForm, missing: Model.MissingRule = .form, codes: [Double]? = nil
  ) throws -> Model {
    let features = (0..<form.inputCount).map {
      Model.Feature($0 < names.count ? names[$0] : "f\($0)", missing: missing, codes: $0 % 2 == 0 ? codes : nil)
    }
    return try Model(name: name, features: features, unit: "fraction", form: form)
  }

  private static func made() throws -> [Case] {
    var cases: [Case] = []
    func add(
      _ name: String, _ form: ModelForm, isExact: Bool = true, missing: Model.MissingRule = .form,
      codes: [Double]? = nil
    ) throws {
      let model = try model(name, form, missing: missing, codes: codes)
      cases.append(try Case(name: name, model: model, isExact: isExact))
    }
    var random = RandomForms(seed: 20)
    random.isPlain = true
    let edges = [-1.7, -0.1, 0.3, 449.4, 462.8, 484.0, 1.0 / 3 * 1000]
    let bins = try BinnedValues(
      bins: BinEdges(edges.sorted()), values: edges.indices.map { 0.1 * Double($0) - 0.25 } + [7.7], missing: 0.37,
      specials: [.init(value: -1, result: 0.123456789012345), .init(value: 484, result: 2)])
    let open = try BinnedValues(bins: BinEdges([0.1, 0.7], closed: .left), values: [1.1, -2.2, 3.3])
    try add("steps", .steps(bins))
    try add("steps-missing", .steps(open))
    try add("scorecard", .scorecard(base: 600.1, characteristics: [bins, open, bins]))
    let plain = try ModelForm.linear(intercept: 0.1, coefficients: [0.3, -0.4, 0.5])
    try add("codes", plain, missing: .refuse, codes: [-1, 0, 484])
    try add("scorecard-codes", .scorecard(base: 1, characteristics: [bins, open]), codes: [2, 449.4])
    try add("trees-codes", Self.trees(.identity), codes: [1])
    try add("scorecard-refuses", .scorecard(base: 0, characteristics: [bins, bins]), missing: .refuse)
    try add(
      "cells",
      .cells(
        axes: [BinEdges([0.1, 0.3, 449.4]), BinEdges([-0.1, 0.7], closed: .left)],
        values: (0..<12).map { 0.05 + 0.011 * Double($0) }, missing: 0.4))
    try add("cells-missing", .cells(axes: [BinEdges([0.1]), BinEdges([])], values: [0.1, 0.2]))
    try add("constant", .linear(intercept: 0.1, coefficients: []))
    for link in Link.allCases {
      let isExact = link == .identity
      try add(
        "linear-\(link)", .linear(intercept: -0.3, coefficients: [0.21, -1.3, 0.007], link: link), isExact: isExact)
      try add("trees-\(link)", Self.trees(link), isExact: isExact)
      let wide = try ModelForm.linear(
        intercept: 0.02, coefficients: (0..<120).map { 0.001 * Double($0 % 7) - 0.003 }, link: link)
      try add("wide-\(link)", wide, isExact: isExact)
      // A calibration: links and their inverses, of what is a probability.
      let first = try ModelForm.linear(
        intercept: 0.1, coefficients: [0.8, -0.4], link: link == .identity ? .logit : link)
      let calibrated = try first.then(.expand(inputCount: 1, terms: [.link(0, link)]))
        .then(.linear(intercept: 0.2, coefficients: [0.9], link: link))
      try add("calibrated-\(link)", calibrated, isExact: false)
      let hurdle = try ModelForm.product([first, .linear(intercept: 0.1, coefficients: [0.5, 0.5], link: link)])
      try add("hurdle-\(link)", hurdle, isExact: false)
      let blended = try ModelForm.blend(
        [first, first.then(.linear(intercept: 0, coefficients: [0.9]))], weights: [0.4, 0.6], link: link)
      try add("blend-\(link)", blended, isExact: false)
    }
    let polynomial = try ModelForm.expand(
      inputCount: 2,
      terms: [
        .standardised(0, centre: 480.123, scale: 31.7), .standardised(1, centre: -0.2, scale: 3),
        .clamp(0, low: -1, high: 400.5),
        .indicators(1, values: [-1, 0.3]), .missing(0), .fill(1, 0.123), .bins(0, bins), .power(1, exponent: 3),
      ]
    ).then(
      .expand(
        inputCount: 9,
        terms: [
          .product([0, 1]), .feature(2), .feature(3), .feature(5), .feature(6), .feature(7), .power(0, exponent: 2),
        ]))
    try add("expanded", polynomial.then(.linear(intercept: 0.3, coefficients: [0.2, 1e-3, 5, -4, 0.7, 1.5, -0.11])))
    try add(
      "expanded-logit",
      polynomial.then(.linear(intercept: -3, coefficients: [0.2, 1e-3, 5, -4, 0.7, 1.5, -0.11], link: .logit)),
      isExact: false, missing: .refuse)
    try add("expanded-trees", polynomial.then(Self.sevenTrees()))
    try add("deep", .trees(inputCount: 2, nodes: Self.deep(40), roots: [0]))
    for k in 0..<14 {
      try add("random-\(k)", random.model(inputs: 1 + k % 5, depth: k % 3), missing: k % 4 == 3 ? .refuse : .form)
    }
    return cases
  }

  private static func sevenTrees() throws -> ModelForm {
    var random = RandomForms(seed: 78)
    random.isPlain = true
    return try random.trees(inputs: 7, trees: 9, depth: 4)
  }

  /// A tree as deep as its number of leaves.
  private static func deep(_ depth: Int) -> TreesForm.Nodes {
    var nodes = TreesForm.Nodes()
    for level in 0..<depth {
      let place = nodes.appendSplit(
        feature: level % 2, threshold: 2.1 - 0.1 * Double(level), missingLeft: level % 3 == 0)
      nodes.appendLeaf(0.01 * Double(level))
      let isLeafLeft = level % 5 == 0
      (nodes.left[place], nodes.right[place]) =
        isLeafLeft ? (Int32(place + 1), Int32(place + 2)) : (Int32(place + 2), Int32(place + 1))
    }
    nodes.appendLeaf(9.9)
    return nodes
  }

  private static func trees(_ link: Link) throws -> ModelForm {
    var random = RandomForms(seed: 77)
    random.isPlain = true
    guard case .trees(let trees) = try random.trees(inputs: 4, trees: 150, depth: 5) else {
      return .steps(try random.bins())
    }
    // Thresholds that are no round numbers.
    var nodes = trees.nodes
    for node in nodes.threshold.indices { nodes.threshold[node] += random.number(1e-3) }
    return try .trees(inputCount: 4, nodes: nodes, roots: trees.roots, base: -0.4, scale: 0.11, link: link)
  }

  /// Per feature `rows` values: what the model compares with, the double on either side, missing ones and others.
  private static func columns(_ model: Model, rows: Int) -> [[Double]] {
    var random = RandomForms(seed: 5)
    let compared = model.form.comparedWith.union(model.features.flatMap { $0.codes ?? [] }).sorted()
    return model.features.map { _ in
      (0..<rows).map { _ -> Double in
        switch random.random.index(below: 8) {
        case 0: return .nan
        case let way where (1...4).contains(way) && !compared.isEmpty:
          let value = compared[random.random.index(below: compared.count)]
          return [value, value.nextUp, value.nextDown][random.random.index(below: 3)]
        case 5: return random.number(600)
        case 6: return Double(random.random.index(below: 5) - 2)
        default: return random.number()
        }
      }
    }
  }

  /// The definition. A batch gives its bits, and some records are computed alone all the same.
  private static func expected(_ model: Model, _ raw: [[Double]], rows: Int) throws -> [Double] {
    let columns = zip(model.features, raw).map { feature, column in
      column.map { feature.codes?.contains($0) == true ? .nan : $0 }
    }
    let values = try model.form.evaluate(columns: columns, rows: rows)
    return try (0..<rows).map { row in
      let isRefused = zip(model.features, columns).contains { $0.missing == .refuse && $1[row].isNaN }
      guard row.isMultiple(of: 97) else { return isRefused ? .nan : values[row] }
      return isRefused ? .nan : try model.form.value(of: columns.map { $0[row] })
    }
  }

  /// The first row whose value is not what is due, as text.
  static func difference(_ case: Case, isExact: Bool? = nil, _ found: [Double], tolerance: Double, floor: Double = 0)
    -> String?
  {
    let expected = `case`.expected
    let isExact = isExact ?? `case`.isExact

    guard expected.count == found.count else { return "\(found.count) values for \(expected.count) rows" }
    for (row, (due, value)) in zip(expected, found).enumerated() {
      if due.isNaN && value.isNaN || due == value { continue }
      let isNear = abs(due - value) <= tolerance * abs(due) + floor
      if !isExact, isNear { continue }
      // ±∞ is written as ±10³⁰⁰ where a format has none.
      if !isExact, floor > 0, due.isInfinite, value.magnitude > 1e150, due.sign == value.sign { continue }
      return "\(`case`.name), row \(row): \(value), not \(due)"
    }
    return nil
  }
}

extension ModelForm {
  /// Edges, thresholds and codes anywhere in it.
  var comparedWith: Set<Double> {
    func of(_ bins: BinnedValues) -> [Double] { bins.bins.edges + bins.specials.map(\.value) }
    switch self {
    case .linear: return []
    case .trees(let form):
      return Set(form.nodes.left.indices.filter { form.nodes.left[$0] >= 0 }.map { form.nodes.threshold[$0] })
    case .steps(let form): return Set(of(form))
    case .scorecard(let form): return Set(form.characteristics.flatMap(of))
    case .cells(let form): return Set(form.axes.flatMap(\.edges))
    case .blend(let form): return form.models.reduce(into: []) { $0.formUnion($1.comparedWith) }
    case .product(let form): return form.models.reduce(into: []) { $0.formUnion($1.comparedWith) }
    case .then(let form): return form.first.comparedWith.union(form.after.comparedWith)
    case .expand(let form):
      return Set(
        form.terms.flatMap { term -> [Double] in
          switch term {
          case .bins(_, let bins): of(bins)
          case .indicators(_, let values): values
          case .clamp(_, let low, let high): [low, high]
          default: []
          }
        })
    }
  }
}
