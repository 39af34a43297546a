import CutlineCompute
import CutlineCore
import CutlineCredit
import TestSupport
import Testing

@testable import CutlineModels

/// The three rates of a swap-in, on samples small enough to add up by hand.
@Suite struct SwapInRatesTests {
  private static func sample(
    _ rows: [(status: SampleStatus, requested: Int64, granted: Int64, month: Int)], eligible: [Bool]? = nil
  ) -> Sample {
    let grid = SampleFixture.grid(1, 1)
    let base = SampleFixture.sample(grid, rows.map { .init(bins: [0, 0], status: $0.status, requested: $0.requested) })
    return Sample(
      grid: grid, measure: base.measure, cell: base.cell, month: rows.map { Month(index: 2022 * 12 + $0.month) },
      status: base.status, outcome: base.outcome, scores: base.scores,
      amounts: [
        .accounts: rows.map { _ in 0 }, .requested: rows.map(\.requested), .numerator: rows.map { _ in 0 },
        .denominator: rows.map { _ in 0 }, .production: rows.map(\.granted),
      ], eligible: eligible.map { flags in RowSet(rowCount: flags.count) { flags[$0] } }, summary: base.summary)
  }

  private static let rows: [(status: SampleStatus, requested: Int64, granted: Int64, month: Int)] = [
    (.booked, 1000, 900, 0), (.booked, 3000, 2500, 1), (.cancelled, 500, 500, 0), (.otherRejected, 400, 400, 0),
    (.otherRejected, 100, 100, 1), (.scoreRejected, 7000, 7000, 1),
  ]

  private static func measured(_ sample: Sample, months: Int = 12) async throws -> SwapInRates {
    try await SampleFixture.run(MeasuredRates(config: RatesConfig(windowMonths: months)), on: sample)
  }

  @Test func cancelledOffersHavePassedAndOthersHaveNot() async throws {
    let rates = try await Self.measured(Self.sample(Self.rows))
    #expect(rates.pass.value == 4500.0 / 5000 && rates.takeUp.value == 4000.0 / 4500)
    #expect(rates.granted.value == 3400.0 / 4000)
    #expect(abs(rates.booked - 4000.0 / 5000) < 1e-15)
    #expect(rates.pass.rows == 5 && rates.takeUp.rows == 3 && rates.granted.rows == 2)
    #expect(rates.firstMonth == Month(iso: "2022-01") && rates.lastMonth == Month(iso: "2022-02"))
  }

  /// Where the line between the two rates is drawn does not change what is booked.
  @Test func anOfferThatWasNotTakenHasPassed() async throws {
    let eligible = [true, true, true, true, false, false]
    let rates = try await Self.measured(Self.sample(Self.rows, eligible: eligible))
    #expect(rates.pass.value == 4900.0 / 5000 && rates.takeUp.value == 4000.0 / 4900)
    #expect(abs(rates.booked - 4000.0 / 5000) < 1e-15)
  }

  @Test func withoutRefusalsOfOffersTakeUpIsAssumedAndSaid() async throws {
    let rates = try await Self.measured(Self.sample(Self.rows.filter { $0.status != .cancelled }))
    #expect(rates.takeUp.value == 1 && rates.takeUp.basis.hasPrefix("assumed") && rates.takeUp.low == nil)
    #expect(rates.pass.value == 4000.0 / 4500)
  }

  @Test func theWindowEndsWithThePeriod() async throws {
    // The period of the fixture ends in December; eleven months back is February.
    let rates = try await Self.measured(Self.sample(Self.rows), months: 11)
    #expect(rates.granted.value == 2500.0 / 3000 && rates.firstMonth == Month(iso: "2022-02"))
    #expect(rates.granted.low == nil, "one month says nothing about how a rate moves")
  }

  /// Σ(Y − rX)² over two months; t(1) at 97.5 % is tan(0.475 π).
  @Test func intervalsAreOfMonthsAsClusters() async throws {
    let rate = try await Self.measured(Self.sample(Self.rows)).granted
    let residual = 900 - 0.85 * 1000
    let half = 12.706204736 * (2 * 2 * residual * residual).squareRoot() / 4000
    #expect(abs(try #require(rate.low) - (0.85 - half)) < 1e-9)
    #expect(abs(try #require(rate.high) - (0.85 + half)) < 1e-9)
  }

  @Test func studentQuantilesAreThoseOfTables() {
    for (degrees, expected) in [
      (1, 12.706204736), (2, 4.30265273), (3, 3.182446305), (11, 2.200985160), (30, 2.042272456),
    ] {
      #expect(abs(StudentT.quantile(0.975, degrees: degrees) - expected) < 1e-8)
    }
    #expect(abs(StudentT.quantile(0.05, degrees: 7) + 1.894578605) < 1e-8)
  }

  @Test func nobodyOfferedIsNamed() async throws {
    await expectFaults(.data) { try await Self.measured(Self.sample(Self.rows.filter { $0.status != .booked })) }
  }

  @Test func theOneRateIsThatOfTheSample() async throws {
    let rates = try await SampleFixture.run(TransformationRates(config: NoConfig()), on: Self.sample(Self.rows))
    #expect(rates.booked == 1 && rates.granted.value == 1 && rates.pass.denominator == 1)
  }

  /// Per granted unit, then times what is granted of a request, is per requested unit.
  @Test func bothBasesOfTheExposureAgreeOnWhatIsBooked() async throws {
    let sample = Self.sample(Self.rows)
    var bases: [Double] = []
    for basis in ExposureModel.Basis.allCases {
      let own = Sample(
        grid: sample.grid, measure: sample.measure, cell: sample.cell, month: sample.month, status: sample.status,
        outcome: sample.outcome, scores: sample.scores,
        amounts: try Dictionary(
          uniqueKeysWithValues: sample.amounts.map { amount in
            let values = try sample.values(of: amount)
            return (amount, amount == .denominator ? try sample.values(of: .production).map { 6 * $0 } : values)
          }), summary: sample.summary)
      let model = try await SampleFixture.run(RatioExposure(config: ExposureConfig(basis: basis)), on: own)
      #expect(model.basis == basis)
      bases.append(model.ratio * (basis == .granted ? 0.85 : 1))
    }
    #expect(abs(bases[0] - bases[1]) < 1e-12 && abs(bases[0] - 6 * 0.85) < 1e-12)
  }
}
