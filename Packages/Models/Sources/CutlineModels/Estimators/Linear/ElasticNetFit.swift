internal import CModels
internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

struct ElasticNetConfig: StageConfig {
  var alpha = 0.01
  var l1Ratio = 0.5
  var tolerance = 1e-9

  static let fields: [Field<Self>] = [
    .double(
      "alpha", \.alpha, in: 0...1_000_000,
      "Penalty α of half the mean square error + α (r ‖β‖₁ + ½ (1 − r) ‖β‖²)."),
    .double("l1_ratio", \.l1Ratio, in: 0...1, "Share r of the absolute values in the penalty; the rest is squares."),
    .double(
      "tolerance", \.tolerance, in: 1e-14...0.01,
      "Greatest violation of the optimality conditions, relative to the greatest covariance with the target."),
  ]
}

/// Weighted least squares with a penalty on the absolute and the squared coefficients.
///
/// Minimises `1/(2W) Σ wᵢ (yᵢ − β₀ − xᵢβ)² + α (r ‖β‖₁ + ½ (1 − r) ‖β‖²)`, W = Σ w, the intercept free, r the `l1_ratio`.
/// Features are used as given; inside they are standardised and the penalty goes with them. An offset is subtracted from the
/// target; the model predicts without it.
///
/// The sums of products are made once (`CovarianceSums`); see `PenalisedQuadratic` for the rest. It has converged where no
/// optimality condition is violated by more than `tolerance` times the greatest |covariance of feature and target|, in
/// standardised units; anything else is an error, never a result.
///
/// - Throws: `Faults` (data) where it does not converge.
/// - Complexity: O(*n·p²*) once, then O(*p²*) per sweep; memory O(*p²*) per worker beside the data.
///
/// Source: H. Zou, T. Hastie, *Regularization and variable selection via the elastic net*, JRSS B 67 (2005); J. Friedman, T.
/// Hastie, R. Tibshirani, *Regularization paths for generalized linear models via coordinate descent*, 2010.
struct ElasticNetFit: Stage {
  typealias Kind = Fit
  static let name = "elastic-net"
  static let summary = "Weighted least squares with a penalty on the absolute and the squared coefficients."
  let config: ElasticNetConfig

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    try Self.model(
      input.design, config, name: Self.name, parameters: ["alpha": config.alpha, "l1_ratio": config.l1Ratio],
      in: context)
  }

  static func model(
    _ design: Design, _ config: ElasticNetConfig, name: String, parameters: [String: Double], in context: RunContext
  ) throws -> Model {
    let data = try FitData(design, for: name)
    let fit = try fit(data, config, name: name, workers: context.workers)
    return try Model(
      name, data, unit: design.targetUnit, parameters: parameters,
      form: .linear(intercept: fit.intercept, coefficients: fit.coefficients))
  }

  static func fit(
    _ data: FitData, _ config: ElasticNetConfig, name: String, workers: Int, instructionSet: InstructionSet? = nil
  ) throws -> LinearFit {
    let target = data.hasOffset ? zip(data.target, data.offset).map { $0 - $1 } : data.target
    let all = StandardColumns(
      data.columns + [target], weights: data.weights, workers: workers, instructionSet: instructionSet)
    let p = data.columns.count
    let (centre, factor) = (all.centres[p], all.factors[p])
    // A constant target has no covariance with anything.
    guard factor > 0 else {
      return LinearFit(intercept: centre, coefficients: [Double](repeating: 0, count: p))
    }
    let sums = CovarianceSums.matrix(all, weights: data.weights, totalWeight: data.totalWeight)
    let places = Array(0..<p)
    let linear = places.map { sums[p, $0] }
    // With y = c + t / f and βⱼ = bⱼ fⱼ / f, the objective times f² is that of b and t.
    let model = PenalisedQuadratic(
      hessian: sums.part(places), linear: linear,
      l1: places.map { config.alpha * config.l1Ratio * all.factors[$0] * factor },
      l2: places.map { config.alpha * (1 - config.l1Ratio) * all.factors[$0] * all.factors[$0] })
    let accepted = config.tolerance * (linear.map(\.magnitude).max() ?? 0)
    let (beta, violation) = model.minimum(from: [Double](repeating: 0, count: p), tolerance: accepted)
    guard violation <= max(accepted, 1e-15) else {
      throw Faults.data(
        "fit \(name)",
        "did not converge: an optimality condition is violated by \(violation), not by \(accepted) at most",
        "Use a larger alpha, fewer or less collinear features, or raise tolerance.")
    }
    let scaled = all.original(intercept: 0, beta + [0])
    let coefficients = scaled.coefficients.dropLast().map { $0 / factor }
    let fit = LinearFit(
      intercept: zip(coefficients, all.centres).reduce(centre) { $0 - $1.0 * $1.1 }, coefficients: coefficients)
    try fit.check(name)
    return fit
  }
}

struct LassoConfig: StageConfig {
  var net = ElasticNetConfig(l1Ratio: 1)

  static let fields: [Field<Self>] = ElasticNetConfig.fields.filter { $0.key != "l1_ratio" }.map { $0.lifted(\.net) }
}

/// `ElasticNetFit` with the absolute values alone: coefficients of 0 leave their features out.
///
/// Source: R. Tibshirani, *Regression shrinkage and selection via the lasso*, JRSS B 58 (1996).
struct LassoFit: Stage {
  typealias Kind = Fit
  static let name = "lasso"
  static let summary = "Weighted least squares with a penalty on the absolute coefficients, which leaves features out."
  let config: LassoConfig

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    try ElasticNetFit.model(
      input.design, config.net, name: Self.name, parameters: ["alpha": config.net.alpha], in: context)
  }
}

/// Σ w zⱼ zₖ / Σ w of standardised columns.
enum CovarianceSums {
  /// - Complexity: O(*n·p²*).
  static func matrix(_ columns: StandardColumns, weights: [Double], totalWeight: Double) -> PackedSymmetric {
    let count = columns.count
    let width = GramTiles.padded(count)
    let block = RowChunks.block
    let set = columns.chunks.instructionSet
    let sums = columns.chunks.sums(PackedSymmetric.count(count)) { rows, out in
      let values = Scratch((width + 1 + Int(CMODELS_TILE)) * block)
      let w = values.first + width * block
      let tiles = Scratch(GramTiles.lanes(width))
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: block) {
        let used = min(block, rows.upperBound - start)
        let padded = StandardColumns.padded(used)
        columns.fill(values.first, from: start, rows: used)
        for row in 0..<padded { w[row] = row < used ? weights[start + row] : 0 }
        let all = cmodels_block(first: values.first, stride: block, rows: padded, columns: width)
        cmodels_gram(all, w, w + block, tiles.first, set)
      }
      GramTiles.unpack(tiles.first, columns: count, into: out)
    }
    return PackedSymmetric(count, sums.map { $0 / totalWeight })
  }
}
