internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// A model as one SELECT that adds a column to a table: a scalar expression for each row, with intermediate values in
/// subqueries, so that nothing is written or computed twice.
///
/// Missing is NULL; NaN is taken for it. Every number has an exponent and every CASE a cast, so that PostgreSQL and DuckDB
/// compute with doubles and not with decimals; MATERIALIZED keeps planners from copying the subqueries into each other.
struct SqlModel {
  /// What databases take side by side (PostgreSQL: 1,664).
  static let columnLimit = 1600
  /// Values of grids and bins in one statement.
  static let valueLimit = 200_000

  private let program: FormulaProgram
  private let names: [String]

  /// - Throws: `Faults` (data) for what is too large for a statement, `Faults` (usage) for a name that no identifier can be.
  static func text(of model: Model, table: String, column: String) throws -> String {
    var values = 0
    model.form.countValues(into: &values)
    guard values <= valueLimit else {
      throw Faults.data(
        "model \(model.name)", "has \(values) nodes, cells and bins, more than \(valueLimit) that a statement can hold",
        "Export it to C or JSON.")
    }
    let target = try table.split(separator: ".", omittingEmptySubsequences: false).map {
      try quoted(String($0), "--table")
    }.joined(separator: ".")
    let result = try quoted(column, "the column of predictions")
    if model.features.contains(where: { $0.name.lowercased() == column.lowercased() }) {
      throw Faults.usage(
        "the column of predictions", "\(column.prefix(40).debugDescription) is the name of a feature",
        "Give another --column.")
    }
    let names = try model.features.map { "t.\(try quoted($0.name, "feature"))" }
    let sql = SqlModel(program: FormulaBuilder.program(model, for: .expression), names: names)
    let codes = model.features.filter { $0.codes != nil }.map {
      "\n-- \(comment($0.name))\(ModelExport.codes(of: $0))."
    }.joined()
    return """
      -- \(comment("\(model.name), unit: \(model.unit)")), written by cutline.
      -- \(ModelExport.promise(of: model, as: .sql))
      -- For SQLite, PostgreSQL and DuckDB. NULL and NaN are missing, in SQLite also text that is no number.\(model.form.usesFunctions ? " Needs exp, ln, sqrt and floor." : "")\(codes)
      SELECT t.*,
        \(try sql.expression(model.name)) AS \(result)
      FROM \(target) AS t

      """
  }

  /// The whole as a scalar subquery.
  private func expression(_ model: String) throws -> String {
    let used = program.used
    var levels: [Int: Int] = [:]
    for step in used { levels[step] = 1 + (program.steps[step].steps.map { levels[$0] ?? 0 }.max() ?? 0) }
    let depth = levels.values.max() ?? 0
    // What each level hands up: what it makes and what is made below, where something above needs it.
    var needed: [Set<Int>] = [[]]
    needed[0] = program.result.steps
    var query: [(level: Int, columns: [String])] = []
    var features = program.result.features
    for level in stride(from: depth, through: 1, by: -1) {
      let open = needed[needed.count - 1]
      var below: Set<Int> = []
      var columns: [String] = []
      for step in open.sorted() {
        if levels[step] == level {
          columns.append("\(written(program.steps[step])) AS v\(step)")
          below.formUnion(program.steps[step].steps)
          features.formUnion(program.steps[step].features)
        } else {
          columns.append("v\(step)")
          below.insert(step)
        }
      }
      query.append((level, columns))
      needed.append(below)
    }
    let inputs = features.sorted()
    guard (query.map(\.columns.count).max() ?? 0) + inputs.count <= Self.columnLimit else {
      throw Faults.data(
        "model \(model)", "needs more than \(Self.columnLimit) values side by side, which no database takes",
        "Export it to C or JSON.")
    }
    // One after the other and not within each other: SQLite's parser goes some ten levels deep.
    var parts: [String] = []
    // SQLite makes 0 of a text that is no number; as a number it is not equal to itself as a text.
    let casts = inputs.map { input in
      let cast = "CAST(\(names[input]) AS DOUBLE PRECISION)"
      return "CASE WHEN \(names[input]) = \(cast) THEN NULLIF(\(cast), 'NaN') END AS x\(input + 1)"
    }
    if !casts.isEmpty { parts.append("s0 AS MATERIALIZED (SELECT \(casts.joined(separator: ", ")))") }
    for (level, columns) in query.reversed() {
      let passed = inputs.map { "x\($0 + 1)" } + columns
      let from = parts.isEmpty ? "" : " FROM s\(level - 1)"
      parts.append("s\(level) AS MATERIALIZED (SELECT \(passed.joined(separator: ", "))\(from))")
    }
    let from = parts.isEmpty ? "" : "\n    FROM s\(query.first?.level ?? 0)"
    let with = parts.isEmpty ? "" : "WITH\n    \(parts.joined(separator: ",\n    "))\n    "
    return "(\(with)SELECT \(written(program.result))\(from))"
  }

