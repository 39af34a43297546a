import Testing

@testable import CutlineModels

/// Promises beside outcomes, by groups of equal exposure.
@Suite struct ReliabilityTests {
  @Test func groupsHoldEqualExposureAndKeepTheTotals() throws {
    var reliability = Reliability()
    let predicted = (0..<37).map { Double(($0 * 17) % 37) / 100 }
    let observed = predicted.map { 2 * $0 }
    let weights = (0..<37).map { Double(1 + $0 % 5) }
    reliability.add(observed: observed, predicted: predicted, weights: weights)
    let table = reliability.table(groups: 4)
    #expect(table.count == 4)
    for group in table {
      #expect(abs(try #require(group["share"]) - 0.25) < 1e-12)
      #expect(abs(try #require(group["observed"]) - 2 * (try #require(group["predicted"]))) < 1e-12)
    }
    let means = table.compactMap { $0["predicted"] }
    #expect(means == means.sorted())
    let total = weights.reduce(0, +)
    let mean = zip(predicted, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    #expect(abs(means.reduce(0, +) / 4 - mean) < 1e-12)
  }

  /// Also of weights whose sums are rounded.
  @Test func sharesAreEqualForAnyWeights() throws {
    var reliability = Reliability()
    let weights = (0..<900).map { 1e6 / Double(1 + ($0 * 37) % 101) }
    reliability.add(
      observed: weights.map { _ in 0.1 }, predicted: weights.indices.map { Double(($0 * 53) % 900) }, weights: weights)
    let table = reliability.table()
    #expect(table.count == 10)
    for group in table { #expect(abs(try #require(group["share"]) - 0.1) < 1e-12) }
  }

  /// One cell that holds nearly everything lies in every group.
  @Test func aHeavyCellCountsInEveryGroup() {
    var reliability = Reliability()
    reliability.add(observed: [0.1, 0.2, 0], predicted: [0.1, 0.2, 0], weights: [1, 1e12, 0])
    let table = reliability.table()
    #expect(table.count == 10)
    #expect(table.dropFirst().allSatisfy { abs(($0["predicted"] ?? 0) - 0.2) < 1e-12 })
    #expect(Reliability().table().isEmpty)
  }

  @Test func tiesDoNotDependOnTheOrderOfCells() {
    let (observed, weights) = ([0.0, 0.3, 0.6, 0.9], [1.0, 2, 3, 4])
    var tables: [[[String: Double]]] = []
    for order in [[0, 1, 2, 3], [3, 2, 1, 0]] {
      var reliability = Reliability()
      reliability.add(
        observed: order.map { observed[$0] }, predicted: order.map { _ in 0.5 }, weights: order.map { weights[$0] })
      tables.append(reliability.table(groups: 1))
    }
    #expect(abs((tables[0][0]["observed"] ?? 0) - (tables[1][0]["observed"] ?? 1)) < 1e-15)
  }
}
