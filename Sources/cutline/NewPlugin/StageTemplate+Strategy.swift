internal import CutlineCredit

/// Kinds that find and present strategies.
extension StageTemplate {
  static let cells = StageTemplate(
    "cells",
    #"""
    /// Booked sums as observed; a rejected application would bring what it requested, at the predicted risk.
    struct {{Stage}}: Stage {
      typealias Kind = Cells
      static let name = "{{name}}"
      static let summary = "Observed sums of booked applications, predicted sums of rejected ones."

      struct Config: StageConfig {
        var takeUp = 1.0
        static let fields: [Field<Self>] = [
          .double("take_up", \.takeUp, in: 0...1, "Share of the rejected demand that would be booked.")
        ]
      }
      let config: Config

      func run(_ input: Cells.Input, in context: RunContext) async throws -> CellTable {
        let sample = input.sample
        let count = sample.grid.cellCount
        guard input.surface.risk.count == count, input.rejects.multiplier.count == count else {
          throw Faults.data("cells", "the surface belongs to another grid", "Connect stages of one grid.")
        }
        var booked = [CellSums](repeating: .zero, count: count)
        var rejected = booked
        var rejectedRows = [Int64](repeating: 0, count: count)
        for row in sample.cell.indices {
          let cell = Int(sample.cell[row])
          let values = sample.amounts.map { $0[row] }
          let sums = CellSums(
            accounts: values[0], requested: values[1], numerator: values[2], denominator: values[3],
            production: values[4])
          if sample.status[row] == .booked {
            booked[cell] += sums
          } else {
            rejected[cell] += sums
            rejectedRows[cell] += 1
          }
        }
        let risk = input.surface.risk.map { max(0, $0) }
        let swapIn = (0..<count).map { cell in
          let requested = config.takeUp * Double(rejected[cell].requested)
          let pile = input.exposure.ratio * requested
          let numerator = risk[cell] * input.rejects.multiplier[cell] * pile / sample.measure.multiplier
          return CellSums(
            accounts: rounded(100 * config.takeUp * Double(rejectedRows[cell])), requested: rounded(requested),
            numerator: rounded(numerator), denominator: rounded(pile), production: rounded(requested))
        }
        return CellTable(
          grid: sample.grid, measure: sample.measure, booked: booked, rejected: rejected, rejectedRows: rejectedRows,
          swapIn: swapIn, predictedRisk: risk, rejectMultiplier: input.rejects.multiplier,
          exposureRatio: input.exposure.ratio, summary: sample.summary)
      }

      /// Whole hundredths; what is too large to add up exactly is taken as the largest that is not.
      private func rounded(_ value: Double) -> Int64 {
        Int64(max(-0x1p53, min(0x1p53, value.rounded(.toNearestOrEven))))
      }
    }

    """#)

  static let search = StageTemplate(
    "search",
    #"""
    /// One cutoff on the last score, the same whatever the others say: the best of very few strategies, so the points are
    /// not the frontier of all monotone ones. That is said in `open`: nothing found here is called an optimum.
    struct {{Stage}}: Stage {
      typealias Kind = Search
      static let name = "{{name}}"
      static let summary = "Tries one cutoff on the last score, for all bins of the others."
      init(config: NoConfig) {}

      func run(_ input: Search.Input, in context: RunContext) async throws -> Frontier {
        let cells = input.cells
        guard let last = cells.grid.axes.last, last.binCount > 0 else {
          throw Faults.usage("search", "the grid has no bins", "Bin at least one score.")
        }
        let combinations = cells.grid.cellCount / last.binCount
        var points: [Frontier.Point] = []
        for accepted in 0...last.binCount {
          let strategy = Strategy(accepted: [Int](repeating: accepted, count: combinations))
          let sums = cells.totals(of: strategy).optimum
          points.append(
            .init(
              production: sums.production, numerator: sums.numerator, denominator: sums.denominator, strategy: strategy)
          )
        }
        func risk(_ point: Frontier.Point) -> Double { cells.measure.strategyPercent(point.sums) ?? .infinity }
        points.sort { (risk($0), -$0.production) < (risk($1), -$1.production) }
        var kept: [Frontier.Point] = []
        for point in points where point.production > kept.last?.production ?? -1 { kept.append(point) }
        return Frontier(
          points: kept, strategyCount: nil, search: Self.name, open: [Frontier.OpenInterval(from: nil, to: nil)])
      }
    }

    """#)

  static let scenarios = StageTemplate(
    "scenarios",
    #"""
    /// For each limit the strategy of the frontier with most production within it.
    struct {{Stage}}: Stage {
      typealias Kind = Scenarios
      static let name = "{{name}}"
      static let summary = "Most production within each of a list of risk limits."

      struct Config: StageConfig {
        var limits = [1.0, 1.2]
        static let fields: [Field<Self>] = [
          .doubles("limits", \.limits, in: 0...100, atLeast: 1, "Risk limits in percent, ascending.")
        ]
      }
      let config: Config

      func run(_ input: Scenarios.Input, in context: RunContext) async throws -> ScenarioSet {
        let scenarios = try config.limits.map { limit in
          let answer = try input.frontier.answer(to: DecimalNumber(limit), measure: input.cells.measure)
          let strategy = answer.point.map { input.frontier.points[$0].strategy }
          let status = ScenarioSet.Status(rawValue: answer.status.rawValue) ?? .unproven
          return ScenarioSet.Scenario(
            name: "at most \(answer.limit) %", limit: answer.limit, status: status, point: answer.point,
            strategy: strategy, totals: strategy.map(input.cells.totals), bound: answer.bound)
        }
        let chosen = scenarios.compactMap(\.strategy)
        let nested = zip(chosen, chosen.dropFirst()).allSatisfy { careful, bold in bold.contains(careful) }
        return ScenarioSet(scenarios: scenarios, nested: nested)
      }
    }

    """#)

  static let tables = StageTemplate(
    "tables",
    #"""
    /// One row a scenario: its limit, whether it is an optimum, its production a year.
    struct {{Stage}}: Stage {
      typealias Kind = StrategyTables
      static let name = "{{name}}"
      static let summary = "Writes one row a scenario."
      init(config: NoConfig) {}

      func run(_ input: StrategyTables.Input, in context: RunContext) async throws -> FileSet {
        let annual = input.cells.summary.annualCoefficient
        var text = "scenario,limit_pct,status,production\n"
        for scenario in input.scenarios.scenarios {
          let production = scenario.totals.map { "\(Double($0.optimum.production) * annual / 100)" } ?? ""
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

    """#)
}
