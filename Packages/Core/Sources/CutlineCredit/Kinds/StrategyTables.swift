public import CutlineCore

/// Writes the tables of a strategy.
public enum StrategyTables: ExchangedKind {
  public struct Input: Sendable {
    public let quality: QualityReport
    public let cube: Cube
    public let cells: CellTable
    public let frontier: Frontier
    public let scenarios: ScenarioSet
    /// Nil where there are none: their columns stay empty, and say so.
    public let intervals: StrategyIntervals?
  }
  public typealias Output = FileSet
  public static let name = "tables"
  public static let summary = "Writes the frontier, the scenarios, their cells and cutoffs as tables."
  public static let ports = Ports(
    Input.init, .one("quality", \.quality), .one("cube", \.cube), .one("cells", \.cells), .one("frontier", \.frontier),
    .one("scenarios", \.scenarios), .optional("intervals", \.intervals))

  public static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [small.intervals, nil].map {
      Input(
        quality: small.quality, cube: small.cube, cells: small.cells, frontier: small.frontier,
        scenarios: small.scenarios, intervals: $0)
    }
  }

  public static let baseline: String? = #"""
    /// One row a scenario: its limit, whether it is an optimum, its production a year.
    struct {{Stage}}: Stage {
      typealias Kind = StrategyTables
      static let name = "{{name}}"
      static let summary = "Writes one row a scenario."
      init(config: NoConfig) {}

      func run(_ input: StrategyTables.Input, in context: RunContext) async throws -> FileSet {
        let (annual, perUnit) = (input.cells.annualCoefficient, input.cells.scale.perUnit)
        var text = "scenario,limit_pct,status,production\n"
        for scenario in input.scenarios.scenarios {
          let production = scenario.totals.map { "\(Double($0.optimum.production) * annual / perUnit)" } ?? ""
          text += "\(scenario.name),\(scenario.limit),\(scenario.status.rawValue),\(production)\n"
        }
        return FileSet(files: [
          ResultFile(
            path: "data/{{name}}.csv", bytes: Array(text.utf8),
            columns: [
              ColumnNote("scenario", unit: "text", "Name of the scenario."),
              ColumnNote("limit_pct", unit: "percent", "Its risk limit."),
              ColumnNote("status", unit: "text", "optimal, infeasible or unproven."),
              ColumnNote("production", unit: "currency", basis: "annualised", "Production of its strategy."),
            ])
        ])
      }
    }

    """#
}
