internal import CutlineCompute

/// A formula as an expression of PMML.
struct PmmlFormula {
  /// What features are called.
  let fields: [String]
  /// What steps are called.
  var steps: [Int: String] = [:]

  func written(_ formula: Formula) -> String {
    switch formula {
    case .feature(let i): field(fields[i])
    case .step(let step): field(steps[step] ?? "")
    case .number(let value): constant(value)
    case .missing: "<Constant dataType=\"double\" missing=\"true\"/>\n"
    case .add(let a, let b): apply("+", [a, b])
    case .subtract(let a, let b): apply("-", [a, b])
    case .multiply(let a, let b): apply("*", [a, b])
    case .divide(let a, let b): apply("/", [a, b])
    case .negative(let a): apply("*", [.number(-1), a])
    case .call(let function, let a): apply(function.rawValue, [a])
    case .choose(let condition, let a, let b): choose(written(condition), written(a), written(b))
    case .bins(let x, let bins): written(bins, of: x)
    case .cells(let cells, let inputs): written(cells, inputs)
    case .leaf, .leaves: ""  // Trees are models of their own.
    }
  }

  private func field(_ name: String) -> String { "<FieldRef field=\"\(PmmlModel.escaped(name))\"/>\n" }

  private func constant(_ value: Double) -> String {
    "<Constant dataType=\"double\">\(DecimalText.shortest(value))</Constant>\n"
  }

  private func apply(_ function: String, _ arguments: [Formula]) -> String {
    apply(function, arguments.map(written))
  }

  private func apply(_ function: String, _ arguments: [String]) -> String {
    "<Apply function=\"\(function)\">\n\(arguments.joined())</Apply>\n"
  }

  private func choose(_ condition: String, _ a: String, _ b: String) -> String { apply("if", [condition, a, b]) }

  private func written(_ condition: Formula.Condition) -> String {
    switch condition {
    case .isMissing(let a): apply("isMissing", [a])
    case .atMost(let a, let b): apply("lessOrEqual", [a, b])
    case .below(let a, let b): apply("lessThan", [a, b])
    case .equal(let a, let b): apply("equal", [a, b])
    case .either(let a, let b): apply("or", [written(a), written(b)])
    }
  }

  private func written(_ bins: BinnedValues, of x: Formula) -> String {
    var text = steps(bins.bins, x) { constant(bins.values[$0]) }
    for special in bins.specials.reversed() {
      text = choose(apply("equal", [x, .number(special.value)]), constant(special.result), text)
    }
    return guarded([x], bins.missing, text)
  }

  /// Nested ifs over the bins, halved at each, so that they are only as deep as a search.
  private func steps(_ bins: BinEdges, _ x: Formula, _ value: (Int) -> String) -> String {
    func part(_ low: Int, _ high: Int) -> String {
      guard low < high else { return value(low) }
      let middle = (low + high) / 2
      let edge = Formula.number(bins.edges[middle])
      let below = apply(bins.closed == .right ? "lessOrEqual" : "lessThan", [x, edge])
      return choose(below, part(low, middle), part(middle + 1, high))
    }
    return part(0, bins.edges.count)
  }

  private func written(_ cells: CellsForm, _ inputs: [Formula]) -> String {
    func value(_ axis: Int, _ cell: Int) -> String {
      guard axis < cells.axes.count else { return constant(cells.values[cell]) }
      let bins = cells.axes[axis]
      return steps(bins, inputs[axis]) { value(axis + 1, cell * bins.binCount + $0) }
    }
    return guarded(inputs, cells.missing, value(0, 0))
  }

  /// What is missing first: a comparison with it would be missing, too.
  private func guarded(_ inputs: [Formula], _ missing: Double?, _ text: String) -> String {
    let lacks = inputs.dropFirst().reduce(apply("isMissing", [inputs[0]])) {
      apply("or", [$0, apply("isMissing", [$1])])
    }
    return choose(lacks, missing.map(constant) ?? written(.missing), text)
  }
}
