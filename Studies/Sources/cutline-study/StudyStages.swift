import CutlineCore
import CutlineCredit
import CutlineData
import CutlineModels
import CutlineMonitor
import CutlineOptimize
import CutlineSimulate

/// The stages that a study runs, by name as a plan does.
struct StudyStages {
  let registry: Registry

  init() throws {
    var registry = Registry()
    try DataStages.register(in: &registry)
    try ModelStages.register(in: &registry)
    try OptimizeStages.register(in: &registry)
    try MonitorStages.register(in: &registry)
    try CreditKinds.register(in: &registry)
    self.registry = registry
  }

  /// The output of a stage.
  /// - Parameter settings: TOML.
  func run<Output: Artifact>(
    _ kind: String, _ name: String, _ inputs: [String: any Artifact], settings: String = "", as: Output.Type
  ) async throws -> Output {
    let entries = try ConfigDocument.parse(settings, source: "study").entries
    let output = try await registry.stage(kind: kind, name: name, at: .default)
      .instance(entries, registry: registry).run(inputs, in: RunContext(stageID: "study", seed: 42, workers: 2))
    guard let typed = output as? Output else {
      throw Faults.data("study", "\(kind) \(name) gives something else", "Look at the registry.")
    }
    return typed
  }

  /// Applications as a run prepares them, on ten bins a score, and added up.
  func prepared(_ applications: Table, stress: String = "off", dates: String = Self.dates) async throws -> (
    sample: Sample, cube: Cube
  ) {
    let source = SourceTable(table: applications, notes: [])
    let quality = try await run(
      "quality", "standard", ["source": source], settings: "skip = true\n" + Self.bins(Self.dates + Self.variables),
      as: QualityReport.self)
    let sample = try await run(
      "prepare", "standard", ["source": source, "quality": quality],
      settings: Self.bins(
        dates + Self.variables + "eligible = \"all\"\nstress = \"\(stress)\"\nduplicates = \"drop-exact\"\n"),
      as: Sample.self)
    return (sample, try await run("cube", "standard", ["sample": sample], as: Cube.self))
  }

  /// The most production at a risk of at most `limits` percent, of each; nil where only nothing keeps it.
  func best(_ cells: CellTable, limits: [Double]) async throws -> [Strategy?] {
    let frontier = try await run("search", "frontier", ["cells": cells], as: Frontier.self)
    return limits.map { limit in
      frontier.points.last { point in
        !point.isEmpty && (cells.measure.strategyPercent(point.sums).map { $0 <= limit } ?? false)
      }?.strategy
    }
  }

  /// Ten bins a score.
  static let scoreEdges = PortfolioModel.exampleScoreEdges
  static let bureauEdges: [Double] = [
    -.infinity, 560, 600, 620, 640, 660, 680, 700, 720, 750, .infinity,
  ]
  static let binCount = 10

  /// Whether a strategy that is fixed in advance takes a cell: how safe the two scores are together, from 0 to 2.
  static func isTaken(_ cell: Int, of grid: CellGrid, from threshold: Double) -> Bool {
    grid.bins(cell).reduce(0.0) { $0 + Double($1) / Double(binCount - 1) } >= threshold
  }

  static let dates = """
    date_ini_book_obs = "2022-01-01"
    date_fin_book_obs = "2022-12-01"

    """

  private static let variables = "variables = [\"score_bin\", \"bureau_bin\"]\n"

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
