internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// The cells of the recent period: booked applications with the risk that is known, carried or imputed, and what the
/// rejected would bring by the run's own prediction.
///
/// Numerator T and denominator P of booked applications in a cell, the best source first:
/// 1. *observed*: the sums of applications with an outcome;
/// 2. *carried*: of applications without one, but with amounts after three months, f(T) · T₃ and f(P) · P₃ (`Ladder`);
/// 3. *main cell*: of the others P = exposure ratio · amount and T = r · P / m, r the risk of the cell in the main period;
/// 4. *model*: the same with the risk surface (not stressed, at least 0) where the cell had no exposure.
///
/// Where some applications of a cell without an outcome have amounts after three months and some have not, the amount of the
/// latter is taken in proportion to their number.
struct RecentCells {
  let cells: CellTable
  let sources: [RiskSource: [CellSums]]
  /// Booked applications of the grid, and those with an outcome.
  let bookedRows, matureRows: Int64

  init(_ input: Recent.Input, basis: Basis, ladder: Ladder?) throws {
    let (cube, count) = (input.cube, input.cube.grid.cellCount)
    func sums(_ states: [ApplicationState], _ period: Period = .recent) throws -> [CellSums] {
      Array(try cube.cellSums(states, in: period).prefix(count))
    }
    func rows(_ measure: Measure, _ states: [ApplicationState]) throws -> [Int64] {
      Array(try cube.sums(of: measure, states, in: .recent).prefix(count))
    }
    let (mature, immature) = (try sums([.bookedMature]), try sums([.bookedImmature]))
    let main = try sums([.bookedMature], .main)
    let immatureRows = try rows(.rows, [.bookedImmature])
    let carriesEarly = ladder?.isUsed ?? false
    func early(_ amount: Amount) throws -> [Int64] {
      carriesEarly ? try rows(Measure(amount), [.bookedImmature]) : [Int64](repeating: 0, count: count)
    }
    let known = try early(.earlyRows)
    let (numerator3, denominator3) = (try early(.earlyNumerator), try early(.earlyDenominator))
    let rates = try input.cells.rates ?? SwapInRates(transformationOf: cube.summary)
    let isGranted = input.exposure.basis == .granted
    var sources = Dictionary(
      uniqueKeysWithValues: RiskSource.allCases.map { ($0, [CellSums](repeating: .zero, count: count)) })
    var booked = mature
    for cell in 0..<count {
      sources[.observed]?[cell] = CellSums(numerator: mature[cell].numerator, denominator: mature[cell].denominator)
      if known[cell] > 0, let ladder, let up = ladder.numeratorFactor, let down = ladder.denominatorFactor {
        sources[.carried]?[cell] = CellSums(
          numerator: try Self.whole(up * Double(numerator3[cell]), cell),
          denominator: try Self.whole(down * Double(denominator3[cell]), cell))
      }
      if immatureRows[cell] > known[cell] {
        let share = Double(immatureRows[cell] - known[cell]) / Double(immatureRows[cell])
        let amount = isGranted ? immature[cell].production : immature[cell].requested
        let pile = input.exposure.ratio * Double(amount) * share
        let own = main[cell].denominator > 0 && main[cell].numerator >= 0
        let risk =
          own
          ? cube.measure.multiplier * Double(main[cell].numerator) / Double(main[cell].denominator)
          : max(0, input.surface.risk[cell])
        sources[own ? .mainCell : .model]?[cell] = CellSums(
          numerator: try Self.whole(risk * pile / cube.measure.multiplier, cell),
          denominator: try Self.whole(pile, cell))
      }
      booked[cell] = CellSums(
        accounts: mature[cell].accounts + immature[cell].accounts,
        requested: mature[cell].requested + immature[cell].requested,
        production: mature[cell].production + immature[cell].production)
      for source in RiskSource.allCases { booked[cell] += sources[source]?[cell] ?? .zero }
    }
    let (rejected, rejectedRows) = (try sums([.scoreRejected]), try rows(.rows, [.scoreRejected]))
    let prediction = SwapInPrediction(
      measure: cube.measure, scale: cube.scale, risk: input.cells.predictedRisk,
      multiplier: input.cells.rejectMultiplier,
      perRequested: input.exposure.ratio * (isGranted ? rates.granted.value : 1), rates: rates)
    let swapIn = try (0..<count).map { try prediction.sums($0, asked: rejected[$0], rows: rejectedRows[$0]) }
    for column in CellSums.columnNames.indices {
      guard sumsAreExact((booked + swapIn).map { $0.values[column] }) else {
        throw Faults.data(
          "column \(CellSums.columnNames[column])", "adds up to 2^53 \(cube.scale.name) or more in the recent period",
          "Check the amounts for values that cannot be, or state fewer decimals: amount_scale.")
      }
    }
    var cells = CellTable(
      grid: cube.grid, measure: cube.measure, booked: booked, rejected: rejected, rejectedRows: rejectedRows,
      swapIn: swapIn, predictedRisk: input.cells.predictedRisk, rejectMultiplier: input.cells.rejectMultiplier,
      exposureRatio: input.exposure.ratio, basis: basis, scale: cube.scale)
    cells.rates = rates
    self.cells = cells
    self.sources = sources
    matureRows = try rows(.rows, [.bookedMature]).reduce(0, +)
    bookedRows = matureRows + immatureRows.reduce(0, +)
  }

  private static func whole(_ value: Double, _ cell: Int) throws -> Int64 {
    let rounded = value.rounded(.toNearestOrEven)
    guard abs(rounded) < 0x1p53 else {
      throw Faults.data(
        "recent period, cell \(cell + 1)", "the risk that is carried or imputed is too large to add up",
        "Check the exposure model and the amounts.")
    }
    return Int64(rounded)
  }
}
