import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineData
import CutlineModels
import CutlineOptimize
import CutlineSimulate

/// A simulated portfolio, prepared as a run prepares it, and its truth per cell.
struct StudyPortfolio {
  let cube: Cube
  let sample: Sample
  let rows: Int
  /// Per cell: the true risk of its score-rejected and of its booked applications, and the pile per unit that a rejected one
  /// asked for; nil where the population is empty.
  let rejectedRisk, bookedRisk, pilePerRequested: [Double?]

  /// Ten bins a score.
  private static let scoreEdges = PortfolioModel.exampleScoreEdges
  private static let bureauEdges: [Double] = [
    -.infinity, 560, 600, 620, 640, 660, 680, 700, 720, 750, .infinity,
  ]
  static let bins = 10
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

  init(number: Int, registry: Registry) async throws {
    let (model, rows) = Self.model(number)
    self.rows = rows
    let table = try model.generate(rows: rows, seed: UInt64(1_000 + number), workers: 1).applications
    let source = SourceTable(table: table, notes: [])
    let context = RunContext(stageID: "study", seed: 42)
    func stage(_ kind: String, _ name: String, _ settings: String, _ inputs: [String: any Artifact]) async throws
      -> any Artifact
    {
      let entries = try ConfigDocument.parse(settings, source: "study").entries
      return try await registry.stage(kind: kind, name: name, at: .default)
        .instance(entries, registry: registry).run(inputs, in: context)
    }
    let quality = try await stage("quality", "standard", "skip = true\n" + Self.bins(Self.common), ["source": source])
    let prepared = try await stage(
      "prepare", "standard",
      Self.bins(Self.common + "eligible = \"all\"\nstress = \"off\"\nduplicates = \"drop-exact\"\n"),
      ["source": source, "quality": quality])
    guard let sample = prepared as? Sample,
      let cube = try await stage("cube", "standard", "", ["sample": sample]) as? Cube
    else { throw Faults.data("study", "the stages gave something else", "Look at the registry.") }
    (self.sample, self.cube) = (sample, cube)
    func truth(_ population: TrueRiskSurface.Population) throws -> [TrueRiskSurface.Cell] {
      try model.trueRiskSurface(
        scoreEdges: Self.scoreEdges, bureauEdges: Self.bureauEdges, months: PortfolioModel.exampleMonths,
        population: population
      ).cells
    }
    let (rejected, booked) = (try truth(.scoreRejected), try truth(.booked))
    rejectedRisk = rejected.map { $0.risk() }
    bookedRisk = booked.map { $0.risk() }
    pilePerRequested = rejected.map { $0.requested > 0 ? $0.pile / $0.requested : nil }
  }

  private static let common = """
    date_ini_book_obs = "2022-01-01"
    date_fin_book_obs = "2022-12-01"
    variables = ["score_bin", "bureau_bin"]

    """

  private static func bins(_ settings: String) -> String {
    func edges(_ values: [Double]) -> String {
      values.map { $0.isInfinite ? ($0 < 0 ? "-inf" : "inf") : "\($0)" }.joined(separator: ", ")
    }
    return settings + """
      bins.score_bin = { source = "score_rf", direction = "higher-is-safer", missing = "drop", edges = [\(edges(scoreEdges))] }
      bins.bureau_bin = { source = "risk_score_rf", direction = "higher-is-safer", missing = "drop", \
      special = { 9999 = "drop", 0 = "drop" }, edges = [\(edges(bureauEdges))] }

      """
  }
}
