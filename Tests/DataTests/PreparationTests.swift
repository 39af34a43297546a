import CutlineCore
import CutlineCredit
import TestSupport
import Testing

@testable import CutlineData

@Suite struct PreparationTests {
  @Test func everyRowIsAccountedFor() async throws {
    var applications = Applications.plausible()
    applications.add(3) { $0.month = "2021-12-31" }
    applications.add(4) { $0.month = "2023-01-01" }
    applications.add(5) { $0.status = "canceled" }
    applications.add(6) {
      $0.status = "rejected"; $0.reason = "08-other"
    }
    applications.add(7) { $0.internalScore = nil }
    applications.add(8) { $0.bureauScore = 9999 }
    applications.add(9) { $0.status = "rejected" }
    applications.add(2) { $0.id = "twin" }
    applications.add(1) { $0.month = nil }
    let sample = try await applications.sample()
    let rows = sample.summary.account.waterfall
    let total = try #require(rows.first { $0.role == .input }).rows
    #expect(total == rows.filter { $0.role != .input }.reduce(0) { $0 + $1.rows })
    #expect(sample.waterfall["before the main period"] == 3)
    #expect(sample.waterfall["after the main period"] == 4)
    #expect(sample.waterfall["status is neither booked nor rejected"] == 5)
    #expect(sample.waterfall["rejected for another reason than the score"] == 6)
    #expect(sample.waterfall["inner: score_rf is missing"] == 7)
    #expect(sample.waterfall["bureau: special code 9999 in risk_score_rf"] == 8)
    #expect(sample.waterfall["identical to an earlier row"] == 1)
    #expect(sample.waterfall["mis_date is missing"] == 1)
    #expect(sample.summary.account.scoreRejectedRows == 9)
    #expect(sample.cell.indices.count { sample.isDecided($0) } == sample.summary.account.bookedRows + 9)
    // Those of other months and other decisions stand beside them.
    #expect(sample.period.count { $0 == .other } == 7 && sample.status.count { $0 == .cancelled } == 5)
    #expect(sample.status.count { $0 == .otherRejected } == 6 && sample.rowCount == 400 + 1 + 9 + 7 + 5 + 6)
  }

  @Test func wholeMonthsOrDays() async throws {
    var applications = Applications.plausible()
    applications.spread(over: (1...9).map { "2022-0\($0)-01" } + ["2022-10-01", "2022-11-01"])
    applications.add(3) { $0.month = "2022-12-15" }
    #expect(try await applications.sample().summary.account.bookedRows == 403)
    #expect(try await applications.sample("granularity = \"day\"").waterfall["after the main period"] == 3)
    let half = try await applications.sample("date_ini_book_obs = \"2022-01-01\"\ndate_fin_book_obs = \"2022-06-01\"")
    #expect(half.summary.basis.months == 6)
    #expect(half.summary.basis.annualCoefficient == 2)
  }

  @Test func productionOfTheRejectedIsWhatTheyAskedFor() async throws {
    var applications = Applications.plausible()
    applications.add {
      $0.status = "rejected"; $0.asked = 77.005
    }
    let sample = try await applications.sample()
    let row = try #require(sample.status.firstIndex(of: .scoreRejected))
    // One value with three decimals gives all amounts three.
    #expect(sample.amounts.map(\.scale) == [3, 3, 3, 3, 3])
    #expect(try sample.values(of: .production)[row] == 77_005)
    #expect(try sample.values(of: .requested)[row] == 77_005)
    #expect(try sample.values(of: .accounts).max() == 1000)
    #expect(try sample.values(of: .numerator)[row] == 0 && sample.values(of: .denominator)[row] == 0)
  }

