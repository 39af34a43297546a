internal import CutlineCore
internal import Foundation

/// One drawn application, with what nobody but the simulation knows.
struct DrawnApplication {
  var segment = 0
  var isSegmentMissing = false
  var score = 0.0, bureauScore = 0.0
  var requested = 0.0, requestedAsRecorded = 0.0
  /// What is booked, or would have been.
  var offered = 0.0
  /// Log-odds of bad.
  var logOdds = 0.0
  var probabilityOfBad = 0.0
  var isBad = false
  var todu3 = 0.0, pile3 = 0.0, todu6 = 0.0, pile6 = 0.0
  var passesPolicy = false, isOverridden = false, isTakenUp = false
  var isApproved: Bool { passesPolicy != isOverridden }
  var isBooked: Bool { isApproved && isTakenUp }
}

/// Draws applications row by row.
struct ApplicationSampler: Sendable {
  let model: PortfolioModel
  let months: [PortfolioMonth]
  let repayment: RepaymentLaw
  let draws: PortfolioDraws
  /// Normal quantiles beyond which a reviewer overrides the score policy.
  let lowSideQuantile: Double, highSideQuantile: Double

  private let scorePoints, bureauPoints, tau, omega, posteriorWeight, posteriorDeviation: Double
  private let scoreDeviations, amountMeans: [Double]
  private let freshInsight, freshAmount: Double

  init(_ model: PortfolioModel, seed: UInt64) {
    self.model = model
    months = (1...model.months).map { PortfolioMonth(model, number: $0) }
    repayment = RepaymentLaw(model)
    draws = PortfolioDraws(seed: seed)
    lowSideQuantile = StandardNormal.quantile(1 - model.lowSideOverrideShare)
    highSideQuantile = StandardNormal.quantile(model.highSideOverrideShare)
    scorePoints = model.scorePoints
    bureauPoints = model.bureauPoints
    tau = model.unexplainedDeviation
    omega = model.bureauNoise
    posteriorWeight = model.posteriorBureauWeight
    posteriorDeviation = model.posteriorDeviation
    let points = scorePoints
    scoreDeviations = model.segments.map { $0.scoreDeviation / points }
    amountMeans = model.segments.map { log($0.amountMedian) }
    freshInsight = (1 - model.overrideInsight * model.overrideInsight).squareRoot()
    freshAmount = (1 - model.amountScoreCorrelation * model.amountScoreCorrelation).squareRoot()
  }

  /// The application of `row`, whose applicant first applied in row `person` of the same month.
  func application(row: Int, person: Int, month: PortfolioMonth) -> DrawnApplication {
    var drawn = DrawnApplication()
    let segment = RepaymentLaw.pick(
      PortfolioDraws.uniform(draws.words(row: person, .link).z), from: month.cumulativeShares)
    drawn.segment = segment

    // All log-odds below are of good and above those at a score of 500.
    let personal = draws.words(row: person, .person)
    let (scoreNormal, remainder) = PortfolioDraws.normals(personal.x, personal.y)
    let (bureauNormal, _) = PortfolioDraws.normals(personal.z, personal.w)
    let mean = month.means[segment]
    let deviation = scoreDeviations[segment]
    var scored = mean + deviation * scoreNormal
    let latent = scored + tau * remainder
    let bureauView = latent + omega * bureauNormal
    if row != person {
      let rare = draws.words(row: row, .rare)
      // The score is made anew: its law given the person's latent log-odds, so that the joint law stays as it is.
      let variance = deviation * deviation + tau * tau
      scored =
        mean + deviation * deviation / variance * (latent - mean)
        + deviation * tau / variance.squareRoot() * PortfolioDraws.normals(rare.z, rare.w).0
    }
    var errors = (0.0, 0.0)
    if model.recordedScoreNoise > 0 {
      let words = draws.words(row: row, .recording)
      errors = PortfolioDraws.normals(words.x, words.y)
    }
    let noise = model.recordedScoreNoise
    drawn.score = Self.recorded(500 + scorePoints * scored + noise * errors.0)
    drawn.bureauScore = Self.recorded(
      model.bureauCentre + bureauPoints * bureauView + month.bureauShift + noise * errors.1)

    let terms = draws.words(row: row, .terms)
    let (amountNormal, impression) = PortfolioDraws.normals(terms.x, terms.y)
    drawAmounts(&drawn, scoreNormal: (scored - mean) / deviation, amountNormal: amountNormal, terms: terms)

    let expected = scored + posteriorWeight * (bureauView - scored)
    let index = scored + model.policyBureauWeight * (bureauView - scored)
    drawn.passesPolicy = index + model.policyInsight * (latent - expected) >= month.cutoffs[segment]
    let seen = model.overrideInsight * (latent - expected) / posteriorDeviation + freshInsight * impression
    drawn.isOverridden = drawn.passesPolicy ? seen < highSideQuantile : seen > lowSideQuantile

    let below = max(0, (model.segments[segment].policyCutoff - 500) / scorePoints - index)
    drawn.logOdds = month.shocks[segment] - model.goodLogOddsAt500 - latent + model.slopeBelowCutoff * below
    drawn.probabilityOfBad = 1 / (1 + exp(-drawn.logOdds))
    if model.outcomeNoise > 0 {
      drawn.probabilityOfBad = model.outcomeNoise + (1 - 2 * model.outcomeNoise) * drawn.probabilityOfBad
      drawn.logOdds = log(drawn.probabilityOfBad / (1 - drawn.probabilityOfBad))
    }
    let outcome = draws.words(row: row, .repayment)
    drawn.isBad = PortfolioDraws.uniform(outcome.x) < drawn.probabilityOfBad
    let sums = repayment.sums(
      segment: segment, isBad: drawn.isBad, term: PortfolioDraws.uniform(outcome.z),
      event: PortfolioDraws.uniform(drawn.isBad ? outcome.y : outcome.w))
    drawn.todu3 = Self.cents(drawn.offered * sums.todu3)
    drawn.pile3 = Self.cents(drawn.offered * sums.pile3)
    drawn.todu6 = Self.cents(drawn.offered * sums.todu6)
    drawn.pile6 = Self.cents(drawn.offered * sums.pile6)

    addDefects(&drawn, row: row, month: month)
    return drawn
  }

