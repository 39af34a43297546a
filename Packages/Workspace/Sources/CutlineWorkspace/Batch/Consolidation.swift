internal import CutlineCore
internal import CutlineCredit
internal import CutlineRun
internal import Foundation

/// The portfolio as a whole: `consolidated_risk_production.csv`, a line for every segment, supersegment and the total, by
/// scenario and period.
///
/// Production, numerators and denominators are summed exactly (`JointSums`); risk is a ratio of sums, never a mean or a sum of
/// risks. Intervals are of the group's sums in the joint draws (`JointDraws`), strategies as they are. A segment without a run
/// is a line that says so, and what is added up without it is called partial.
public struct Consolidation: Sendable {
  public static let fileName = "consolidated_risk_production.csv"

  /// By scenario, period, then supersegments, segments, the total.
  public let rows: [ConsolidatedRow]
  /// What makes sums over the segments doubtful or partial, a sentence each.
  public let warnings: [String]
  /// Whether runs of different data, builds or seeds stand beside each other, or one that was asked for is missing.
  public let isDoubtful: Bool

  /// - Parameters:
  ///   - runs: the segments in the order of the file; without a run where there is none, with the reason.
  ///   - coverage: how they share the rows, where that is known.
  ///   - unchosen: the reason of those that nobody asked for.
  /// - Throws: `Faults` (data) for runs that cannot be added up.
  init(
    _ runs: [(unit: BatchUnit, run: ConsolidatedRun?, reason: String)], _ coverage: SegmentCoverage?,
    _ neighbours: BatchNeighbours, unchosen: String
  ) throws {
    let present = runs.compactMap(\.run)
    let first = present.first
    let strange = present.filter { run in
      run.program != first?.program || run.inputs != first?.inputs || run.seed != first?.seed
    }
    var warnings = strange.map { run in
      let what = [
        run.program != first?.program ? "build" : nil, run.inputs != first?.inputs ? "data" : nil,
        run.seed != first?.seed ? "seed" : nil,
      ].compactMap { $0 }
      return "\(run.name) was run with other \(what.joined(separator: " and ")) than \(first?.name ?? "")"
    }
    func note(_ members: [ConsolidatedRun]) -> String {
      let others = strange.filter { own in members.contains { $0.name == own.name } }.map(\.name)
      // A line of one segment mixes nothing, but is itself what another line must not be mixed with.
      var notes =
        others.isEmpty
        ? [] : ["of other data, build or seed than \(first?.name ?? ""): \(others.joined(separator: ", "))"]
      let names = members.map(\.name)
      let twice = (coverage?.overlaps ?? []).filter { names.contains($0.a) && names.contains($0.b) }
      if !twice.isEmpty {
        notes.append(
          "rows that count twice: " + twice.map { "\($0.rows) in \($0.a) and \($0.b)" }.joined(separator: ", "))
      }
      return notes.joined(separator: "; ")
    }
    var scenarios: [String] = []
    for name in present.flatMap({ $0.main.scenarios.map(\.name) }) where !scenarios.contains(name) {
      scenarios.append(name)
    }
    if scenarios.isEmpty { scenarios = ["base"] }
    let periods = ConsolidatedRow.Period.allCases.filter { period in
      period == .main || present.contains { $0.recent != nil }
    }
    var supersegments: [String] = []
    for name in runs.compactMap(\.unit.models?.supersegment) where !supersegments.contains(name) {
      supersegments.append(name)
    }
    let members = runs.map { (name: $0.unit.name, run: $0.run, reason: $0.reason) }
    rows = try scenarios.flatMap { scenario in
      try periods.flatMap { period -> [ConsolidatedRow] in
        func row(
          _ group: String, _ kind: ConsolidatedRow.Kind,
          _ members: [(name: String, run: ConsolidatedRun?, reason: String)]
        ) throws -> ConsolidatedRow {
          try ConsolidatedRow(group, kind, members, period, scenario, neighbours, note: note)
        }
        let shared = try supersegments.map { name in
          try row(name, .supersegment, zip(runs, members).filter { $0.0.unit.models?.supersegment == name }.map(\.1))
        }
        let own = try zip(runs, members).map { run, member in
          let group = run.unit.models.map { "\($0.supersegment)/\(run.unit.name)" } ?? "segment_\(run.unit.name)"
          return try row(group, .segment, [member])
        }
        return shared + own + [try row("TOTAL", .total, members)]
      }
    }
    let missing = runs.filter { $0.run == nil && $0.reason != unchosen }
    warnings += missing.map { "\($0.unit.name) is missing in the consolidated table: \($0.reason)" }
    isDoubtful = !warnings.isEmpty
    let others = runs.filter { $0.reason == unchosen }.map(\.unit.name)
    if !others.isEmpty {
      warnings.append("the consolidated table is partial: \(others.joined(separator: ", ")) not chosen")
    }
    self.warnings = warnings
  }

