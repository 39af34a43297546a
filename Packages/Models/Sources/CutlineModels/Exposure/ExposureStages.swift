internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

struct ExposureConfig: StageConfig {
  var basis = ExposureModel.Basis.requested

  static let fields: [Field<Self>] = [
    .choice(
      "basis", \.basis,
      "Which amount the pile is per unit of: what was requested, or what was granted, which needs the rate of granting."
    )
  ]
}

/// `ratio = Σ pile / Σ amount` over mature booked applications: unbiased for the total, through the origin.
///
/// Booked applications are granted less than they ask for. Per requested unit that is within the ratio; per granted unit
/// it is not, and a swap-in's request is first multiplied by what is granted of a request (`SwapInRates.granted`).
struct RatioExposure: Stage {
  typealias Kind = Exposure
  static let name = "ratio"
  static let summary = "Balance per unit requested or granted: the ratio of sums over mature booked applications."
  let config: ExposureConfig

  func run(_ input: Exposure.Input, in context: RunContext) async throws -> ExposureModel {
    let cells = try ExposureCells(input.cube, config.basis)
    let amount = cells.amount.reduce(0, +)
    guard amount > 0 else { throw cells.nothing }
    return cells.model(Self.name, ratio: cells.pile.reduce(0, +) / amount)
  }
}

/// Least squares of the cells' piles on their amounts, through the origin: `Σ A·P / Σ A²`.
struct RegressionExposure: Stage {
  typealias Kind = Exposure
  static let name = "regression"
  static let summary = "Balance per unit requested or granted: least squares over the cells, through the origin."
  let config: ExposureConfig

  func run(_ input: Exposure.Input, in context: RunContext) async throws -> ExposureModel {
    let cells = try ExposureCells(input.cube, config.basis)
    let squares = cells.amount.reduce(0) { $0 + $1 * $1 }
    guard squares > 0 else { throw cells.nothing }
    return cells.model(Self.name, ratio: zip(cells.amount, cells.pile).reduce(0) { $0 + $1.0 * $1.1 } / squares)
  }
}

/// Requested or granted amount and pile of mature booked applications, per cell, in currency units.
private struct ExposureCells {
  let amount, pile: [Double]
  private let basis: ExposureModel.Basis
  private let rows: Int

  init(_ cube: Cube, _ basis: ExposureModel.Basis) throws {
    self.basis = basis
    let sums = try cube.cellSums([.bookedMature]).prefix(cube.grid.cellCount)
    amount = sums.map { Double(basis == .requested ? $0.requested : $0.production) / cube.scale.perUnit }
    pile = sums.map { Double($0.denominator) / cube.scale.perUnit }
    let counts = try cube.sums(of: .rows, [.bookedMature]).prefix(cube.grid.cellCount)
    rows = Int(clamping: counts.reduce(Int128(0)) { $0 + Int128($1) })
  }

  var nothing: Faults {
    Faults.data(
      "exposure", "no booked application with an outcome has a \(basis.rawValue) amount",
      "Check \(basis == .requested ? Amount.requested : .production), the period and the segment.")
  }

  func model(_ method: String, ratio: Double) -> ExposureModel {
    let fit = WeightedFit(
      observed: pile, predicted: amount.map { ratio * $0 }, weights: [Double](repeating: 1, count: pile.count))
    return ExposureModel(method: method, ratio: ratio, basis: basis, r2: fit.r2.isFinite ? fit.r2 : nil, rows: rows)
  }
}
