internal import CutlineCore
internal import CutlineCredit

/// Booked applications stand for the rejects beside them: each counts 1 / a times, a the acceptance of its cell.
///
/// `estimator` is fitted to the booked cells alone with weights B / max(a, floor); a is drawn towards the acceptance of all by
/// `smoothing` applications. Unbiased where acceptance depends on nothing but the cell and the model is wrong in shape; where
/// the model is right it only costs precision.
///
/// - Complexity: one fit to cells.
///
/// Source: D. C. Hsia, *Credit scoring and the Equal Credit Opportunity Act*, Hastings Law J. 30 (1978) ("augmentation"); J. Banasik, J. Crook,
/// *Credit scoring, augmentation and lean models*, J. Oper. Res. Soc. 56 (2005).
struct Reweighting: Stage {
  typealias Kind = InferRejects
  static let name = "reweighting"
  static let summary = "Weights booked applications by the inverse of their cell's acceptance, and fits the risk anew."

  struct Config: StageConfig {
    var refit = RefitConfig()
    var smoothing = 10.0
    var floor = 0.02
    static let fields: [Field<Self>] =
      RefitConfig.fields.map { $0.lifted(\.refit) } + [
        RejectSettings.smoothing(\.smoothing),
        .double("floor", \.floor, in: 0.0001...1, "Least acceptance that a weight is made of."),
      ]
  }
  let config: Config

  func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
    let cells = try RejectCells(input.cube, input.surface)
    let acceptance = cells.acceptance(smoothing: config.smoothing)
    let weights = (0..<cells.count).map { cells.denominator[$0] / max(acceptance[$0] ?? 1, config.floor) }
    let target = (0..<cells.count).map { cell in
      cells.denominator[cell] > 0 ? cells.multiplier * cells.numerator[cell] / cells.denominator[cell] : 0
    }
    let floored = (0..<cells.count).count { cells.denominator[$0] > 0 && (acceptance[$0] ?? 1) < config.floor }
    if floored > 0 {
      context.note("\(floored) cells have an acceptance below \(config.floor) and are weighted as if they had that")
    }
    return try await config.refit.adjustment(
      Self.name, cells, of: input.cube, target: target, weights: weights, in: context)
  }
}
