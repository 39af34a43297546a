internal import CutlineCore
internal import CutlineCredit
internal import CutlineFormats

struct AuditConfig: StageConfig {
  var isWanted = true
  var scenarios: [String] = []
  var compressAbove = 100_000
  var folder = "data"
  static let fields: [Field<Self>] = [
    .shared(
      "audit_tables",
      .bool(
        "write", \.isWanted,
        "Whether the files are written that say of every application, with its id, what each scenario does with it.")),
    .texts("scenarios", \.scenarios, "Scenarios that get files; empty: all."),
    .int("compress_above", \.compressAbove, in: 0...1_000_000_000, unit: "rows", "Files of more rows are gzipped."),
    ResultFolder.field(\.folder),
  ]
}

/// `audit_{scenario}.csv` holds every row of the file that is not of the recent period, `audit_{scenario}_mr.csv` those of the
/// recent period: together every row once, with its class.
///
/// What is kept and swapped out is added up from the rows and must be the strategy's own sums, in all five amounts; what is
/// swapped in is a prediction of cells, shared out to their applications in whole units (`SwapInShares`), and must add up too.
/// Otherwise the run fails (exit 6). `audit_totals.csv` has the sums of every class.
struct StandardAudit: Stage {
  typealias Kind = Audit
  static let name = "standard"
  static let summary =
    "One line a row of the file: keep, swap_out, swap_in, rejected, and why; checked against the summary."
  static let reads = ["source", "sample", "recent"]
  let config: AuditConfig

  var reads: [String] { config.isWanted ? Self.reads : [] }

  /// Rows of the source that are written in one piece, by one worker.
  private static let pieceRows = 1 << 16

  func run(_ input: Audit.Input, in context: RunContext) async throws -> FileSet {
    guard config.isWanted else {
      context.note("audit_tables = false: no row of the file is looked at")
      return FileSet(files: [])
    }
    for name in config.scenarios where !input.scenarios.scenarios.contains(where: { $0.name == name }) {
      throw Faults.usage(
        "scenarios of the audit",
        "name \(name), which is none\(DidYouMean.phrase(for: name, among: input.scenarios.scenarios.map(\.name)))",
        "There are \(input.scenarios.scenarios.map(\.name).joined(separator: ", ")).")
    }
    guard let source = input.source?.table, let sample = input.sample else {
      context.warn("no rows of the file are connected: there is no audit")
      return FileSet(files: [])
    }
    guard let origin = sample.origin else {
      context.warn("the sample does not say which row of the file each of its rows is: there is no audit")
      return FileSet(files: [])
    }
    guard origin.fits(sourceRows: source.rowCount, sampleRows: sample.rowCount), sample.grid == input.cells.grid else {
      throw Faults.integrity(
        "audit", "the rows of the sample are not those of the source, or the cells are of another grid",
        "Connect stages of one run.")
    }
    let places = AuditPlaces(origin, pieceRows: Self.pieceRows)
    var table = AuditTotalsTable()
    for (period, name) in [(Period.main, ""), (.recent, "_mr")] {
      let rows = places.rows(recent: period == .recent)
      guard rows > 0 || period == .main else { continue }
      let cells = period == .main ? input.cells : input.recent?.cells
      let shares = try cells.map { try Self.shares($0, sample, period) }
      if cells == nil {
        context.warn("nothing is predicted of the recent period: what its swap-ins would bring is left empty")
      }
      for scenario in input.scenarios.scenarios
      where config.scenarios.isEmpty || config.scenarios.contains(scenario.name) {
        guard let strategy = scenario.strategy else {
          if period == .main {
            context.note("\(word: scenario.name) has no strategy (\(word: scenario.status.rawValue)): no audit of it")
          }
          continue
        }
        let lines = try AuditRows(
          source: source, sample: sample, origin: origin, strategy: strategy, shares: shares,
          annual: cells?.annualCoefficient)
        let (totals, others) = try await write(
          lines, places, recent: period == .recent, path: "\(config.folder)/audit_\(scenario.name)\(name).csv",
          rows: rows, context)
        guard totals.count + others.count == rows else {
          throw Faults.integrity(
            "audit of \(scenario.name)", "holds \(totals.count + others.count) of \(rows) rows", "Report this stage.")
        }
        if let cells {
          let known = period == .main ? cells : input.recent?.observed ?? cells
          try totals.check(
            cells.totals(of: strategy), known: known.totals(of: strategy), scenario: scenario.name, period: period)
        }
        table.add(scenario.name, period, totals, annual: cells?.annualCoefficient, cells?.scale ?? input.cells.scale)
        table.add(scenario.name, .other, others, annual: nil, input.cells.scale)
      }
    }
    return FileSet(files: [table.file(in: config.folder)])
  }

