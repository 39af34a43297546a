internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// `ratio = Σ pile / Σ requested amount` over mature booked applications: unbiased for the total, through the origin.
struct RatioExposure: Stage {
  typealias Kind = Exposure
  static let name = "ratio"
  static let summary = "Balance per unit requested: the ratio of sums over mature booked applications."
  init(config: NoConfig) {}

  func run(_ input: Exposure.Input, in context: RunContext) async throws -> ExposureModel {
    let cells = try ExposureCells(input.cube)
    let requested = cells.requested.reduce(0, +)
    guard requested > 0 else { throw ExposureCells.nothing }
    return cells.model(Self.name, ratio: cells.pile.reduce(0, +) / requested)
  }
}

/// Least squares of the cells' piles on their requested amounts, through the origin: `Σ A·P / Σ A²`.
struct RegressionExposure: Stage {
  typealias Kind = Exposure
  static let name = "regression"
  static let summary = "Balance per unit requested: least squares over the cells, through the origin."
  init(config: NoConfig) {}

  func run(_ input: Exposure.Input, in context: RunContext) async throws -> ExposureModel {
    let cells = try ExposureCells(input.cube)
    let squares = cells.requested.reduce(0) { $0 + $1 * $1 }
    guard squares > 0 else { throw ExposureCells.nothing }
    return cells.model(Self.name, ratio: zip(cells.requested, cells.pile).reduce(0) { $0 + $1.0 * $1.1 } / squares)
  }
}

/// Requested amount and pile of mature booked applications, per cell, in currency units.
private struct ExposureCells {
  static let nothing = Faults.data(
    "exposure", "no booked application with an outcome has a requested amount",
    "Check oa_amt, the period and the segment.")

  let requested, pile: [Double]
  private let rows: Int

  init(_ cube: Cube) throws {
    let sums = try cube.cellSums([.bookedMature]).prefix(cube.grid.cellCount)
    requested = sums.map { Double($0.requested) / cube.scale.perUnit }
    pile = sums.map { Double($0.denominator) / cube.scale.perUnit }
    let counts = try cube.sums(of: .rows, [.bookedMature]).prefix(cube.grid.cellCount)
    rows = Int(clamping: counts.reduce(Int128(0)) { $0 + Int128($1) })
  }

  func model(_ method: String, ratio: Double) -> ExposureModel {
    let fit = WeightedFit(
      observed: pile, predicted: requested.map { ratio * $0 }, weights: [Double](repeating: 1, count: pile.count))
    return ExposureModel(method: method, ratio: ratio, r2: fit.r2.isFinite ? fit.r2 : nil, rows: rows)
  }
}
