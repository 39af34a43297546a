internal import CutlineCore
internal import CutlineCredit
internal import Synchronization

/// The stages that make cells of a cube, called for each draw.
struct ResampledPipeline: Sendable {
  /// What one draw came to.
  struct Outcome: Sendable {
    /// Six a cell, see `CellDraws`; empty where a stage failed.
    var sums: [Int64] = []
    /// Why, without what is personal.
    var failure: String?
    /// The first warning of its stages.
    var warning: String?
  }

  let config: PoissonDrawsConfig
  /// The run's; its choice is kept.
  let surface: RiskSurface
  /// All weights 1.
  let own: Cube
  let held: HeldStages

  /// - Throws: `CancellationError` only; what else ends a draw is its outcome.
  func draw(_ cube: Cube, _ context: RunContext) async throws -> Outcome {
    var outcome = Outcome()
    let warning = Mutex<String?>(nil)
    do {
      let table = try await table(
        cube,
        context.alone { event in
          guard event.kind == .warning else { return }
          let text = event.remark.masked
          warning.withLock { $0 = $0 ?? text }
        })
      outcome.sums.reserveCapacity(CellDraws.perCell * table.booked.count)
      for (booked, swapIn) in zip(table.booked, table.swapIn) {
        for sums in [booked, swapIn] {
          outcome.sums.append(sums.production)
          outcome.sums.append(sums.numerator)
          outcome.sums.append(sums.denominator)
        }
      }
    } catch let error as CancellationError {
      throw error
    } catch {
      outcome.failure = ((error as? any EndingError).map { Remark($0) } ?? Remark(Faults(error))).masked
    }
    outcome.warning = warning.withLock { $0 }
    return outcome
  }

  /// The input of a stage with these artefacts at its ports.
  static func input<K: Kind>(_ kind: K.Type, _ values: [String: any Artifact]) throws -> K.Input {
    try K.ports.make(PortValues(values))
  }

  /// The cells that the run's stages make of a cube.
  func table(_ own: Cube, _ context: RunContext) async throws -> CellTable {
    let cube = try withTransformation(own)
    var fitted = held.surface
    if fitted == nil {
      fitted = try await config.train(Self.input(Train.self, ["cube": cube, "chosen": surface]), in: context)
    }
    let surface = fitted ?? surface
    var (exposure, rejects, rates) = (held.exposure, held.rejects, held.rates)
    if exposure == nil { exposure = try await config.exposure(Self.input(Exposure.self, ["cube": cube]), in: context) }
    if rejects == nil {
      rejects = try await config.rejects(
        Self.input(InferRejects.self, ["cube": cube, "surface": surface]), in: context)
    }
    if rates == nil { rates = try await config.rates(Self.input(Rates.self, ["cube": cube]), in: context) }
    var values: [String: any Artifact] = ["cube": cube, "surface": surface]
    (values["exposure"], values["rejects"], values["rates"]) = (exposure, rejects, rates)
    return try await config.cells(Self.input(Cells.self, values), in: context)
  }

  /// The requirement's one rate stands in the summary, made by the preparation of all rows, those without a place too: it
  /// moves as the rate of the rows with a place does.
  private func withTransformation(_ cube: Cube) throws -> Cube {
    let (summary, own) = (cube.summary, cube.summary.transformation)
    guard config.rates.name == SwapInRates.transformation, let first = own.firstMonth, let last = own.lastMonth else {
      return cube
    }
    func rate(_ cube: Cube) throws -> Double? {
      func total(_ measure: Measure) throws -> Double {
        let months = try cube.sumsByMonth(of: measure, ApplicationState.all)
        return zip(cube.months, months).reduce(0.0) { sum, month in
          (first...last).contains(month.0) ? sum + month.1.reduce(0.0) { $0 + Double($1) } : sum
        }
      }
      let eligible = try total(.eligible)
      return eligible > 0 ? try total(.eligibleBooked) / eligible : nil
    }
    guard let drawn = try rate(cube), let usual = try rate(self.own), usual > 0 else { return cube }
    return cube.with(
      SampleSummary(
        basis: summary.basis, account: summary.account, stress: summary.stress,
        transformation: Transformation(
          rate: own.rate * drawn / usual, eligibleAmount: own.eligibleAmount, bookedAmount: own.bookedAmount,
          firstMonth: first, lastMonth: last, monthsWithData: own.monthsWithData),
        qualitySkipped: summary.qualitySkipped))
  }
}
