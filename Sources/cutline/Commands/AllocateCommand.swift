internal import CutlineAllocate
internal import CutlineCore
internal import CutlineData
internal import CutlineWorkspace
internal import Foundation

/// A limit on the risk of all segments, split so that production is most.
struct AllocateCommand: Command {
  static let name = "allocate"
  static let group = CommandGroup.strategies
  static let summary = "Splits one risk limit over segments: a strategy for each, most production together, proven."
  static let options: [Option] =
    [
      .value("target", "PCT", "The limit on the risk of all segments together, in percent."),
      .value("data-dir", "DIR", "One run folder a segment, or one CSV a segment (default data, else output)."),
      .value("output", short: "o", "FILE", "The table (default allocation_results.csv); its .json stands beside it."),
      .value("scenario", "NAME", "Whose efficient_frontier_NAME.csv is read where there are files (default base)."),
      .value("method", "NAME", "exact (default), greedy, milp or joint."),
      .value("risk-weight", "NAME", "exposure (default): Σ numerator / Σ denominator; or production."),
      .value("objective", "NAME", "production (default), or value: what [preprocessing.value] or a column value says."),
    ] + SegmentLimits.options + [
      .value("max-changed", "N", "How many segments may leave what they have today."),
      .value("what-if", "FROM..TO/STEP", "Also answer other targets: 0.8..1.6/0.1."),
      .value("curve", "FILE", "Write the answers to other targets as CSV (without --what-if: half to one and a half)."),
      .value("certificate", "FILE", "Write what cutline check-certificate FILE proves the result from."),
      .value("labels", "N", "exact, joint: partial choices kept at a time (default 20000000)."),
      .value("multiplier", "M", "Of the risk, for frontiers as CSV (default 7)."),
      .flag("allow-fallback", "Where nothing keeps the target, give the choice of least risk, labelled."),
      .flag("force", "Replace files that are there."), .flag("json", "Print as JSON."),
    ] + TableInput.options + [Plugins.option]
  static let details = """
    Every segment is a finished run (cutline run) below DIR; folders named _supersegment_… are none. Chosen is one point of
    each segment's exact frontier so that the risk of all together keeps the target and production is most:
    docs/methods/allocation.md. joint chooses among all strategies of all segments at once, on their frontiers or not.
    Limits may stand in segments.toml ([segments.NAME] min_risk, max_risk, min_production, max_change, lock) or in options.

    milp asks the solver HiGHS and is set against exact: exit code 4 where they differ.
    Exit code 5 where nothing keeps the target, with the least risk there is and the limits that contradict each other.

    Examples:
      cutline allocate --target 1.2 --data-dir output
      cutline allocate --target 1.2 --method joint --what-if 0.8..1.6/0.1 --curve curve.csv
      cutline allocate --target 1.2 --max-risk north:1.5 --lock south:today --max-changed 3 --certificate proof.json
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let output = arguments["output"] ?? "allocation_results.csv"
    let json = "\(output.hasSuffix(".csv") ? String(output.dropLast(4)) : output).json"
    let files = [output, json] + [arguments["curve"], arguments["certificate"]].compactMap { $0 }
    try check(files, force: arguments.has("force"))
    let run = try await AllocationRun(arguments)
    try check(files, besides: run.folder)
    Console.error(
      "\(run.folder.folder): \(run.segments.count) segments from \(run.folder.layout.phrase)")
    let asked = try await run.answer(run.question.method)
    let (allocation, asFound) = try await given(asked, run, allowsFallback: arguments.has("allow-fallback"))
    var report = try await AllocationReport(run, asked: asFound, given: allocation)
    guard allocation.status != .infeasible else {
      if arguments.has("json") { try print(report) }
      throw Faults(
        Fault(
          .infeasible, "--target \(run.question.target)".place, AllocationText(report: report).infeasible,
          AllocationText(report: report).advice))
    }
    let agrees = run.question.method == .milp ? try await crossChecked(allocation, run) : true
    report.whatIf = try await AllocationReport.whatIf(run)
    let text = AllocationText(report: report)
    let encoded = try CanonicalJSON.encode(report, pretty: true)
    var contents: [(path: String, data: Data)] = [(output, Data(table(run, allocation).utf8)), (json, encoded)]
    if let curve = arguments["curve"] { contents.append((curve, Data(text.curve.utf8))) }
    if let path = arguments["certificate"] {
      let certificate = try AllocationCertificate(allocation, run.input, runs: run.segments.map(\.digest))
      contents.append((path, try certificate.encoded()))
    }
    for (path, data) in contents {
      if arguments.has("force") { try NewFile.replace(data, to: path) } else { try NewFile.write(data, to: path) }
    }
    for remark in report.remarks { Console.error("  \(remark)") }
    Console.out(arguments.has("json") ? String(decoding: encoded, as: UTF8.self) + "\n" : text.text)
    Console.error(files.map { "\($0) is written" }.joined(separator: "\n"))
    return agrees ? .ok : .gate
  }

  /// Whether the solver's choice has what the proven one has.
  private static func crossChecked(_ allocation: Allocation, _ run: AllocationRun) async throws -> Bool {
    let exact = try await run.answer(.exact)
    let objective = run.question.objective
    let (own, proven) = (allocation.total(objective), exact.total(objective))
    let agrees = own == proven
    Console.error(
      agrees
        ? "  exact has the same \(objective.rawValue): the two agree"
        : "  warning: exact has \(run.input.segments.first?.artifact.scale.shortText(proven - own) ?? "") more")
    return agrees
  }

  /// What is given for what was found: a choice that breaks the target only where that is asked for.
  private static func given(
    _ asked: Allocation, _ run: AllocationRun, allowsFallback: Bool
  ) async throws -> (given: Allocation, asked: Allocation) {
    switch asked.status {
    case .optimal, .bound, .unproven: return (asked, asked)
    case .fallback:
      let exact = try await run.answer(.exact)
      if allowsFallback { return (asked, exact) }
      if exact.status == .infeasible { return (exact, exact) }
      throw Faults(
        Fault(
          .infeasible, "--method greedy".place,
          "ends at a choice that breaks \(run.question.target) %, although there are some that keep it",
          "Use --method exact."))
    case .infeasible:
      guard allowsFallback, run.question.mostChanged == nil else { return (asked, asked) }
      return (try await run.answer(.greedy), asked)
    }
  }

  /// What is read is never written.
  private static func check(_ files: [String], besides folder: SegmentFolder) throws {
    let read = folder.entries.map { PathKind.real($0.path) }
    // A result beside frontiers as files would be a segment of the next call.
    let taken = folder.layout == .files ? read + [PathKind.real(folder.folder)] : read
    if let file = files.first(where: { own in taken.contains { PathKind.isOrLiesIn(own, $0) } }) {
      throw Faults.usage(
        "--output", "\(file) lies among what is read, \(folder.folder)", "Name a file elsewhere.")
    }
  }

  /// Before a long computation rather than after it.
  private static func check(_ files: [String], force: Bool) throws {
    let real = files.map(PathKind.real)
    if let twice = real.indices.first(where: { real[..<$0].contains(real[$0]) }) {
      throw Faults.usage("--output", "\(files[twice]) would be written twice", "Name another file.")
    }
    guard !force, let taken = files.first(where: { PathKind.isTaken($0) }) else { return }
    throw Faults.io(taken, "is there already", "Name another file, or say --force.")
  }

  private static func print(_ report: AllocationReport) throws {
    Console.out(String(decoding: try CanonicalJSON.encode(report, pretty: true), as: UTF8.self) + "\n")
  }

  /// Segment first, then every column of the frontier's chosen row; columns that only some segments have are empty elsewhere.
  private static func table(_ run: AllocationRun, _ allocation: Allocation) -> String {
    var columns: [String] = []
    for segment in run.segments {
      for column in segment.columns where !columns.contains(column) { columns.append(column) }
    }
    var csv = CsvText(["segment"] + columns, guardsFormulas: true)
    for (segment, choice) in zip(run.segments, allocation.choices) {
      let own = Dictionary(zip(segment.columns, segment.fields(choice)), uniquingKeysWith: { first, _ in first })
      csv.add([choice.segment] + columns.map { own[$0] ?? "" })
    }
    return csv.text
  }
}
