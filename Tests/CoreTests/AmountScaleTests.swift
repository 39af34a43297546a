import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@Suite struct AmountScaleTests {
  @Test func decimalsAreThoseOfTheShortestText() {
    for (values, decimals) in [
      ([0.0, 12, -7], 2), ([12.5], 2), ([0.01, 3], 2), ([0.125], 3), ([1, .nan, 0.0043], 4), ([0.000001], 6), ([], 2),
      // Noise of a computation has no end; six decimals hold the sum.
      ([0.1 + 0.2, 1000], 6), ([1234.5678901], 6),
      // Six would move the sum: a file in millions.
      ([0.06192759, 0.10181695], 8), ([0.0000012], 7),
      // What is large leaves less room.
      ([1e12, 0.0625], 3), ([1e300], 2), ([.infinity], 2),
    ] {
      #expect(AmountScale(of: [values]).decimals == decimals, "\(values)")
    }
    #expect(AmountScale(of: [[1, 2], [0.125], [1, 0]]).decimals == 3)
    #expect(AmountScale(of: []).decimals == 2)
  }

  @Test func scalesAreBetweenZeroAndNine() throws {
    #expect([-1, 0, 9, 10].map { AmountScale($0).decimals } == [0, 0, 9, 9])
    #expect([0, 2, 9].map { AmountScale($0).perUnit } == [1, 100, 1e9])
    #expect(try CanonicalJSON.decode(AmountScale.self, from: CanonicalJSON.encode(AmountScale(4))).decimals == 4)
    expectFaults(.integrity) { try CanonicalJSON.decode(AmountScale.self, from: CanonicalJSON.encode(10)) }
  }

  @Test func textIsExact() {
    let cents = AmountScale.hundredths
    #expect([0, -7, 1250, 1200, 123].map { cents.text($0) } == ["0.00", "-0.07", "12.50", "12.00", "1.23"])
    #expect([0, -7, 1250, 1200, 100_000].map { cents.shortText($0) } == ["0", "-0.07", "12.5", "12", "1000"])
    #expect(AmountScale(0).shortText(1200) == "1200")
    #expect(AmountScale(8).shortText(-6_192_759) == "-0.06192759")
    #expect(
      [0, 2, 3, 8].map { AmountScale($0).name } == ["whole units", "hundredths", "thousandths", "units of 10^-8"])
  }

  /// A table times a power of ten is the same table.
  @Test(arguments: 1...6) func unitsDoNotMatter(power: Int) throws {
    var stream = RandomStream(seed: UInt64(power))
    let cents = (0..<300).map { _ in Int64(stream.index(below: 20_000_000)) - 1000 } + [1]
    func column(_ decimals: Int) -> [Double] {
      let unit = (0..<decimals).reduce(1.0) { value, _ in value * 10 }
      return cents.map { Double($0) / unit }
    }
    for decimals in [2, 2 + power] {
      let scale = AmountScale(of: [column(decimals)])
      #expect(scale.decimals == decimals)
      let (values, rounded) = try scale.round(column(decimals), place: { _ in "x".place }, setting: "")
      #expect(values == cents && rounded == 0)
    }
  }

  @Test func roundingIsHalfToEvenAndCounted() throws {
    let column = [77.005, 0.375, 1e9, .nan, -2.5, 3.0001]
    let (values, rounded) = try AmountScale.hundredths.round(column, place: { _ in "x".place }, setting: "")
    // 37.5 and 7700.5 hundredths.
    #expect(values == [7700, 38, 100_000_000_000, 0, -250, 300])
    #expect(rounded == 2)
  }

  @Test func movedSumsAreRefused() {
    func said(_ column: [Double], _ decimals: Int) -> String {
      do {
        _ = try AmountScale(decimals).round(
          column, beside: [[0.0001]], place: { ($0.map { "column x, row \($0 + 1)" } ?? "column x").place },
          setting: "amount_scale = ")
        return ""
      } catch { return "\(error)" }
    }
    let refusal = said([0.0043, 0.0021, 0.0014], 2)
    #expect(refusal.contains("column x: rounding to hundredths moves its sum by 1"), "\(refusal)")
    #expect(refusal.contains("State amount_scale = 4, or give the amounts in a smaller unit"), "\(refusal)")
    #expect(said([0.5, 0.125], 0).contains("State amount_scale = 4"))
    #expect(said([1e-10, 1e-10], 9).contains("moves its sum by 100 %. Give the amounts in a smaller unit"))
    #expect(said([1, 1e14], 2).contains("column x, row 2: the amount is too large to add up exactly"))
    // One part in a thousand million is the limit; changes that cancel move nothing.
    #expect(said([0.001, 1_000_001], 2) == "")
    #expect(said([0.002, 999_999], 2).contains("moves its sum by 0.0000002"))
    #expect(said([0.002, -0.002], 2) == "")
  }
}

@Suite struct AmountScaleOfArtefactsTests {
  /// The specimen with its amounts in another scale.
  private func sample(_ scales: [Int]) throws -> Sample {
    let small = try SmallPortfolio().sample
    let amounts = try zip(Amount.standard, scales).map { amount, scale in
      (amount.with(AmountScale(scale)), try small.values(of: amount))
    }
    return Sample(
      grid: small.grid, measure: small.measure, cell: small.cell, month: small.month, status: small.status,
      outcome: small.outcome, scores: small.scores, amounts: Dictionary(uniqueKeysWithValues: amounts),
      summary: small.summary)
  }

  @Test func cubesHaveTheScaleOfTheSample() throws {
    let cube = try Cube(of: sample([8, 8, 8, 8, 8]))
    #expect(cube.scale.decimals == 8)
    #expect(cube.measures.filter { $0.name.contains("oa_amt") }.map(\.scale) == [8, 8, 8, 8])
    #expect(try SmallPortfolio().cube.scale == .hundredths)
  }

  @Test func oneTableHasOneScale() throws {
    for scales in [[2, 2, 2, 2, 3], [0, 2, 2, 2, 2]] {
      let folder = TemporaryFolder()
      let sample = try sample(scales)
      try sample.write(to: folder.root)
      let said = #expect(throws: Faults.self) { try Sample(readingFrom: ExchangeFolder(folder.root)) }
      #expect(said.map { "\($0)" }?.contains("its five standard amounts have different scales") == true)
      let cube = try Cube(of: sample)
      try cube.write(to: folder.root)
      #expect(throws: Faults.self) { try Cube(readingFrom: ExchangeFolder(folder.root)) }
    }
  }

  @Test func cellsHaveTheScaleOfTheCube() throws {
    let input = try #require(try CutlineCredit.Cells.specimens().first)
    let small = try SmallPortfolio().cells
    let text = String(decoding: try CanonicalJSON.encode(small), as: UTF8.self)
    #expect(text.contains("\"amountScale\":2"))
    let older = try CanonicalJSON.decode(
      CellTable.self, from: Data(text.replacing("\"amountScale\":2,", with: "").utf8))
    #expect(older.scale == .hundredths)
    try CutlineCredit.Cells.check(older, against: input)
    let other = try CanonicalJSON.decode(
      CellTable.self, from: Data(text.replacing("\"amountScale\":2", with: "\"amountScale\":3").utf8))
    let said = #expect(throws: Faults.self) { try CutlineCredit.Cells.check(other, against: input) }
    #expect(said.map { "\($0)" }?.contains("amountScale: is 3, the amounts of the cube have 2 decimals") == true)
  }
}
