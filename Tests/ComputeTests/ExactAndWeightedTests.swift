import CutlineCompute
import Testing

@Suite struct ExactAndWeightedTests {
  @Test func sumsAreExactBelowTheLimitOfDoubles() {
    let limit: Int64 = 1 << 53
    #expect(sumsAreExact([Int64]()))
    #expect(sumsAreExact([limit - 1]) && !sumsAreExact([limit]) && !sumsAreExact([-limit]))
    #expect(sumsAreExact([limit / 2, 1 - limit / 2]) && !sumsAreExact([limit / 2, -limit / 2]))
    #expect(!sumsAreExact([.min]) && !sumsAreExact([.max, .max, .max]))
  }

  /// Parts in any order give what the whole gives.
  @Test func fitsOfPartsArePooled() {
    let count = 90
    let observed = (0..<count).map { 0.05 + 0.01 * Double($0 * 7 % 13) }
    let predicted = (0..<count).map { 0.06 + 0.009 * Double($0 * 5 % 13) }
    let weights = (0..<count).map { Double($0 * 11 % 4) }
    let whole = WeightedFit(observed: observed, predicted: predicted, weights: weights)
    func part(_ range: Range<Int>) -> WeightedFit {
      WeightedFit(observed: Array(observed[range]), predicted: Array(predicted[range]), weights: Array(weights[range]))
    }
    var pooled = part(40..<90)
    pooled.add(part(0..<1))  // no weight at all
    pooled.add(part(1..<40))
    #expect(abs(pooled.r2 - whole.r2) < 1e-12 && abs(pooled.rmse - whole.rmse) < 1e-15)
  }

  /// Mean 45/10; Σ w (y − ȳ)² = 12.25 + 12.5 + 0.75 + 25; Σ w (y − ŷ)² = 2 + 16.
  @Test func byHand() {
    let fit = WeightedFit(observed: [1, 2, 4, 7], predicted: [1, 3, 4, 5], weights: [1, 2, 3, 4])
    #expect(abs(fit.r2 - (1 - 18 / 50.5)) < 1e-12 && abs(fit.rmse - 1.8.squareRoot()) < 1e-12)
  }

  /// By hand: ȳ = 2.5, Σ w (y − ȳ)² = 3, Σ w (y − ŷ)² = 1; moving everything by 10⁹ changes nothing but the last bits.
  @Test(arguments: [0, 1e9]) func nothingCancels(_ shift: Double) {
    let fit = WeightedFit(
      observed: [1, 3, 99].map { $0 + shift }, predicted: [2, 3, 0].map { $0 + shift }, weights: [1, 3, 0])
    #expect(fit.r2 == 1 - 1.0 / 3 && fit.rmse == 0.5)
  }

  @Test func whereNothingVariesNothingIsExplained() {
    #expect(WeightedFit(observed: [2, 2], predicted: [2, 2], weights: [1, 1]).r2 == -.infinity)
    #expect(WeightedFit(observed: [1, 99], predicted: [1, 0], weights: [1, 0]).r2 == -.infinity)
    #expect(WeightedFit(observed: [], predicted: [], weights: []).r2 == -.infinity)
  }
}