  @Test(arguments: [(false, false, "booked"), (true, false, "other"), (false, true, "score"), (true, true, "other")])
  func rejectFlagsDecide(hard: Bool, score: Bool, expected: String) async throws {
    var applications = Applications.plausible()
    applications.add(5) {
      $0.extra = ["m_ct_direct_age": hard ? "Y" : "n", "m_ct_direct_sc_nov23": score ? "y" : "n"]
    }
    let sample = try await applications.sample("score_measures = [\"m_ct_direct_sc_nov23\"]")
    #expect(sample.summary.account.bookedRows == (expected == "booked" ? 405 : 400))
    #expect(sample.summary.account.scoreRejectedRows == (expected == "score" ? 5 : 0))
    #expect(
      sample.waterfall["rejected for another reason than the score"] == (expected == "other" ? 5 : nil))
  }

  /// What is drawn by the key takes all of a group or nothing.
  @Test func groupsShareOneKey() async throws {
    var applications = Applications.plausible()
    applications.add(6) { $0.extra = ["dealer": "north"] }
    applications.add(5) { $0.extra = ["dealer": "south"] }
    let sample = try await applications.sample("group_by = \"Dealer\"")
    let counts = Dictionary(sample.key.map { ($0, 1) }, uniquingKeysWith: +).values.sorted()
    #expect(counts.suffix(3) == [1, 5, 6] && counts.count == 402)
    #expect(try await applications.said("group_by = \"dealer\"").contains { $0.hasPrefix("400 rows have no value") })
    await #expect(throws: Faults.self) { try await applications.sample("group_by = \"deeler\"") }
  }

  @Test func segmentsMatchExactlyOrAsAWholePattern() async throws {
    var applications = Applications.plausible()
    applications.add(10) { $0.segment = "no_premium-a" }
    applications.add(20) { $0.segment = "premium-a" }
    applications.add(2) { $0.segment = nil }
    func used(_ settings: String) async throws -> Int {
      try await applications.sample(settings).summary.account.bookedRows
    }
    #expect(try await used("segment_filter = \"premium-a\"") == 20)
    #expect(try await used("segment_filter = [\"Premium-A\", \"no_premium-a\"]") == 30)
    #expect(try await used("segment_filter = \"premium-.\"\nsegment_match = \"regex\"") == 20)
    #expect(try await used("segment_filter = \".*premium-.\"\nsegment_match = \"regex\"") == 30)
    await expectFaults(.data) { try await used("segment_filter = \"premium\"") }
    await expectFaults(.usage) { try await used("segment_filter = \"(\"\nsegment_match = \"regex\"") }
    let sample = try await applications.sample("segment_filter = \"std\"")
    #expect(sample.waterfall["no segment"] == 2)
    #expect(sample.waterfall["another segment"] == 30)
  }

  @Test func filtersAreConfiguredAndCounted() async throws {
    var applications = Applications()
    for index in 0..<420 {
      applications.add {
        $0.internalScore = Double(index % 20) * 5 + 1
        $0.todu = Double(20 - index % 20)
        $0.extra = [
          "fuera_norma": index < 400 ? "N" : "S", "fraud_flag": "n", "nature_holder": index < 5 ? "Legal" : "natural",
        ]
      }
    }
    #expect(try await applications.sample().summary.account.bookedRows == 420)
    let preset = try await applications.sample("filter_preset = \"original-exclusions\"")
    #expect(preset.waterfall["fuera_norma is not n"] == 20)
    #expect(preset.waterfall["nature_holder is legal"] == 5)
    let own = try await applications.sample("row_filters = [{ column = \"nature_holder\", drop = [\"legal\"] }]")
    #expect(own.summary.account.bookedRows == 415)
    await expectFaults(.data) {
      try await Applications.plausible().sample("filter_preset = \"original-exclusions\"")
    }
  }

  @Test func ownBinRowsKeepTheirDecisionOnALineOfTheirOwn() async throws {
    var applications = Applications.plausible()
    applications.add(3) {
      $0.bureauScore = 9999; $0.todu = 6
    }
    applications.add(2) {
      $0.bureauScore = 9999; $0.status = "rejected"
    }
    let sample = try await applications.sample("bins.bureau.special = { 9999 = \"own-bin\" }")
    let line = try #require(try Cube(of: sample).outsideLines().first)
    #expect(line.bookedRows == 3 && line.scoreRejectedRows == 2)
    #expect(
      line.booked
        == CellSums(accounts: 300, requested: 30_000, numerator: 1800, denominator: 180_000, production: 30_000))
    #expect(sample.summary.account.waterfall.contains { $0.role == .outside && $0.rows == 5 })
    await expectFaults(.data) {
      try await applications.sample("bins.bureau.special = { 9999 = \"error\" }")
    }
  }

  @Test func specialMissingValuesAreKeptApart() async throws {
    var applications = Applications.plausible()
    applications.add(3) { $0.internalScore = Missing(letter: UInt8(ascii: "A"))?.value }
    applications.add(2) { $0.internalScore = Missing(letter: UInt8(ascii: "B"))?.value }
    applications.add(1) { $0.internalScore = nil }
    let sample = try await applications.sample("bins.inner.special = { \".A\" = \"own-bin\", \".B\" = \"drop\" }")
    #expect(try Cube(of: sample).outsideLines().first?.bookedRows == 3)
    #expect(sample.waterfall["inner: special code .B in score_rf"] == 2)
    #expect(sample.waterfall["inner: score_rf is missing"] == 1)
  }

  @Test func valuesBeyondTheEdgesFollowTheirPolicy() async throws {
    let applications = Applications.plausible()
    await expectFaults(.data) { try await applications.sample("bins.inner.edges = [10, 50, 90]") }
    let sample = try await applications.sample("bins.inner.edges = [10, 50, 90]\nbins.inner.outside = \"drop\"")
    #expect(sample.waterfall["inner: score_rf lies outside the edges"] == 80)
  }

  @Test func immatureRowsCountInProductionOnly() async throws {
    var applications = Applications.plausible()
    applications.add(4) {
      $0.todu = nil; $0.pile = nil
    }
    let sample = try await applications.sample()
    #expect(sample.summary.account.immatureRows == 4)
    #expect(sample.mature.count == 400)
    #expect(try sample.values(of: .production).reduce(0, +) == 404 * 10_000)
    #expect(try sample.values(of: .denominator).reduce(0, +) == 400 * 60_000)
  }

  @Test func monthsWithoutOutcomesLeaveAsAWhole() async throws {
    var applications = Applications.plausible()
    applications.spread(over: (1...9).map { "2022-0\($0)-01" } + ["2022-10-01", "2022-11-01"])
    applications.add(10) {
      $0.month = "2022-12-01"; $0.todu = nil; $0.pile = nil
    }
    applications.add(9) { $0.month = "2022-12-01" }
    applications.add(5) {
      $0.month = "2022-12-01"; $0.status = "rejected"
    }
    let sample = try await applications.sample()
    #expect(sample.waterfall["month without outcomes yet"] == 24)
    #expect(sample.summary.basis.months == 11)
    #expect(sample.summary.basis.annualCoefficient == 12.0 / 11)
    #expect(try await applications.sample("immature_months = \"keep\"").summary.account.immatureRows == 10)
    await expectFaults(.data) { try await applications.sample("immature_months = \"error\"") }
    var none = Applications()
    none.add(50) {
      $0.todu = nil; $0.pile = nil
    }
    await expectFaults(.data) { try await none.sample() }
  }

  @Test func hundredsOfSpecialCodesAreCounted() async throws {
    var applications = Applications.plausible()
    for code in 1...400 { applications.add { $0.bureauScore = Double(10_000 + code) } }
    let codes = (1...400).map { "\(10_000 + $0) = \"drop\"" }.joined(separator: ", ")
    let sample = try await applications.sample("bins.bureau.special = { \(codes) }")
    #expect(sample.summary.account.bookedRows == 400)
    #expect(sample.summary.account.waterfall.count { $0.role == .dropped } == 400)
  }

  @Test func aDateThatNoCalendarHasIsRefused() throws {
    let days = [Double](repeating: 1e300, count: 2)
    let table = try Table(columns: [Column(name: "d", values: .moment(days, .date))], rowCount: 2)
    expectFaults(.data) { try table.days("d") }
  }

  @Test func theTransformationRateIsARatioOfSums() async throws {
    var applications = Applications.plausible()
    applications.add(4) {
      $0.status = "rejected"; $0.asked = 2500
    }
    applications.add(9) {
      $0.status = "rejected"; $0.decision = "ko"
    }
    let sample = try await applications.sample("eligible = { column = \"se_decision_id\", values = [\"ok\", \"rv\"] }")
    #expect(sample.summary.transformation.rate == 0.8)
    #expect(sample.summary.transformation.firstMonth?.iso == "2022-01")
    await expectFaults(.data) {
      try await applications.sample("eligible = { column = \"se_decision_id\", values = [\"zz\"] }")
    }
  }

  @Test func onlyTheDeclaredOrientationCounts() async throws {
    let applications = Applications.plausible()
    await expectFaults(.gate) {
      try await applications.sample(
        "bins.inner.direction = \"higher-is-riskier\"\nbins.inner.edges = [-inf, 10, 20, 30, 40, 50, 60, 70, 80, 90, inf]"
      )
    }
    let accepted = try await applications.sample(
      "accept_direction_conflict = \"a test\"\nbins.inner.direction = \"higher-is-riskier\"\nbins.inner.edges = [-inf, 10, 20, 30, 40, 50, 60, 70, 80, 90, inf]"
    )
    #expect(accepted.grid.axes[0].direction == .higherIsRiskier)
    // Two bins are too few for a test on bins; groups of the raw score stand in.
    await expectFaults(.gate) {
      try await applications.sample("bins.inner.direction = \"higher-is-riskier\"")
    }
  }

  @Test func theOlderFormIsTranslated() throws {
    let text = "octroi_bins = [-inf, 50, inf]\nefx_bins = [-inf, 500, inf]"
    let safe = try Applications.config(text, bins: "").grid.axes(at: .default)
    #expect(
      safe[0].bins.source == "score_rf" && safe[0].bins.direction == .higherIsSafer
        && safe[0].bins.numbering == .ascending)
    #expect(
      safe[1].bins.source == "risk_score_rf" && safe[1].bins.direction == .higherIsSafer
        && safe[1].bins.numbering == .descending)
    // Bin 1 is the safe end, so a cutoff accepts the bins up to it.
    #expect(safe[1].bins.axis(named: "b").bin(atPosition: 0) == 0)
    let risky = try Applications.config(text + "\ninv_var1 = true", bins: "").grid.axes(at: .default)
    #expect(risky[1].bins.direction == .higherIsRiskier)
    #expect(risky[1].bins.axis(named: "b").bin(atPosition: 0) == 1)
    #expect(try Applications.config(text, bins: "").grid.translations.count == 2)
  }

  @Test func aHugeAmountIsRefused() async throws {
    var applications = Applications.plausible()
    applications.add { $0.asked = 1e300 }
    await expectFaults(.data) { try await applications.sample() }
  }
}

