import CutlineCompute
import CutlineCore
import TestSupport
import Testing

@testable import CutlineModels

/// What any weighted ridge regression must keep, on drawn data.
@Suite struct RidgeLawTests {
  struct Problem {
    let x: DesignMatrix
    let y, weights: [Double]
  }

  static func problem(rows: Int = 40, features: Int = 4, seed: UInt64) -> Problem {
    var stream = RandomStream(seed: seed)
    func draw() -> [Double] { (0..<rows).map { _ in 2 * stream.uniform() - 1 } }
    let columns = (0..<features).map { _ in draw() }
    let noise = draw()
    let y = (0..<rows).map { row in
      0.3 + columns.indices.reduce(0.0) { $0 + Double($1 + 1) * columns[$1][row] } + 0.2 * noise[row]
    }
    return Problem(
      x: DesignMatrix(rows: rows, columns: columns), y: y, weights: draw().map { 1.1 + $0 })
  }

  static func fit(_ p: Problem, alpha: Double) throws -> LinearFit {
    try RidgeRegression.fit(p.x, p.y, weights: p.weights, alpha: alpha)
  }

  static func objective(_ p: Problem, _ fit: LinearFit, alpha: Double) -> Double {
    let scale = Double(p.weights.count) / p.weights.reduce(0, +)
    let loss = zip(zip(p.y, fit.predict(p.x)), p.weights).reduce(0) { sum, row in
      sum + scale * row.1 * (row.0.0 - row.0.1) * (row.0.0 - row.0.1)
    }
    return loss + alpha * fit.coefficients.reduce(0) { $0 + $1 * $1 }
  }

  static func close(_ a: LinearFit, _ b: LinearFit, _ tolerance: Double = 1e-10) -> Bool {
    zip([a.intercept] + a.coefficients, [b.intercept] + b.coefficients).allSatisfy {
      abs($0 - $1) <= tolerance * max(1, abs($0), abs($1))
    }
  }

