/// What a model may hold at most, so that a hostile file costs no more than its own size.
enum FormLimits {
  /// Forms within forms.
  static let depth = 8
  /// Features in, or out of `expand`.
  static let features = 65_536
  /// Models of a blend or a product.
  static let models = 1_024
  /// Edges, or special values, of one feature.
  static let edges = 65_535
  /// Cells of a grid.
  static let cells = 1 << 24
  /// Nodes of all trees of one ensemble.
  static let nodes = 1 << 24
  /// Decisions on the way to a leaf.
  static let treeDepth = 64
  /// Exponents of `expand`.
  static let exponent = 16
}

/// Refuses what is no model: `form` is named in the error.
struct FormCheck {
  let form: String

  func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws(FormError) {
    if !condition { throw FormError.invalid(form: form, problem: problem()) }
  }

  func finite(_ values: [Double], _ name: String) throws(FormError) {
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw FormError.invalid(form: form, problem: "has \(name) [\(index)] = \(values[index]), which is no number")
    }
  }

  func count(_ count: Int, _ name: String, atMost limit: Int) throws(FormError) {
    try require(count > 0, "has no \(name)")
    try require(count <= limit, "has \(count) \(name), more than \(limit)")
  }

  /// Models that can stand beside each other: one value each, of the same features.
  func alike(_ models: [ModelForm]) throws(FormError) {
    try count(models.count, "models", atMost: FormLimits.models)
    for (k, model) in models.enumerated() {
      try require(
        model.inputCount == models[0].inputCount,
        "has model [\(k)] of \(model.inputCount) features, model [0] of \(models[0].inputCount)")
      try require(model.outputCount == 1, "has model [\(k)] with \(model.outputCount) values, not one")
      try depth(model.depth)
    }
  }

  /// Whether forms of that depth can be held by another.
  func depth(_ inner: Int) throws(FormError) {
    try require(inner < FormLimits.depth, "has forms within forms more than \(FormLimits.depth) deep")
  }
}
