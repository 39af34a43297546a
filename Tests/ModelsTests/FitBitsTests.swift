import CutlineCompute
import CutlineCore
import CutlineCredit
import Testing

@testable import CutlineModels

/// Many rows: the same bits from every instruction set and number of workers, and the result of few.
@Suite struct FitBitsTests {
  static let zeroOne = FitFixture.drawn(.zeroOne, rows: 9_001, features: 5, seed: 3)
  static let amount = FitFixture.drawn(.amount, rows: 9_001, features: 5, seed: 4)

  /// One fit per estimator with a kernel.
  static func fits(_ set: InstructionSet?, _ workers: Int) throws -> [LinearFit] {
    let context = FitFixture.context(workers: workers)
    let (zeroOne, amount) = (try FitData(zeroOne, for: "test"), try FitData(amount, for: "test"))
    var l1 = LogisticFit.Config()
    (l1.alpha, l1.l1Ratio) = (0.01, 0.5)
    return [
      try LogisticFit.fit(zeroOne, LogisticFit.Config(), name: "logistic", in: context, instructionSet: set),
      try LogisticFit.fit(zeroOne, l1, name: "logistic", in: context, instructionSet: set),
      try TweedieFit.fit(amount, TweedieConfig(), name: "tweedie", in: context, instructionSet: set),
      try ElasticNetFit.fit(amount, ElasticNetConfig(), name: "elastic-net", workers: workers, instructionSet: set),
      try RidgeRegression.fit(
        DesignMatrix(rows: amount.rows, columns: amount.columns), amount.target, weights: amount.weights, alpha: 0.5,
        workers: workers, instructionSet: set),
    ]
  }

  @Test func everyInstructionSetAndNumberOfWorkersGivesTheSameBits() throws {
    func bits(_ fits: [LinearFit]) -> [[UInt64]] { fits.map { ([$0.intercept] + $0.coefficients).map(\.bitPattern) } }
    let first = bits(try Self.fits(.baseline, 1))
    for set in InstructionSet.supported {
      for workers in [1, 2, 7] { #expect(bits(try Self.fits(set, workers)) == first, "\(set), \(workers)") }
    }
  }

  /// Rows reduced to a triangle give what the rows themselves give.
  @Test(arguments: [0, 0.7] as [Double]) func theTriangleIsTheRows(alpha: Double) throws {
    let data = try FitData(Self.amount, for: "test")
    let x = DesignMatrix(rows: data.rows, columns: data.columns)
    let many = try RidgeRegression.fit(x, data.target, weights: data.weights, alpha: alpha)
    // The normal equations, from the rows.
    let scale = Double(data.rows) / data.totalWeight
    let predicted = many.predict(x)
    let residual = predicted.indices.map { scale * data.weights[$0] * (data.target[$0] - predicted[$0]) }
    #expect(abs(residual.reduce(0, +)) < 1e-8)
    for j in data.columns.indices {
      let score = residual.indices.reduce(0) { $0 + residual[$1] * data.columns[j][$1] }
      #expect(abs(score - alpha * many.coefficients[j]) < 1e-8)
    }
  }

  /// The gradient of what is minimised, from the rows, is 0.
  @Test func theGradientVanishes() throws {
    let fits = try Self.fits(nil, 1)
    let data = try FitData(Self.zeroOne, for: "test")
    let x = DesignMatrix(rows: data.rows, columns: data.columns)
    let eta = fits[0].predict(x)
    for column in [eta.map { _ in 1 }] + data.columns {
      let slope = eta.indices.reduce(0.0) {
        $0 + data.weights[$1] * (Link.logit.mean(of: eta[$1]) - data.target[$1]) * column[$1]
      }
      #expect(abs(slope) / data.totalWeight < 1e-12)
    }
  }

  /// A mean of 10⁹ with deviations of 1, and a constant: nothing is lost, nothing fails.
  @Test func farFromZero() throws {
    let shifted = Self.zeroOne.columns.map { $0.map { $0 + 1e9 } }
    let plain = try FitData(Self.zeroOne, for: "test")
    let far = try FitData(
      FitFixture.design(shifted + [plain.target.map { _ in 3 }], plain.target, weights: Self.zeroOne.weights),
      for: "test")
    let context = FitFixture.context()
    let one = try LogisticFit.fit(plain, .init(), name: "logistic", in: context)
    let two = try LogisticFit.fit(far, .init(), name: "logistic", in: context)
    #expect(FitFixture.distance(one.coefficients + [0], two.coefficients) < 1e-5)
  }
}
