internal import CutlineCore
internal import CutlineCredit
internal import CutlineRun

extension Batch {
  /// Counts the rows of the file by segment, from the table that the runs share.
  ///
  /// Where an earlier batch has counted the same file by the same filters, its counts are taken and the file is not read.
  ///
  /// - Returns: nil counts where they cannot be made, which is said; nil source where it was not read.
  /// - Throws: `Faults` (data) under `--strict` where the segments are no partition of the rows, or nobody knows.
  func coverage(
    _ shared: SharedInputs, _ hear: @escaping @Sendable (BatchEvent) -> Void
  ) async throws -> (SegmentCoverage?, SourceTable?) {
    var problem: String
    do {
      let (coverage, source) = try await counted(shared)
      if let coverage {
        let sentences = coverage.sentences(showingWords: false)
        for sentence in sentences { hear(.warning(sentence)) }
        if options.strict, !coverage.isPartition {
          throw Faults.data(
            file.path, "the segments are no partition of the rows: \(sentences.joined(separator: "; "))",
            "Correct the filters, or leave --strict out. Nothing was run.")
        }
        return (coverage, source)
      }
      problem = "the segments read different files, or their plans have no source that can be shared"
    } catch let error as CancellationError {
      throw error
    } catch let error as StageFailure {
      // Every segment will say why at length.
      problem = error.faults.all[0].problem
      hear(.warning("the rows were not counted by segment: \(error.text(.discreet))"))
      guard options.strict else { return (nil, nil) }
    }
    guard options.strict else {
      hear(.note("the rows were not counted by segment: \(problem)"))
      return (nil, nil)
    }
    throw Faults.data(
      file.path, "the rows were not counted by segment: \(problem)",
      "Correct it, or leave --strict out. Nothing was run.")
  }

  private func counted(_ shared: SharedInputs) async throws -> (SegmentCoverage?, SourceTable?) {
    var keys: Set<String> = []
    var first: (runner: Runner, id: String)?
    for unit in segments {
      guard let plan = plans[unit.folder], let id = plan.nodes.first(where: { $0.stage.kind == "source" })?.id else {
        return (nil, nil)
      }
      let runner = runner(unit, plan, shared, threads: options.threads)
      guard let key = try runner.key(of: id) else { return (nil, nil) }
      keys.insert(key)
      first = first ?? (runner, id)
    }
    guard keys.count == 1, let source = keys.first, let first else { return (nil, nil) }
    // Of all segments of the file: those that are not chosen now have rows, too.
    let all = file.segments.map { BatchUnit($0, configuration, output: options.output) }
    let filters = all.map { $0.filters(configuration.table) }
    let digest = Digest()
    digest.update(source)
    for (unit, entries) in zip(all, filters) {
      digest.update(unit.name)
      for entry in entries { digest.update("\(entry.key) = \(entry.value.toml)") }
    }
    let key = digest.finish()
    if let known = BatchState.load(from: options.output)?.coverage, known.key == key { return (known, nil) }
    let (_, artifact) = try await first.runner.source(first.id)
    guard let table = artifact as? SourceTable else { return (nil, nil) }
    do {
      let groups = try neighbours.groups(table, filters)
      return (SegmentCoverage(groups, of: all.map(\.name), key: key), table)
    } catch {
      throw StageFailure(stage: first.id, cause: error)
    }
  }
}
