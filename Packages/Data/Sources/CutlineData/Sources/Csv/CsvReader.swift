internal import CutlineCore
internal import Dispatch

/// Reads tables from delimited text after RFC 4180.
///
/// The first records show what each column holds. The rest is parsed on that belief, in chunks and on several threads;
/// where a later value contradicts it the file is read again, so that the result does not depend on where chunks end.
struct CsvReader {
  private let file: InputFile
  private let options: ReadOptions
  private var facts: ReadFacts
  private var dialect: CsvDialect
  private let layout: CsvLayout
  private var plans: [CsvColumnPlan]
  // Signs that have to be rewritten, and the delimiter that was found among them.
  private let signs: CsvSigns?
  private let delimiter: UInt8?
  // What the look at the first records has read, for the first pass to go on from.
  private let firstChunk: CsvChunk
  private let firstChunker: CsvChunker

  static func read(_ file: InputFile, options: ReadOptions) throws -> ReadResult {
    var reader = try CsvReader(file, options)
    var isFirstPass = true
    while true {
      var pass = CsvPass(plans: reader.plans, layout: reader.layout, options: options, path: file.path)
      try pass.run(
        isFirstPass ? reader.firstChunker : reader.chunker(), first: isFirstPass ? reader.firstChunk : nil,
        skipping: reader.dialect, fileSize: file.isGzip ? nil : file.size)
      isFirstPass = false
      guard reader.revise(pass.contradictions) else { return try reader.result(pass) }
    }
  }

  private init(_ file: InputFile, _ options: ReadOptions) throws {
    self.file = file
    self.options = options
    facts = ReadFacts(path: file.path, format: .csv)
    facts.isCompressed = file.isGzip
    facts.encoding = Self.encoding(file, options)
    firstChunk = CsvChunk(capacity: options.csvChunkBytes)
    signs = try CsvSigns(options)
    let encoding = facts.encoding
    delimiter = try signs.map { try Self.delimiter(file, encoding, $0, options) }
    firstChunker = try Self.chunker(file, facts.encoding, options, signs, delimiter)
    guard try firstChunker.fill(firstChunk) else {
      throw Faults.data(file.path, "the file is empty", "Give a file with a line of names and records below it.")
    }
    var known = options
    if let delimiter { known.delimiter = Character(UnicodeScalar(delimiter)) }
    dialect = try CsvDialect(chunk: firstChunk, options: known, path: file.path)
    let layout = try CsvLayout(options: options, delimiter: dialect.delimiter)
    self.layout = layout
    if let heading = dialect.heading { facts.said.lose(heading) }
    let written = dialect.names
    let names = ColumnNames.unique(written.map(ColumnNames.trimmed), notes: &facts.said)
    let choice = try ColumnNames.choice(from: names, options: options, path: file.path)
    let stated = try options.statedTypes(among: names, path: file.path)
    plans = zip(names, written).enumerated().map { index, pair in
      let type = stated[pair.0]
      let kinds = !choice[index] ? [.skipped] : type.map(layout.kinds) ?? layout.candidates
      return CsvColumnPlan(name: pair.0, originalName: pair.1, kinds: kinds, type: type)
    }
    facts.delimiter = Character(UnicodeScalar(dialect.delimiter))
    if dialect.blankLines > 0 {
      facts.said.append("\(dialect.blankLines) blank lines above the names were passed over")
    }
    lookAtFirstRecords()
  }

  private static func encoding(_ file: InputFile, _ options: ReadOptions) -> String {
    if let named = options.encoding { return named }
    if file.head.starts(with: [0xFF, 0xFE]) { return "UTF-16LE" }
    if file.head.starts(with: [0xFE, 0xFF]) { return "UTF-16BE" }
    return "UTF-8"
  }

  private static func stream(_ file: InputFile, _ encoding: String, _ options: ReadOptions) throws -> any ByteStream {
    let isUTF8 = ["UTF-8", "UTF8"].contains(encoding.uppercased())
    let text = isUTF8 ? try file.bytes() : try TranscodedStream(file.bytes(), encoding: encoding, path: file.path)
    return options.skipLines == 0 ? text : LineSkipper(text, lines: options.skipLines)
  }