  /// The residuals are orthogonal to the features and sum to nothing: the normal equations, the penalty on the right.
  @Test(arguments: [0, 0.3, 1.2, 50] as [Double])
  func theNormalEquationsHold(alpha: Double) throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      let p = Self.problem(seed: seed)
      let fit = try Self.fit(p, alpha: alpha)
      let scale = Double(p.x.rows) / p.weights.reduce(0, +)
      let predicted = fit.predict(p.x)
      let residual = p.y.indices.map { scale * p.weights[$0] * (p.y[$0] - predicted[$0]) }
      #expect(abs(residual.reduce(0, +)) < 1e-10)
      for feature in 0..<p.x.count {
        let score = residual.indices.reduce(0) { $0 + residual[$1] * p.x[$1, feature] }
        #expect(abs(score - alpha * fit.coefficients[feature]) < 1e-10)
      }
    }
  }

  /// No step in any direction lowers the objective.
  @Test func theSolutionIsTheMinimum() throws {
    let p = Self.problem(seed: 9)
    let alpha = 0.8
    let best = try Self.fit(p, alpha: alpha)
    let least = Self.objective(p, best, alpha: alpha)
    for moved in 0...best.coefficients.count {
      for step in [-1e-3, 1e-3] {
        var coefficients = best.coefficients
        if moved < coefficients.count { coefficients[moved] += step }
        let other = LinearFit(
          intercept: best.intercept + (moved == coefficients.count ? step : 0), coefficients: coefficients)
        #expect(Self.objective(p, other, alpha: alpha) > least)
      }
    }
  }

  @Test func weightsMatterOnlyByTheirProportions() throws {
    let p = Self.problem(seed: 2)
    for factor in [2, 1e-6, 1e9] {
      let scaled = Problem(x: p.x, y: p.y, weights: p.weights.map { factor * $0 })
      #expect(Self.close(try Self.fit(p, alpha: 0.5), try Self.fit(scaled, alpha: 0.5)))
    }
  }

  /// A row of weight 2 is two rows of weight 1; with a penalty too, once α goes with the mean weight.
  @Test func aWeightIsARepetition() throws {
    let p = Self.problem(rows: 20, seed: 4)
    let counts = (0..<20).map { 1 + $0 % 3 }
    let repeated = counts.indices.flatMap { Array(repeating: $0, count: counts[$0]) }
    let long = Problem(
      x: DesignMatrix(rows: repeated.count, columns: (0..<p.x.count).map { j in repeated.map { p.x[$0, j] } }),
      y: repeated.map { p.y[$0] }, weights: repeated.map { _ in 1 })
    let short = Problem(x: p.x, y: p.y, weights: counts.map(Double.init))
    #expect(Self.close(try Self.fit(short, alpha: 0), try Self.fit(long, alpha: 0)))
    let alpha = 0.7
    let scaled = alpha * Double(repeated.count) / 20
    #expect(Self.close(try Self.fit(short, alpha: alpha), try Self.fit(long, alpha: scaled)))
  }

  @Test func aRowWithoutWeightIsNotThere() throws {
    let p = Self.problem(seed: 6)
    let keep = p.weights.indices.map { $0 % 4 != 0 }
    let kept = keep.indices.filter { keep[$0] }
    let fewer = try RidgeRegression.fit(
      filtered(p.x, keep), kept.map { p.y[$0] }, weights: kept.map { p.weights[$0] }, alpha: 0)
    let zeroed = try RidgeRegression.fit(
      p.x, keep.indices.map { keep[$0] ? p.y[$0] : 1e6 }, weights: keep.indices.map { keep[$0] ? p.weights[$0] : 0 },
      alpha: 0)
    #expect(Self.close(fewer, zeroed))
  }

  @Test func coefficientsFollowTheScaleAndTheShiftOfTheTarget() throws {
    let p = Self.problem(seed: 3)
    for alpha in [0, 0.3, 1.2] {
      let fit = try Self.fit(p, alpha: alpha)
      let moved = try Self.fit(
        Problem(x: p.x, y: p.y.map { 1000 * $0 - 7 }, weights: p.weights), alpha: alpha)
      #expect(
        Self.close(
          moved,
          LinearFit(intercept: 1000 * fit.intercept - 7, coefficients: fit.coefficients.map { 1000 * $0 })))
    }
  }

  @Test func aLargerPenaltyShrinks() throws {
    let p = Self.problem(seed: 8)
    let norms = try [0, 0.1, 1, 10, 1e3, 1e7].map { alpha in
      try Self.fit(p, alpha: alpha).coefficients.reduce(0) { $0 + $1 * $1 }
    }
    #expect(zip(norms, norms.dropFirst()).allSatisfy { $0 > $1 })
    let flat = try Self.fit(p, alpha: 1e12)
    let mean = zip(p.y, p.weights).reduce(0) { $0 + $1.0 * $1.1 } / p.weights.reduce(0, +)
    #expect(abs(flat.intercept - mean) < 1e-9)
  }

  /// A column that stands twice gets the same coefficient twice, together that of one; predictions do not move.
  @Test func collinearFeaturesGetTheLeastNorm() throws {
    let p = Self.problem(seed: 5)
    let columns = (0..<p.x.count).map { j in (0..<p.x.rows).map { p.x[$0, j] } }
    let doubled = DesignMatrix(rows: p.x.rows, columns: columns + [columns[1], p.y.map { _ in 0 }])
    let once = try Self.fit(p, alpha: 0)
    let twice = try RidgeRegression.fit(doubled, p.y, weights: p.weights, alpha: 0)
    #expect(abs(twice.coefficients[1] - twice.coefficients[4]) < 1e-10)
    #expect(abs(twice.coefficients[1] + twice.coefficients[4] - once.coefficients[1]) < 1e-10)
    #expect(twice.coefficients[5] == 0)
    #expect(zip(once.predict(p.x), twice.predict(doubled)).allSatisfy { abs($0 - $1) < 1e-10 })
  }

  /// Fewer rows than features: the data are met exactly.
  @Test func fewRowsAreInterpolated() throws {
    let p = Self.problem(rows: 3, features: 6, seed: 7)
    let predicted = try Self.fit(p, alpha: 0).predict(p.x)
    #expect(zip(predicted, p.y).allSatisfy { abs($0 - $1) < 1e-10 })
  }

  @Test func dataThatCannotBeFittedIsRefused() throws {
    let p = Self.problem(seed: 1)
    let nothing = p.weights.map { _ in 0.0 }
    expectFaults(.data) { try RidgeRegression.fit(p.x, p.y, weights: nothing, alpha: 1) }
    var y = p.y
    y[3] = .nan
    expectFaults(.data) { try RidgeRegression.fit(p.x, y, weights: p.weights, alpha: 1) }
    var x = p.x
    x.columns[0][5] = .infinity
    expectFaults(.data) { try RidgeRegression.fit(x, p.y, weights: p.weights, alpha: 1) }
  }

  /// The rows for which `keep` is true.
  private func filtered(_ x: DesignMatrix, _ keep: [Bool]) -> DesignMatrix {
    let kept = keep.indices.filter { keep[$0] }
    return DesignMatrix(
      rows: kept.count, columns: (0..<x.count).map { column in kept.map { x[$0, column] } })
  }
}
