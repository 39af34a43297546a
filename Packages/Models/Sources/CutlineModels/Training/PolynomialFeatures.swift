internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Polynomials of the scores, one row a cell.
///
/// A bin is represented by the mean raw score of its applications; over the cells, each score and then each feature
/// is standardised with exposure weights, so that coefficients and penalties do not depend on the scale of a score.
struct PolynomialFeatures: Sendable {
  enum Set: String, Sendable, CaseIterable {
    /// The scores.
    case simple
    /// The scores and their product.
    case base
    /// All monomials up to degree 2.
    case quadratic
    /// The scores, their product, their squares and cubes.
    case polynomial
    /// All monomials up to degree 3.
    case full

    /// Reads a name; `cubic` is what `full` was called.
    init?(name: String) { self.init(rawValue: name == "cubic" ? "full" : name) }
  }

  let names: [String]
  /// Per feature, per cell.
  let columns: [[Double]]
  /// Per score, per cell: the mean raw score of its bin, which `form` takes.
  let scores: [[Double]]
  /// The features as a form of the scores: standardised, multiplied, standardised again.
  let form: ModelForm
  /// Per feature: whether risk may only rise or fall with it, which is known of a score itself.
  private let directions: [Int]

  var rowCount: Int { columns.first?.count ?? 0 }

  /// - Parameters:
  ///   - scores: per axis, per bin: its mean score.
  ///   - weights: per cell; cells without weight do not count in the standardisation.
  init(_ set: Set, grid: CellGrid, scores: [[Double]], weights: [Double]) throws {
    let raw = grid.axes.indices.map { axis in (0..<grid.cellCount).map { scores[axis][grid.bins($0)[axis]] } }
    let standard = raw.map { Standardisation($0, weights) }
    let inputs = zip(raw, standard).map { values, own in values.map(own.apply) }
    let exponents = Self.exponents(set, grid.axes.count)
    let factors = exponents.map { powers in powers.enumerated().flatMap { [Int](repeating: $0, count: $1) } }
    let products = factors.map { factors in
      (0..<grid.cellCount).map { cell in factors.dropFirst().reduce(inputs[factors[0]][cell]) { $0 * inputs[$1][cell] }
      }
    }
    let outer = products.map { Standardisation($0, weights) }
    names = Self.names(set, of: grid.axes)
    columns = zip(products, outer).map { values, own in values.map(own.apply) }
    directions = factors.map { factors in
      guard factors.count == 1 else { return 0 }
      return grid.axes[factors[0]].direction == .higherIsRiskier ? 1 : -1
    }
    self.scores = raw
    form = try ModelForm.expand(
      inputCount: raw.count, terms: standard.enumerated().map { $1.term($0) }
    )
    .then(
      .expand(
        inputCount: raw.count,
        terms: factors.map { $0.count == 1 ? .feature($0[0]) : .product($0) })
    )
    .then(.expand(inputCount: factors.count, terms: outer.enumerated().map { $1.term($0) }))
  }

  /// The cells with weight, as what an estimator is fitted to.
  func design(_ risk: [Double], weights: [Double]) -> Design {
    let used = weights.indices.filter { weights[$0] > 0 }
    return Design(
      features: names, columns: columns.map { column in used.map { column[$0] } }, target: used.map { risk[$0] },
      targetUnit: "fraction", weights: used.map { weights[$0] }, directions: directions)
  }

  /// What the features of a set are called, in their order.
  static func names(_ set: Set, of axes: [GridAxis]) -> [String] {
    exponents(set, axes.count).map { powers in
      zip(axes, powers).filter { $0.1 > 0 }.map { $0.1 == 1 ? $0.0.name : "\($0.0.name)^\($0.1)" }
        .joined(separator: "·")
    }
  }

  /// Exponents per feature: by degree, then lexicographically descending.
  private static func exponents(_ set: Set, _ axes: Int) -> [[Int]] {
    let degree =
      switch set {
      case .simple: 1
      case .base, .quadratic: 2
      case .polynomial, .full: 3
      }
    var all: [[Int]] = [[]]
    for _ in 0..<axes { all = all.flatMap { head in (0...degree).map { head + [$0] } } }
    return all.filter { (1...degree).contains($0.reduce(0, +)) }
      .filter { powers in
        let isMixed = powers.count { $0 > 0 } > 1
        return switch set {
        case .base: powers.allSatisfy { $0 <= 1 }
        case .polynomial: !isMixed || powers.allSatisfy { $0 <= 1 }
        case .simple, .quadratic, .full: true
        }
      }
      .sorted { a, b in
        let (x, y) = (a.reduce(0, +), b.reduce(0, +))
        return x != y ? x < y : b.lexicographicallyPrecedes(a)
      }
  }
}

/// (x − mean) / deviation by exposure; 0 where nothing varies.
private struct Standardisation {
  let mean, deviation: Double

  init(_ values: [Double], _ weights: [Double]) {
    let total = weights.reduce(0, +)
    let mean = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    let variance = zip(values, weights).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 } / total
    self.mean = mean
    deviation = variance.squareRoot()
  }

  func apply(_ x: Double) -> Double { deviation > 0 ? (x - mean) / deviation : 0 }

  func term(_ feature: Int) -> ExpandTerm {
    deviation > 0 ? .standardised(feature, centre: mean, scale: deviation) : .clamp(feature, low: 0, high: 0)
  }
}
