internal import CutlineCore
internal import CutlineCredit

/// What the stages of the run gave that cannot, or should not, be asked for again in each draw.
///
/// A draw is a cube: it has neither weighted rows nor a distribution of scores. A stage that needs the port `sample` or `profile`
/// would fail there, or do something else than in the run; one that runs a program would start it a thousand times. Their
/// outputs stay what they are in the run, and no interval covers what they vary by.
struct HeldStages: Sendable {
  private(set) var surface: RiskSurface?
  private(set) var rejects: RejectAdjustment?
  private(set) var exposure: ExposureModel?
  private(set) var rates: SwapInRates?
  /// What is held, and why.
  private(set) var names: [String] = []

  /// Why there can be no draws at all; nil where there can.
  static func obstacle(_ config: PoissonDrawsConfig) -> String? {
    config.cells.programs.first.map {
      "the cells are made by a program (\($0)), which would be started for every draw"
    }
  }

  /// - Throws: what a program throws that is asked once.
  init(_ config: PoissonDrawsConfig, _ input: Draws.Input, own: Cube, _ context: RunContext) async throws {
    let train = try config.train.needs(ResampledPipeline.input(Train.self, ["cube": own, "chosen": input.surface]))
    if let reason = Self.reason(
      train, but: "chosen", programs: Self.programs(of: config.train, choosing: input.surface))
    {
      surface = input.surface
      names.append("the risk surface (\(config.train.title) \(reason))")
    }
    let infer = try config.rejects.needs(
      ResampledPipeline.input(InferRejects.self, ["cube": own, "surface": input.surface]))
    if let reason = Self.reason(infer, programs: config.rejects.programs) {
      let multiplier = input.cells.rejectMultiplier
      rejects = RejectAdjustment(method: config.rejects.title, multiplier: multiplier, cappedCells: 0)
      names.append("what is inferred of rejects (\(config.rejects.title) \(reason))")
    }
    if !config.exposure.programs.isEmpty {
      exposure = try await config.exposure(ResampledPipeline.input(Exposure.self, ["cube": own]), in: context)
      names.append("the exposure (\(config.exposure.title) runs a program)")
    }
    if !config.rates.programs.isEmpty {
      rates = try await config.rates(ResampledPipeline.input(Rates.self, ["cube": own]), in: context)
      names.append("the rates (\(config.rates.title) runs a program)")
    }
  }

  /// Programs that fit the surface anew: a candidate that was not chosen is not run.
  private static func programs(of train: Chosen<Train>, choosing surface: RiskSurface) -> [String] {
    guard surface.chosen != nil else { return train.programs }
    return train.programs.filter { $0 == train.title || $0 == surface.estimator }
  }

  private static func reason(_ needs: [String], but given: String = "", programs: [String]) -> String? {
    if let port = needs.first(where: { $0 != given }) { return "reads \(port), which a resample does not have" }
    return programs.isEmpty ? nil : "runs a program"
  }
}
