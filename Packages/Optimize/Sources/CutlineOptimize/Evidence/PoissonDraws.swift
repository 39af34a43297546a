internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import Synchronization

struct PoissonDrawsConfig: StageConfig {
  var resamples = 1000
  var groups = 20
  var train: Chosen<Train> = "cross-validated"
  var exposure: Chosen<Exposure> = "ratio"
  var rejects: Chosen<InferRejects> = "parceling-score-band"
  var rates: Chosen<Rates> = "measured"
  var cells: Chosen<Cells> = "standard"
  var memoryLimit = 1024

  static let fields: [Field<Self>] = [
    .shared(
      .int(
        "resamples", \.resamples, in: 0...100_000,
        "Resamples of the applications that intervals are made of; 0 = none, and no intervals.")),
    .int(
      "groups", \.groups, in: 0...60,
      "Hash classes of applications that are left out in turn, for the acceleration of BCa intervals; 0 = none."),
    .stage("train", \.train, "Fits the risk anew in each draw, with the choice that the run has made."),
    .stage("exposure", \.exposure, "The exposure of each draw."),
    .stage("rejects", \.rejects, "What each draw infers of rejected applications."),
    .stage("rates", \.rates, "The rates of each draw."),
    .stage("cells", \.cells, "The cells of each draw."),
    .int("memory_limit", \.memoryLimit, in: 16...1_000_000, unit: "MiB", "The draws must fit into it."),
  ]
}

/// The whole estimator under Poisson weights: what the run would have found, had its applications been others.
///
/// In each resample every application of the sample counts as often as its Poisson(1) weight says (`PoissonWeights`: by the
/// run's seed, the resample and the application's key, so that neither the order of rows nor the number of workers changes a
/// bit, and applications of one `group_by` move together). The weighted cube goes through the run's own stages: the chosen
/// estimator is fitted with its settings (not chosen again), exposure, rates and reject inference are made anew, and the
/// cells are added up. Booked sums of a draw are those of the weighted rows, so that draws serve both bases: booked alone,
/// and the whole.
///
/// The jackknife groups leave out the applications of one hash class each.
///
/// Taken as they are: the bins, the choice of the estimator, the stress factor, and the months of the period. Before
/// anything is drawn the stages are run on weights of 1, and must find the run's own cells.
///
/// O(resamples × (rows × measures + cells × stages)); memory: six numbers a draw and cell, and a block of cubes a worker.
///
/// Source: Efron, Tibshirani, *An Introduction to the Bootstrap*, 1993, ch. 6 and 11; for the weights `PoissonWeights`.
struct PoissonDraws: Stage {
  typealias Kind = Draws
  static let name = "poisson"
  static let summary = "Poisson weights on applications; the run's own stages on every resample."
  static let reads = ["sample"]
  let config: PoissonDrawsConfig

  func needs(_ input: Draws.Input) -> [String] { config.resamples > 0 ? ["sample"] : [] }

  func run(_ input: Draws.Input, in context: RunContext) async throws -> CellDraws {
    guard config.resamples > 0 else { return try .nothing(Self.name, input.cells, seed: context.seed) }
    guard let sample = input.sample else {
      throw Faults.usage(
        "port sample", "is not connected, and resamples are of applications",
        "Connect it with from = { sample = \"prepare\" }, or set resamples = 0.")
    }
    guard sample.grid == input.cells.grid else {
      throw Faults.data("draws", "sample and cells belong to different grids", "Connect stages of one run.")
    }
    let cubes = try ResampledCubes(sample)
    try checkMemory(cubes, cells: input.cells.grid.cellCount, workers: context.workers)
    let own = try cubes.cube { _ in 1 }
    let pipeline = ResampledPipeline(config: config, surface: input.surface, own: own)
    try await checkOwn(pipeline, input.cells, context)
    let weights = PoissonWeights(context.random(.resample))
    let lanes = PoissonWeights.perBlock
    let blocks = (config.resamples + lanes - 1) / lanes
    let done = Atomic<Int>(0)
    let drawn = try await context.concurrently(Array(0..<blocks)) { block in
      try context.checkCancellation()
      var outcomes: [ResampledPipeline.Outcome] = []
      for (lane, cube) in try cubes.block(block, weights).enumerated() where block * lanes + lane < config.resamples {
        outcomes.append(try await pipeline.draw(cube, context.inner(.resample, block * lanes + lane)))
      }
      context.progress(Double(done.wrappingAdd(1, ordering: .relaxed).newValue) / Double(blocks + 1))
      return outcomes
    }.flatMap { $0 }
    let left = try await context.concurrently(Array(0..<config.groups)) { group in
      let cube = try cubes.cube { Bucket.of(key: $0) % config.groups == group ? 0 : 1 }
      return try await pipeline.draw(cube, context.inner(.resample, config.resamples + group))
    }
    return try draws(drawn, left, input, context)
  }

