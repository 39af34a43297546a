import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineSimulate

/// A simulated portfolio, prepared as a run prepares it, and its truth per cell.
struct StudyPortfolio {
  let cube: Cube
  let sample: Sample
  let rows: Int
  /// Per cell: the true risk of its score-rejected and of its booked applications, and the pile per unit that a rejected one
  /// asked for; nil where the population is empty.
  let rejectedRisk, bookedRisk, pilePerRequested: [Double?]

  private static let sizes = [6_000, 20_000, 60_000, 200_000]

  /// The parameters are drawn by the number: sizes in turn; the level of risk, how much the scores leave open, how noisy the
  /// bureau is, its weight in the policy and the share of overrides at random. Overrides know nothing that the scores do not
  /// say: selection is by the scores alone.
  static func model(_ number: Int) -> (model: PortfolioModel, rows: Int) {
    var stream = RandomStream(seed: UInt64(number), label: "study/models")
    func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * stream.uniform() }
    var model = PortfolioModel()
    model.overrideInsight = 0
    model.goodLogOddsAt500 = between(2.6, 3.6)
    model.unexplainedDeviation = between(0.3, 0.9)
    model.bureauNoise = between(0.5, 1.2)
    model.policyBureauWeight = between(0.3, 0.7)
    model.lowSideOverrideShare = between(0.01, 0.06)
    return (model, sizes[number % sizes.count])
  }

  init(number: Int, stages: StudyStages) async throws {
    let (model, rows) = Self.model(number)
    self.rows = rows
    let table = try model.generate(rows: rows, seed: UInt64(1_000 + number), workers: 1).applications
    (sample, cube) = try await stages.prepared(table)
    func truth(_ population: TrueRiskSurface.Population) throws -> [TrueRiskSurface.Cell] {
      try model.trueRiskSurface(
        scoreEdges: StudyStages.scoreEdges, bureauEdges: StudyStages.bureauEdges, months: PortfolioModel.exampleMonths,
        population: population
      ).cells
    }
    let (rejected, booked) = (try truth(.scoreRejected), try truth(.booked))
    rejectedRisk = rejected.map { $0.risk() }
    bookedRisk = booked.map { $0.risk() }
    pilePerRequested = rejected.map { $0.requested > 0 ? $0.pile / $0.requested : nil }
  }
}
