internal import CutlineCore
internal import Dispatch

/// One reading of a text file, on the belief that each column is what its plan says.
struct CsvPass {
  /// The first value that contradicts a column's plan; rows are counted from 1 in the file.
  struct Contradiction {
    let row: Int
    let text: [UInt8]
    /// Whether the column had values before it that did fit.
    let hadValues: Bool
  }

  private let plans: [CsvColumnPlan]
  private let layout: CsvLayout
  private let workers: Int
  private let chunkBytes: Int
  private let rowLimit: Int
  private let path: String
  private var stores: [CsvColumnStore]
  private(set) var contradictions: [Contradiction?]
  /// Per column: the first number whose point may divide thousands, and whether another one's cannot.
  private var open: [(row: Int, text: [UInt8])?]
  private var hasDecimals: [Bool]
  private var openCounts: [(all: Int, withZero: Int)]
  private(set) var rows = 0
  private(set) var blankLines = 0
  /// Places of the missing tokens that a field was.
  private(set) var tokensFound: Set<Int> = []
  /// Lines that were passed over as remarks.
  private(set) var comments = 0
  /// Where the signs are not RFC 4180's: fields that were quoted, and characters behind an escape.
  private(set) var quotedFields = 0
  private(set) var escapes = 0
  private var lines = 0
  private var issues: [String] = []
  // The first of the values that issues are about.
  private var shown: String?
  /// Where a line of what is read stands in the file.
  private var originalLine: (Int) -> Int = { $0 }
  /// What to do about records of other widths than the names, where that can be seen.
  private var advice: String?

  init(plans: [CsvColumnPlan], layout: CsvLayout, options: ReadOptions, path: String) {
    self.plans = plans
    self.layout = layout
    self.path = path
    workers = max(1, options.workers)
    chunkBytes = options.csvChunkBytes
    rowLimit = options.rows ?? .max
    stores = plans.map { CsvColumnStore(kind: $0.kind, unit: layout.unit(of: $0.kind)) }
    open = Array(repeating: nil, count: plans.count)
    hasDecimals = Array(repeating: false, count: plans.count)
    openCounts = Array(repeating: (0, 0), count: plans.count)
    contradictions = Array(repeating: nil, count: plans.count)
  }

  /// Reads to the end.
  ///
  /// - Parameter first: the chunk that `chunker` has filled already, if it has.
  /// - Throws: `Faults` (data) with up to 20 of the records that break the rules.
  mutating func run(
    _ chunker: CsvChunker, first: CsvChunk?, skipping dialect: CsvDialect, fileSize: Int?
  ) throws {
    let chunks = (0..<workers).map {
      $0 == 0 ? first ?? CsvChunk(capacity: chunkBytes) : CsvChunk(capacity: chunkBytes)
    }
    let parsers = (0..<workers).map { _ in CsvChunkParser(layout: layout, plans: plans) }
    lines = dialect.headerLines
    defer {
      comments = chunker.comments
      (quotedFields, escapes) = chunker.signsFound
    }
    originalLine = chunker.originalLine
    advice = dialect.advice
    var isFirst = true
    while true {
      var filled = 0
      while filled < workers, try (isFirst && first != nil) || chunker.fill(chunks[filled]) {
        if isFirst { chunks[0].start = dialect.headerBytes }
        filled += 1
        if isFirst {
          // Alone, to learn how much room the rest will take.
          isFirst = false
          break
        }
      }
      if filled == 0 {
        if !issues.isEmpty { throw error() }
        return
      }
      if filled == 1 {
        parsers[0].parse(chunks[0])
      } else {
        let work = CsvWork(chunks: chunks, parsers: parsers)
        DispatchQueue.concurrentPerform(iterations: filled) { work.parsers[$0].parse(work.chunks[$0]) }
      }
      for index in 0..<filled {
        if rows == 0, let fileSize, parsers[index].rows > 0 {
          let perRow = Double(chunks[index].count) / Double(parsers[index].rows)
          let expected = min(Int(Double(fileSize) / perRow * 1.02), rowLimit) + 1024
          for column in stores.indices { stores[column].reserve(expected) }
        }
        try take(parsers[index])
      }
      if rows >= rowLimit, issues.isEmpty { return }
      for parser in parsers { parser.reset(remainingPlans()) }
    }
  }

  /// - Throws: `Faults` (data) for columns whose numbers may be read in two ways.
  func table() throws -> Table {
    var columns: [Column] = []
    var reading = Reading()
    for (index, plan) in plans.enumerated() where plan.kind == .number && !hasDecimals[index] {
      guard let open = open[index], plan.type?.number?.isStated != true, isDoubtful(index) else { continue }
      reading.add(
        PointReading.fault(column: plan.name, row: open.row, text: String(decoding: open.text, as: UTF8.self)))
    }
    try reading.finish()
    for (plan, store) in zip(plans, stores) where plan.kind != .skipped {
      columns.append(Column(name: plan.name, originalName: plan.originalName, values: store.values))
    }
    return try Table(columns: columns, rowCount: rows)
  }

  /// Whether the points of a column, each before three digits, are to be asked about.
  ///
  /// Between commas a point divides decimals, unless no one program can have written them: one that keeps zeros writes
  /// 950.000 and one that drops them never 15.000, so that both beside each other are thousands; then no number without a
  /// point reaches 1000.
  private func isDoubtful(_ index: Int) -> Bool {
    guard layout.trustsPoint else { return true }
    guard openCounts[index].withZero > 0, case .number(let numbers) = stores[index].values else { return false }
    let whole = numbers.count { !$0.isNaN && $0 != 0 } - openCounts[index].all
    return whole > 0 && numbers.allSatisfy { $0.isNaN || $0.magnitude < 1000 }
  }

