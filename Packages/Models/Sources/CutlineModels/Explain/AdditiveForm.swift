internal import CutlineCompute

/// A form whose value is a constant and one function of each feature: f(x) = c + g₁(x₁) + … + gₚ(xₚ).
///
/// Linear forms, scorecards, bins of one feature, trees that ask for one feature each, blends of those, and all of them
/// after features that are each made from one. Their Shapley values are known without any enumeration:
/// φⱼ = gⱼ(xⱼ) − mean of gⱼ over the background, whatever is thought of the dependence among features.
struct AdditiveForm {
  private let form: ModelForm

  /// Nil where the form is not seen to be additive, or has a link.
  init?(_ form: ModelForm) {
    guard Self.holds(form) else { return nil }
    self.form = form
  }

  private static func holds(_ form: ModelForm) -> Bool {
    switch form {
    case .linear(let form): form.link == .identity
    case .scorecard, .steps: true
    case .trees(let form): form.link == .identity && form.features().allSatisfy { $0.count <= 1 }
    case .blend(let form): form.link == .identity && form.models.allSatisfy(holds)
    case .then(let form):
      form.first.isFeatures && form.first.sources.allSatisfy { $0.count <= 1 } && holds(form.after)
    case .cells(let form): form.axes.count == 1
    case .expand, .product: false
    }
  }

  /// c, and gⱼ of each row by feature.
  func contributions(_ columns: [[Double]], rows: Int) throws -> (constant: Double, values: [[Double]]) {
    try Self.contributions(form, columns, rows)
  }

  private static func contributions(
    _ form: ModelForm, _ columns: [[Double]], _ rows: Int
  ) throws -> (constant: Double, values: [[Double]]) {
    switch form {
    case .linear(let form):
      return (form.intercept, zip(form.coefficients, columns).map { weight, column in column.map { weight * $0 } })
    case .scorecard(let form):
      return (form.base, zip(form.characteristics, columns).map { bins, column in column.map { bins.value(of: $0) } })
    case .steps(let form): return (0, [columns[0].map { form.value(of: $0) }])
    case .cells: return (0, [try form.evaluate(columns: columns, rows: rows)])
    case .trees(let form):
      var values = columns.map { _ in [Double](repeating: 0, count: rows) }
      var constant = form.base
      for (tree, features) in form.features().enumerated() {
        let root = Int(form.roots[tree])
        guard let feature = features.first else {
          constant += form.scale * form.nodes.value[root]
          continue
        }
        for row in 0..<rows {
          let leaf = form.nodes.leaf(from: root) { _ in columns[feature][row] }
          values[feature][row] += form.scale * form.nodes.value[leaf]
        }
      }
      return (constant, values)
    case .blend(let form):
      var (constant, values) = (0.0, columns.map { _ in [Double](repeating: 0, count: rows) })
      for (model, weight) in zip(form.models, form.weights) {
        let part = try contributions(model, columns, rows)
        constant += weight * part.constant
        for j in values.indices { for row in 0..<rows { values[j][row] += weight * part.values[j][row] } }
      }
      return (constant, values)
    case .then(let form):
      let made = try FormEvaluator(form.first).evaluate(columns: columns, rows: rows)
      let part = try contributions(form.after, made, rows)
      var (constant, values) = (part.constant, columns.map { _ in [Double](repeating: 0, count: rows) })
      for (sources, column) in zip(form.first.sources, part.values) {
        guard let j = sources.first else {
          constant += column.first ?? 0
          continue
        }
        for row in 0..<rows { values[j][row] += column[row] }
      }
      return (constant, values)
    case .expand, .product: return (0, [])
    }
  }
}

extension TreesForm {
  /// Per tree: the features that it asks for.
  func features() -> [Set<Int>] {
    roots.indices.map { tree in
      let end = tree + 1 < roots.count ? Int(roots[tree + 1]) : nodes.count
      let inner = (Int(roots[tree])..<end).filter { nodes.left[$0] >= 0 }
      return Set(inner.map { Int(nodes.feature[$0]) })
    }
  }
}

extension TreesForm.Nodes {
  /// Whether a value goes left at a node.
  @inline(__always) func goesLeft(_ value: Double, at node: Int) -> Bool {
    value.isNaN ? missingLeft[node] : value <= threshold[node]
  }

  /// The leaf below `root` to which the values lead.
  func leaf(from root: Int, _ value: (Int) -> Double) -> Int {
    var node = root
    while left[node] >= 0 {
      node = Int(goesLeft(value(Int(feature[node])), at: node) ? left[node] : right[node])
    }
    return node
  }
}
