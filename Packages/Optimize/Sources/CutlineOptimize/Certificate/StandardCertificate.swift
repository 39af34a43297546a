internal import CutlineCore
internal import CutlineCredit

struct CertificateConfig: StageConfig {
  enum Claims: String, CaseIterable, Sendable {
    /// The strategy of every scenario is the best within its limit.
    case limits
    /// The points are all of the frontier; two scores.
    case frontier
    case none
  }

  var claims = Claims.limits
  var folder = "data"

  static let fields: [Field<Self>] = [
    .shared(
      .choice(
        "certificate", \.claims,
        "What is certified: that every scenario's strategy is the best within its limit (limits), that no point of the frontier "
          + "is missing (frontier; two scores), or nothing (none).")),
    ResultFolder.field(\.folder),
  ]
}

/// `certificate.json` and the cells that it is about, `certified_cells.csv`, for `cutline check-certificate`.
///
/// Where nothing can be certified (fixed cutoffs, constraints without a certificate, answers left open) the run says so, and no
/// file is written.
///
/// O(limits · rows · columns), for a frontier O(points · rows · columns).
struct StandardCertificate: Stage {
  typealias Kind = Certification
  static let name = "standard"
  static let summary = "What check-certificate needs to prove the run's strategies, and the cells that were searched."
  let config: CertificateConfig

  func run(_ input: Certification.Input, in context: RunContext) async throws -> FileSet {
    let nothing = FileSet(files: [])
    let frontier = input.frontier
    guard config.claims != .none else { return nothing }
    if frontier.isFixed {
      context.note("no certificate: fixed cutoffs are chosen by nobody")
      return nothing
    }
    if let maker = frontier.statedBy {
      context.note("no certificate: what \(word: maker) states, nobody has proved")
      return nothing
    }
    let certified = CertifiedCells(cells: input.cells)
    do {
      let settings = try ConfigDocument.parse(
        (frontier.constraints ?? []).joined(separator: "\n"), source: "constraints")
      let certificate = try CertificateWriter.certificate(
        of: claimed(input, context), cells: input.cells, columns: certified.columns, settings: settings.entries,
        workers: context.workers,
        skipping: { limit, faults in
          context.note("no certificate of \(word: "\(limit)") %: \(word: faults.problem)")
        })
      let file = ResultFile(
        path: "\(config.folder)/certificate.json", bytes: Array(try certificate.encoded()))
      return FileSet(files: [file, certified.file(in: config.folder)])
    } catch let faults as Faults where faults.code == .usage {
      // Not everything can be certified, and a run without a certificate is no failure.
      context.note("no certificate: \(word: faults.problem)")
      return nothing
    }
  }

  /// The frontier itself, or its answers to the limits of the scenarios.
  private func claimed(_ input: Certification.Input, _ context: RunContext) throws -> Frontier {
    let frontier = input.frontier
    let isWhole = frontier.answers.isEmpty && config.claims == .frontier
    if isWhole, input.cells.grid.axes.count <= 2 { return frontier }
    if config.claims == .frontier {
      context.note("limits are certified: the search has no whole frontier of two scores")
    }
    var limits: [DecimalNumber] = []
    for scenario in input.scenarios.scenarios {
      let limit = scenario.chosenAt ?? scenario.limit
      if !limits.contains(limit) { limits.append(limit) }
    }
    return try frontier.answering(limits, input.cells.measure)
  }
}
