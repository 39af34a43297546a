internal import CutlineCore
internal import CutlineCredit

/// Rejected applications are as risky as the surface says.
struct NoRejectInference: Stage {
  typealias Kind = InferRejects
  static let name = "none"
  static let summary = "Takes the predicted risk of rejected applications as it is."
  init(config: NoConfig) {}

  func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
    RejectAdjustment(
      method: Self.name, multiplier: [Double](repeating: 1, count: input.cube.grid.cellCount), cappedCells: 0)
  }
}

struct AcceptanceUpliftConfig: StageConfig {
  var uplift = 1.5
  var cap = 3.0

  static let fields: [Field<Self>] = [
    .shared(.double("reject_uplift_factor", \.uplift, in: 0...10, "Uplift of the risk where nothing was accepted.")),
    .shared(.double("reject_max_risk_multiplier", \.cap, in: 1...10, "Largest multiplier of a cell.")),
  ]
}

/// The lower the acceptance of a cell, the riskier its rejected applications:
/// `multiplier = clamp(1 + uplift · (1 − acceptance), 1, cap)` with
/// `acceptance = booked / (booked + rejected by score)` by count in the main period. A cell without applications has 1.
struct AcceptanceUplift: Stage {
  typealias Kind = InferRejects
  static let name = "acceptance-uplift"
  static let aliases = ["parceling"]
  static let summary = "Raises the risk numerator of a cell's rejects by its rejection rate."
  let config: AcceptanceUpliftConfig

  func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
    let cells = input.cube.grid.cellCount
    let booked = try input.cube.sums(of: .rows, ApplicationState.booked).prefix(cells).map(Double.init)
    let rejected = try input.cube.sums(of: .rows, [.scoreRejected]).prefix(cells).map(Double.init)
    var capped = 0
    let multiplier = zip(booked, rejected).map { booked, rejected in
      guard booked + rejected > 0 else { return 1.0 }
      let raw = 1 + config.uplift * (1 - booked / (booked + rejected))
      if raw > config.cap { capped += 1 }
      return min(max(raw, 1), config.cap)
    }
    context.note("the cap of \(config.cap) binds in \(capped) of \(multiplier.count) cells")
    return RejectAdjustment(method: Self.name, multiplier: multiplier, cappedCells: capped)
  }
}
