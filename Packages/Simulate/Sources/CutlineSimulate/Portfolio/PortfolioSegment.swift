/// One segment of the simulated population, with its own scores, amounts and cutoff.
public struct PortfolioSegment: Sendable, Hashable {
  /// Value of `segment_cut_off`.
  public var name: String
  /// Relative size in the first month; the shares of all segments are scaled to 1.
  public var share: Double
  /// Relative growth of the size per month, as a continuous rate.
  public var shareGrowth = 0.0
  /// Mean internal score in the first month, points.
  public var scoreMean: Double
  /// Standard deviation of the internal score, points.
  public var scoreDeviation: Double
  /// Points added to the mean internal score, and so to the quality behind it, per month.
  public var scoreDriftPerMonth = 0.06
  /// Median requested amount, currency units.
  public var amountMedian: Double
  /// Standard deviation of the logarithm of the requested amount.
  public var amountLogDeviation: Double
  /// Smallest requested amount, currency units.
  public var amountMinimum: Double
  /// Largest requested amount, currency units.
  public var amountMaximum: Double
  /// Shares of the model's terms; sums to 1.
  public var termShares: [Double]
  /// Lowest policy index accepted before the change of policy, in points of the internal score.
  public var policyCutoff: Double

  /// A segment; the drifts start at their defaults.
  public init(
    name: String, share: Double, scoreMean: Double, scoreDeviation: Double, amountMedian: Double,
    amountLogDeviation: Double, amountMinimum: Double, amountMaximum: Double, termShares: [Double],
    policyCutoff: Double
  ) {
    self.name = name
    self.share = share
    self.scoreMean = scoreMean
    self.scoreDeviation = scoreDeviation
    self.amountMedian = amountMedian
    self.amountLogDeviation = amountLogDeviation
    self.amountMinimum = amountMinimum
    self.amountMaximum = amountMaximum
    self.termShares = termShares
    self.policyCutoff = policyCutoff
  }

  /// Large loans, standard loans, existing and new customers, and a tiny pilot.
  public static let standard: [PortfolioSegment] = {
    var plus = PortfolioSegment(
      name: "CONSUMER_PLUS", share: 0.27, scoreMean: 481, scoreDeviation: 29, amountMedian: 24_500,
      amountLogDeviation: 0.34, amountMinimum: 15_000, amountMaximum: 60_000, termShares: [0, 0.05, 0.6, 0.35],
      policyCutoff: 466)
    plus.shareGrowth = -0.002
    var standard = PortfolioSegment(
      name: "CONSUMER_STD", share: 0.33, scoreMean: 490, scoreDeviation: 28, amountMedian: 7_350,
      amountLogDeviation: 0.59, amountMinimum: 1_000, amountMaximum: 20_000, termShares: [0, 0.1, 0.6, 0.3],
      policyCutoff: 475)
    standard.shareGrowth = 0.002
    return [
      plus, standard,
      PortfolioSegment(
        name: "EXISTING_CUSTOMER", share: 0.27, scoreMean: 519, scoreDeviation: 30, amountMedian: 3_350,
        amountLogDeviation: 0.81, amountMinimum: 300, amountMaximum: 30_000, termShares: [0.2, 0.35, 0.35, 0.1],
        policyCutoff: 501),
      PortfolioSegment(
        name: "NEW_CUSTOMER", share: 0.1265, scoreMean: 513, scoreDeviation: 34, amountMedian: 2_900,
        amountLogDeviation: 0.81, amountMinimum: 300, amountMaximum: 25_000, termShares: [0.2, 0.35, 0.35, 0.1],
        policyCutoff: 508),
      PortfolioSegment(
        name: "PILOT_DIGITAL", share: 0.0035, scoreMean: 499, scoreDeviation: 36, amountMedian: 7_350,
        amountLogDeviation: 0.9, amountMinimum: 300, amountMaximum: 45_000, termShares: [0.1, 0.2, 0.5, 0.2],
        policyCutoff: 479),
    ]
  }()
}