@Suite struct AnnualisationTests {
  /// A month that was never delivered did not bring nothing.
  @Test func monthsWithoutDataDoNotCount() async throws {
    func months(_ held: [Int]) async throws -> Int {
      var applications = Applications.plausible()
      applications.spread(over: held.map { "2022-\($0 < 10 ? "0" : "")\($0)-01" })
      return try await applications.sample("eligible = \"all\"").summary.basis.months
    }
    #expect(try await months(Array(1...12)) == 12)
    #expect(try await months([1, 2, 3, 5, 6, 7, 8, 9, 10, 12]) == 10)
    #expect(try await months([3]) == 1)
  }
}

@Suite struct StressTests {
  private func factor(_ score: [Double], _ n: [Int64], share: Double = 0.05, _ direction: Direction = .higherIsSafer)
    -> Stress
  {
    StressFactor.compute(
      score: score, direction: direction, numerator: n,
      denominator: n.map { _ in 100 }, share: share,
      in: RunContext(stageID: "t", seed: 1))
  }

  @Test func theWorstAreCountedOffExactly() {
    let score = (0..<100).map { Double($0) }
    // Five worst with risk 0.5, the others 0.1: (2.5/5) / ((5·0.5 + 95·0.1)/100).
    let n = (0..<100).map { Int64($0 < 5 ? 50 : 10) }
    #expect(factor(score, n).worstRows == 5)
    #expect(abs(factor(score, n).factor - 0.5 / 0.12) < 1e-12)
    #expect(abs(factor(score, n, .higherIsRiskier).factor - 0.1 / 0.12) < 1e-12)
    // 41 rows: ⌈2.05⌉.
    #expect(factor(Array(score.prefix(41)), Array(n.prefix(41))).worstRows == 3)
  }

