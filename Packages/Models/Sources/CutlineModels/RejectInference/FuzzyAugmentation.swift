internal import CutlineCore
internal import CutlineCredit

/// Each reject enters twice: as bad with the weight of its predicted risk, as good with the rest.
///
/// Added up by cell, with f = `factor`, w = `reject_weight` and P̂ = A · Σ B / Σ requested, that is
///
///     target = (B y + w P̂ f ŷ) / (B + w P̂),   weight = B + w P̂
///
/// to which `estimator` is fitted anew; see `RefitConfig.adjustment`. With f = 1 it is nearly `none`: data that lies on the
/// old model does not move it, whatever its weight (the score equations of a likelihood with a canonical link keep their
/// root). What is left is the difference between this estimator and the surface's own, and where ŷ was misfitted.
///
/// - Complexity: one fit to cells.
///
/// Source: N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed. 2017, ch. 9; J. Banasik, J. Crook, *Reject inference,
/// augmentation, and sample selection*, Eur. J. Oper. Res. 183 (2007).
struct FuzzyAugmentation: Stage {
  typealias Kind = InferRejects
  static let name = "fuzzy-augmentation"
  static let summary = "Adds every reject as bad and as good by its predicted risk, and fits the risk anew."

  struct Config: StageConfig {
    var refit = RefitConfig()
    var factor = 1.0
    var rejectWeight = 1.0
    static let fields: [Field<Self>] =
      RefitConfig.fields.map { $0.lifted(\.refit) } + [
        .double("factor", \.factor, in: 0...10, "Risk of a reject relative to its prediction."),
        .double("reject_weight", \.rejectWeight, in: 0...10, "Weight of a reject relative to a booked application."),
      ]
  }
  let config: Config

  func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
    let cells = try RejectCells(input.cube, input.surface)
    let added = (0..<cells.count).map { config.rejectWeight * cells.exposure($0) }
    let weights = (0..<cells.count).map { cells.denominator[$0] + added[$0] }
    let target = (0..<cells.count).map { cell in
      let bad = cells.multiplier * (cells.denominator[cell] > 0 ? cells.numerator[cell] : 0)
      return weights[cell] > 0 ? (bad + added[cell] * config.factor * cells.risk[cell]) / weights[cell] : 0
    }
    if config.factor == 1 {
      context.note("with factor = 1 augmentation repeats what the surface says: nearly the same as none")
    }
    return try await config.refit.adjustment(
      Self.name, cells, of: input.cube, target: target, weights: weights, in: context)
  }
}