  private static func chunker(
    _ file: InputFile, _ encoding: String, _ options: ReadOptions, _ signs: CsvSigns?, _ delimiter: UInt8?
  ) throws -> CsvChunker {
    var stream = try stream(file, encoding, options)
    if let signs, let delimiter { stream = PlainRecords(stream, signs: signs, delimiter: delimiter) }
    return CsvChunker(stream, path: file.path, skippedLines: options.skipLines)
  }

  private func chunker() throws -> CsvChunker {
    try Self.chunker(file, facts.encoding, options, signs, delimiter)
  }

  /// The delimiter of a file whose signs must be rewritten, which takes the delimiter to be known.
  private static func delimiter(
    _ file: InputFile, _ encoding: String, _ signs: CsvSigns, _ options: ReadOptions
  ) throws -> UInt8 {
    if let stated = options.delimiter { return try CsvDialect.byte(of: stated, "delimiter") }
    let head = try stream(file, encoding, options).read(upTo: 64 << 10)
    let decimal = try ReadingMarks(options).number.decimalMark
    var best: (delimiter: UInt8, share: Double, fields: Int)?
    for candidate in ",;\t|".utf8 where candidate != decimal {
      let plain = PlainRecords.rewritten(head, signs: signs, delimiter: candidate)
      let found = plain.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map { CsvDialect.best(of: [candidate], $0, buffer.count, path: file.path) }
      }
      guard let found, found.fields > 1 else { continue }
      if let best, (best.share, best.fields) >= (found.share, found.fields) { continue }
      best = found
    }
    return best?.delimiter ?? UInt8(ascii: ",")
  }

  /// Chooses the first kind that fits the values of the first records, per column.
  private mutating func lookAtFirstRecords() {
    var place = dialect.headerBytes
    var records: [[[UInt8]]] = []
    while place < firstChunk.count, records.count < 1000 {
      // A broken record is reported when it is parsed.
      guard
        let fields = CsvRecord.fields(
          firstChunk.bytes, &place, end: firstChunk.count, delimiter: layout.delimiter)
      else { break }
      if fields.count == plans.count { records.append(fields) }
    }
    for (index, plan) in plans.enumerated() where plan.kinds.count > 1 {
      let values = records.enumerated().filter { !isMissing($0.element[index]) }
      if let kept = plan.kinds.firstIndex(where: { kind in
        kind == .text || values.allSatisfy { fits($0.element[index], kind) }
      }) {
        // What the first value is taken for is what the column would have been without the odd one.
        if let first = values.first, plan.kinds[kept] == .text, plan.type == nil,
          let kind = plan.kinds.first(where: { $0 != .text && fits(first.element[index], $0) }),
          let odd = values.first(where: { !fits($0.element[index], kind) })
        {
          noteText(plan, row: odd.offset + 1, value: odd.element[index])
        }
        plans[index].kinds.removeFirst(kept)
      }
    }
  }

  private func isMissing(_ field: [UInt8]) -> Bool {
    field.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { layout.missing($0, buffer.count) != nil } ?? true
    }
  }

  private func fits(_ field: [UInt8], _ kind: CsvKind) -> Bool {
    field.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { layout.value($0, buffer.count, as: kind) != nil } ?? false
    }
  }

  /// Gives up what the file has contradicted.
  /// - Returns: whether it must be read again.
  private mutating func revise(_ contradictions: [CsvPass.Contradiction?]) -> Bool {
    var isRevised = false
    for (index, contradiction) in contradictions.enumerated() {
      guard let contradiction else { continue }
      isRevised = true
      let wasNumber = plans[index].kind == .number
      repeat {
        plans[index].kinds.removeFirst()
      } while plans[index].kinds.count > 1 && plans[index].kind != .text
        && ((wasNumber && contradiction.hadValues) || !fits(contradiction.text, plans[index].kind))
      if plans[index].kind == .text, plans[index].type == nil, contradiction.hadValues {
        noteText(plans[index], row: contradiction.row, value: contradiction.text)
      }
    }
    return isRevised
  }

  private mutating func noteText(_ plan: CsvColumnPlan, row: Int, value: [UInt8]) {
    let shown = value.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { CsvChunkParser.excerpt($0, buffer.count) } ?? ""
    }
    // Digits only: a number that a double cannot tell from its neighbours.
    let isCode = value.count > 15 && value.allSatisfy { (48...57).contains($0) }
    facts.said.append(
      isCode
        ? "text, because whole numbers are too large to be told apart as numbers"
        : "text, because a value is not of the same kind as those before it", column: plan.name,
      "row \(row): \(personal: shown)")
  }

  private mutating func result(_ pass: consuming CsvPass) throws -> ReadResult {
    if pass.blankLines > 0 { facts.said.append("\(pass.blankLines) blank lines were passed over") }
    if let comment = options.comment {
      facts.said.append("\(pass.comments) lines that begin with \(word: comment) were passed over as remarks")
    }
    noteUnused(pass)
    if pass.rows == 0 { facts.said.append("there are names but no records") }
    facts.rowCount = pass.rows
    let table = try pass.table()
    try refuseTwoForms(table)
    noteDates()
    return ReadResult(table: try stated(table), facts: facts)
  }

  /// What is stated of the file and is nowhere in it: a slip, or another file than was meant.
  private mutating func noteUnused(_ pass: borrowing CsvPass) {
    guard pass.rows > 0, options.rows == nil else { return }
    for (index, token) in options.missingTokens.enumerated() where !pass.tokensFound.contains(index) {
      facts.said.append("no field is \(word: token), which missing_tokens names")
    }
    if let escape = options.escape, pass.escapes == 0 {
      facts.said.append("\(word: "\(escape)") stands before no character, though it is stated as escape")
    }
    if let quote = options.quote, quote != "none", pass.quotedFields == 0 {
      facts.said.append("no field is quoted with \(word: quote), which is stated as quote")
    }
  }

  /// Refuses a column of which every date fits two stated forms, that of days before months and the other.
  private func refuseTwoForms(_ table: Table) throws {
    for plan in plans where plan.type == nil {
      guard case .pattern(let index) = plan.kind, case .moment(let days, .date)? = table[plan.name]?.values else {
        continue
      }
      let form = layout.patterns[index].pattern
      let other = form.replacing("%d", with: "%\u{0}").replacing("%m", with: "%d").replacing("%\u{0}", with: "%m")
      guard other != form, layout.patterns.contains(where: { $0.pattern == other }) else { continue }
      let dates = Set(days.filter { !$0.isNaN }).map { CalendarDate(daysSince1960: Int($0)) }
      guard dates.allSatisfy({ $0.day <= 12 }), dates.contains(where: { $0.day != $0.month }) else { continue }
      throw Faults.data(
        "column \(plan.name)", "every date can be read in two of the stated forms, \(form) and \(other)",
        "State the one of this column, as in types = { \(plan.name) = \"date:\(form)\" }.")
    }
  }

  /// Which columns the stated forms of dates have found: digits could be something else, and mixed forms a slip.
  private mutating func noteDates() {
    var isUsed = false
    for plan in plans where plan.type == nil {
      switch plan.kind {
      case .digits(let index):
        isUsed = true
        let form = layout.patterns[index].pattern
        facts.said.append("digits are read as dates in the form \(word: form)", column: plan.name)
      case .anyDate:
        isUsed = true
        facts.said.append("dates in several forms", column: plan.name)
      case .pattern, .patternWithTime: isUsed = true
      default: continue
      }
    }
    if !layout.patterns.isEmpty, !isUsed, !plans.contains(where: { $0.type?.base.unit != nil }) {
      facts.said.append("no column holds dates in the stated forms")
    }
  }

  /// The table with the columns that the quick way had to take as text made what is stated of them.
  private mutating func stated(_ table: Table) throws -> Table {
    let types = Dictionary(
      plans.compactMap { plan in plan.type.map { (plan.name, $0) } }, uniquingKeysWith: { first, _ in first })
    guard !types.isEmpty else { return table }
    var reading = Reading()
    let columns = try table.columns.map { column in
      guard let type = types[column.name], case .text = column.values else { return column }
      var conversion = ColumnConversion(column, as: type, marks: layout.marks)
      let converted = try reading.attempt { try conversion.converted() }
      facts.said += conversion.notes
      return converted ?? column
    }
    try reading.finish()
    return try Table(columns: columns, rowCount: table.rowCount)
  }
}
