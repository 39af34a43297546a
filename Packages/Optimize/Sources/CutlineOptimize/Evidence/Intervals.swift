public import CutlineCore
public import CutlineCredit

/// Says how sure the production and the risk of the chosen strategies are.
public enum Intervals: ExchangedKind {
  public struct Input: Sendable {
    public let cells: CellTable
    public let scenarios: ScenarioSet
    public let draws: CellDraws
  }
  public typealias Output = StrategyIntervals
  public static let name = "intervals"
  public static let summary = "Says how sure the production and the risk of the chosen strategies are."
  public static let ports = Ports(
    Input.init, .one("cells", \.cells), .one("scenarios", \.scenarios), .one("draws", \.draws))

  public static func check(_ output: StrategyIntervals, against input: Input) throws {
    guard output.scenarios.map(\.name) == input.scenarios.scenarios.map({ $0.name }) else {
      throw Faults.data("scenarios", "are not those of the input", "Give each of them, in order.")
    }
    guard (0.5..<1).contains(output.confidence), output.made <= output.resamples, output.made >= 0 else {
      throw Faults.data(
        "confidence, made, resamples", "cannot be", "Give a confidence of 0.5 or more, below 1, and count resamples.")
    }
    for scenario in output.scenarios {
      for interval in scenario.intervals {
        guard (interval.low == nil) == (interval.high == nil), interval.draws <= output.made,
          interval.low ?? 0 <= interval.high ?? 0
        else {
          throw Faults.data(
            scenario.name,
            "an interval of \(interval.quantity.rawValue) has one end, ends that cross, or too many draws",
            "Give both ends, the lower first, or none.")
        }
      }
      guard let selection = scenario.selection else { continue }
      guard selection.chosen + selection.infeasible + selection.unproven == output.made,
        selection.stability.allSatisfy({ (0...1).contains($0) }),
        selection.stability.isEmpty || selection.stability.count == input.cells.grid.cellCount
      else {
        throw Faults.data(
          scenario.name, "its selection does not count every resample once, or has no share for every cell",
          "Count chosen, infeasible and unproven; shares lie in 0...1.")
      }
    }
  }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [Input(cells: small.cells, scenarios: small.scenarios, draws: small.draws)]
  }
}