  // MARK: Formulas

  private func written(_ formula: Formula) -> String {
    switch formula {
    case .feature(let i): "x\(i + 1)"
    case .step(let step): "v\(step)"
    case .number(let value): DecimalText.exponential(value)
    case .missing: "CAST(NULL AS DOUBLE PRECISION)"
    case .add(let a, let b): "\(written(a)) + \(factor(b, alsoProducts: true))"
    case .subtract(let a, let b): "\(written(a)) - \(factor(b, alsoProducts: true))"
    case .multiply(let a, let b): "\(factor(a, alsoProducts: true)) * \(factor(b))"
    case .divide(let a, let b): "\(factor(a, alsoProducts: true)) / \(factor(b))"
    case .negative(let a): "-(\(written(a)))"
    case .call(let function, let a): "\(function.rawValue)(\(written(a)))"
    case .choose(let condition, let a, let b):
      Self.cast("CASE WHEN \(written(condition)) THEN \(written(a)) ELSE \(written(b)) END")
    case .bins(let x, let bins): Self.cast(written(bins, of: written(x)))
    case .leaf(let trees, let tree, let inputs): Self.cast(leaf(trees, Int(trees.roots[tree]), inputs))
    case .cells(let cells, let inputs): Self.cast(written(cells, inputs))
    case .leaves: ""  // Only of programs.
    }
  }

  private static func cast(_ text: String) -> String { "CAST(\(text) AS DOUBLE PRECISION)" }

  /// A formula as a part of a product, or of a sum on its right.
  private func factor(_ formula: Formula, alsoProducts: Bool = false) -> String {
    switch formula {
    case .number(let value) where value.sign == .minus: "(\(written(formula)))"
    case .feature, .step, .number, .missing, .call, .choose, .bins, .leaf, .leaves, .cells: written(formula)
    case .multiply, .divide: alsoProducts ? written(formula) : "(\(written(formula)))"
    case .add, .subtract, .negative: "(\(written(formula)))"
    }
  }

  private func written(_ condition: Formula.Condition) -> String {
    switch condition {
    case .isMissing(let a): "\(factor(a)) IS NULL"
    case .atMost(let a, let b): "\(factor(a, alsoProducts: true)) <= \(factor(b, alsoProducts: true))"
    case .below(let a, let b): "\(factor(a, alsoProducts: true)) < \(factor(b, alsoProducts: true))"
    case .equal(let a, let b): "\(factor(a, alsoProducts: true)) = \(factor(b, alsoProducts: true))"
    case .either(let a, let b): "\(written(a)) OR \(written(b))"
    }
  }

  private func written(_ bins: BinnedValues, of x: String) -> String {
    let missing = bins.missing.map(DecimalText.exponential) ?? "NULL"
    var text = "CASE WHEN \(x) IS NULL THEN \(missing)"
    for special in bins.specials {
      text += " WHEN \(x) = \(DecimalText.exponential(special.value)) THEN \(DecimalText.exponential(special.result))"
    }
    return text
      + whens(bins.bins, x) { DecimalText.exponential(bins.values[$0]) } + " END"
  }

  /// ` WHEN x <= edge THEN … ELSE …` over the bins.
  private func whens(_ bins: BinEdges, _ x: String, _ then: (Int) -> String) -> String {
    let compares = bins.closed == .right ? "<=" : "<"
    return bins.edges.enumerated().map {
      " WHEN \(x) \(compares) \(DecimalText.exponential($1)) THEN \(then($0))"
    }.joined() + " ELSE \(then(bins.edges.count))"
  }

  private func written(_ cells: CellsForm, _ inputs: [Formula]) -> String {
    let x = inputs.map(written)
    func value(_ axis: Int, _ cell: Int) -> String {
      guard axis < cells.axes.count else { return DecimalText.exponential(cells.values[cell]) }
      let bins = cells.axes[axis]
      if bins.binCount == 1 { return value(axis + 1, cell) }
      return "CASE" + whens(bins, x[axis]) { value(axis + 1, cell * bins.binCount + $0) } + " END"
    }
    let missing = cells.missing.map(DecimalText.exponential) ?? "NULL"
    let lacks = x.map { "\($0) IS NULL" }.joined(separator: " OR ")
    return "CASE WHEN \(lacks) THEN \(missing) ELSE \(value(0, 0)) END"
  }

  /// SQLite's parser goes some fifteen CASEs deep.
  private static let nestedDepth = 8

  private func leaf(_ trees: TreesForm, _ root: Int, _ inputs: [Formula]) -> String {
    if depth(trees, root) <= Self.nestedDepth { return nested(trees, root, inputs) }
    var rules: [String] = []
    listed(trees, root, [], inputs, into: &rules)
    return "CASE\(rules.joined()) END"
  }