  /// The total of a scenario in the main period.
  public func total(_ scenario: String) -> ConsolidatedRow? {
    rows.first { $0.kind == .total && $0.period == .main && $0.scenario == scenario }
  }

  /// A segment in the scenario `base` and the main period.
  public func base(of segment: String) -> ConsolidatedRow? {
    rows.first { $0.isOf(segment: segment) && $0.period == .main && $0.scenario == "base" }
  }

  /// - Throws: `Faults` (io).
  func write(to folder: String) throws {
    var csv = CsvText(ConsolidatedRow.columns, guardsFormulas: true)
    for row in rows { csv.add(row.fields) }
    try ReplacedFile.write(Data(csv.bytes), to: "\(folder)/\(Self.fileName)")
  }
}

extension Batch {
  /// A segment of the file that is not among those that this batch is about.
  private static let unchosen = "not chosen"

  /// The table over the segments that have a run of this batch, written beside their folders.
  func consolidate(_ state: BatchState, _ coverage: SegmentCoverage?) throws -> Consolidation {
    try consolidated(coverage) { unit in
      let own = state.units.first { $0.folder == unit.folder }
      guard let own, own.hasRun else { return (nil, "failed, exit \(own?.exitCode ?? 0)") }
      return (try ConsolidatedRun(unit, Manifest.load(from: unit.folder), neighbours), "")
    }
  }

  /// The table over what stands in the folders of the segments, without running any: `--consolidate-only`.
  ///
  /// Every run is verified first, and held against what its segment says now; one that is not there, is not what was written, or
  /// answers another question is missing in the table.
  /// - Throws: `Faults` (usage) where no segment has a run; `Faults` (io).
  public func consolidateOnly() throws -> Consolidation {
    try consolidated(BatchState.load(from: options.output)?.coverage) { unit in
      do {
        let run = try VerifiedRun(unit.folder)
        if let other = try difference(of: run.manifest, unit) { return (nil, "run with other settings: \(other)") }
        return (try ConsolidatedRun(unit, run.manifest, neighbours), "")
      } catch {
        let fault = Faults(error)
        return (nil, "\(fault.location): \(fault.problem)")
      }
    }
  }

  /// All segments of the file have their line; those that are not chosen are missing, so that a table of a part says so.
  private func consolidated(
    _ coverage: SegmentCoverage?, _ run: (BatchUnit) throws -> (ConsolidatedRun?, String)
  ) throws -> Consolidation {
    let chosen = Set(segments.map(\.name))
    let runs = try file.segments.map { segment -> (unit: BatchUnit, run: ConsolidatedRun?, reason: String) in
      let unit = BatchUnit(segment, configuration, output: options.output)
      guard chosen.contains(segment.name) else { return (unit, nil, Self.unchosen) }
      let (own, reason) = try run(unit)
      return (unit, own, reason)
    }
    guard !options.onlyConsolidates || runs.contains(where: { $0.run != nil }) else {
      let reasons = runs.filter { $0.reason != Self.unchosen }.map(\.reason)
      throw Faults.usage(
        options.output, "holds no finished run of a segment: \(reasons.joined(separator: "; "))",
        "Run cutline batch without --consolidate-only first.")
    }
    let table = try Consolidation(runs, coverage, neighbours, unchosen: Self.unchosen)
    try table.write(to: options.output)
    return table
  }

  /// In what a run differs from what its segment asks for now, as far as its figures hang on it; nil for nothing.
  ///
  /// The table of applications is not read again: runs of other data than the others' are told by their digests.
  private func difference(of manifest: Manifest, _ unit: BatchUnit) throws -> String? {
    guard let plan = plans[unit.folder] else { return nil }
    let ends = plan.nodes.filter { ["cells", "scenarios", "draws", "intervals", "recent"].contains($0.stage.kind) }
    let part = try plan.until(ends.map(\.id), at: unit.folder.place)
    let runner = runner(unit, part, SharedInputs(), threads: 1)
    // Of the models that it has taken, the files.
    let digests = try runner.inputDigests { ["train", "exposure"].contains($0.stage.kind) }
    let recorded = Set(manifest.stages.map(\.id))
    let needed = Set(part.nodes.map(\.id))
    // A stage that nobody needed has left no record; checks that were skipped change no figure.
    return RunDifference.all(of: manifest, runner, digests: digests) { id, kind in
      recorded.contains(id) && needed.contains(id) && kind != "quality"
    }.first?.what
  }
}