  private func drawAmounts(
    _ drawn: inout DrawnApplication, scoreNormal: Double, amountNormal: Double, terms: SIMD4<UInt32>
  ) {
    let law = model.segments[drawn.segment]
    let unit = model.amountRounding
    let normal = model.amountScoreCorrelation * scoreNormal + freshAmount * amountNormal
    let amount = exp(amountMeans[drawn.segment] + law.amountLogDeviation * normal)
    drawn.requested = (min(max(amount, law.amountMinimum), law.amountMaximum) / unit).rounded(.toNearestOrEven) * unit
    drawn.requestedAsRecorded = drawn.requested
    drawn.offered = drawn.requested
    if PortfolioDraws.uniform(terms.z) < model.counterOfferShare {
      let span = model.counterOfferHigh - model.counterOfferLow
      let fraction = model.counterOfferLow + span * PortfolioDraws.uniform(terms.w)
      drawn.offered = max(unit, (drawn.requested * fraction / unit).rounded(.toNearestOrEven) * unit)
    }
  }

  private func addDefects(_ drawn: inout DrawnApplication, row: Int, month: PortfolioMonth) {
    let record = draws.words(row: row, .record)
    drawn.isTakenUp = PortfolioDraws.uniform(record.x) < model.takeUpShare
    if PortfolioDraws.uniform(record.y) < model.scoreMissingShare { drawn.score = Missing.plain.value }
    var code = PortfolioDraws.uniform(record.z)
    if code < model.bureauMissingShare + model.bureauNoHitShare + model.bureauFileErrorShare {
      code -= model.bureauMissingShare
      drawn.bureauScore = code < 0 ? Missing.plain.value : code < model.bureauNoHitShare ? 9999 : 0
    }
    drawn.isSegmentMissing = PortfolioDraws.uniform(record.w) < model.segmentMissingShare
    if month.unitErrorShare > 0,
      PortfolioDraws.uniform(draws.words(row: row, .rare).x) < month.unitErrorShare
    {
      drawn.requestedAsRecorded = drawn.requested * model.unitErrorFactor
    }
  }

  // Scores have three decimals and stay clear of the codes 0 and 9999.
  private static func recorded(_ score: Double) -> Double {
    let range = PortfolioModel.scoreRange
    return (min(max(score, range.lowerBound), range.upperBound) * 1000).rounded(.toNearestOrEven) / 1000
  }

  private static func cents(_ amount: Double) -> Double { (amount * 100).rounded(.toNearestOrEven) / 100 }
}

extension PortfolioModel {
  /// Weight of the bureau's view in the expectation of the latent log-odds given both scores: τ² / (τ² + ω²).
  var posteriorBureauWeight: Double {
    unexplainedDeviation * unexplainedDeviation
      / (unexplainedDeviation * unexplainedDeviation + bureauNoise * bureauNoise)
  }

  /// Standard deviation of the latent log-odds given both scores: τω / √(τ² + ω²).
  var posteriorDeviation: Double {
    unexplainedDeviation * bureauNoise
      / (unexplainedDeviation * unexplainedDeviation + bureauNoise * bureauNoise).squareRoot()
  }
}
