public import CutlineCore
internal import CutlineCredit

/// Parcelling by odds: in every cell the odds of bad of a rejected application are a fixed multiple of a booked one's.
///
/// With the predicted risk p of booked applications of a cell and the factor k, a rejected one has the risk p′ with
///
///     p′ / (1 − p′) = k · p / (1 − p),  so  p′ / p = k / (1 − p + k · p).
///
/// That ratio is the cell's multiplier: near k where risk is small, falling to 1 as p nears 1, so that no inferred risk
/// exceeds 100 %, which a plain factor on p does not assure. A predicted risk below 0 counts as 0. One of 1 or more keeps
/// the multiplier 1 and counts as capped: the risk is a ratio of amounts, which, other than a probability, can be there.
///
/// Practice sets k from 2 to 4; with k = 1 rejects are like booked ones. It is a judgement, not an estimate: no data on
/// the outcome of rejects enters.
///
/// Source: Siddiqi, *Intelligent Credit Scoring*, 2nd ed. 2017, chapter 9, on parcelling and on the ratio of inferred to
/// known odds.
struct OddsParcelling: Stage {
  typealias Kind = InferRejects
  static let name = "odds-parcelling"
  static let summary = "Gives rejects a multiple of the booked applications' odds of bad, cell by cell."

  struct Config: StageConfig {
    var oddsFactor = 2.0
    static let fields: [Field<Self>] = [
      .double("odds_factor", \.oddsFactor, in: 1...20, "Odds of bad of a reject relative to a booked application.")
    ]
  }
  let config: Config

  /// Never fails. O(cells).
  func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
    let risk = input.surface.risk.map { min(max($0, 0), 1) }
    let multiplier = risk.map { config.oddsFactor / (1 - $0 + config.oddsFactor * $0) }
    let capped = input.surface.risk.count { $0 >= 1 }
    if capped > 0 { context.note("\(capped) cells have a predicted risk of 100 % or more and are not raised") }
    return RejectAdjustment(method: Self.name, multiplier: multiplier, cappedCells: capped)
  }
}

/// The stages of this plugin, for a program that has it built in.
public enum ExampleStages {
  public static func register(in registry: inout Registry) throws { try registry.register(OddsParcelling.self) }
}

#if CUTLINE_LIBRARY
  // As a library of its own: what the host asks before anything else, and how it gets the stages.
  internal import CPluginInterface

  @c(cutline_plugin_interface) public func interface() -> UnsafePointer<CChar> { cutline_plugin_record() }

  @c(cutline_plugin_register) public func register(_ host: UnsafeMutableRawPointer) {
    PluginHost.register(host, name: "example", version: "1.0", summary: "Reject inference by odds.") { plugin in
      try plugin.register(OddsParcelling.self)
    }
  }
#endif
