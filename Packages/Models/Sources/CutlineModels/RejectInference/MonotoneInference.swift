internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Where little is accepted, booked applications are riskier than predicted by what is seen, and rejects with them.
///
/// Over cells with booked exposure and a predicted risk, the ratio of observed to predicted risk ρ = m T / (B ŷ), weights B ŷ,
/// is fitted as a step function of the acceptance a that never rises (pooled adjacent violators: exact least squares, and the
/// Poisson likelihood of the numerators). A cell's rejects get the value at its own acceptance, below the least acceptance
/// that was seen the first step's, kept within floor...cap. A cell without rejects has 1.
///
/// - Complexity: O(cells log cells).
///
/// Source: R. E. Barlow, D. J. Bartholomew, J. M. Bremner, H. D. Brunk, *Statistical Inference under Order Restrictions*, 1972.
struct MonotoneInference: Stage {
  typealias Kind = InferRejects
  static let name = "monotone"
  static let summary = "Raises the risk of rejects by observed over predicted risk, as it falls with the acceptance."

  struct Config: StageConfig {
    var floor = 1.0
    var cap = 3.0
    var smoothing = 0.0
    static let fields: [Field<Self>] = [
      .double("floor", \.floor, in: 0...1, "Least multiplier of a cell."), RejectSettings.cap(\.cap),
      RejectSettings.smoothing(\.smoothing),
    ]
  }
  let config: Config

  func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
    let cells = try RejectCells(input.cube, input.surface)
    let acceptance = cells.acceptance(smoothing: config.smoothing)
    let known = (0..<cells.count).filter { cells.denominator[$0] * cells.risk[$0] > 0 && acceptance[$0] != nil }
    guard known.contains(where: { cells.numerator[$0] > 0 }) else {
      return .nothing(
        Self.name, cells: cells.count, because: "no booked application with a predicted risk went bad", in: context)
    }
    let weights = known.map { cells.denominator[$0] * cells.risk[$0] }
    let pairs = Calibrated(
      scores: known.map { acceptance[$0] ?? 0 },
      target: zip(known, weights).map { cells.multiplier * cells.numerator[$0] / $1 }, weights: weights)
    let steps = try IsotonicFit.steps(pairs, rising: false).form
    let ratio = try steps.evaluate(columns: [acceptance.map { $0 ?? 1 }], rows: cells.count)
    let raw = (0..<cells.count).map { cells.rejected[$0] > 0 ? ratio[$0] : nil }
    return RejectAdjustment(method: Self.name, raw, within: config.floor...config.cap, in: context)
  }
}
