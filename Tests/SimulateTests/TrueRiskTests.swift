import CutlineCore
import CutlineSimulate
import CutlineTesting
import Foundation
import TestSupport
import Testing

@Suite struct TrueRiskTests {
  static let coarseScores: [Double] = [-.infinity, 470, 490, 505, 525, .infinity]
  static let coarseBureau: [Double] = [-.infinity, 600, 640, 670, 710, .infinity]

  // The two months stand on both sides of the bureau's new version.
  @Test func trueRiskFallsWithBothScores() throws {
    let surface = try PortfolioModel().trueRiskSurface(
      scoreEdges: PortfolioModel.exampleScoreEdges, bureauEdges: PortfolioModel.exampleBureauEdges,
      months: 18...19)
    #expect(surface.shape == (10, 20))
    for score in 0..<10 {
      for bureau in 0..<20 {
        let risk = try #require(surface[score, bureau].risk())
        #expect(risk > 0 && risk < 1.5)
        if score > 0 { #expect(risk < (try #require(surface[score - 1, bureau].risk()))) }
        if bureau > 0 { #expect(risk < (try #require(surface[score, bureau - 1].risk()))) }
      }
    }
  }

  @Test func pointProbabilityFallsAndDoublesItsOddsAsBothScoresAgree() throws {
    var model = PortfolioModel()
    var before = 1.0
    for score in stride(from: 350.0, through: 650, by: 10) {
      let now = try model.trueProbabilityOfBad(score: score, bureauScore: 660, month: 14)
      #expect(now < before)
      before = now
    }
    before = 1
    for bureau in stride(from: 300.0, through: 950, by: 10) {
      let now = try model.trueProbabilityOfBad(score: 500, bureauScore: bureau, month: 14)
      #expect(now < before)
      before = now
    }
    // Scores that leave nothing open: one step of both is exactly one doubling.
    model.unexplainedDeviation = 0.01
    let odds = try [0.0, 1].map { step -> Double in
      let p = try model.trueProbabilityOfBad(score: 500 + 20 * step, bureauScore: 655 + 28 * step, month: 14)
      return (1 - p) / p
    }
    #expect(abs(odds[1] / odds[0] - 2) < 1e-3)
    #expect(abs(log(odds[0]) - model.goodLogOddsAt500) < 1e-3)
    // The new version of the bureau's score moves the points, not the risk.
    let old = try model.trueProbabilityOfBad(score: 500, bureauScore: 640, month: 18)
    #expect(old == (try model.trueProbabilityOfBad(score: 500, bureauScore: 652, month: 19)))
    #expect(old < (try model.trueProbabilityOfBad(score: 500, bureauScore: 640, month: 12, segment: "CONSUMER_PLUS")))
  }

  @Test func twentyPointsDoubleTheOdds() throws {
    let sample = try PortfolioFixture()
    let score = try sample.number("score_rf")
    let (bad, odds) = (try sample.known("early_bad"), try sample.known("true_log_odds"))
    let month = try sample.month()
    // Outside the bad spell; the first of duplicates only.
    let first = sample.isFirst()
    let rows = score.indices.filter { first[$0] && !score[$0].isNaN && !(8...12).contains(month[$0]) }
    let x = rows.map { score[$0] - 500 }

    // E[log-odds | score] is linear: least squares on 166,000 rows, standard error 0.12 % of the slope.
    let mean = (x.reduce(0, +) / Double(x.count), rows.reduce(0) { $0 + odds[$1] } / Double(rows.count))
    var (sxx, sxy) = (0.0, 0.0)
    for (place, row) in rows.enumerated() {
      sxx += (x[place] - mean.0) * (x[place] - mean.0)
      sxy += (x[place] - mean.0) * (odds[row] - mean.1)
    }
    #expect(abs(-log(2) * sxx / sxy / 20 - 1) < 0.006)

    // A logistic fit on the outcome sees the latent remainder, τ = 0.6, as noise: at these odds it flattens the slope by
    // 1 to 6 percent (1/√(1 + 0.346 τ²) = 0.943 at odds of 1, none at odds of 0), so 20 points become 20 to 21.3.
    let slope = logisticSlope(x, rows.map { bad[$0] })
    let points = -log(2) / slope
    #expect(points > 19.6 && points < 21.6, "\(points) points double the odds")
  }

  // Newton's method for intercept and slope of a logistic regression.
  private func logisticSlope(_ x: [Double], _ y: [Double]) -> Double {
    var (a, b) = (0.0, 0.0)
    for _ in 0..<25 {
      var (ga, gb, haa, hab, hbb) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for (x, y) in zip(x, y) {
        let p = 1 / (1 + exp(-a - b * x))
        let w = p * (1 - p)
        ga += y - p
        gb += (y - p) * x
        haa += w
        hab += w * x
        hbb += w * x * x
      }
      let determinant = haa * hbb - hab * hab
      a += (hbb * ga - hab * gb) / determinant
      b += (haa * gb - hab * ga) / determinant
    }
    return b
  }

  @Test(arguments: [0.0, 0.5, 1.0])
  func populationsAddUp(policyBureauWeight: Double) throws {
    var model = PortfolioModel()
    model.policyBureauWeight = policyBureauWeight
    func total(_ population: TrueRiskSurface.Population) throws -> TrueRiskSurface.Cell {
      try model.trueRiskSurface(
        scoreEdges: Self.coarseScores, bureauEdges: Self.coarseBureau, months: 15...16, population: population
      ).total
    }
    let (all, booked, rejected) = (try total(.applications), try total(.booked), try total(.scoreRejected))
    let scored = (1 - 0.006) * (1 - 0.012 - 0.0042 - 0.001)
    #expect(abs(all.applications - scored) < 1e-9)
    // rejected = (1 − low)·F and booked = take-up·((1 − high)·(all − F) + low·F), F the share below the cutoff.
    let below = rejected.applications / (1 - model.lowSideOverrideShare)
    let expected =
      model.takeUpShare
      * ((1 - model.highSideOverrideShare) * (all.applications - below) + model.lowSideOverrideShare * below)
    #expect(abs(booked.applications - expected) < 1e-9)
    #expect(try #require(booked.risk()) < (try #require(all.risk())))
    #expect(try #require(rejected.risk()) > (try #require(all.risk())))
    #expect(all.bad > booked.bad + rejected.bad)
  }

  // Given the latent log-odds the two scores are independent, so the probability of a cell and of bad in it is one
  // integral of two normal probabilities: another order of integration, other nodes, no policy.
  @Test func surfaceEqualsTheIntegralOverTheLatentOdds() throws {
    let model = PortfolioModel()
    let surface = try model.trueRiskSurface(
      scoreEdges: Self.coarseScores, bureauEdges: Self.coarseBureau, months: 7...7, segments: ["NEW_CUSTOMER"])
    let sizes = model.segments.map { $0.share * exp($0.shareGrowth * 6) }
    let weight = sizes[3] / sizes.reduce(0, +) * (1 - 0.006) * (1 - 0.012 - 0.0042 - 0.001) * (1 - 0.002)
    let (tau, omega) = (model.unexplainedDeviation, model.bureauNoise)
    let doubling: Double = log(2)
    let mean: Double = (513 + 0.06 * 6 - 500) * doubling / 20
    let deviation: Double = 34 * doubling / 20
    let latentDeviation = (deviation * deviation + tau * tau).squareRoot()
    let given = deviation * tau / latentDeviation
    func normal(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
    for score in 0..<5 {
      for bureau in 0..<5 {
        var (mass, bad) = (0.0, 0.0)
        for z in stride(from: -9.0, through: 9, by: 0.01) {
          let x = mean + latentDeviation * z
          let centre = mean + deviation * deviation / (latentDeviation * latentDeviation) * (x - mean)
          let bounds = [Self.coarseScores[score], Self.coarseScores[score + 1]].map {
            normal((($0 - 500) * doubling / 20 - centre) / given)
          }
          let views = [Self.coarseBureau[bureau], Self.coarseBureau[bureau + 1]].map {
            normal((($0 - 655) * doubling / 28 - x) / omega)
          }
          let density: Double = exp(-0.5 * z * z) / (2 * Double.pi).squareRoot()
          let share: Double = 0.01 * density * (bounds[1] - bounds[0]) * (views[1] - views[0])
          mass += share
          bad += share / (1 + exp(model.goodLogOddsAt500 + x))
        }
        #expect(abs(surface[score, bureau].applications - weight * mass) < 1e-8)
        #expect(abs(surface[score, bureau].bad - weight * bad) < 1e-8)
      }
    }
  }

  // Reference values from Tests/Fixtures/portfolio/true_risk.py, written from the documentation alone.
  @Test func surfaceEqualsTheIndependentComputation() throws {
    let surface = try PortfolioModel().trueRiskSurface(
      scoreEdges: Self.coarseScores, bureauEdges: Self.coarseBureau, months: 18...19)
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/portfolio/true_risk.csv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
    #expect(lines.count == 25)
    for (place, line) in lines.enumerated() {
      let fields = line.split(separator: ",").compactMap { Double($0) }
      try #require(fields.count == 6)
      let cell = surface[Int(fields[0]), Int(fields[1])]
      #expect(cell == surface.cells[place])
      for (value, expected) in zip([cell.applications, cell.bad, cell.todu30, cell.pile], fields[2...]) {
        #expect(abs(value / expected - 1) < 1e-7, "cell \(place)")
      }
    }
  }

  @Test(arguments: TrueRiskSurface.Population.allCases)
  func surfaceIsTheMeanOfSamples(population: TrueRiskSurface.Population) throws {
    let sample = try PortfolioFixture()
    let surface = try sample.model.trueRiskSurface(
      scoreEdges: Self.coarseScores, bureauEdges: Self.coarseBureau, population: population)
    let (score, bureau) = (try sample.number("score_rf"), try sample.number("risk_score_rf"))
    let booked = try sample.number("acct_booked_h0")
    let reason = try text("reject_reason", of: sample.applications)
    let measures = try ["early_bad", "todu_30ever_h6", "todu_amt_pile_h6", "oa_amt_h0"].map { try sample.known($0) }
    var counts = [Int](repeating: 0, count: 25)
    var sums = [[Double]](repeating: [0, 0, 0, 0], count: 25)
    var squares = sums
    let first = sample.isFirst()
    for row in 0..<PortfolioFixture.rows where first[row] && bureau[row] > 0 && bureau[row] < 9999 {
      switch population {
      case .applications: break
      case .booked: if booked[row] == 0 { continue }
      case .scoreRejected: if reason[row] != "09-score" { continue }
      }
      guard let i = Self.bin(score[row], Self.coarseScores), let j = Self.bin(bureau[row], Self.coarseBureau) else {
        continue
      }
      counts[i * 5 + j] += 1
      for measure in 0..<4 {
        sums[i * 5 + j][measure] += measures[measure][row]
        squares[i * 5 + j][measure] += measures[measure][row] * measures[measure][row]
      }
    }
    let n = Double(sample.truth.rowCount)
    var compared = 0
    for cell in 0..<25 {
      let expected = surface.cells[cell]
      expectShare(counts[cell], of: sample.truth.rowCount, near: expected.applications, "cell \(cell)")
      guard sums[cell][0] >= 50 else { continue }
      compared += 1
      for (measure, value) in [expected.bad, expected.todu30, expected.pile, expected.booked].enumerated() {
        let bound = 5 * squares[cell][measure].squareRoot()
        #expect(abs(sums[cell][measure] - n * value) < bound, "cell \(cell), measure \(measure)")
      }
    }
    #expect(compared >= 10)
  }

  private static func bin(_ value: Double, _ edges: [Double]) -> Int? {
    guard !value.isNaN else { return nil }
    return (0..<edges.count - 1).first { value > edges[$0] && value <= edges[$0 + 1] }
  }

  @Test func insightMakesTheBookedOfACellBetterThanItsRejected() throws {
    func risks(_ insight: Double) throws -> (booked: Double, rejected: Double) {
      var model = PortfolioModel()
      model.overrideInsight = insight
      // A cell that lies below every cutoff.
      let edges = (score: [420.0, 440], bureau: [560.0, 570])
      let surfaces = try [TrueRiskSurface.Population.booked, .scoreRejected].map {
        try model.trueRiskSurface(
          scoreEdges: edges.score, bureauEdges: edges.bureau, months: 14...14, population: $0)
      }
      return (try #require(surfaces[0].total.risk()), try #require(surfaces[1].total.risk()))
    }
    let blind = try risks(0)
    #expect(abs(blind.booked - blind.rejected) < 1e-6 * blind.booked)
    let seeing = try risks(0.5)
    #expect(seeing.booked < 0.8 * seeing.rejected)
  }

  @Test func wrongGridsAreRefused() {
    let model = PortfolioModel()
    for (scores, months, segments) in [
      ([1.5], 1...2, nil), ([500, 490], 1...2, nil), ([500, 500], 1...2, nil), ([500, .nan, 600], 1...2, nil),
      ([-20, 500], 1...2, nil), ([400, 500], 0...2, nil), ([400, 500], 29...31, nil), ([400, 500], 1...2, ["NONE"]),
    ] as [([Double], ClosedRange<Int>, [String]?)] {
      expectFaults(.usage) {
        try model.trueRiskSurface(scoreEdges: scores, bureauEdges: [600, 700], months: months, segments: segments)
      }
    }
    expectFaults(.usage) { try model.trueProbabilityOfBad(score: 500, bureauScore: 600, month: 31) }
  }
}
