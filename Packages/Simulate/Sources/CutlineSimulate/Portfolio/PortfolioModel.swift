/// A parametric model of loan applications whose truth is known: who is bad, who would have been, and why each one was
/// accepted. `docs/methods/simulate.md` has the formulas.
///
/// Log-odds are natural logarithms. Months count from 1. Every default is chosen so that the portfolio is alike in shape
/// to a consumer-loan book of 30 months; none of them is fitted to, or copied from, records.
public struct PortfolioModel: Sendable, Hashable {
  // MARK: Calendar

  /// Calendar year of the first month.
  public var firstYear = 2021
  /// Calendar month of the first month, 1 to 12.
  public var firstMonthOfYear = 1
  /// Months of applications. The last 6 have no 6-month outcome, the last 3 no 3-month outcome.
  public var months = 30
  /// Relative growth of the number of applications per month.
  public var monthlyGrowth = 0.006
  /// Relative swing of the number of applications over the year; the peak is in June.
  public var seasonalSwing = 0.10
  /// The month with few applications (a closed channel); 0 = none.
  public var shortMonth = 12
  /// Volume of the short month relative to a usual one.
  public var shortMonthVolume = 0.62

  // MARK: Population and scores

  /// The segments of the population.
  public var segments: [PortfolioSegment] = PortfolioSegment.standard
  /// Log-odds of good expected at an internal score of 500.
  public var goodLogOddsAt500 = 3.1
  /// Internal score points that double the expected odds of good.
  public var scorePointsToDoubleOdds = 20.0
  /// τ: standard deviation of the latent log-odds around what the internal score says, in log-odds.
  public var unexplainedDeviation = 0.6
  /// ω: standard deviation of the bureau's view around the latent log-odds, in log-odds.
  public var bureauNoise = 0.8
  /// Bureau score, in points, of a view that equals `goodLogOddsAt500`.
  public var bureauCentre = 655.0
  /// Bureau score points per doubling of the odds in the bureau's view.
  public var bureauPointsToDoubleOdds = 28.0
  /// First month of the bureau's new score version; 0 = never.
  public var bureauVersionMonth = 19
  /// Bureau score points that the new version adds without any change of risk.
  public var bureauVersionShift = 12.0
  /// Log-odds of bad added per month that no score sees.
  public var calibrationDriftPerMonth = 0.0
  /// A spell in which one segment is riskier than its scores say; nil = none.
  public var badSpell: PortfolioBadSpell? = PortfolioBadSpell()

  // MARK: Acceptance

  /// Weight of the bureau's view in the policy index, 0 to 1; the internal score has the rest.
  public var policyBureauWeight = 0.5
  /// First month of the tightened policy; 0 = never.
  public var policyChangeMonth = 16
  /// Points added to every cutoff from the change on; negative loosens.
  public var policyChangePoints = 5.0
  /// κ: log-odds that the policy index moves by per unit of latent quality that both scores leave open, 0 to 1. Above 0, the
  /// decision itself knows what the scores in the file do not: within a cell the rejected are the riskier ones.
  public var policyInsight = 0.0
  /// Extra log-odds of bad per unit of policy index below the segment's first cutoff: where the policy rejects, risk rises
  /// more (above 0) or less (below 0) steeply than where it accepts.
  public var slopeBelowCutoff = 0.0
  /// Share of the score-rejected that a reviewer approves.
  public var lowSideOverrideShare = 0.04
  /// Share of those who pass the score policy that another rule or a reviewer rejects.
  public var highSideOverrideShare = 0.03
  /// Correlation of a reviewer's impression with the latent quality that both scores leave open, −1 to 1 exclusive.
  /// Above 0, the accepted of a cell are better than its rejected: selection that no score explains.
  public var overrideInsight = 0.3
  /// Share of the approved who take the loan.
  public var takeUpShare = 0.98
  /// How an approved application whose applicant walked away is recorded.
  public var notTakenUp = NotTakenUp.rejectedOther
  /// What `se_decision_id` holds.
  public var decisionColumn = DecisionColumn.identifiers

  // MARK: Amounts and repayment

  /// Correlation of the logarithm of the requested amount with the internal score within a segment.
  public var amountScoreCorrelation = -0.1
  /// Amounts are multiples of this, in currency units.
  public var amountRounding = 50.0
  /// Share of loans booked below the requested amount.
  public var counterOfferShare = 0.24
  /// Smallest booked fraction of a counter-offer.
  public var counterOfferLow = 0.55
  /// Largest booked fraction of a counter-offer.
  public var counterOfferHigh = 0.97
  /// Month in which some requested amounts carry a unit error; 0 = none.
  public var unitErrorMonth = 8
  /// Share of that month's applications with the unit error.
  public var unitErrorShare = 0.004
  /// Factor of the unit error, on `oa_amt` only.
  public var unitErrorFactor = 10.0
  /// Terms of the loans in months; each segment has its shares of them.
  public var terms = [12, 24, 36, 60]
  /// Interest rate per month of the level-payment loans.
  public var monthlyInterestRate = 0.01
  /// Probability per month that a good loan is repaid in full.
  public var prepaymentHazard = 0.008
  /// Shares of the bad by the month-end 2, 3, 4, 5, 6 at which they are first 30 or more days past due; sums to 1.
  public var delinquencyTiming = [0.14, 0.226, 0.21, 0.212, 0.212]

  /// e: share of outcomes that have nothing to do with quality; the probability of bad is e + (1 − 2e) p.
  public var outcomeNoise = 0.0

  // MARK: Records

  /// Standard deviation of the error of both scores as they are recorded, in points; the policy saw those without it.
  public var recordedScoreNoise = 0.0

  /// Share of applications without an internal score.
  public var scoreMissingShare = 0.006
  /// Share of applications without a bureau score.
  public var bureauMissingShare = 0.012
  /// Share of applications with bureau code 9999, no hit.
  public var bureauNoHitShare = 0.0042
  /// Share of applications with bureau code 0, file error.
  public var bureauFileErrorShare = 0.001
  /// Share of applications without a segment.
  public var segmentMissingShare = 0.002
  /// Share of rows that repeat an earlier row of the month exactly.
  public var duplicateShare = 0.00027
  /// Share of applications that resubmit an earlier one of the month under the same decision id.
  public var resubmissionShare = 0.03

  /// The model with its defaults.
  public init() {}
}

/// How an approved application is recorded whose applicant did not take the loan.
public enum NotTakenUp: String, Sendable, Hashable, CaseIterable {
  /// `rejected` with reason `08-other`, so that the file knows two decisions only.
  case rejectedOther = "rejected-other"
  /// `canceled` without a reason.
  case canceled
}

/// What the column `se_decision_id` holds.
public enum DecisionColumn: String, Sendable, Hashable, CaseIterable {
  /// An id per decision, shared by an application and its resubmissions. Use with `eligible = "all"`.
  case identifiers
  /// `ok` approved by score, `rv` sent to review, `ko` declined by score. Use with
  /// `eligible = { column = "se_decision_id", values = ["ok", "rv"] }`.
  case codes
}

/// A spell in which one segment is riskier than its scores say.
public struct PortfolioBadSpell: Sendable, Hashable {
  /// Name of the segment.
  public var segment = "CONSUMER_PLUS"
  /// First month of the spell.
  public var firstMonth = 8
  /// Last month of the spell.
  public var lastMonth = 12
  /// Log-odds of bad added.
  public var logOdds = 0.2

  /// The spell with its defaults.
  public init() {}
}
