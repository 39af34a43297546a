public import CutlineCompute
public import CutlineCore
internal import CutlineCredit
public import CutlineRun
internal import Foundation

/// The runs of all segments of a portfolio.
///
/// Everything that a configuration can be wrong about is found before any data is read. Then the rows are counted by segment,
/// supersegments are trained, one after the other, and segments run, several at a time; the table of applications is read once
/// for all. Each segment's folder is what `cutline run` of its merged configuration would leave. One that fails does not
/// stop the others; one whose folder already is what it would give is not run.
public struct Batch: Sendable {
  public struct Options: Sendable {
    /// The folder of the folders.
    public var output: String
    /// Segments at a time; 1 = one after the other.
    public var workers = 1
    /// Threads of the machine, which the segments at a time share.
    public var threads: Int
    public var device: DeviceChoice = .auto
    /// MiB; nil = from the machine.
    public var memory: Int?
    public var skipQuality = false
    /// Take the models of supersegments as they are, where they are those that a training would be about.
    public var reuseModels = false
    /// Rows in several segments or in none, and scenarios without a proven strategy, are failures.
    public var strict = false
    public var consolidates = true
    /// Nothing is run.
    public var onlyConsolidates = false
    public var rehash = false
    public var version: String
    public var program: String
    public var plugins: [Manifest.Plugin]

    public init(output: String, threads: Int, version: String, program: String, plugins: [Manifest.Plugin]) {
      (self.output, self.threads, self.version) = (output, max(1, threads), version)
      (self.program, self.plugins) = (program, plugins)
    }
  }

  public let file: SegmentsFile
  let configuration: BatchConfiguration
  public let options: Options
  let registry: Registry
  let neighbours: BatchNeighbours
  /// Both in the order of the file.
  let supersegments, segments: [BatchUnit]
  /// Plans as they are before any model is trained, by the folder of the unit.
  let plans: [String: Plan]
  /// How the configuration was understood.
  public let notes: [String]
  /// Where supersegments and their segments do not fit together.
  public let warnings: [String]

  /// - Parameter names: of the segments that run; empty = all.
  /// - Throws: `Faults` (usage): names that are none, and every mistake in the configuration of any unit.
  public init(
    _ configuration: BatchConfiguration, _ file: SegmentsFile, only names: [String], options: Options,
    registry: Registry, neighbours: BatchNeighbours
  ) throws {
    (self.configuration, self.file, self.options) = (configuration, file, options)
    (self.registry, self.neighbours) = (registry, neighbours)
    let selected = try file.selected(names, at: Place(source: "--segments"))
    segments = selected.map { BatchUnit($0, configuration, output: options.output) }
    supersegments = file.used(by: selected).map { BatchUnit($0, configuration, output: options.output) }
    try configuration.refuseOneFilter(for: file)
    var reading = Reading()
    var plans: [String: Plan] = [:]
    var notes: [String] = []
    for unit in supersegments + segments {
      let made = try reading.attempt {
        try unit.plan(configuration, skipQuality: options.skipQuality, registry)
      }
      plans[unit.folder] = made?.plan
      for note in made?.notes ?? [] where !notes.contains(note) { notes.append(note) }
    }
    try reading.finish()
    self.plans = plans
    self.notes = notes
    warnings = Self.warnings(file, selected, segments, configuration.table)
  }

  /// What is run, in the order of the file, as far as it is known before any model is trained.
  public var checkedPlans: [Plan] { (supersegments + segments).compactMap { plans[$0.folder] } }

  /// Segments outside of what their supersegment learns from, and what it learns from beside its segments.
  private static func warnings(
    _ file: SegmentsFile, _ selected: [SegmentsFile.Segment], _ units: [BatchUnit], _ table: String
  ) -> [String] {
    func comparable(_ words: [String]) -> Set<String> { Set(words.map(TextColumn.comparable)) }
    var warnings: [String] = []
    for (segment, unit) in zip(selected, units) {
      guard let own = segment.supersegment,
        let other = file.supersegments.first(where: { $0.name == own.name })
      else { continue }
      let words = unit.filterWords(table)
      let missing = words.filter { !comparable(other.words).contains(TextColumn.comparable($0)) }
      if words.isEmpty || !missing.isEmpty {
        warnings.append(
          "\(own.place): segment \(segment.name) takes the model of supersegment \(own.name), whose segment_filters lack "
            + (words.isEmpty ? "its rows: it has no segment_filter" : missing.joined(separator: ", ")))
      }
    }
    for other in file.supersegments {
      let users = zip(selected, units).filter { $0.0.supersegment?.name == other.name }
      // Of a part of the segments nothing follows.
      guard !users.isEmpty, selected.count == file.segments.count else { continue }
      let used = comparable(users.flatMap { $0.1.filterWords(table) })
      let idle = other.words.filter { !used.contains(TextColumn.comparable($0)) }
      if !idle.isEmpty {
        warnings.append(
          "\(other.filters.place): no segment of supersegment \(other.name) has the filter \(idle.joined(separator: ", "))"
        )
      }
    }
    return warnings
  }

  /// Removes the folders of the segments and of the supersegments that they use, with what failed runs of them left.
  ///
  /// Only what bears the manifest of a run and holds nothing else is removed; no link is followed.
  /// - Returns: the folders that are gone, and why others are not.
  public func clean() -> (removed: [String], kept: [Faults]) {
    var removed: [String] = []
    var kept: [Faults] = []
    for folder in (supersegments + segments).flatMap({ [$0.folder, $0.folder + ".failed"] }) {
      do { if try RunRemoval.remove(folder) { removed.append(folder) } } catch { kept.append(Faults(error)) }
    }
    return (removed, kept)
  }

  func runner(
    _ unit: BatchUnit, _ plan: Plan, _ shared: SharedInputs, threads: Int, hear: @escaping EventSink = { _ in }
  ) -> Runner {
    var own = Runner.Options(
      output: unit.folder, workers: threads, device: options.device, version: options.version,
      program: options.program, plugins: options.plugins, configuration: configuration.path)
    own.shared = shared
    own.rehash = options.rehash
    return Runner(plan: plan, options: own, sink: hear)
  }
}
