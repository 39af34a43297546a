internal import CutlineCore

extension PortfolioModel {
  /// Range of the scores in the file, points; a draw beyond it is recorded at its end. The codes 0 and 9999 lie outside.
  static let scoreRange = 1.0...999.0
  /// Month-ends at which a loan can first be 30 days past due: one missed payment is 30 days old at the next month-end.
  static let delinquencyMonths = 2...6

  /// Checks every parameter.
  /// - Throws: `Faults` (usage) that names the first parameter that makes no sense, what it is and what it may be.
  public func validate() throws {
    try Self.check(firstYear, in: 1900...2200, "firstYear")
    try Self.check(firstMonthOfYear, in: 1...12, "firstMonthOfYear")
    try Self.check(months, in: 1...600, "months")
    try Self.check(monthlyGrowth, in: -0.5...0.5, "monthlyGrowth")
    try Self.check(seasonalSwing, in: 0...0.9, "seasonalSwing")
    try Self.check(shortMonth, in: 0...600, "shortMonth")
    try Self.check(shortMonthVolume, in: 0...10, "shortMonthVolume")
    try Self.check(goodLogOddsAt500, in: -10...10, "goodLogOddsAt500")
    try Self.check(scorePointsToDoubleOdds, in: 1...200, "scorePointsToDoubleOdds")
    try Self.check(unexplainedDeviation, in: 0.01...5, "unexplainedDeviation")
    try Self.check(bureauNoise, in: 0.01...5, "bureauNoise")
    try Self.check(bureauCentre, in: 100...900, "bureauCentre")
    try Self.check(bureauPointsToDoubleOdds, in: 1...200, "bureauPointsToDoubleOdds")
    try Self.check(bureauVersionMonth, in: 0...600, "bureauVersionMonth")
    try Self.check(bureauVersionShift, in: -200...200, "bureauVersionShift")
    try Self.check(calibrationDriftPerMonth, in: -1...1, "calibrationDriftPerMonth")
    try Self.check(policyBureauWeight, in: 0...1, "policyBureauWeight")
    try Self.check(policyChangeMonth, in: 0...600, "policyChangeMonth")
    try Self.check(policyChangePoints, in: -500...500, "policyChangePoints")
    try Self.check(overrideInsight, in: -0.99...0.99, "overrideInsight")
    try Self.check(policyInsight, in: 0...1, "policyInsight")
    try Self.check(slopeBelowCutoff, in: -5...5, "slopeBelowCutoff")
    try Self.check(outcomeNoise, in: 0...0.4, "outcomeNoise")
    try Self.check(recordedScoreNoise, in: 0...100, "recordedScoreNoise")
    for (value, name) in [
      (lowSideOverrideShare, "lowSideOverrideShare"), (highSideOverrideShare, "highSideOverrideShare"),
      (takeUpShare, "takeUpShare"), (counterOfferShare, "counterOfferShare"), (unitErrorShare, "unitErrorShare"),
      (scoreMissingShare, "scoreMissingShare"), (segmentMissingShare, "segmentMissingShare"),
      (bureauMissingShare + bureauNoHitShare + bureauFileErrorShare, "the sum of the bureau's shares"),
      (duplicateShare + resubmissionShare, "duplicateShare + resubmissionShare"),
    ] { try Self.check(value, in: 0...1, name) }
    for (value, name) in [
      (bureauMissingShare, "bureauMissingShare"), (bureauNoHitShare, "bureauNoHitShare"),
      (bureauFileErrorShare, "bureauFileErrorShare"), (duplicateShare, "duplicateShare"),
      (resubmissionShare, "resubmissionShare"),
    ] { try Self.check(value, in: 0...1, name) }
    try validateRepayment()
    try validateSegments()
  }

