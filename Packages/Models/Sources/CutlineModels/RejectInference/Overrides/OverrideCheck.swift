internal import CutlineCore
internal import CutlineCredit

/// Every method's prediction for the rejects of cells with overrides, beside what the overrides say of them.
///
/// With the exposure P̂ of the rejects of the compared cells C (`OverrideEvidence`), h = f(x̄ of the rejects) / ŷ:
///
///     predicted  = Σ P̂ ŷ multiplier / Σ P̂,   by overrides = R · Σ P̂ ŷ h / Σ P̂
///
/// The latter's interval is R's, its bound R's times `override_bound` at the upper end. A prediction within the bound is
/// `inside`, else `outside`, which warns, and with `stop` ends the run. Where nothing can be compared the verdict says so.
/// Stress is no part of it: it comes on top of the multiplier.
struct OverrideCheck: Stage {
  typealias Kind = RejectCheck
  static let name = "overrides"
  static let summary = "Compares the predicted risk of rejects with that of overrides: reject_check.csv and .json."

  struct Config: StageConfig {
    var evidence = OverrideConfig()
    var stop = false
    static let fields: [Field<Self>] =
      OverrideConfig.fields.map { $0.lifted(\.evidence) } + [
        .bool("stop", \.stop, "Whether a prediction outside the bound ends the run (exit 4) and does not only warn.")
      ]
  }
  let config: Config

  /// What a comparison came to.
  enum Verdict: String, Sendable, Encodable {
    case inside, outside
    case nothing = "nothing to compare"
  }

  func run(_ input: RejectCheck.Input, in context: RunContext) async throws -> FileSet {
    let evidence = try OverrideEvidence(input.cube, input.surface, config.evidence, workers: context.workers)
    for rejects in input.rejects where rejects.artifact.multiplier.count != evidence.cells.count {
      throw Faults.data(
        "reject-check", "the adjustment of \(rejects.stage) belongs to another grid", "Connect stages of one grid.")
    }
    let report = OverrideReport(evidence, input.rejects)
    let stress = input.cube.summary.stress.factor
    if stress != 1 {
      context.note("the stress factor of \(stress) comes on top of the multipliers and is no part of the comparison")
    }
    guard evidence.status == .estimated else {
      context.note("there is nothing to compare the rejects with: \(word: evidence.status.phrase)")
      return try report.files()
    }
    evidence.say(wantsScores: config.evidence.withinCell, in: context)
    if evidence.interval == nil {
      context.note("without an interval there is nothing to compare the rejects with")
    }
    for method in report.methods where report.isBeyondInterval(method) {
      context.note("within the bound, beyond the interval: " + Remark(word: report.sentence(method)))
    }
    let outside = report.methods.filter { $0.verdict == .outside }
    for method in outside { context.warn(Remark(word: report.sentence(method))) }
    if config.stop, let first = outside.first {
      throw Faults.gate(
        "reject-check", report.sentence(first),
        "Use reject inference that agrees with the evidence, or stop = false where the assumption does not hold.")
    }
    return try report.files()
  }
}
