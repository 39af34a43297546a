internal import CutlineCompute

/// A number as a formula of the features: what SQL, C and PMML have in common. Missing is NaN in C, NULL in SQL.
///
/// Arithmetic lets missing through. Of a condition about a missing number nothing is promised, so that a formula asks
/// `isMissing` first, or gives missing both ways.
indirect enum Formula {
  /// A feature of the model, by its number.
  case feature(Int)
  /// The value of a step of the program.
  case step(Int)
  case number(Double)
  case missing
  case add(Formula, Formula)
  case subtract(Formula, Formula)
  case multiply(Formula, Formula)
  case divide(Formula, Formula)
  case negative(Formula)
  case call(Function, Formula)
  case choose(Condition, Formula, Formula)
  /// A value per bin of a feature or step.
  case bins(Formula, BinnedValues)
  /// The leaf of one tree: asks features or steps.
  case leaf(TreesForm, tree: Int, [Formula])
  /// The sum of the leaves of all trees.
  case leaves(TreesForm, [Formula])
  case cells(CellsForm, [Formula])

  enum Function: String {
    case abs, exp, ln, sqrt, floor
    /// In C only; elsewhere they are written out.
    case erfc, quantile
  }

  indirect enum Condition {
    case isMissing(Formula)
    case atMost(Formula, Formula)
    case below(Formula, Formula)
    case equal(Formula, Formula)
    case either(Condition, Condition)
  }

  /// Whether it is written as one word, so that it may be used many times.
  var isAtom: Bool {
    switch self {
    case .feature, .step, .number: true
    default: false
    }
  }

  /// The steps on which it depends.
  func collectSteps(into steps: inout Set<Int>) {
    switch self {
    case .feature, .number, .missing: break
    case .step(let step): steps.insert(step)
    case .add(let a, let b), .subtract(let a, let b), .multiply(let a, let b), .divide(let a, let b):
      a.collectSteps(into: &steps)
      b.collectSteps(into: &steps)
    case .negative(let a), .call(_, let a), .bins(let a, _): a.collectSteps(into: &steps)
    case .choose(let condition, let a, let b):
      condition.collectSteps(into: &steps)
      a.collectSteps(into: &steps)
      b.collectSteps(into: &steps)
    case .leaf(_, _, let inputs), .leaves(_, let inputs), .cells(_, let inputs):
      for input in inputs { input.collectSteps(into: &steps) }
    }
  }

  var steps: Set<Int> {
    var steps: Set<Int> = []
    collectSteps(into: &steps)
    return steps
  }
}

extension Formula.Condition {
  func collectSteps(into steps: inout Set<Int>) {
    switch self {
    case .isMissing(let a): a.collectSteps(into: &steps)
    case .atMost(let a, let b), .below(let a, let b), .equal(let a, let b):
      a.collectSteps(into: &steps)
      b.collectSteps(into: &steps)
    case .either(let a, let b):
      a.collectSteps(into: &steps)
      b.collectSteps(into: &steps)
    }
  }
}

/// Formulas in the order in which they are computed, and the one that is the result.
struct FormulaProgram {
  /// Of the model.
  let featureCount: Int
  private(set) var steps: [Formula] = []
  var result = Formula.missing

  init(featureCount: Int) { self.featureCount = featureCount }

  /// The formula as something that can be used many times.
  mutating func bind(_ formula: Formula) -> Formula {
    if formula.isAtom { return formula }
    steps.append(formula)
    return .step(steps.count - 1)
  }

  /// The steps that the result needs.
  var used: [Int] {
    var needed = result.steps
    for step in steps.indices.reversed() where needed.contains(step) { steps[step].collectSteps(into: &needed) }
    return needed.sorted()
  }
}
