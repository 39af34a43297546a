internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// What boosting minimises.
enum TreeObjective: String, CaseIterable, Sendable {
  case squared, logistic, poisson, gamma, tweedie

  var link: Link {
    switch self {
    case .squared: .identity
    case .logistic: .logit
    case .poisson, .gamma, .tweedie: .log
    }
  }

  /// As the library calls it, with a base score that plays no part because every row brings its own start.
  fileprivate var parameters: [(String, String)] {
    switch self {
    case .squared: [("objective", "reg:squarederror"), ("base_score", "0")]
    case .logistic: [("objective", "binary:logistic"), ("base_score", "0.5")]
    case .poisson: [("objective", "count:poisson"), ("base_score", "1")]
    case .gamma: [("objective", "reg:gamma"), ("base_score", "1")]
    case .tweedie: [("objective", "reg:tweedie"), ("base_score", "1")]
    }
  }
}

/// The target of a design as the library takes it, and the way back.
///
/// Boosting starts at the best constant, on the scale of the link and beside each row's offset. A squared target is given
/// as what is left of it, in units of its standard deviation; a logarithmic one in units of its mean. So a fit depends
/// neither on the unit of the target nor on single precision's range, and `lambda`, `gamma` and `min_child_weight` mean the
/// same for fractions and for currency.
struct TreeTarget {
  let labels: [Float]
  /// Per row, before the link; empty for zeros.
  let margins: [Float]
  /// Of the form.
  let base, scale: Double
  let parameters: [(String, String)]
  /// Whether there is nothing to learn.
  let isConstant: Bool

  /// - Parameters:
  ///   - rows: those with weight.
  ///   - weights: of `rows`, of mean 1.
  /// - Throws: `Faults` (data) for a target that the objective does not take, or for which no constant is finite.
  init(_ design: Design, rows: [Int], weights: [Double], _ objective: TreeObjective, power: Double) throws(Faults) {
    let target = rows.map { design.target[$0] }
    let offset = design.offset.isEmpty ? [] : rows.map { design.offset[$0] }
    try Self.check(target, objective)
    let powers = objective == .tweedie ? [("tweedie_variance_power", "\(power)")] : []
    parameters = objective.parameters + powers
    func mean(_ values: [Double]) -> Double {
      zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 / Double(rows.count) }
    }
    switch objective {
    case .squared:
      let plain = offset.isEmpty ? target : zip(target, offset).map { $0 - $1 }
      let centre = mean(plain)
      let rest = plain.map { $0 - centre }
      let greatest = rest.reduce(0) { max($0, $1.magnitude) }
      guard centre.isFinite, greatest.isFinite else { throw Self.tooGreat }
      isConstant = greatest <= 1e-12 * centre.magnitude
      // In parts of the greatest one, as squares may leave the range of numbers.
      let deviation = isConstant ? 1 : greatest * mean(rest.map { $0 / greatest * ($0 / greatest) }).squareRoot()
      labels = rest.map { Float($0 / deviation) }
      margins = []
      (base, scale) = (centre, deviation)
    case .logistic:
      let start = try Self.logit(target, offset, weights)
      labels = target.map { Float($0) }
      margins = rows.indices.map { Float(start + (offset.isEmpty ? 0 : offset[$0])) }
      (base, scale, isConstant) = (start, 1, false)
    case .poisson, .gamma, .tweedie:
      let unit = mean(target) / (offset.isEmpty ? 1 : mean(offset.map { Link.log.mean(of: $0) }))
      guard unit > 0, unit.isFinite else {
        guard mean(target) == 0 else { throw Self.tooGreat }
        throw Faults.data(
          "boosting", "the target is 0 in every row with weight, and its logarithm is no number",
          "Use objective = \"squared\", or more rows.")
      }
      labels = target.map { Float($0 / unit) }
      margins = offset.map { Float($0) }
      (base, scale, isConstant) = (Link.log.sum(of: unit), 1, false)
    }
    guard (labels + margins).allSatisfy(\.isFinite), base.isFinite, scale.isFinite else { throw Self.tooGreat }
    if objective == .gamma, labels.contains(where: { $0 <= 0 }) { throw Self.tooGreat }
  }

  private static let tooGreat = Faults.data(
    "boosting", "the target or the offset spans more than single precision holds",
    "Check them for values that cannot be.")

  private static func check(_ target: [Double], _ objective: TreeObjective) throws(Faults) {
    let (fits, wanted) =
      switch objective {
      case .squared: (true, "")
      case .logistic: (target.allSatisfy { (0...1).contains($0) }, "between 0 and 1")
      case .poisson, .tweedie: (target.allSatisfy { $0 >= 0 }, "not negative")
      case .gamma: (target.allSatisfy { $0 > 0 }, "above 0")
      }
    guard fits else {
      throw Faults.data(
        "boosting", "objective \(objective.rawValue) takes targets \(wanted), the design has others",
        "Use objective = \"squared\", or another target.")
    }
  }

  /// a with Σ w (y − 1 / (1 + e^−(a + offset))) = 0.
  private static func logit(
    _ target: [Double], _ offset: [Double], _ weights: [Double]
  ) throws(Faults) -> Double {
    let count = Double(target.count)
    let rate = zip(target, weights).reduce(0) { $0 + $1.0 * $1.1 / count }
    let rest = zip(target, weights).reduce(0) { $0 + (1 - $1.0) * $1.1 / count }
    guard rate > 0, rest > 0 else {
      throw Faults.data(
        "boosting", "the target has one class only: it is \(rate > 0 ? 1 : 0) in every row with weight",
        "Use more rows, or objective = \"squared\".")
    }
    guard !offset.isEmpty else { return Link.log.sum(of: rate / rest) }
    // The mean rises with a, and lies on the other side at either end.
    var (low, high) = (-745 - (offset.max() ?? 0), 745 - (offset.min() ?? 0))
    for _ in 0..<200 {
      let middle = low / 2 + high / 2
      if middle <= low || middle >= high { break }
      let mean = zip(offset, weights).reduce(0) { $0 + Link.logit.mean(of: middle + $1.0) * $1.1 / count }
      if mean < rate { low = middle } else { high = middle }
    }
    return low / 2 + high / 2
  }
}
