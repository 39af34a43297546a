internal import CutlineAllocate
internal import CutlineCore
internal import CutlineCredit
internal import CutlineData
internal import Foundation

/// Segments with what is asked of them, and the stages that answer.
struct AllocationRun {
  let question: AllocationQuestion
  let folder: SegmentFolder
  let segments: [AllocationSegment]
  let input: Allocate.Input
  /// What is to be said of the question, beside the segments' own remarks.
  let remarks: [String]
  private let registry: Registry

  /// - Throws: `Faults` (usage) for limits and options that cannot be, before anything but names is read; then as the segments.
  init(_ arguments: Arguments) async throws {
    question = try AllocationQuestion(arguments)
    registry = try Plugins.registry(arguments, config: nil)
    let multiplier = try arguments.number("multiplier", above: 0)
    let folder = try SegmentFolder(arguments["data-dir"], scenario: question.scenario)
    self.folder = folder
    let own = try SegmentLimits(arguments, known: folder.entries.map(\.name))
    if folder.layout == .runs, multiplier != nil {
      throw Faults.usage("--multiplier", "is that of the runs", "Leave it out; it is for frontiers as CSV.")
    }
    var remarks = own.remarks
    if !folder.failed.isEmpty { remarks.append("left out as failed: \(folder.failed.joined(separator: ", "))") }
    if !folder.others.isEmpty {
      remarks.append("left out, as they hold no finished run: \(folder.others.joined(separator: ", "))")
    }
    if folder.layout == .runs, arguments["scenario"] != nil {
      let known = SegmentFolder.scenarios
      guard known.contains(question.scenario) else {
        throw Faults.usage(
          "--scenario", "\(question.scenario) is none\(DidYouMean.phrase(for: question.scenario, among: known))",
          "It may be \(known.joined(separator: ", ")), and tells files of frontiers apart.")
      }
      remarks.append(
        "the frontier of a run is one for all scenarios: --scenario tells files apart and changes nothing here")
    }
    let reader = folder.layout == .files ? try TableInput(arguments) : nil
    let objective = question.objective
    var segments = try folder.entries.map { entry in
      if let reader {
        return try AllocationSegment(
          file: entry.path, name: entry.name, multiplier: multiplier ?? 7, objective: objective, read: reader.read)
      }
      return try AllocationSegment(run: entry.path, name: entry.name, objective: objective)
    }
    try Self.checkPeriods(segments)
    self.remarks = remarks + SegmentOverlap.sentences(segments.compactMap(\.rows))
    let finest = segments.map(\.frontier.scale.decimals).max() ?? 2
    for index in segments.indices { try segments[index].rescale(to: AmountScale(finest)) }
    self.segments = segments
    let digests = segments.compactMap(\.digest)
    if Set(digests).count < digests.count {
      throw Faults.data(
        folder.folder, "two of its run folders hold the results of one run",
        "Keep one: their applications would count twice.")
    }
    let frontiers = try segments.map { try $0.frontier(own.bySegment[$0.frontier.name]) }
    input = Allocate.Input(
      segments: frontiers.map { NamedArtifact($0.name, $0) },
      limits: AllocationLimits(
        target: question.target, weight: question.weight, objective: question.objective,
        mostChanged: question.mostChanged,
        leastProduction: own.leastProduction.flatMap { amount in segments.first.map { $0.sum(amount) } },
        leastProductionName: own.leastProduction.map { "\($0)" }))
    // A target that cannot be compared is the command line's matter.
    do { _ = try frontiers.first?.measure.fraction(of: question.target) } catch {
      throw Faults(error).recoded(.usage)
    }
  }

  private static func checkPeriods(_ segments: [AllocationSegment]) throws {
    guard let first = segments.first else { return }
    for segment in segments where segment.period != first.period {
      throw Faults.usage(
        "segment \(segment.frontier.name)",
        "its run is of \(segment.period.phrase), that of \(first.frontier.name) of \(first.period.phrase)",
        "Run all segments over one period: sums of different periods do not add up.")
    }
  }

  /// An allocation by a method, with another target where one is given.
  func answer(_ method: AllocationQuestion.Method, target: DecimalNumber? = nil) async throws -> Allocation {
    var limits = input.limits
    limits.target = target ?? limits.target
    let labels = method == .exact || method == .joint ? question.labels : nil
    let entries = labels.map { count in
      [
        ConfigTable.Entry(
          key: "label_limit", place: Place(source: "--labels"),
          value: ConfigValue(.integer(Int64(count)), at: Place(source: "--labels")))
      ]
    }
    let stage = try registry.stage(kind: Allocate.name, name: method.rawValue, at: .default)
      .instance(entries ?? [], registry: registry)
    let context = RunContext(
      stageID: Allocate.name, seed: 1, workers: ProcessInfo.processInfo.activeProcessorCount
    ) { event in
      if event.kind == .note || event.kind == .warning { Console.error("  \(event.message)") }
    }
    let values = PortValues(lists: [
      "segments": input.segments.map { ($0.stage, $0.artifact) }, "limits": [("limits", limits)],
    ])
    guard let allocation = try await stage.run(values, in: context) as? Allocation else {
      throw Faults.data("allocate", "\(method.rawValue) gave no allocation", "Use --method exact.")
    }
    return allocation
  }

  /// The same segments under another target.
  func input(target: DecimalNumber) -> Allocate.Input {
    var limits = input.limits
    limits.target = target
    return Allocate.Input(segments: input.segments, limits: limits)
  }

  /// What one limit for every segment gives: in each the most of the objective whose own risk keeps the target.
  /// - Returns: the points, nil for a segment that has none within the limit.
  func singleLimit() throws -> [SegmentFrontier.Point?] {
    try input.segments.map { segment in
      try segment.artifact.points.filter { try segment.artifact.measure.fits($0.sums, limit: question.target) }
        .max { question.worth($0) < question.worth($1) }
    }
  }

  /// How sure risk and production are; nil where a run has no resamples, with the reason.
  func uncertainty(_ allocation: Allocation) throws -> (found: AllocationUncertainty?, reason: String?) {
    let without = segments.filter { $0.draws == nil }.map(\.frontier.name)
    guard without.isEmpty else {
      let names = without.count > 3 ? "\(without.count) of \(segments.count) segments" : without.joined(separator: ", ")
      return (nil, "no intervals: no resamples in \(names)")
    }
    let parts = zip(segments, allocation.choices).compactMap { segment, choice in
      segment.draws.map {
        AllocationUncertainty.Part(
          name: segment.frontier.name, draws: $0, strategy: segment.strategy(choice),
          annualCoefficient: segment.annualCoefficient)
      }
    }
    do {
      return (try AllocationUncertainty(parts, target: question.target), nil)
    } catch let error as Faults where error.code == .usage {
      return (nil, "no intervals: \(error.location) \(error.problem)")
    }
  }
}
