internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

struct AcceptanceUpliftConfig: StageConfig {
  enum Curve: String, Sendable, CaseIterable {
    /// 1 + uplift · (1 − a)
    case linear
    /// a^(−uplift), a not below 0.01
    case power
  }

  enum NoDemand: String, Sendable, CaseIterable { case one, cap }

  var uplift = 1.5
  var cap = 3.0
  var curve = Curve.linear
  var smoothing = 0.0
  var noDemand = NoDemand.one

  static let fields: [Field<Self>] = [
    .shared(.double("reject_uplift_factor", \.uplift, in: 0...10, "Uplift of the risk where nothing was accepted.")),
    RejectSettings.cap(\.cap),
    .choice("curve", \.curve, "How the multiplier rises: by the rejection rate, or by a power of the acceptance."),
    RejectSettings.smoothing(\.smoothing),
    .choice(
      "no_demand", \.noDemand,
      "The multiplier of a cell that nobody applied in: one, or cap. It has no rejects, so that no result changes."),
  ]
}

/// The lower the acceptance a of a cell, the riskier its rejected applications:
///
///     linear: multiplier = clamp(1 + uplift · (1 − a), 1, cap)
///     power:  multiplier = clamp(max(a, 0.01)^(−uplift), 1, cap)
///
/// with a = booked / (booked + rejected by score) by count in the main period, or with `smoothing` κ drawn towards the
/// acceptance ā of all, a = (booked + κ ā) / (booked + rejected + κ). A cell that nobody applied in has no acceptance; its
/// multiplier is declared (`no_demand`).
///
/// O(cells). Source: the requirement's "parceling", which is not the textbook's (`ScoreBandParcelling`).
struct AcceptanceUplift: Stage {
  typealias Kind = InferRejects
  static let name = "acceptance-uplift"
  static let aliases = ["parceling"]
  static let summary = "Raises the risk numerator of a cell's rejects by its rejection rate."
  let config: AcceptanceUpliftConfig

  /// Where nothing was accepted the power would have no bound.
  static let leastAcceptance = 0.01

  func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
    let acceptance = try RejectCells(input.cube, input.surface).acceptance(smoothing: config.smoothing)
    var capped = 0
    let multiplier = acceptance.map { acceptance in
      guard let acceptance else { return config.noDemand == .cap ? config.cap : 1 }
      let raw =
        switch config.curve {
        case .linear: 1 + config.uplift * (1 - acceptance)
        case .power:
          Link.log.mean(of: -config.uplift * Link.log.sum(of: max(acceptance, Self.leastAcceptance)))
        }
      if raw > config.cap { capped += 1 }
      return min(max(raw, 1), config.cap)
    }
    context.note("the cap of \(config.cap) binds in \(capped) of \(multiplier.count) cells")
    let empty = acceptance.count { $0 == nil }
    if empty > 0 {
      let value = config.noDemand == .cap ? config.cap : 1
      context.note("nobody applied in \(empty) of \(multiplier.count) cells (no demand); their multiplier is \(value)")
    }
    return RejectAdjustment(method: Self.name, multiplier: multiplier, cappedCells: capped)
  }
}
