internal import Foundation

/// Integrates one segment in one month over the cells of a grid.
struct RiskIntegral {
  private let sampler: ApplicationSampler
  private let population: TrueRiskSurface.Population
  private let posterior: PosteriorRisk
  private let rule = GaussLegendre(8)
  // Beyond this many standard deviations lies 2e-17 of a normal.
  private static let reach = 8.5

  init(_ sampler: ApplicationSampler, population: TrueRiskSurface.Population) {
    self.sampler = sampler
    self.population = population
    posterior = PosteriorRisk(
      sampler.model, lowSideQuantile: sampler.lowSideQuantile, highSideQuantile: sampler.highSideQuantile)
  }

  /// Adds `weight` times the expectations of the segment's applications to the cells of `surface`.
  func add(to surface: inout TrueRiskSurface, weight: Double, segment: Int, month: PortfolioMonth) {
    let model = sampler.model
    let mean = month.means[segment]
    let deviation = model.segments[segment].scoreDeviation / model.scorePoints
    let viewDeviation =
      (model.unexplainedDeviation * model.unexplainedDeviation + model.bureauNoise * model.bureauNoise).squareRoot()
    let share = model.policyBureauWeight
    let scores = surface.scoreEdges.map { ($0 - 500) / model.scorePoints }
    let views = surface.bureauEdges.map { ($0 - model.bureauCentre - month.bureauShift) / model.bureauPoints }

    let level = model.goodLogOddsAt500 - month.shocks[segment]
    // Where the cutoff line crosses an edge of the bureau's bins the integrand over the score has a kink.
    var kinks: [Double] = []
    if share < 1 { kinks = views.filter(\.isFinite).map { (month.cutoffs[segment] - share * $0) / (1 - share) } }
    if share == 0 { kinks = [month.cutoffs[segment]] }
    let (low, high) = (mean - Self.reach * deviation, mean + Self.reach * deviation)
    for bin in 0..<scores.count - 1 {
      let pieces = Self.pieces(
        max(low, scores[bin]), min(high, scores[bin + 1]), kinks: kinks, width: min(deviation, viewDeviation))
      for (from, to) in pieces {
        rule.forEach(from, to) { scored, node in
          let normal = (scored - mean) / deviation
          let amounts = expectedAmounts(segment: segment, scoreNormal: normal)
          let density = weight * node * StandardNormal.density(normal) / deviation
          // The policy accepts views from here on.
          let cutoff =
            share > 0
            ? (month.cutoffs[segment] - (1 - share) * scored) / share
            : scored >= month.cutoffs[segment] ? -Double.infinity : .infinity
          for view in 0..<views.count - 1 {
            let bounds = Self.pieces(
              max(views[view], scored - Self.reach * viewDeviation),
              min(views[view + 1], scored + Self.reach * viewDeviation), kinks: [cutoff], width: viewDeviation)
            var (people, bad) = (0.0, 0.0)
            for (bottom, top) in bounds {
              let passes = 0.5 * (bottom + top) >= cutoff
              rule.forEach(bottom, top) { seen, node in
                let mass = node * StandardNormal.density((seen - scored) / viewDeviation)
                let risk = posterior(level + scored + model.posteriorBureauWeight * (seen - scored))
                let part = members(passes: passes, risk: risk)
                people += mass * part.people
                bad += mass * part.bad
              }
            }
            surface.cells[bin * (views.count - 1) + view].add(
              sums(
                people: density / viewDeviation * people, bad: density / viewDeviation * bad, amounts: amounts,
                segment: segment))
          }
        }
      }
    }
  }

  // Share of the population on one side of the cutoff, and of its bad, at one mean of the latent log-odds.
  private func members(passes: Bool, risk: PosteriorRisk.Value) -> (people: Double, bad: Double) {
    let model = sampler.model
    switch (population, passes) {
    case (.applications, _): return (1, risk.bad)
    case (.booked, true):
      return (
        model.takeUpShare * (1 - model.highSideOverrideShare), model.takeUpShare * (risk.bad - risk.badRejected)
      )
    case (.booked, false):
      return (model.takeUpShare * model.lowSideOverrideShare, model.takeUpShare * risk.badApproved)
    case (.scoreRejected, true): return (0, 0)
    case (.scoreRejected, false): return (1 - model.lowSideOverrideShare, risk.bad - risk.badApproved)
    }
  }

  private func sums(
    people: Double, bad: Double, amounts: (requested: Double, booked: Double), segment: Int
  ) -> TrueRiskSurface.Cell {
    let (badLoan, goodLoan) = (sampler.repayment.expectedBad[segment], sampler.repayment.expectedGood[segment])
    return TrueRiskSurface.Cell(
      applications: people, requested: people * amounts.requested, booked: people * amounts.booked, bad: bad,
      todu30: bad * amounts.booked * badLoan.todu6,
      pile: amounts.booked * (bad * badLoan.pile6 + (people - bad) * goodLoan.pile6))
  }

  // Mean of a lognormal amount cut at its minimum and maximum, given the standardised internal score.
  private func expectedAmounts(segment: Int, scoreNormal: Double) -> (requested: Double, booked: Double) {
    let model = sampler.model
    let law = model.segments[segment]
    let correlation = model.amountScoreCorrelation
    let centre = log(law.amountMedian) + law.amountLogDeviation * correlation * scoreNormal
    let spread = law.amountLogDeviation * (1 - correlation * correlation).squareRoot()
    let requested: Double
    if spread == 0 {
      requested = min(max(exp(centre), law.amountMinimum), law.amountMaximum)
    } else {
      let bottom = (log(law.amountMinimum) - centre) / spread
      let top = (log(law.amountMaximum) - centre) / spread
      requested =
        law.amountMinimum * StandardNormal.probability(bottom)
        + exp(centre + 0.5 * spread * spread)
        * (StandardNormal.probability(top - spread) - StandardNormal.probability(bottom - spread))
        + law.amountMaximum * StandardNormal.probability(-top)
    }
    let fraction = 0.5 * (model.counterOfferLow + model.counterOfferHigh)
    return (requested, requested * (1 - model.counterOfferShare * (1 - fraction)))
  }

  // Cuts an interval at the kinks inside it and into parts no wider than `width`.
  private static func pieces(
    _ low: Double, _ high: Double, kinks: [Double], width: Double
  ) -> [(from: Double, to: Double)] {
    guard low < high else { return [] }
    let cuts = [low] + kinks.filter { $0 > low && $0 < high }.sorted() + [high]
    return zip(cuts, cuts.dropFirst()).flatMap { from, to in
      let parts = max(1, Int(((to - from) / width).rounded(.up)))
      let step = (to - from) / Double(parts)
      return (0..<parts).map { (from + Double($0) * step, $0 == parts - 1 ? to : from + Double($0 + 1) * step) }
    }
  }
}
