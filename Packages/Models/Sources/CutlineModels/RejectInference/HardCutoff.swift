internal import CutlineCore
internal import CutlineCredit

/// The riskiest rejects count as bad, all others as good.
///
/// A bad application has the risk s = ȳ / (bad rows / rows) of booked ones, its severity. The rejects' share of bad is
/// `bad_share`, or where that is not set factor · (Σ P̂ ŷ / Σ P̂) / s, at most 1. In order of falling ŷ the rejects of a cell
/// are bad until that share of Σ P̂ is reached; cells of one ŷ on the edge are bad by the same part. With q that part,
///
///     target = (B y + w P̂ s q) / (B + w P̂),   weight = B + w P̂
///
/// So Σ P̂ s q is factor times the predicted sum: what is hard is its distribution, not its level.
///
/// - Complexity: O(cells log cells), and one fit to cells.
///
/// Source: N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed. 2017, ch. 9 ("simple augmentation").
struct HardCutoff: Stage {
  typealias Kind = InferRejects
  static let name = "hard-cutoff"
  static let summary = "Counts the riskiest rejects as bad and the others as good, and fits the risk anew."

  struct Config: StageConfig {
    var refit = RefitConfig()
    var factor = 1.0
    var rejectWeight = 1.0
    var badShare: Double?
    static let fields: [Field<Self>] =
      RefitConfig.fields.map { $0.lifted(\.refit) } + [
        .double("factor", \.factor, in: 0...10, "Share of bad rejects relative to the predicted one."),
        .double("reject_weight", \.rejectWeight, in: 0...10, "Weight of a reject relative to a booked application."),
        .optionalDouble(
          "bad_share", \.badShare, in: 0...1,
          "Part of the rejects' exposure that goes bad; left out, what is predicted."),
      ]
  }
  let config: Config

  func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
    let cells = try RejectCells(input.cube, input.surface)
    let rows = cells.matureRows.reduce(0, +)
    let badRows = cells.badRows.reduce(0, +)
    guard let mean = cells.meanRisk, mean > 0, badRows > 0 else {
      return .nothing(
        Self.name, cells: cells.count, because: "no booked application went bad: the risk of a bad one is not known",
        in: context)
    }
    let severity = mean / (badRows / rows)
    let exposure = (0..<cells.count).map(cells.exposure)
    let all = exposure.reduce(0, +)
    let predicted = zip(exposure, cells.risk).reduce(0) { $0 + $1.0 * $1.1 }
    let share = min(1, config.badShare ?? (all > 0 ? config.factor * predicted / all / severity : 0))
    let bad = Self.badParts(exposure, cells.risk, share: share)
    let weights = (0..<cells.count).map { cells.denominator[$0] + config.rejectWeight * exposure[$0] }
    let target = (0..<cells.count).map { cell in
      let booked = cells.multiplier * (cells.denominator[cell] > 0 ? cells.numerator[cell] : 0)
      let rejected = config.rejectWeight * exposure[cell] * severity * bad[cell]
      return weights[cell] > 0 ? (booked + rejected) / weights[cell] : 0
    }
    context.note(
      "\(word: NumberText.fixed(100 * share, 2)) % of the rejects count as bad, each with the risk \(word: NumberText.fixed(100 * severity, 2)) %"
    )
    return try await config.refit.adjustment(
      Self.name, cells, of: input.cube, target: target, weights: weights, in: context)
  }

  /// Per cell: the part of its rejects that is bad.
  static func badParts(_ exposure: [Double], _ risk: [Double], share: Double) -> [Double] {
    var left = share * exposure.reduce(0, +)
    var parts = [Double](repeating: 0, count: exposure.count)
    let groups = Dictionary(grouping: exposure.indices.filter { exposure[$0] > 0 }, by: { risk[$0] })
    for group in groups.sorted(by: { $0.key > $1.key }).map({ $0.value.sorted() }) {
      let own = group.reduce(0) { $0 + exposure[$1] }
      let part = min(1, max(0, left / own))
      for cell in group { parts[cell] = part }
      left -= own
    }
    return parts
  }
}