  /// Puts the draws together, and says which could not be made.
  private func draws(
    _ resamples: [ResampledPipeline.Outcome], _ groups: [ResampledPipeline.Outcome], _ input: Draws.Input,
    _ context: RunContext
  ) throws -> CellDraws {
    let all = resamples + groups
    var reasons: [String: Int] = [:]
    for outcome in all { if let reason = outcome.failure { reasons[reason, default: 0] += 1 } }
    let failures = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { CellDraws.Failure(reason: $0.key, draws: $0.value) }
    let made = resamples.indices.filter { resamples[$0].failure == nil }
    guard !made.isEmpty else {
      throw Faults.data(
        "bootstrap", "none of \(resamples.count) resamples could be made: \(failures.first?.reason ?? "")",
        "There are too few applications for intervals; set resamples = 0 to go without them.")
    }
    for failure in failures {
      context.warn("\(failure.draws) of \(all.count) draws could not be made: \(word: failure.reason)")
    }
    if let warned = resamples.first(where: { $0.warning != nil })?.warning {
      let count = resamples.count { $0.warning != nil }
      context.note(
        "stages warned in \(count) of \(resamples.count) resamples, as in: \(word: warned)")
    }
    let isRefitted = input.surface.origin == nil
    if !isRefitted {
      context.note(
        "the risk model was learnt elsewhere and is the same in every draw: no interval covers its own error")
    }
    var fixed = ["the bins", "the choice of estimator and features", "the months of the period"]
    if !isRefitted { fixed[1] = "the risk model" }
    return try CellDraws(
      head: CellDraws.Head(
        grid: input.cells.grid, measure: input.cells.measure, decimals: input.cells.scale.decimals, method: Self.name,
        seed: context.seed, resamples: config.resamples, made: made, groups: config.groups,
        groupsMade: groups.indices.filter { groups[$0].failure == nil }, failures: failures, isRefitted: isRefitted,
        fixed: fixed),
      sums: all.flatMap(\.sums))
  }

  /// What will be held must fit.
  private func checkMemory(_ cubes: ResampledCubes, cells: Int, workers: Int) throws {
    let draws = Double(config.resamples + config.groups) * Double(cells * CellDraws.perCell * 8)
    // The draws once by draw and once together.
    let bytes = 2 * draws + Double(workers * cubes.blockBytes)
    let limit = Double(config.memoryLimit) * 0x1p20
    guard bytes <= limit else {
      throw Faults.usage(
        "memory_limit",
        "\(config.resamples) resamples of \(cells) cells need \(Int(bytes / 0x1p20) + 1) MiB of \(config.memoryLimit)",
        "Use fewer resamples or bins, or a greater memory_limit of the stage.")
    }
  }

  /// The stages of the draws make the run's own cells of the run's own applications.
  private func checkOwn(
    _ pipeline: ResampledPipeline, _ cells: CellTable, _ context: RunContext
  ) async throws {
    let own = try await pipeline.table(pipeline.own, context.inner(.resample).alone())
    let advice = "Let it take the run's own stages: { stage = \"train\" } and so on."
    guard own.booked == cells.booked else {
      throw Faults.usage("draws", "its stages make other booked sums than the run has", advice)
    }
    func total(_ table: CellTable, _ value: (CellSums) -> Int64) -> Double {
      table.swapIn.reduce(0) { $0 + Double(value($1)) }
    }
    for (name, value) in [
      ("production", { (sums: CellSums) in sums.production }), ("denominator", { $0.denominator }),
    ] where total(own, value) != total(cells, value) {
      throw Faults.usage("draws", "its stages make another \(name) of swap-ins than the run has", advice)
    }
    let (found, said) = (total(own, \.numerator), total(cells, \.numerator))
    guard abs(found - said) > 1e-6 * abs(said) else { return }
    // An estimator that draws by itself draws anew.
    context.warn(
      "on the run's own applications the stages of the draws make \(found / max(said, 1)) times the risk numerator of swap-ins that the run has"
    )
    guard abs(found - said) <= 0.05 * abs(said) else {
      throw Faults.usage("draws", "its stages make another risk of swap-ins than the run has", advice)
    }
  }
}
