internal import CutlineCore
internal import CutlineCredit

struct FrontierComparisonConfig: StageConfig {
  var limits: [Double] = []
  var folder = "data"
  static let fields: [Field<Self>] = [
    .doubles(
      "limits", \.limits, in: 0...1e6,
      "Risk limits in percent at which the searches are compared; empty: those that the searches answered."),
    ResultFolder.field(\.folder),
  ]
}

/// What each search found: how many points, how many of them the others have too, and the best strategy within each risk
/// limit. Two exact searches of the same cells must agree.
struct FrontierComparison: Stage {
  typealias Kind = CompareFrontiers
  static let name = "standard"
  static let summary = "Counts, common points and optima within risk limits of several searches, as CSV files."
  let config: FrontierComparisonConfig

  func run(_ input: CompareFrontiers.Input, in context: RunContext) async throws -> FileSet {
    let keys = input.frontiers.map { Set($0.artifact.points.map(Self.key)) }
    var searches = ResultTable(
      path: "\(config.folder)/frontier_comparison.csv",
      columns: [
        ColumnNote("stage", unit: "text", "The stage that searched."),
        ColumnNote("search", unit: "text", "What it is."),
        ColumnNote("points", unit: "number", "Points that it gives."),
        ColumnNote("common", unit: "number", "Of these, points that all others have with equal production and risk."),
        ColumnNote("open_intervals", unit: "number", "Stretches of risk that it left open."),
        ColumnNote(
          "limits_answered", unit: "number", "Risk limits that it answered instead of a frontier; 0 = frontier."),
        ColumnNote("stated_by", unit: "text", "Who states that nothing is missing, unproven; empty for Cutline's own."),
      ])
    for (index, frontier) in input.frontiers.enumerated() {
      let common = keys[index].count { key in keys.allSatisfy { $0.contains(key) } }
      searches.add([
        frontier.stage, frontier.artifact.search, String(frontier.artifact.points.count), String(common),
        String(frontier.artifact.open.count), String(frontier.artifact.answers.count),
        frontier.artifact.statedBy ?? "",
      ])
    }
    var optima = ResultTable(
      path: "\(config.folder)/frontier_comparison_limits.csv",
      columns: [
        ColumnNote("limit", unit: "percent", "Risk limit."), ColumnNote("stage", unit: "text", "Who searched."),
        ColumnNote("status", unit: "text", "optimal, infeasible, unproven, or not asked."),
        ColumnNote("production", unit: "currency", basis: "annualised", "Of its strategy within the limit."),
        ColumnNote("risk_pct", unit: "percent", "Of its strategy within the limit."),
      ])
    for limit in try limits(input.frontiers) {
      var best: Set<Int64> = []
      for frontier in input.frontiers {
        let answers = frontier.artifact.answers
        guard answers.isEmpty || answers.contains(where: { $0.limit == limit }) else {
          optima.add(["\(limit)", frontier.stage, "not asked", "", ""])
          continue
        }
        let answer = try frontier.artifact.answer(to: limit, measure: input.cells.measure)
        let point = answer.point.map { frontier.artifact.points[$0] }
        if answer.status == .optimal, let point { best.insert(point.production) }
        optima.add([
          "\(limit)", frontier.stage, answer.status.rawValue,
          point.map { NumberForm.annualised($0.production, input.cells) } ?? "",
          NumberText.shortest(point.flatMap { input.cells.measure.strategyPercent($0.sums) }),
        ])
      }
      if best.count > 1 { context.warn("the searches differ at \(limit) %: they do not solve the same problem") }
    }
    return FileSet(files: [searches.file, optima.file])
  }

  private func limits(_ frontiers: [NamedArtifact<Frontier>]) throws -> [DecimalNumber] {
    guard config.limits.isEmpty else { return try config.limits.map { try DecimalNumber($0) } }
    return Set(frontiers.flatMap { $0.artifact.answers.map(\.limit) }).sorted()
  }

  /// Production and reduced risk.
  private static func key(_ point: Frontier.Point) -> [Int64] {
    var (a, b) = (point.numerator.magnitude, point.denominator.magnitude)
    while b != 0 { (a, b) = (b, a % b) }
    let divisor = Int64(max(a, 1))
    return [point.production, point.numerator / divisor, point.denominator / divisor]
  }
}