  // Columns that are contradicted already need no more work in this pass.
  private func remainingPlans() -> [CsvColumnPlan] {
    zip(plans, contradictions).map { plan, contradiction in
      guard contradiction != nil else { return plan }
      var idle = plan
      idle.kinds = [.skipped]
      return idle
    }
  }

  private mutating func take(_ parser: CsvChunkParser) throws {
    for issue in parser.issues {
      issues.append(description(issue))
      shown = shown ?? issue.shown
    }
    if issues.count >= CsvChunkParser.issueLimit || parser.issues.last?.isStructural == true { throw error() }
    // Broken records leave gaps in the chunk's columns; with one of them there will be no table.
    for index in plans.indices where issues.isEmpty && contradictions[index] == nil {
      if let found = parser.contradictions[index] {
        contradictions[index] = Contradiction(
          row: rows + found.row + 1, text: found.text, hadValues: found.hadValues || stores[index].valueCount > 0)
        stores[index] = CsvColumnStore(kind: .skipped, unit: nil)
      } else {
        stores[index].append(parser, index)
        guard layout.watchesPoint else { continue }
        let points = parser.points(index)
        hasDecimals[index] = hasDecimals[index] || points.hasDecimals
        openCounts[index].all += points.counts.all
        openCounts[index].withZero += points.counts.withZero
        if open[index] == nil, let first = points.open { open[index] = (rows + first.row, first.text) }
      }
    }
    tokensFound.formUnion(parser.tokensFound)
    rows += parser.rows
    lines += parser.lines
    blankLines += parser.blankLines
  }

  private func description(_ issue: CsvIssue) -> String {
    var place = "line \(originalLine(lines + issue.line + 1)), row \(rows + issue.row + 1)"
    if let column = issue.column {
      place += ", column \(column + 1)"
      if column < plans.count, plans[column].name.count <= 64 { place += " (\(plans[column].name))" }
    }
    return "\(place): \(issue.problem)"
  }

  private func error() -> Faults {
    // Where the names are taken from the wrong line every record is wrong, and one says it.
    // Of another character set many are, too.
    let isEncoded = issues.allSatisfy { $0.hasSuffix(CsvIssue.noUTF8) }
    if isEncoded {
      return Faults.data(
        path, issues[0] + (issues.count > 1 ? ", and so in other lines" : ""),
        "Name the file's character set with encoding (--encoding), such as Windows-1252 or ISO-8859-1.")
    }
    let list = issues.prefix(advice == nil ? CsvChunkParser.issueLimit : 1)
    let isMore = issues.count >= CsvChunkParser.issueLimit
    let more = advice == nil ? (isMore ? " (and perhaps more)" : "") : issues.count > 1 ? ", and so in other lines" : ""
    let delimiter = Character(UnicodeScalar(layout.delimiter))
    return Faults.data(
      path, list.joined(separator: "; ") + more, found: shown.map { .personal($0) },
      advice
        ?? "Fields are separated by \(delimiter == "\t" ? "tabs" : "\"\(delimiter)\""); quote fields that hold it, a quote "
        + "or a line break, and double quotes inside them." + furniture)
  }

  /// What to do about lines that have one field, as a remark or a count of rows at the end has.
  private var furniture: String {
    guard plans.count > 1, issues.count <= 3, issues.allSatisfy({ $0.contains("has 1 field where") }) else { return "" }
    return
      " Where the line is no application but a remark, a total or a count, comment = \"…\" (--comment) with the text "
      + "that it begins with leaves it out."
  }
}

/// Chunks and their parsers, for threads of which each touches one index only and none outlives the round.
private struct CsvWork: @unchecked Sendable {
  let chunks: [CsvChunk]
  let parsers: [CsvChunkParser]
}

/// Collects one column of a text file.
struct CsvColumnStore {
  private let kind: CsvKind
  private let unit: MomentUnit?
  private var numbers: [Double] = []
  private var codes: [Int32] = []
  private var pool = TextPool()
  private(set) var valueCount = 0

  init(kind: CsvKind, unit: MomentUnit?) { (self.kind, self.unit) = (kind, unit) }

  mutating func reserve(_ rows: Int) {
    switch kind {
    case .skipped: return
    case .text: codes.reserve(rows)
    default: numbers.reserve(rows)
    }
  }

  /// Takes over column `index` of the chunk that `parser` has parsed.
  mutating func append(_ parser: CsvChunkParser, _ index: Int) {
    valueCount += parser.valueCount(index)
    switch kind {
    case .skipped: return
    case .text:
      let map = pool.merge(parser.pool(index))
      codes.append(contentsOf: parser.codes(index).lazy.map { $0 < 0 ? -1 : map[Int($0)] })
    default:
      numbers.append(contentsOf: parser.numbers(index))
    }
  }

  var values: ColumnValues {
    if case .text = kind { return .text(pool.column(codes: codes)) }
    // A column without any value is one of numbers, whichever kind was tried first.
    guard let unit, valueCount > 0 || !isGuessed else { return .number(numbers) }
    return .moment(numbers, unit)
  }

  private var isGuessed: Bool {
    if case .digits = kind { return true }
    return false
  }
}
