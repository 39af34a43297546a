import CutlineCompute
import CutlineCredit
import Testing

/// A risk that is printed and given back as a limit includes its strategy.
@Suite struct PrintedRiskTests {
  @Test func printedRisksIncludeTheirStrategies() throws {
    var random = RandomStream(seed: 8)
    for multiplier in [7.0, 1, 7.000001, 0.3] {
      let measure = RiskMeasure(multiplier: multiplier)
      for _ in 0..<20_000 {
        let denominator = Int64(random.index(below: 1 << 40)) + 1
        let sums = CellSums(
          numerator: Int64(random.index(below: 1 << 34)), denominator: denominator, production: 1)
        let risk = try #require(measure.strategyPercent(sums))
        // Tiny risks have more decimals than a limit takes.
        guard risk > 0.1 else { continue }
        let limit = try DecimalNumber(risk)
        #expect(try measure.fits(sums, limit: limit), "\(sums) at \(risk)")
        // It is the ratio to the last bits.
        let exact = try #require(measure.percent(sums))
        #expect(abs(risk - exact) <= 4 * exact.ulp)
      }
    }
    let measure = RiskMeasure(multiplier: 7)
    #expect(measure.strategyPercent(CellSums(numerator: 0, denominator: 0, production: 0)) == 0)
    #expect(measure.strategyPercent(CellSums(numerator: 1, denominator: 0, production: 0)) == nil)
  }
}
