internal import CutlineCore
internal import CutlineCredit

/// Says which strategy decided about the applications of the main period.
enum InForce: ExchangedKind {
  struct Input: Sendable {
    let cube: Cube
  }
  typealias Output = StrategyInForce
  static let name = "in-force"
  static let summary = "Says which strategy decided about the applications of the main period."
  static let ports = Ports(Input.init, .one("cube", \.cube))

  static func check(_ output: StrategyInForce, against input: Input) throws {
    let (booked, rejected) = try decisions(input.cube)
    guard output.booked == booked, output.rejected == rejected else {
      throw Faults.data(
        "booked, rejected", "are not the decisions of the cube", "Count the rows of each cell in the main period.")
    }
    let grid = input.cube.grid
    let last = grid.axes.last?.binCount ?? 1
    guard output.strategy.accepted.count * last == grid.cellCount,
      output.strategy.accepted.allSatisfy({ (0...last).contains($0) }),
      output.isStated || output.strategy.firstViolation(in: grid) == nil
    else {
      throw Faults.data(
        "strategy", "is no strategy of the grid, or not monotone",
        "Give a count of accepted bins for every combination, from 0 to \(last).")
    }
  }

  /// Per cell of the grid: booked and score-rejected applications of the main period.
  static func decisions(_ cube: Cube) throws -> (booked: [Int64], rejected: [Int64]) {
    let cells = cube.grid.cellCount
    return (
      Array(try cube.sums(of: .rows, ApplicationState.booked).prefix(cells)),
      Array(try cube.sums(of: .rows, [.scoreRejected]).prefix(cells))
    )
  }

  static func specimens() throws -> [Input] { [Input(cube: try SmallPortfolio().cube)] }
}
