internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineSearch

/// For every scenario that has a strategy:
///
/// - `cell_marginal_impact_*.csv`: what each cell brings or costs when its decision is turned, alone and with the smallest
///   change that keeps the strategy monotone;
/// - `sensitivity_analysis_*.csv`: the strategy chosen again with the predicted numerator of every swap-in times
///   1 + level/100, how many cells it decides otherwise, and what the chosen strategy itself would then have as risk;
///   `sensitivity_analysis_cell_detail_*.csv`: per cell between which levels its decision turns;
/// - `price_of_change_*.csv`: the best strategy of at most k changes to the one in force, for every k (`ChangeSearch`).
///
/// O(cells²) for the cells, a search a level, and `ChangeSearch` for each k.
struct StandardSensitivity: Stage {
  typealias Kind = Sensitivity
  static let name = "standard"
  static let summary = "Impact of each cell, levels of reject risk at which decisions turn, the price of change."
  static let reads = ["force"]

  struct Config: StageConfig {
    var levels = [-50.0, -30, -20, -10, -5, 5, 10, 20, 30, 50, 100]
    var most = 100
    var search: Chosen<Search> = "threshold"
    var folder = "data"

    static let fields: [Field<Self>] = [
      .doubles(
        "reject_risk_levels", \.levels, in: -100...1000,
        "Percent by which the predicted risk of swap-ins is raised or lowered; 0 is the run itself."),
      .shared(
        .int(
          "changes_most", \.most, in: 0...100_000, unit: "cells",
          "Greatest number of changed cells in the price of change, beside that of the optimum.")),
      .stage("search", \.search, "What chooses again; it must answer the limits of the scenarios."),
      ResultFolder.field(\.folder),
    ]
  }
  let config: Config

  /// Beyond it a table of each cell against all others is for nobody to read.
  private static let cellLimit = 20_000
  /// Beyond it the price of change is left out, and beyond the other not every k is asked.
  private static let priceLimit = 2500
  private static let everyLimit = 600

  func run(_ input: Sensitivity.Input, in context: RunContext) async throws -> FileSet {
    let scenarios = input.scenarios.scenarios.filter { $0.strategy != nil }
    guard !scenarios.isEmpty else {
      context.note("no scenario has a strategy: there is nothing to look at")
      return FileSet(files: [])
    }
    var files: [ResultFile] = []
    let isSmall = input.cells.grid.cellCount <= Self.cellLimit
    if !isSmall {
      context.note("the grid has more than \(Self.cellLimit) cells: the impact of each is not looked at")
    }
    let levels = try await levels(input, context)
    for scenario in scenarios {
      guard let strategy = scenario.strategy else { continue }
      try context.checkCancellation()
      if isSmall { files.append(try MarginalImpact(input.cells, strategy, scenario).file(in: config.folder)) }
      if !levels.isEmpty {
        files += try RejectRiskTable(input.cells, strategy, scenario, levels).files(in: config.folder)
      }
      if let prices = try prices(scenario, input, context) { files.append(prices.file(in: config.folder)) }
    }
    return FileSet(files: files)
  }

  /// The frontier of every level, in ascending order.
  private func levels(
    _ input: Sensitivity.Input, _ context: RunContext
  ) async throws -> [(percent: Double, cells: CellTable, frontier: Frontier)] {
    guard !input.frontier.isFixed else {
      context.note("fixed cutoffs are chosen by nobody: no level of reject risk is looked at")
      return []
    }
    let wanted = Set(config.levels).subtracting([0]).sorted()
    return try await context.concurrently(wanted) { percent in
      let cells = Self.scaled(input.cells, by: 1 + percent / 100)
      let values: [String: any Artifact] = ["cells": cells, "scenarios": input.scenarios]
      let frontier = try await config.search(
        Search.ports.make(PortValues(values)), in: context.inner(Self.purpose))
      return (percent, cells, frontier)
    }
  }

  private static let purpose = Purpose("sensitivity")

  /// The cells with the predicted numerators of swap-ins times a factor, rounded half to even.
  static func scaled(_ cells: CellTable, by factor: Double) -> CellTable {
    var table = CellTable(
      grid: cells.grid, measure: cells.measure, booked: cells.booked, rejected: cells.rejected,
      rejectedRows: cells.rejectedRows,
      swapIn: cells.swapIn.map { sums in
        var sums = sums
        let numerator = (Double(sums.numerator) * factor).rounded(.toNearestOrEven)
        sums.numerator = Int64(exactly: numerator) ?? sums.numerator
        return sums
      }, predictedRisk: cells.predictedRisk.map { $0 * factor }, rejectMultiplier: cells.rejectMultiplier,
      exposureRatio: cells.exposureRatio, basis: cells.basis, scale: cells.scale)
    table.rates = cells.rates
    return table
  }

  /// Nil where there is none, which is said.
  private func prices(
    _ scenario: ScenarioSet.Scenario, _ input: Sensitivity.Input, _ context: RunContext
  ) throws -> PriceOfChange? {
    guard let force = input.force, let strategy = scenario.strategy else { return nil }
    if let constraints = input.frontier.constraints {
      context.note(
        "no price of change: it is of strategies without other constraints, and the search has \(word: constraints.joined(separator: ", "))"
      )
      return nil
    }
    let order = try SafeOrder(input.cells.grid)
    guard order.isPlane else {
      context.note("no price of change: it is for one or two scores, and the grid has \(input.cells.grid.axes.count)")
      return nil
    }
    let limit = scenario.chosenAt ?? scenario.limit
    let own = strategy.changes(from: force.strategy, in: input.cells.grid).cells
    let cellCount = input.cells.grid.cellCount
    guard cellCount <= Self.priceLimit else {
      context.note(
        "no price of change: the grid has \(cellCount) cells, and it is computed up to \(Self.priceLimit)")
      return nil
    }
    // On larger grids some k stand for all: none is skipped among the first.
    let wanted = (0...config.most).filter { cellCount <= Self.everyLimit || $0 <= 20 || $0 % 10 == 0 }
    let counts = wanted.filter { $0 < own } + [own]
    let sums = try order.plane(order.sums(of: input.cells))
    let current = order.accepted(force.strategy)
    let answers: [ChangeSearch.Answer]
    do {
      answers = try ChangeSearch(labelLimit: 2_000_000).optima(
        of: sums, limit: input.cells.measure.ratio(of: limit), current: current, changes: counts,
        isCancelled: { Task.isCancelled })
    } catch FrontierError.negativeRisk {
      context.note("no price of change: cells have a negative risk numerator or denominator")
      return nil
    } catch is ComputeError where force.isStated {
      context.note("no price of change: the stated strategy in force is not monotone")
      return nil
    }
    let table = PriceOfChange(
      scenario: scenario, limit: limit, force: force, cells: input.cells,
      lines: zip(counts, answers).map { count, answer in
        .init(most: count, answer: answer, strategy: answer.point.map { order.strategy($0.accepted) })
      })
    if let remark = table.remark { context.note(remark) }
    return table
  }
}
