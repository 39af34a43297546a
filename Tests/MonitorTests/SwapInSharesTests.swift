import CutlineCompute
import CutlineCore
import CutlineCredit
import Testing

@testable import CutlineMonitor

/// What is shared out adds up to the last unit, and each share is the exact one, rounded up or down.
@Suite struct SwapInSharesTests {
  private static func sample(_ weights: [Int64], cell: [Int32], key: [UInt64]) throws -> Sample {
    let small = try SmallPortfolio()
    let count = weights.count
    let zero = [Int64](repeating: 0, count: count)
    return Sample(
      grid: small.sample.grid, measure: small.sample.measure, cell: cell,
      month: [Month](repeating: Month(index: 24_000), count: count),
      status: [SampleStatus](repeating: .scoreRejected, count: count),
      outcome: [Outcome](repeating: .none, count: count),
      scores: [[Double]](repeating: [Double](repeating: 0.5, count: count), count: 2),
      amounts: [
        .accounts: zero, .requested: weights, .numerator: zero, .denominator: zero, .production: weights,
      ], key: key, summary: small.sample.summary)
  }

  @Test(arguments: 1...40) func sharesAddUp(seed: Int) throws {
    var stream = RandomStream(seed: UInt64(seed), label: "shares")
    let rows = 1 + stream.index(below: 60)
    let cell = (0..<rows).map { _ in Int32(stream.index(below: 3)) }
    // Some weigh nothing; in every fourth trial all do.
    let weights = (0..<rows).map { _ in seed % 4 == 0 ? 0 : Int64(stream.index(below: 5) * stream.index(below: 90_000))
    }
    let amounts = (0..<9).map { cell in cell < 3 ? Int64(stream.index(below: 1_000_000)) : 0 }
    let key = (0..<rows).map { _ in stream.next64() }
    let shares = SwapInShares(
      amounts, among: try Self.sample(weights, cell: cell, key: key), weights: weights, isIn: { _ in true })
    for own in 0..<3 {
      let here = cell.indices.filter { Int(cell[$0]) == own }
      guard !here.isEmpty else { continue }
      #expect(here.reduce(0) { $0 + shares.share(of: $1) } == amounts[own])
      let whole = here.reduce(0.0) { $0 + Double(weights[$1]) }
      for row in here {
        let exact = Double(amounts[own]) * (whole > 0 ? Double(weights[row]) / whole : 1 / Double(here.count))
        #expect(abs(Double(shares.share(of: row)) - exact) < 1 + 1e-6)
      }
    }
    // The order of the file changes nothing.
    var order = Array(0..<rows)
    stream.shuffle(&order)
    let turned = SwapInShares(
      amounts,
      among: try Self.sample(order.map { weights[$0] }, cell: order.map { cell[$0] }, key: order.map { key[$0] }),
      weights: order.map { weights[$0] }, isIn: { _ in true })
    for (place, row) in order.enumerated() { #expect(turned.share(of: place) == shares.share(of: row)) }
  }

  @Test func theLargestRemaindersGetWhatIsLeft() throws {
    // 10 units for weights 6, 3, 3, 1 of 13: 4.6, 2.3, 2.3, 0.8 — 4, 2, 2, 0 and two left, for the last and the first.
    let weights: [Int64] = [6, 3, 3, 1]
    let sample = try Self.sample(weights, cell: [0, 0, 0, 0], key: [1, 2, 3, 4])
    let shares = SwapInShares(
      [10, 0, 0, 0, 0, 0, 0, 0, 0], among: sample, weights: weights, isIn: { _ in true })
    #expect((0..<4).map { shares.share(of: $0) } == [5, 2, 2, 1])
  }
}
