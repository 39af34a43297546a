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
/// sums and rounded once to the scale of the amounts (half to even):
///
/// 1. predicted risk `r = max(0, stress · surface)`, a fraction;
/// 2. pile `P = exposure ratio · A`, of a ratio per granted unit `exposure ratio · granted · A`;
/// 3. numerator `T = r · P / multiplier · reject multiplier` (the reject multiplier touches the numerator only);
/// 4. every swap-in quantity times `pass · take-up`, production also times `granted` (`SwapInRates`); accounts are expected
///    ones: rejected rows times `pass · take-up`.
///
/// Where no rates are given, the sample's one transformation rate stands for `pass · take-up`, and `granted` is 1.
///
/// The annual coefficient is applied where volumes are written, never here.
struct StandardCells: Stage {
  typealias Kind = Cells
  static let name = "standard"
  static let summary =
    "Observed sums of booked applications, predicted sums of rejected ones, exact in the scale of the amounts."
  static let reads = ["rates"]
  let config: CellsConfig

  func run(_ input: Cells.Input, in context: RunContext) async throws -> CellTable {
    let cube = input.cube
    let count = cube.grid.cellCount
    guard input.surface.risk.count == count, input.rejects.multiplier.count == count else {
      throw Faults.data(
        "cells", "the surface or the reject adjustment belongs to another grid", "Connect stages of one grid.")
    }
    // The cells outside the grid stand last and keep their decisions.
    let booked = Array(try cube.cellSums(ApplicationState.booked).prefix(count))
    let rejected = Array(try cube.cellSums([.scoreRejected]).prefix(count))
    let rejectedRows = Array(try cube.sums(of: .rows, [.scoreRejected]).prefix(count))
    let stress = config.stress ? cube.summary.stress.factor : 1
    let rates = try input.rates ?? SwapInRates(transformationOf: cube.summary)
    if rates.booked == 0 {
      context.warn(
        "nothing of the rejected demand would be booked (\(word: rates.method)): every swap-in counts for nothing")
    }
    let perRequested = try perRequested(input, rates)
    let raw = input.surface.risk.map { stress * $0 }
    let negative = raw.count { $0 < 0 }
    let predicted = raw.map { max(0, $0) }
    let prediction = SwapInPrediction(
      measure: cube.measure, scale: cube.scale, risk: predicted, multiplier: input.rejects.multiplier,
      perRequested: perRequested, rates: rates)
    let swapIn = try (0..<count).map { try prediction.sums($0, asked: rejected[$0], rows: rejectedRows[$0]) }
    try check(booked, swapIn, cube.scale)
    if negative > 0 {
      context.warn("the surface predicts a negative risk in \(negative) of \(count) cells; 0 is used there")
    }
    let impossible = predicted.count { $0 > 1 }
    if impossible > 0 {
      context.warn(
        "the predicted risk is above 100 % in \(impossible) of \(count) cells; the model extrapolates there, or gives percent where fractions are meant"
      )
    }
    let own = cube.summary.transformation
    if rates.method == SwapInRates.transformation, let first = own.firstMonth, let last = own.lastMonth,
      own.monthsWithData < last - first + 1
    {
      context.warn(
        "the transformation rate's window of \(last - first + 1) months holds data in \(own.monthsWithData) of them")
    }
    var table = CellTable(
      grid: cube.grid, measure: cube.measure, booked: booked, rejected: rejected, rejectedRows: rejectedRows,
      swapIn: swapIn, predictedRisk: predicted, rejectMultiplier: input.rejects.multiplier,
      exposureRatio: input.exposure.ratio, basis: cube.summary.basis, scale: cube.scale)
    table.rates = rates
    if stress != 1, input.rejects.method != "none" {
      let mean = table.meanRejectMultiplier ?? 1
      context.warn(
        "stress (\(word: NumberText.fixed(stress, 3))) and reject inference (\(word: input.rejects.method), on average \(word: NumberText.fixed(mean, 3))) both raise the risk of rejects, together \(word: NumberText.fixed(stress * mean, 3)) times: the selection is corrected twice"
      )
    }
    let riskless = (0..<count).count {
      rejectedRows[$0] > 0 && predicted[$0] > 0 && input.rejects.multiplier[$0] <= 0
    }
    if riskless > 0 {
      context.warn(
        "reject inference (\(word: input.rejects.method)) takes the rejected of \(riskless) cells at no risk at all, where the surface predicts some"
      )
    }
    return table
  }

  /// Pile per requested unit.
  /// - Throws: `Faults` (usage) for a ratio per granted unit without a rate of granting; (integrity) for a pair of two stored
  ///   models.
  private func perRequested(_ input: Cells.Input, _ rates: SwapInRates) throws -> Double {
    if let surface = input.surface.origin, let exposure = input.exposure.origin, surface != exposure {
      throw Faults.integrity(
        "exposure",
        "the exposure model is not the one that was learnt with the risk surface: they are of two stored models",
        "Take both from one folder.")
    }
    guard input.exposure.basis == .granted else { return input.exposure.ratio }
    guard rates.method != SwapInRates.transformation else {
      throw Faults.usage(
        "stage cells", "the exposure is per unit granted, and its rates do not say what of a request is granted",
        "Connect rates that do, from = { rates = \"rates\" } with use = \"measured\" or \"stated\", or use basis = \"requested\"."
      )
    }
    return input.exposure.ratio * rates.granted.value
  }

  /// Everything downstream adds cells up without asking: Σ|x| must stay below 2⁵³, where every sum of them is exact.
  private func check(_ booked: [CellSums], _ swapIn: [CellSums], _ scale: AmountScale) throws {
    for (index, name) in CellSums.columnNames.enumerated() {
      guard sumsAreExact((booked + swapIn).map { $0.values[index] }) else {
        throw Faults.data(
          "column \(name)", "the amounts of all cells add up to 2^53 \(scale.name) or more",
          "Check the amounts for values that cannot be, or state fewer decimals: amount_scale.")
      }
    }
  }
}

extension CellTable {
  /// How much riskier the rejected count than predicted: Σ of their numerators over Σ predicted risk · pile / m; nil where
  /// nothing is predicted.
  var meanRejectMultiplier: Double? {
    var (with, without) = (0.0, 0.0)
    for cell in swapIn.indices {
      with += Double(swapIn[cell].numerator)
      without += predictedRisk[cell] * Double(swapIn[cell].denominator) / measure.multiplier
    }
    return without > 0 ? with / without : nil
  }
}
