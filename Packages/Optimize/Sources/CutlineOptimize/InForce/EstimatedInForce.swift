internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineSearch

/// The monotone strategy that contradicts the fewest decisions: the cells whose booked less rejected applications have the
/// greatest sum, exactly (`GreatestRegion`).
///
/// Decisions that it does not explain are overrides, or follow another rule than these scores; its agreement says how many
/// there are. Cells without applications are decided as monotony asks, and where it asks nothing they are rejected.
struct EstimatedInForce: Stage {
  typealias Kind = InForce
  static let name = "estimated"
  static let summary = "The monotone strategy that contradicts the fewest decisions, with its agreement."
  let config: InForceConfig

  func run(_ input: InForce.Input, in context: RunContext) async throws -> StrategyInForce {
    let (booked, rejected) = try InForce.decisions(input.cube)
    let order = try SafeOrder(input.cube.grid)
    let accepted = try GreatestRegion.accepted(
      shape: order.shape, gains: order.arranged { booked[$0] - rejected[$0] })
    let force = StrategyInForce(
      strategy: order.strategy(accepted), isStated: false, booked: booked, rejected: rejected)
    try await config.write(force, input.cube.grid, in: context)
    return force
  }
}

/// A strategy in force that somebody states, with the agreement of the decisions.
struct StatedInForce: Stage {
  typealias Kind = InForce
  static let name = "stated"
  static let summary = "The strategy of strategy_in_force, with the agreement of the decisions."
  let config: StatedInForceConfig

  func run(_ input: InForce.Input, in context: RunContext) async throws -> StrategyInForce {
    guard let cutoffs = config.cutoffs else {
      throw Faults.usage("in-force stated", "strategy_in_force is not set", "Set it, or use estimated.")
    }
    let (strategy, doubts) = try cutoffs.strategy(on: input.cube.grid)
    for doubt in doubts { context.warn(doubt) }
    let (booked, rejected) = try InForce.decisions(input.cube)
    let force = StrategyInForce(strategy: strategy, isStated: true, booked: booked, rejected: rejected)
    try await config.common.write(force, input.cube.grid, in: context)
    return force
  }
}