  @Test func tiesDoNotEnlargeTheGroup() {
    #expect(factor([Double](repeating: 1, count: 100), [Int64](repeating: 10, count: 100)).worstRows == 5)
  }

  /// Whoever stands first in the file, or has which id: equal scores count alike.
  @Test func tiesCountInPart() {
    // Two certain worst of 100, and four at the border for the other three places: each counts for three quarters.
    let score = [1, 2, 3, 3, 3, 3] + (0..<94).map { Double(10 + $0) }
    let n: [Int64] = [90, 80, 70, 0, 30, 0] + [Int64](repeating: 10, count: 94)
    let worst = (170 + 0.75 * 100) / (200 + 0.75 * 400)
    let all = Double(n.reduce(0, +)) / 10_000
    #expect(abs(factor(score, n).factor - worst / all) < 1e-12)
    var random = CutlineComputeStream(seed: 4)
    for _ in 0..<20 {
      var order = Array(score.indices)
      for place in order.indices { order.swapAt(place, Int(random.next() % UInt64(order.count))) }
      let shuffled = factor(order.map { score[$0] }, order.map { n[$0] })
      #expect(shuffled.factor == factor(score, n).factor && shuffled.worstBadRows == factor(score, n).worstBadRows)
    }
  }

  @Test func anUndefinedFactorIsOne() {
    let none = factor([1, 2, 3], [0, 0, 0])
    #expect(none.factor == 1)
    #expect(none.mode.hasPrefix("undefined"))
  }
}