  private func depth(_ trees: TreesForm, _ node: Int) -> Int {
    guard trees.nodes.left[node] >= 0 else { return 0 }
    return 1 + max(depth(trees, Int(trees.nodes.left[node])), depth(trees, Int(trees.nodes.right[node])))
  }

  private func nested(_ trees: TreesForm, _ node: Int, _ inputs: [Formula]) -> String {
    let nodes = trees.nodes
    guard nodes.left[node] >= 0 else { return DecimalText.exponential(nodes.value[node]) }
    return "CASE WHEN \(way(trees, node, left: true, inputs)) THEN \(nested(trees, Int(nodes.left[node]), inputs))"
      + " ELSE \(nested(trees, Int(nodes.right[node]), inputs)) END"
  }

  /// One rule for each leaf: the ways that lead to it.
  private func listed(
    _ trees: TreesForm, _ node: Int, _ ways: [String], _ inputs: [Formula], into rules: inout [String]
  ) {
    let nodes = trees.nodes
    guard nodes.left[node] >= 0 else {
      rules.append(" WHEN \(ways.joined(separator: " AND ")) THEN \(DecimalText.exponential(nodes.value[node]))")
      return
    }
    for isLeft in [true, false] {
      let way = way(trees, node, left: isLeft, inputs)
      listed(
        trees, Int(isLeft ? nodes.left[node] : nodes.right[node]), ways + [way.contains(" OR ") ? "(\(way))" : way],
        inputs, into: &rules)
    }
  }

  /// What is true of a record that goes this way, a missing value included.
  private func way(_ trees: TreesForm, _ node: Int, left isLeft: Bool, _ inputs: [Formula]) -> String {
    let nodes = trees.nodes
    let x = written(inputs[Int(nodes.feature[node])])
    let compared = "\(x) \(isLeft ? "<=" : ">") \(DecimalText.exponential(nodes.threshold[node]))"
    return nodes.missingLeft[node] == isLeft ? "\(x) IS NULL OR \(compared)" : compared
  }

  // MARK: Names

  /// An identifier in double quotes, which every dialect takes as it is.
  static func quoted(_ name: String, _ place: String) throws -> String {
    guard !name.isEmpty, name.utf8.count <= 128, !name.unicodeScalars.contains(where: { $0.value < 32 }) else {
      throw Faults.usage(
        place,
        "\(name.prefix(40).debugDescription) can be no identifier: it is empty, too long, or has control characters",
        "Give a name of 1 to 128 bytes.")
    }
    return "\"\(name.replacing("\"", with: "\"\""))\""
  }

  /// A text of a file inside a line of comment.
  static func comment(_ text: String) -> String {
    String(
      text.unicodeScalars.prefix(200).map {
        $0.value < 32 || $0.value == 127 || $0.value > 0xFFFF ? " " : Character($0)
      })
  }
}

extension Formula {
  /// The features that it reads.
  var features: Set<Int> {
    switch self {
    case .feature(let i): [i]
    case .step, .number, .missing: []
    case .add(let a, let b), .subtract(let a, let b), .multiply(let a, let b), .divide(let a, let b):
      a.features.union(b.features)
    case .negative(let a), .call(_, let a), .bins(let a, _): a.features
    case .choose(let condition, let a, let b): condition.features.union(a.features).union(b.features)
    case .leaf(_, _, let inputs), .leaves(_, let inputs), .cells(_, let inputs):
      inputs.reduce(into: []) { $0.formUnion($1.features) }
    }
  }
}

extension Formula.Condition {
  var features: Set<Int> {
    switch self {
    case .isMissing(let a): a.features
    case .atMost(let a, let b), .below(let a, let b), .equal(let a, let b): a.features.union(b.features)
    case .either(let a, let b): a.features.union(b.features)
    }
  }
}

extension ModelForm {
  /// Adds how many numbers a text of it must hold.
  func countValues(into count: inout Int) {
    switch self {
    case .linear(let form): count += form.coefficients.count
    case .trees(let form): count += form.nodes.count
    case .steps(let form): count += form.values.count + form.specials.count
    case .scorecard(let form):
      for bins in form.characteristics { count += bins.values.count + bins.specials.count }
    case .expand(let form):
      for term in form.terms {
        switch term {
        case .bins(_, let bins): count += bins.values.count + bins.specials.count
        case .indicators(_, let values): count += values.count
        default: count += 1
        }
      }
    case .blend(let form): for model in form.models { model.countValues(into: &count) }
    case .product(let form): for model in form.models { model.countValues(into: &count) }
    case .then(let form):
      form.first.countValues(into: &count)
      form.after.countValues(into: &count)
    case .cells(let form): count += form.values.count
    }
  }
}
