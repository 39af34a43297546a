internal import CutlineCore
internal import CutlineCredit

/// The multiplier of rejects from evidence: how overrides went, against what was predicted for them (`OverrideEvidence`).
///
/// `multiplier = R* · f(x̄ of the rejects) / ŷ` in every cell, the last factor 1 without `within_cell`, in cells without rejects
/// and where the surface holds no model; within floor...cap. Without overrides it is 1, with a warning that nothing was
/// inferred.
///
/// - Complexity: as `OverrideEvidence`.
struct OverrideInference: Stage {
  typealias Kind = InferRejects
  static let name = "overrides"
  static let summary = "Takes the multiplier from booked applications in cells that are mostly rejected."

  struct Config: StageConfig {
    var evidence = OverrideConfig()
    var floor = 0.0
    var cap = 3.0
    static let fields: [Field<Self>] =
      OverrideConfig.fields.map { $0.lifted(\.evidence) } + [
        .double("floor", \.floor, in: 0...1, "Least multiplier of a cell."), RejectSettings.cap(\.cap),
      ]
  }
  let config: Config

  func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
    let evidence = try OverrideEvidence(input.cube, input.surface, config.evidence, workers: context.workers)
    guard evidence.status == .estimated else {
      return .nothing(
        Self.name, cells: evidence.cells.count, because: "\(word: evidence.status.phrase)", in: context)
    }
    evidence.say(wantsScores: config.evidence.withinCell, in: context)
    let raw = evidence.cells.map { evidence.shrunk * $0.rejectedFactor }
    return RejectAdjustment(method: Self.name, raw, within: config.floor...config.cap, in: context)
  }
}

extension OverrideEvidence {
  /// The estimate with everything that it rests on.
  func say(wantsScores: Bool, in context: RunContext) {
    let ratio = NumberText.fixed(ratio ?? 1, 3)
    let reason = groups == .none ? "neither hash classes nor months are there" : "no application went bad"
    let range =
      if let interval {
        "\(Self.range(interval)) at \(NumberText.fixed(100 * confidence, 1)) % by \(groups.phrase)"
      } else { "no interval: \(reason)" }
    context.note(
      "\(Int(overrides)) booked applications of \(compared.count) cells \(word: isStated ? "with rejects (overrides by the column that is stated" : "that are mostly rejected (overrides, or the best of their cell"); \(Int(badOverrides)) bad, \(word: NumberText.fixed(effectiveBads, 1)) effective) went \(word: ratio) times as bad as predicted, \(word: range); shrunk to \(word: NumberText.fixed(shrunk, 3))"
    )
    if let bound {
      context.note(
        "were rejects up to \(overrideBound) times as risky as overrides alike, the ratio would lie in \(word: Self.range(bound)). Assumption: \(word: Self.assumption)"
      )
    } else {
      context.note("assumption: \(word: Self.assumption)")
    }
    if cappedCells > 0 {
      context.note(
        "the cap on weights binds in \(cappedCells) cells and leaves \(word: NumberText.fixed(100 * cappedShare, 1)) % of their rejects' exposure out"
      )
    }
    if wantsScores, !usesScores {
      context.note(
        isStated
          ? "scores of overrides and rejects in a cell do not count: those of stated overrides are not known apart"
          : "the surface holds no model of the scores: scores of overrides and rejects in a cell do not count")
    }
  }

  private static func range(_ interval: StandardisedRate.Interval) -> String {
    "\(NumberText.fixed(interval.low, 3)) to \(NumberText.fixed(interval.high, 3))"
  }
}
