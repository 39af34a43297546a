internal import CutlineCore
internal import CutlineCredit

/// Whether the stages of the draws make the run's own cells of the run's own applications.
struct OwnCells: Sendable {
  let pipeline: ResampledPipeline
  let cells: CellTable

  /// What differs, where the stages are the plan's own; nil where nothing does.
  ///
  /// - Throws: `Faults` (usage) for what differs where stages are set in this stage's settings; what they throw.
  func difference(_ context: RunContext) async throws -> String? {
    let follows = pipeline.config.followsPlan
    let own: CellTable
    do {
      own = try await pipeline.table(pipeline.own, context.inner(.resample).alone())
    } catch let error as CancellationError {
      throw error
    } catch {
      guard follows else { throw error }
      let cause = ((error as? any EndingError).map { Remark($0) } ?? Remark(Faults(error))).masked
      return "the stages of the run cannot be run again on its cube: \(cause)"
    }
    guard let found = difference(of: own, context) else { return nil }
    guard follows else {
      throw Faults.usage(
        "draws", "its stages make \(found) than the run has",
        "Look at \(suspect(own)), or let it take the run's own stages: { stage = \"train\" } and so on.")
    }
    return
      "run again on the run's own applications, its stages make \(found) than the run has; look at stage \(suspect(own))"
  }

  private func difference(of own: CellTable, _ context: RunContext) -> String? {
    guard own.booked == cells.booked else { return "other booked sums" }
    func total(_ table: CellTable, _ value: (CellSums) -> Int64) -> Double {
      table.swapIn.reduce(0) { $0 + Double(value($1)) }
    }
    for (name, value) in [
      ("production", { (sums: CellSums) in sums.production }), ("denominator", { $0.denominator }),
    ] where total(own, value) != total(cells, value) {
      return "another \(name) of swap-ins"
    }
    let (found, said) = (total(own, \.numerator), total(cells, \.numerator))
    guard abs(found - said) > 1e-6 * abs(said) else { return nil }
    // An estimator that draws by itself draws anew.
    guard abs(found - said) <= 0.05 * abs(said) else { return "another risk of swap-ins" }
    context.warn(
      "on the run's own applications the stages of the draws make \(found / max(said, 1)) times the risk numerator of swap-ins that the run has"
    )
    return nil
  }

  /// The first stage whose part of the cells is another.
  private func suspect(_ own: CellTable) -> String {
    func differ(_ a: [Double], _ b: [Double]) -> Bool {
      a.count != b.count || zip(a, b).contains { abs($0 - $1) > 1e-6 * max(abs($0), abs($1)) }
    }
    let config = pipeline.config
    if own.booked != cells.booked { return config.cells.planStage ?? "cells" }
    if differ([own.exposureRatio], [cells.exposureRatio]) { return config.exposure.planStage ?? "exposure" }
    if let a = own.rates, let b = cells.rates,
      differ([a.pass.value, a.takeUp.value, a.granted.value], [b.pass.value, b.takeUp.value, b.granted.value])
    {
      return config.rates.planStage ?? "rates"
    }
    if differ(own.predictedRisk, cells.predictedRisk) { return config.train.planStage ?? "train" }
    if differ(own.rejectMultiplier, cells.rejectMultiplier) { return config.rejects.planStage ?? "rejects" }
    return config.cells.planStage ?? "cells"
  }
}
