internal import CutlineCompute
public import CutlineCore

/// Brings booked and predicted quantities together, cell by cell.
public enum Cells: ExchangedKind {
  public struct Input: Sendable {
    public let sample: Sample
    public let surface: RiskSurface
    public let exposure: ExposureModel
    public let rejects: RejectAdjustment
  }
  public typealias Output = CellTable
  public static let name = "cells"
  public static let summary = "Adds up booked applications and predicts rejected ones, cell by cell."
  public static let ports = Ports(
    Input.init, .one("sample", \.sample), .one("surface", \.surface), .one("exposure", \.exposure),
    .one("rejects", \.rejects))

  /// Observed sums must be those of the sample; predicted ones must be such that they can be added up.
  public static func check(_ output: CellTable, against input: Input) throws {
    let sample = input.sample
    try ArtifactCheck.sameGrid(output.grid, sample.grid)
    try ArtifactCheck.sameMultiplier(output.measure.multiplier, sample.measure.multiplier)
    let count = sample.grid.cellCount
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
      guard ArtifactCheck.addsUp(values) else {
        throw Faults.data(name, "adds up to more than 90 000 billion", "Give hundredths of a currency unit.")
      }
    }
    for (name, status, given) in [
      ("booked", SampleStatus.booked, output.booked), ("rejected", .scoreRejected, output.rejected),
    ] {
      let cell = zip(sample.cell, sample.status).map { $1 == status ? $0 : -1 }
      let sums = try sumByCell(cell: cell, cellCount: count, values: sample.amounts, workers: 1)
      let isOther = { (cell: Int) in given[cell].values != sums.sums.map { $0[cell] } }
      if let other = (0..<count).first(where: isOther) {
        throw Faults.data(
          "\(name)[\(other)]", "is not the sum of the sample in that cell", "Add up the sample, in hundredths.")
      }
      if status == .scoreRejected, output.rejectedRows != sums.counts {
        throw Faults.data("rejectedRows", "are not those of the sample", "Count the rejected rows of every cell.")
      }
    }
    if let cell = (0..<count).first(where: { output.rejectedRows[$0] == 0 && output.swapIn[$0] != .zero }) {
      throw Faults.data(
        "swapIn[\(cell)]", "is predicted where nobody was rejected", "Predict what rejected applications would bring.")
    }
    guard try CanonicalJSON.encode(output.summary) == CanonicalJSON.encode(sample.summary) else {
      throw Faults.data("summary", "is not that of the sample", "Hand it on unchanged.")
    }
  }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [Input(sample: small.sample, surface: small.surface, exposure: small.exposure, rejects: small.rejects)]
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

    """#
}