@Suite struct DirectionCheckTests {
  @Test func onlyAClearContradictionCounts() throws {
    let denominator = [Int64](repeating: 1000, count: 10)
    let falling = (0..<10).map { Int64(100 - 9 * $0) }
    let check = try #require(DirectionCheck(numerator: falling, denominator: denominator, stream: .init(seed: 1)))
    #expect(check.correlation < -0.999)
    #expect(!check.contradicts(.higherIsSafer))
    #expect(check.contradicts(.higherIsRiskier))
    let noise: [Int64] = [50, 52, 49, 51, 50, 48, 53, 50, 49, 51]
    let weak = try #require(DirectionCheck(numerator: noise, denominator: denominator, stream: .init(seed: 1)))
    #expect(!weak.contradicts(.higherIsSafer) && !weak.contradicts(.higherIsRiskier))
    #expect(DirectionCheck(numerator: [1, 2], denominator: [1, 1], stream: .init(seed: 1)) == nil)
    #expect(DirectionCheck(numerator: [0, 0, 0], denominator: [1, 1, 1], stream: .init(seed: 1)) == nil)
  }

  @Test func underNoRelationOneInAHundredIsFlagged() throws {
    var stream = CutlineComputeStream(seed: 9)
    var flagged = 0
    for trial in 0..<400 {
      let numerator = (0..<10).map { _ in Int64(stream.next() % 1000) }
      let check = try #require(
        DirectionCheck(
          numerator: numerator, denominator: [Int64](repeating: 5000, count: 10), stream: .init(seed: UInt64(trial))))
      if check.p < 0.01 { flagged += 1 }
    }
    // Binomial(400, 0.01): more than 13 has a probability of about 1e-4.
    #expect(flagged <= 13)
  }
}

private struct CutlineComputeStream {
  var state: UInt64
  init(seed: UInt64) { state = seed }
  // Splitmix64 (Steele, Lea, Flood): independent of the library's own stream.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
