import CutlineCompute
import Foundation
import Testing

@testable import CutlineData

/// Codes among scores: planted ones are found, clean scores are silent.
@Suite struct SpecialCodesTests {
  private func normal(_ random: inout RandomStream) -> Double {
    (-2 * log(1 - random.uniform())).squareRoot() * cos(2 * .pi * random.uniform())
  }

  private func scores(_ count: Int, _ random: inout RandomStream, decimals: Double) -> [Double] {
    (0..<count).map { _ in ((600 + 80 * normal(&random)) * decimals).rounded() / decimals }
  }

  @Test(arguments: [[99998.0], [9999], [-1], [0], [9998, 9999], [-9, 999, 998], [99_999_999]], [1.0, 1000.0])
  func plantedCodesAreFound(codes: [Double], decimals: Double) {
    for seed in 0..<20 {
      var random = RandomStream(seed: UInt64(seed))
      var values = scores(2000, &random, decimals: decimals).map { min(max($0, 300), 850) }
      for code in codes { values += [Double](repeating: code, count: decimals == 1 ? 200 : 10) }
      #expect(SpecialCodes.codes(values).map(\.value) == codes.sorted(), "seed \(seed)")
    }
  }

  @Test func cleanScoresAreSilent() {
    for seed in 0..<300 {
      var random = RandomStream(seed: UInt64(seed))
      let bell = scores(500 + 40 * seed, &random, decimals: seed % 2 == 0 ? 1 : 1000)
      #expect(SpecialCodes.codes(bell) == [], "normal, seed \(seed)")
      // Probabilities, cut-off tails, few values, long tails.
      let uniform = (0..<1000).map { _ in random.uniform() }
      #expect(SpecialCodes.codes(uniform) == [], "uniform, seed \(seed)")
      #expect(SpecialCodes.codes(bell.map { min(max($0, 500), 700) }) == [], "cut off, seed \(seed)")
      #expect(SpecialCodes.codes((0..<1000).map { _ in Double(random.index(below: 7)) }) == [], "grades, seed \(seed)")
      let long = (0..<1000).map { _ in (exp2(4 * normal(&random)) * 100).rounded() }
      #expect(SpecialCodes.codes(long) == [], "long tail, seed \(seed)")
    }
  }

  @Test func nothingIsSaidOfNothing() {
    #expect(SpecialCodes.codes([]) == [])
    #expect(SpecialCodes.codes([5, 5, 5, 5]) == [])
    #expect(SpecialCodes.codes([5, 5, 5, 99, 99, 99]) == [])
  }
}
