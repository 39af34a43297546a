internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

struct CellsConfig: StageConfig {
  var stress = true
  static let fields: [Field<Self>] = [
    .bool("apply_stress", \.stress, "Multiply the predicted risk by the sample's stress factor.")
  ]
}

/// Booked sums as observed; rejected ones as predicted.
///
/// Per cell, with A the requested amount of its score-rejected applications, all computed once in Double from exact
/// sums and rounded once to hundredths (half to even):
///
/// 1. predicted risk `r = max(0, stress · surface)`, a fraction;
/// 2. pile `P = exposure ratio · A`;
/// 3. numerator `T = r · P / multiplier · reject multiplier` (the reject multiplier touches the numerator only);
/// 4. every swap-in quantity times the transformation rate; accounts are expected ones: rejected rows times the rate.
///
/// The annual coefficient is applied where volumes are written, never here.
struct StandardCells: Stage {
  typealias Kind = Cells
  static let name = "standard"
  static let summary = "Observed sums of booked applications, predicted sums of rejected ones, in exact hundredths."
  let config: CellsConfig

  func run(_ input: Cells.Input, in context: RunContext) async throws -> CellTable {
    let sample = input.sample
    let count = sample.grid.cellCount
    guard input.surface.risk.count == count, input.rejects.multiplier.count == count else {
      throw Faults.data(
        "cells", "the surface or the reject adjustment belongs to another grid", "Connect stages of one grid.")
    }
    let booked = try sums(sample, .booked, workers: context.workers)
    let rejected = try sums(sample, .scoreRejected, workers: context.workers)
    let stress = config.stress ? sample.summary.stress.factor : 1
    let rate = sample.summary.transformation.rate
    var negative = 0
    var predicted = [Double](repeating: 0, count: count)
    var swapIn = [CellSums](repeating: .zero, count: count)
    for cell in 0..<count {
      let raw = stress * input.surface.risk[cell]
      if raw < 0 { negative += 1 }
      predicted[cell] = max(0, raw)
      let asked = rejected.sums[cell]
      let pile = input.exposure.ratio * Double(asked.requested)
      let numerator = predicted[cell] * pile / sample.measure.multiplier * input.rejects.multiplier[cell]
      swapIn[cell] = CellSums(
        accounts: try hundredths(100 * Double(rejected.rows[cell]) * rate),
        requested: try hundredths(Double(asked.requested) * rate), numerator: try hundredths(numerator * rate),
        denominator: try hundredths(pile * rate), production: try hundredths(Double(asked.production) * rate))
    }
    if negative > 0 {
      context.warn("the surface predicts a negative risk in \(negative) of \(count) cells; 0 is used there")
    }
    if stress != 1, input.rejects.method != "none" {
      context.warn(
        "stress (\(stress)) and reject inference (\(word: input.rejects.method)) both raise the risk of rejects: the selection is corrected twice"
      )
    }
    return CellTable(
      grid: sample.grid, measure: sample.measure, booked: booked.sums, rejected: rejected.sums,
      rejectedRows: rejected.rows, swapIn: swapIn, predictedRisk: predicted, rejectMultiplier: input.rejects.multiplier,
      exposureRatio: input.exposure.ratio, summary: sample.summary)
  }

  private func sums(
    _ sample: Sample, _ status: SampleStatus, workers: Int
  ) throws -> (sums: [CellSums], rows: [Int64]) {
    let cell = zip(sample.cell, sample.status).map { $1 == status ? $0 : -1 }
    let result = try sumByCell(
      cell: cell, cellCount: sample.grid.cellCount, values: sample.amounts, workers: workers)
    let sums = (0..<sample.grid.cellCount).map { index in
      CellSums(
        accounts: result.sums[0][index], requested: result.sums[1][index], numerator: result.sums[2][index],
        denominator: result.sums[3][index], production: result.sums[4][index])
    }
    return (sums, result.counts)
  }

  private func hundredths(_ value: Double) throws -> Int64 {
    let rounded = value.rounded(.toNearestOrEven)
    guard abs(rounded) < 0x1p53 else {
      throw Faults.data(
        "cells", "a predicted amount of \(value / 100) is too large to add up exactly",
        "Check the exposure model and the amounts.")
    }
    return Int64(rounded)
  }
}
