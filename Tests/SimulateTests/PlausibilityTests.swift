import CutlineCore
import CutlineSimulate
import CutlineTesting
import Testing

/// The simulated portfolio stands beside a real-looking one of 225,913 applications (30 months, 5 segments), whose
/// figures were computed once with pandas from the development file `portfolio_public.csv.gz`, exact duplicates dropped:
///
///     d = pandas.read_csv(path).drop_duplicates(); m = d[d.early_bad.notna()]
///     (d.status_name == "booked").mean()                          0.6396
///     (d.reject_reason == "09-score").mean(), "08-other"          0.3271, 0.0333
///     m.early_bad.mean()                                          0.0401
///     7 * m.todu_30ever_h6.sum() / m.todu_amt_pile_h6.sum()       0.0567   (2022 alone: 0.0533)
///     4 * Σ todu_30ever_h3 / Σ todu_amt_pile_h3                   0.0204
///     m.todu_amt_pile_h6.sum() / m.oa_amt_h0.sum()                6.449
///     Σ todu_30ever_h6 / Σ oa_amt_h0 of the bad                   0.932
///     m.groupby(pandas.cut(m.score_rf, edges)).early_bad.mean()   below
///     d.groupby(pandas.cut(d.score_rf, edges)).acct_booked_h0.mean()
@Suite struct PlausibilityTests {
  @Test func totalsLieInTheNeighbourhood() throws {
    let sample = try PortfolioFixture()
    let n = Double(PortfolioFixture.rows)
    let reason = try text("reject_reason", of: sample.applications)
    let booked = try sample.number("acct_booked_h0")
    #expect(abs(booked.reduce(0, +) / n - 0.6396) < 0.02)
    let byScore = (0..<PortfolioFixture.rows).count { reason[$0] == "09-score" }
    #expect(abs(Double(byScore) / n - 0.3271) < 0.02)
    let byOther = (0..<PortfolioFixture.rows).count { reason[$0] == "08-other" }
    #expect(abs(Double(byOther) / n - 0.0333) < 0.008)

    let bad = try sample.number("early_bad")
    let mature = bad.indices.filter { !bad[$0].isNaN }
    func sum(_ name: String) throws -> Double {
      try sample.number(name).reduce(0) { $1.isNaN ? $0 : $0 + $1 }
    }
    let badCount = mature.reduce(0) { $0 + bad[$1] }
    #expect(abs(badCount / Double(mature.count) - 0.0401) < 0.004)
    let b2 = try 7 * sum("todu_30ever_h6") / sum("todu_amt_pile_h6")
    #expect(abs(b2 - 0.0567) < 0.006, "b2 is \(b2)")
    let early = try 4 * sum("todu_30ever_h3") / sum("todu_amt_pile_h3")
    #expect(abs(early - 0.0204) < 0.003, "b2 after 3 months is \(early)")
    let amount = try sample.number("oa_amt_h0")
    let bookedAmount = mature.reduce(0) { $0 + amount[$1] }
    let badAmount = mature.reduce(0) { $0 + amount[$1] * bad[$1] }
    #expect(try abs(sum("todu_amt_pile_h6") / bookedAmount - 6.449) < 0.2)
    #expect(try abs(sum("todu_30ever_h6") / badAmount - 0.932) < 0.04)
  }

  @Test func badAndBookedByScoreBandLieInTheNeighbourhood() throws {
    let sample = try PortfolioFixture()
    let edges: [Double] = [-.infinity, 440, 455, 470, 485, 500, 520, 545, .infinity]
    let realBad = [0.188, 0.147, 0.100, 0.066, 0.045, 0.029, 0.020, 0.015]
    let realBooked = [0.051, 0.160, 0.392, 0.648, 0.735, 0.636, 0.848, 0.952]
    let (score, bad) = (try sample.number("score_rf"), try sample.number("early_bad"))
    let booked = try sample.number("acct_booked_h0")
    for band in 0..<8 {
      let rows = score.indices.filter { score[$0] > edges[band] && score[$0] <= edges[band + 1] }
      let mature = rows.filter { !bad[$0].isNaN }
      let rate = mature.reduce(0) { $0 + bad[$1] } / Double(mature.count)
      // A factor of 2.5: the real file's odds double in 31 points, ours in the 20 that its scale promises.
      #expect(
        rate > realBad[band] / 2.5 && rate < realBad[band] * 2.5, "band \(band): \(rate) against \(realBad[band])")
      let share = rows.reduce(0) { $0 + booked[$1] } / Double(rows.count)
      #expect(abs(share - realBooked[band]) < 0.2, "band \(band): \(share) against \(realBooked[band])")
    }
  }

  @Test func theRiskOfTheBookedOfTheMainPeriodIsWhereTheExampleNeedsIt() throws {
    let surface = try PortfolioModel().trueRiskSurface(
      scoreEdges: PortfolioModel.exampleScoreEdges, bureauEdges: PortfolioModel.exampleBureauEdges,
      months: PortfolioModel.exampleMonths, population: .booked)
    let risk = try #require(surface.total.risk())
    #expect(abs(risk - 0.0533) < 0.002)
    // Of 200,000 applications some 84,000 fall into these months: bookings in most of the 200 cells, and in all but the
    // corners where the scores contradict each other.
    #expect(surface.cells.count { $0.applications * 84_000 > 5 } > 160)
  }
}