  private func validateRepayment() throws {
    try Self.check(amountScoreCorrelation, in: -1...1, "amountScoreCorrelation")
    try Self.check(amountRounding, in: 0.01...10_000, "amountRounding")
    try Self.check(counterOfferLow, in: 0.01...1, "counterOfferLow")
    try Self.check(counterOfferHigh, in: counterOfferLow...1, "counterOfferHigh")
    try Self.check(unitErrorMonth, in: 0...600, "unitErrorMonth")
    try Self.check(unitErrorFactor, in: 0.001...1000, "unitErrorFactor")
    try Self.check(terms.count, in: 1...20, "number of terms")
    for term in terms { try Self.check(term, in: 7...600, "terms") }
    try Self.check(monthlyInterestRate, in: 0...0.2, "monthlyInterestRate")
    try Self.check(prepaymentHazard, in: 0...0.9, "prepaymentHazard")
    let wanted = Self.delinquencyMonths.count
    try Self.check(delinquencyTiming.count, in: wanted...wanted, "number of shares in delinquencyTiming")
    try Self.checkShares(delinquencyTiming, "delinquencyTiming")
  }

  private func validateSegments() throws {
    try Self.check(segments.count, in: 1...1000, "number of segments")
    var seen: Set<String> = []
    for segment in segments {
      let place = "segment \"\(segment.name)\", "
      guard !segment.name.isEmpty, seen.insert(segment.name).inserted else {
        throw Self.refusal("segments", "the name \"\(segment.name)\" is empty or used twice", "Give each its own name.")
      }
      try Self.check(segment.share, in: 1e-9...1e9, place + "share")
      try Self.check(segment.shareGrowth, in: -0.5...0.5, place + "shareGrowth")
      try Self.check(segment.scoreMean, in: 100...900, place + "scoreMean")
      try Self.check(segment.scoreDeviation, in: 0.1...200, place + "scoreDeviation")
      try Self.check(segment.scoreDriftPerMonth, in: -20...20, place + "scoreDriftPerMonth")
      try Self.check(segment.amountMinimum, in: amountRounding...1e9, place + "amountMinimum")
      try Self.check(segment.amountMaximum, in: segment.amountMinimum...1e9, place + "amountMaximum")
      try Self.check(segment.amountMedian, in: 0.01...1e9, place + "amountMedian")
      try Self.check(segment.amountLogDeviation, in: 0...3, place + "amountLogDeviation")
      try Self.check(segment.policyCutoff, in: -2000...3000, place + "policyCutoff")
      try Self.check(segment.termShares.count, in: terms.count...terms.count, place + "number of termShares")
      try Self.checkShares(segment.termShares, place + "termShares")
    }
    if let spell = badSpell {
      try Self.check(spell.logOdds, in: -10...10, "badSpell.logOdds")
      try Self.check(spell.firstMonth, in: 1...600, "badSpell.firstMonth")
      try Self.check(spell.lastMonth, in: spell.firstMonth...600, "badSpell.lastMonth")
      guard seen.contains(spell.segment) else {
        let hint = DidYouMean.phrase(for: spell.segment, among: seen.sorted())
        throw Self.refusal(
          "badSpell.segment", "there is no segment \"\(spell.segment)\"\(hint)", "Name one of the model's segments.")
      }
    }
  }

  static func refusal(_ parameter: String, _ problem: String, _ advice: String) -> Faults {
    Faults.usage("portfolio model, \(parameter)", problem, advice)
  }

  // A NaN is in no range, so it is refused like any other value outside.
  static func check<Value: Comparable>(_ value: Value, in range: ClosedRange<Value>, _ parameter: String) throws {
    guard range.contains(value) else {
      throw refusal(parameter, "\(value) is out of range", "It may be \(range.lowerBound) to \(range.upperBound).")
    }
  }

  private static func checkShares(_ shares: [Double], _ parameter: String) throws {
    for share in shares { try check(share, in: 0...1, parameter) }
    let sum = shares.reduce(0, +)
    guard abs(sum - 1) < 1e-9 else { throw refusal(parameter, "the shares sum to \(sum)", "Make them sum to 1.") }
  }
}
