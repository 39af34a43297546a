internal import CutlineCompute
public import CutlineCore

/// Brings booked and predicted quantities together, cell by cell.
public enum Cells: ExchangedKind {
  public struct Input: Sendable {
    public let cube: Cube
    public let surface: RiskSurface
    public let exposure: ExposureModel
    public let rejects: RejectAdjustment
    /// Nil where the one transformation rate of the sample counts.
    public let rates: SwapInRates?
  }
  public typealias Output = CellTable
  public static let name = "cells"
  public static let summary = "Adds up booked applications and predicts rejected ones, cell by cell."
  public static let changes = [
    2:
      "is given the cube (cube.json, cube.csv, months.csv, folds.csv) instead of the sample, and gives basis instead of summary"
  ]
  public static let ports = Ports(
    Input.init, .one("cube", \.cube), .one("surface", \.surface), .one("exposure", \.exposure),
    .one("rejects", \.rejects), .optional("rates", \.rates))

  /// Observed sums must be those of the sample; predicted ones must be such that they can be added up.
  public static func check(_ output: CellTable, against input: Input) throws {
    let cube = input.cube
    try ArtifactCheck.sameGrid(output.grid, cube.grid)
    try ArtifactCheck.sameMultiplier(output.measure.multiplier, cube.measure.multiplier)
    guard output.scale == cube.scale else {
      throw Faults.data(
        "amountScale", "is \(output.scale.decimals), the amounts of the cube have \(cube.scale.decimals) decimals",
        "Give whole numbers of the scale of the cube, and amountScale = \(cube.scale.decimals).")
    }
    let count = cube.grid.cellCount
    for (name, values) in [
      ("booked", output.booked.count), ("rejected", output.rejected.count), ("swapIn", output.swapIn.count),
      ("rejectedRows", output.rejectedRows.count),
    ] where values != count {
      throw Faults.data(name, "has \(values) values for \(count) cells", "Give one a cell.")
    }
    try ArtifactCheck.cells("predictedRisk", output.predictedRisk, output.grid, in: 0...1_000_000)
    try ArtifactCheck.cells("rejectMultiplier", output.rejectMultiplier, output.grid, in: 0...1_000_000)
    try ArtifactCheck.number("exposureRatio", output.exposureRatio, in: 0...1000)
    for (index, name) in CellSums.columnNames.enumerated() {
      let values = (output.booked + output.swapIn).lazy.map { $0.values[index] }
      guard sumsAreExact(values) else {
        throw Faults.data(name, "adds up to 2^53 \(output.scale.name) or more", "State fewer decimals: amount_scale.")
      }
    }
    for (name, states, given) in [
      ("booked", ApplicationState.booked, output.booked), ("rejected", [.scoreRejected], output.rejected),
    ] {
      let sums = try cube.cellSums(states)
      if let other = (0..<count).first(where: { given[$0] != sums[$0] }) {
        throw Faults.data(
          "\(name)[\(other)]", "is not the sum of the cube in that cell", "Hand it on, in \(output.scale.name).")
      }
    }
    guard try output.rejectedRows == Array(cube.sums(of: .rows, [.scoreRejected]).prefix(count)) else {
      throw Faults.data("rejectedRows", "are not those of the cube", "Count the rejected rows of every cell.")
    }
    if let cell = (0..<count).first(where: { output.rejectedRows[$0] == 0 && output.swapIn[$0] != .zero }) {
      throw Faults.data(
        "swapIn[\(cell)]", "is predicted where nobody was rejected", "Predict what rejected applications would bring.")
    }
    if let cell = (0..<count).first(where: { output.swapIn[$0].numerator < 0 && output.swapIn[$0].denominator >= 0 }) {
      throw Faults.data(
        "swapIn[\(cell)]", "has a numerator below 0, so that accepting it would lower the risk of others",
        "Predict a risk of at least 0.")
    }
    guard output.basis == cube.summary.basis else {
      throw Faults.data("basis", "is not that of the cube", "Hand it on unchanged.")
    }
  }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [small.rates, nil].map {
      Input(cube: small.cube, surface: small.surface, exposure: small.exposure, rejects: small.rejects, rates: $0)
    }
  }

  public static let baseline: String? = #"""
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
        let cube = input.cube
        let count = cube.grid.cellCount
        guard input.surface.risk.count == count, input.rejects.multiplier.count == count else {
          throw Faults.data("cells", "the surface belongs to another grid", "Connect stages of one grid.")
        }
        // Cells outside the grid come last and are left out.
        let booked = Array(try cube.cellSums(ApplicationState.booked).prefix(count))
        let rejected = Array(try cube.cellSums([.scoreRejected]).prefix(count))
        let rejectedRows = Array(try cube.sums(of: .rows, [.scoreRejected]).prefix(count))
        let risk = input.surface.risk.map { max(0, $0) }
        let swapIn = (0..<count).map { cell in
          let requested = config.takeUp * Double(rejected[cell].requested)
          let pile = input.exposure.ratio * requested
          let numerator = risk[cell] * input.rejects.multiplier[cell] * pile / cube.measure.multiplier
          let accounts = cube.scale.perUnit * config.takeUp * Double(rejectedRows[cell])
          return CellSums(
            accounts: rounded(accounts), requested: rounded(requested),
            numerator: rounded(numerator), denominator: rounded(pile), production: rounded(requested))
        }
        return CellTable(
          grid: cube.grid, measure: cube.measure, booked: booked, rejected: rejected, rejectedRows: rejectedRows,
          swapIn: swapIn, predictedRisk: risk, rejectMultiplier: input.rejects.multiplier,
          exposureRatio: input.exposure.ratio, basis: cube.summary.basis, scale: cube.scale)
      }

      /// Whole numbers; what is too large to add up exactly is taken as the largest that is not.
      private func rounded(_ value: Double) -> Int64 {
        Int64(max(-0x1p53, min(0x1p53, value.rounded(.toNearestOrEven))))
      }
    }

    """#
}
