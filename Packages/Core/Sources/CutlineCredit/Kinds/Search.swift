public import CutlineCore

/// Finds the strategies that no other one beats.
public enum Search: ExchangedKind {
  public struct Input: Sendable {
    public let cells: CellTable
    /// Scenarios whose limits are asked about, instead of those of the search's own settings.
    public let scenarios: ScenarioSet?
  }
  public typealias Output = Frontier
  public static let name = "search"
  public static let summary = "Finds the strategies for which no other has more production at no more risk."
  public static let ports = Ports(
    Input.init, .one("cells", \.cells), .optional("scenarios", \.scenarios))

  /// Every point is a monotone strategy with the sums that it has, and a frontier rises.
  public static func check(_ output: Frontier, against input: Input) throws {
    let cells = input.cells
    for (index, point) in output.points.enumerated() {
      let name = "points[\(index)]"
      try ArtifactCheck.strategy(name + ".strategy", point.strategy, cells.grid, isFixed: output.isFixed)
      let sums = cells.totals(of: point.strategy).optimum
      guard
        point.sums
          == CellSums(
            numerator: sums.numerator, denominator: sums.denominator, production: sums.production)
      else {
        throw Faults.data(
          name,
          "has production \(point.production), numerator \(point.numerator), denominator \(point.denominator); its strategy "
            + "has \(sums.production), \(sums.numerator), \(sums.denominator) (\(cells.scale.name))",
          "Add up booked and swapIn over the cells that it accepts.")
      }
    }
    if output.answers.isEmpty {
      for (index, (a, b)) in zip(output.points, output.points.dropFirst()).enumerated() {
        guard a.production < b.production, rises(a, b) else {
          throw Faults.data(
            "points[\(index + 1)]", "does not rise in production and risk over the point before it",
            "List points in ascending risk, none beaten by another.")
        }
      }
    }
    for (index, answer) in output.answers.enumerated() {
      let name = "answers[\(index)]"
      if let point = answer.point, !output.points.indices.contains(point) {
        throw Faults.data(name, "names point \(point) of \(output.points.count)", "Count points from 0.")
      }
      if output.answers[..<index].contains(where: { $0.limit == answer.limit }) {
        throw Faults.data(name, "answers the limit \(answer.limit) % a second time", "Answer each limit once.")
      }
      guard (answer.status == .optimal) == (answer.point != nil) || answer.status == .unproven else {
        throw Faults.data(
          name, "is \(answer.status.rawValue) \(answer.point == nil ? "without" : "with") a point",
          "An optimum has a point, an infeasible limit has none.")
      }
      if let point = answer.point, let bound = answer.bound, bound < output.points[point].production {
        throw Faults.data(name, "its bound is below the production of its point", "Give an upper bound.")
      }
      if let point = answer.point, try !cells.measure.fits(output.points[point].sums, limit: answer.limit) {
        throw Faults.data(
          name, "its point does not keep \(answer.limit) %", "Answer with a strategy that keeps the limit.")
      }
    }
    guard !output.isFixed || (output.points.count == 1 && output.answers.isEmpty && output.open.isEmpty) else {
      throw Faults.data("points", "are not the one of a fixed strategy", "Give one point, and no answers.")
    }
    guard !output.points.isEmpty || !output.answers.isEmpty || !output.open.isEmpty else {
      throw Faults.data("points", "is empty", "Give at least the strategy that accepts nothing.")
    }
    for interval in output.open {
      guard [interval.from, interval.to].allSatisfy({ $0?.isFinite ?? true }) else {
        throw Faults.data("open", "has an end that is not finite", "Leave it out for no end.")
      }
    }
  }

  /// Whether strategies are missing cannot be seen in a frontier.
  public static func brought(_ output: Frontier, for input: Input, by maker: String) -> Frontier {
    Frontier(
      points: output.points, strategyCount: output.strategyCount, search: output.search, open: output.open,
      answers: output.answers, statedBy: maker, constraints: output.constraints, isFixed: output.isFixed)
  }

  /// Exactly; where a risk is undefined there is nothing to compare.
  private static func rises(_ a: Frontier.Point, _ b: Frontier.Point) -> Bool {
    guard a.denominator > 0, b.denominator > 0 else { return true }
    return Int128(a.numerator) * Int128(b.denominator) < Int128(b.numerator) * Int128(a.denominator)
  }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [Input(cells: small.cells, scenarios: small.scenarios), Input(cells: small.cells, scenarios: nil)]
  }

  public static let baseline: String? = #"""
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

    """#
}