  private static func shares(
    _ cells: CellTable, _ sample: Sample, _ period: Period
  ) throws -> (requested: SwapInShares, production: SwapInShares) {
    let count = cells.grid.cellCount
    func isIn(_ row: Int) -> Bool {
      sample.period[row] == period && sample.status[row] == .scoreRejected && Int(sample.cell[row]) < count
    }
    return (
      SwapInShares(
        cells.swapIn.map(\.requested), among: sample, weights: try sample.values(of: .requested), isIn: isIn),
      SwapInShares(
        cells.swapIn.map(\.production), among: sample, weights: try sample.values(of: .production), isIn: isIn)
    )
  }

  /// Pieces are written by all workers at once, some at a time, and stand in their order.
  /// - Returns: what the rows add up to: those of the period, and those of neither period.
  private func write(
    _ lines: AuditRows, _ places: AuditPlaces, recent: Bool, path: String, rows: Int, _ context: RunContext
  ) async throws -> (AuditTotals, others: AuditTotals) {
    let isCompressed = rows > config.compressAbove
    let header = Array((lines.columns.map { CsvText.field($0.name) }.joined(separator: ",") + "\n").utf8)
    var (totals, others) = (AuditTotals(), AuditTotals())
    try await context.attach(path + (isCompressed ? ".gz" : ""), columns: lines.columns, personal: true) { writer in
      try writer.append(isCompressed ? GzipCompressor.member(header) : header)
      let pieces = Array(0..<places.count)
      for start in stride(from: 0, to: pieces.count, by: 4 * context.workers) {
        try context.checkCancellation()
        let some = Array(pieces[start..<min(start + 4 * context.workers, pieces.count)])
        let made = try await context.concurrently(some) {
          piece -> (bytes: [UInt8], own: AuditTotals, others: AuditTotals) in
          var (text, own, others) = ([UInt8](), AuditTotals(), AuditTotals())
          places.forEach(in: piece, recent: recent) { row, place in
            let (group, sums) = lines.append(row, place, to: &text)
            if lines.period(row) == .other { others.add(group, sums) } else { own.add(group, sums) }
          }
          return (isCompressed && !text.isEmpty ? try GzipCompressor.member(text, level: 1) : text, own, others)
        }
        for piece in made {
          try writer.append(piece.bytes)
          totals.add(piece.own)
          others.add(piece.others)
        }
      }
    }
    return (totals, others)
  }
}

/// The rows of the source in pieces, each with its place in the sample.
struct AuditPlaces: Sendable {
  private let origin: SampleOrigin
  private let pieceRows: Int
  /// Rows of the sample before each piece.
  private let before: [Int]

  init(_ origin: SampleOrigin, pieceRows: Int) {
    self.origin = origin
    self.pieceRows = pieceRows
    var (before, found) = ([Int](), 0)
    for row in origin.period.indices {
      if row % pieceRows == 0 { before.append(found) }
      if origin.rows.contains(row) { found += 1 }
    }
    self.before = before
  }

  /// Pieces.
  var count: Int { before.count }

  /// Rows of the recent period, or all others.
  func rows(recent: Bool) -> Int { origin.period.count { ($0 == .recent) == recent } }

  func forEach(in piece: Int, recent: Bool, _ body: (_ row: Int, _ place: Int?) -> Void) {
    var place = before[piece]
    for row in piece * pieceRows..<min((piece + 1) * pieceRows, origin.period.count) {
      let isIn = origin.rows.contains(row)
      if (origin.period[row] == .recent) == recent { body(row, isIn ? place : nil) }
      if isIn { place += 1 }
    }
  }
}
