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
    .int(
      "memory_limit", \.memoryLimit, in: 16...1_000_000, unit: "MiB",
      "Rows in order, and draws, must fit into it; where they do not, there are no draws, and it is said what they need."
    ),
  ]

  /// Whether all of them are stages of the plan as they are: then no mistake of these settings is behind what differs.
  var followsPlan: Bool {
    [train.planStage, exposure.planStage, rejects.planStage, rates.planStage, cells.planStage].allSatisfy { $0 != nil }
  }
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
/// Taken as they are: the bins, the choice of the estimator, the stress factor, the months of the period, and what a stage
/// gives that needs more than a cube, or that runs a program (`HeldStages`). Before anything is drawn the stages are run on
/// weights of 1, and must find the run's own cells (`OwnCells`). Where they do not, or the draws do not fit into memory, there
/// are none, with the reason; it is a fault only where settings of this stage are behind it.
///
/// O(resamples × (rows × measures + cells × stages)); memory: the rows in order, six numbers a draw and cell, and a block of
/// cubes a worker.
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
    if let reason = try Self.tooLittle(sample) { return try nothing(reason, input, context) }
    let cells = input.cells.grid.cellCount
    var memory = DrawMemory(config: config, cells: cells, sample: sample)
    if let excess = memory.excess { return try nothing(excess, input, context) }
    if let reason = HeldStages.obstacle(config) { return try nothing(reason, input, context) }
    let cubes = try ResampledCubes(sample)
    memory.add(cubes, workers: context.workers)
    if let excess = memory.excess { return try nothing(excess, input, context) }
    let own = try cubes.cube { _ in 1 }
    let held = try await HeldStages(config, input, own: own, context.inner(.resample).alone())
    let pipeline = ResampledPipeline(config: config, surface: input.surface, own: own, held: held)
    if let reason = try await OwnCells(pipeline: pipeline, cells: input.cells).difference(context) {
      return try nothing(reason, input, context)
    }
    let weights = PoissonWeights(context.random(.resample))
    let lanes = PoissonWeights.perBlock
    let blocks = (config.resamples + lanes - 1) / lanes
    let done = Atomic<Int>(0)
    var made = MadeDraws(capacity: (config.resamples + config.groups) * cells * CellDraws.perCell)
    // In waves, so that sums go to their place before the next ones are made.
    let wave = DrawMemory.blocksAtOnce * context.workers
    for start in stride(from: 0, to: blocks, by: wave) {
      let drawn = try await context.concurrently(Array(start..<min(blocks, start + wave))) { block in
        try context.checkCancellation()
        var outcomes: [ResampledPipeline.Outcome] = []
        for (lane, cube) in try cubes.block(block, weights).enumerated() where block * lanes + lane < config.resamples {
          outcomes.append(try await pipeline.draw(cube, context.inner(.resample, block * lanes + lane)))
        }
        context.progress(Double(done.wrappingAdd(1, ordering: .relaxed).newValue) / Double(blocks + 1))
        return outcomes
      }
      for outcome in drawn.joined() { made.add(outcome) }
    }
    let left = try await context.concurrently(Array(0..<config.groups)) { group in
      let cube = try cubes.cube { Bucket.of(key: $0) % config.groups == group ? 0 : 1 }
      return try await pipeline.draw(cube, context.inner(.resample, config.resamples + group))
    }
    for outcome in left { made.add(outcome) }
    return try draws(made, held, input, context)
  }

  /// Fewer bad applications, or groups of applications, than this: what resampling them shows is narrower than the truth, and
  /// with none at all it shows a certainty that nobody has.
  static let fewestBad = 10
  static let fewestKeys = 30

  private static func tooLittle(_ sample: Sample) throws -> String? {
    let numerator = try sample.values(of: .numerator)
    let bad = sample.mature.reduce(0) { $0 + (numerator[$1] > 0 ? 1 : 0) }
    guard bad >= fewestBad else {
      return
        "\(bad) of the booked applications with an outcome went bad, and with fewer than \(fewestBad) resamples cannot show how uncertain the risk is"
    }
    var keys: Set<UInt64> = []
    for key in sample.key where keys.count < fewestKeys { keys.insert(key) }
    guard keys.count >= fewestKeys else {
      return "group_by makes \(keys.count) groups of applications, and fewer than \(fewestKeys) carry no interval"
    }
    return nil
  }

  /// A run goes on without intervals.
  private func nothing(_ reason: String, _ input: Draws.Input, _ context: RunContext) throws -> CellDraws {
    context.warn("no resamples, and no intervals: \(word: reason)")
    return try .nothing(
      Self.name, input.cells, seed: context.seed, resamples: config.resamples, groups: config.groups,
      because: [CellDraws.Failure(reason: reason, draws: config.resamples + config.groups)])
  }

  /// Puts the draws together, and says which could not be made.
  private func draws(
    _ all: MadeDraws, _ held: HeldStages, _ input: Draws.Input, _ context: RunContext
  ) throws -> CellDraws {
    let failures = all.failures
    let made = all.made.prefix { $0 < config.resamples }
    for failure in failures {
      context.warn("\(failure.draws) of \(all.count) draws could not be made: \(word: failure.reason)")
    }
    guard !made.isEmpty else {
      context.warn("no resample could be made, so there are no intervals; there may be too few applications")
      return try .nothing(
        Self.name, input.cells, seed: context.seed, resamples: config.resamples, groups: config.groups,
        because: failures + (all.made.isEmpty ? [] : [.init(reason: "no resample to go with", draws: all.made.count)]))
    }
    if let warned = all.warning {
      context.note(
        "stages warned in \(all.warned) of \(all.count) draws, as in: \(word: warned)")
    }
    let isRefitted = input.surface.origin == nil && held.surface == nil
    if input.surface.origin != nil {
      context.note(
        "the risk model was learnt elsewhere and is the same in every draw: no interval covers its own error")
    }
    var fixed = ["the bins", "the choice of estimator and features", "the months of the period"]
    if !isRefitted { fixed[1] = "the risk model" }
    fixed += held.names
    for name in held.names {
      context.note("\(word: name), in every draw as in the run: no interval covers what it varies by")
    }
    return try CellDraws(
      head: CellDraws.Head(
        grid: input.cells.grid, measure: input.cells.measure, decimals: input.cells.scale.decimals, method: Self.name,
        seed: context.seed, resamples: config.resamples, made: Array(made), groups: config.groups,
        groupsMade: all.made.dropFirst(made.count).map { $0 - config.resamples }, failures: failures,
        isRefitted: isRefitted, fixed: fixed),
      sums: all.sums)
  }
}
