internal import CutlineCore
internal import Dispatch
internal import Synchronization

/// Reads Parquet files, column by column: only the wanted ones, each from the first row group to the last.
///
/// Columns are read beside each other by as many threads as are allowed. The table, or the error, is the same for any
/// number of them.
struct ParquetReader {
  private let file: ParquetFile
  private let options: ReadOptions
  /// The table may grow to this: what a file of its size can honestly hold.
  private let byteLimit: Int
  private let names: [String]
  /// Places of the columns that are read.
  private let chosen: [Int]
  private var facts: ReadFacts

  static func read(_ input: InputFile, options: ReadOptions) throws -> ReadResult {
    // The library goes back and forth, so a gzipped file is unfolded into a nameless temporary one.
    let unfolded = input.isGzip ? try UnfoldedFile(input, limit: options.expansionLimit) : nil
    let (descriptor, size) = (unfolded?.descriptor ?? input.descriptor, unfolded?.size ?? input.size)
    try checkEnds(path: input.path, descriptor: descriptor, size: size)
    let limit = (256 << 20) + options.expansionLimit * size
    let library =
      try options.parquetLibrary.map { try ParquetLibrary(candidates: [$0]) } ?? ParquetLibrary.installed.get()
    let file = try ParquetFile(library, path: input.path, descriptor: descriptor, memory: limit)
    var facts = ReadFacts(path: input.path, format: .parquet)
    facts.isCompressed = input.isGzip
    return try withExtendedLifetime((input, unfolded)) {
      let reader = try ParquetReader(file, options: options, byteLimit: limit, facts: facts)
      return try reader.result()
    }
  }

  private let stated: [String: ColumnType]

  private init(_ file: ParquetFile, options: ReadOptions, byteLimit: Int, facts: ReadFacts) throws {
    (self.file, self.options, self.byteLimit) = (file, options, byteLimit)
    var notes = ReadNotes()
    let names = ColumnNames.unique(file.fields.map(\.name), notes: &notes)
    let choice = try ColumnNames.choice(from: names, options: options, path: file.path)
    if let encoding = options.encoding, !["UTF-8", "UTF8"].contains(encoding.uppercased()) {
      notes.append("text in Parquet is UTF-8; the character set \(word: encoding) was not used")
    }
    var left: [(kind: String, name: String)] = []
    for (place, field) in file.fields.enumerated() where choice[place] {
      guard case .other(let kind) = field.type else { continue }
      left.append((kind, names[place]))
    }
    if let first = left.first, options.columns != nil {
      throw Faults.data(
        "\(file.path): column \(first.name)", "it holds \(first.kind), which no column of a table can",
        "Leave it out, or write the file with its parts as columns of their own.")
    }
    if !left.isEmpty {
      let listed = left.prefix(10).map { "\($0.name) (\($0.kind))" }.joined(separator: ", ")
      notes.lose(
        "columns that no table can hold were left out: \(word: listed)\(word: left.count > 10 ? " and others" : "")")
    }
    self.names = names
    stated = try options.statedTypes(among: names, path: file.path)
    chosen = choice.indices.filter { place in
      if case .other = file.fields[place].type { return false }
      return choice[place]
    }
    guard !chosen.isEmpty || file.fields.isEmpty || options.columns?.isEmpty == true else {
      throw Faults.data(
        file.path,
        "it has no column that a table can hold, only \(Set(left.map(\.kind)).sorted().joined(separator: " and "))",
        "Write the file with the parts of its lists, maps and structs as columns of their own.")
    }
    self.facts = facts
    self.facts.said = notes
    self.facts.allNames = names
    let promised = chosen.reduce((0, false)) { sum, place in
      let width = file.fields[place].type.isText ? 4 : 8
      let (bytes, isTooLarge) = file.rowCount.multipliedReportingOverflow(by: width)
      let (total, isFull) = sum.0.addingReportingOverflow(bytes)
      return (total, sum.1 || isTooLarge || isFull)
    }
    guard !promised.1, promised.0 <= byteLimit else { throw tooLarge() }
  }

  private consuming func result() throws -> ReadResult {
    var columns: [Column] = []
    for column in try readAll() {
      if let column = column.column { columns.append(column) }
      facts.said += column.notes
    }
    let rows = min(file.rowCount, options.rows ?? .max)
    facts.rowCount = rows
    // The last batch of a column may have more.
    let wanted = try columns.map { try Table(columns: [$0], rowCount: $0.count).prefix(rows).columns }
    return ReadResult(table: try Table(columns: wanted.flatMap { $0 }, rowCount: rows), facts: facts)
  }

  /// A column, unless it turned out to be no text, and what is to be said about it.
  private struct Outcome: Sendable {
    var column: Column?
    var notes = ReadNotes()
  }

  /// All chosen columns. Where several cannot be read, the error is the first one's.
  private func readAll() throws -> [Outcome] {
    let state = Mutex((next: 0, bytes: 0, outcomes: [Result<Outcome, any Error>?](repeating: nil, count: chosen.count)))
    let grow: @Sendable (Int) throws -> Void = { more in
      let total = state.withLock { state in
        state.bytes += more
        return state.bytes
      }
      guard total <= byteLimit else { throw tooLarge() }
    }
    DispatchQueue.concurrentPerform(iterations: max(1, min(options.workers, chosen.count))) { _ in
      // Columns are taken in order and nothing is begun after a failure, so that all before the failed one are done.
      while let index = state.withLock({ state -> Int? in
        guard state.next < chosen.count else { return nil }
        state.next += 1
        return state.next - 1
      }) {
        let outcome = Result { try read(chosen[index], grow) }
        state.withLock { state in
          state.outcomes[index] = outcome
          if case .failure = outcome { state.next = chosen.count }
        }
      }
    }
    return try state.withLock { $0.outcomes }.compactMap { try $0?.get() }
  }

  private func read(_ place: Int, _ grow: (Int) throws -> Void) throws -> Outcome {
    let (name, field) = (names[place], file.fields[place])
    let isStated = stated[name]?.base == .number
    var builder = ParquetColumnBuilder(type: field.type, takesDecimals: isStated)
    let wanted = min(file.rowCount, options.rows ?? .max)
    builder.reserve(wanted)
    do {
      try file.read(column: place, rows: min(Self.batchRows, max(1, wanted))) { batch in
        let before = builder.bytes
        try builder.append(batch)
        try grow(max(0, builder.bytes - before))
        guard builder.count <= file.rowCount else { throw ParquetContentError.contradiction }
        if builder.count >= wanted, wanted < file.rowCount { throw Enough() }
      }
    } catch is Enough {
    } catch let error as ParquetContentError {
      let place = "\(file.path): column \(name)"
      guard case .noText(let row) = error else {
        throw Self.damaged(place, "its values contradict its type or the number of rows")
      }
      if field.type.mayBeBytes, options.columns == nil {
        return Outcome(
          notes: Self.noText(name, row: row))
      }
      throw Faults.data(
        "\(file.path): row \(row + 1), column \(name)", "the text is not valid UTF-8",
        "Leave the column out, or write the file with text in it.")
    }
    guard builder.count == file.rowCount || wanted < file.rowCount && builder.count >= wanted else {
      throw Self.damaged(
        "\(file.path): column \(name)", "it holds \(builder.count) values where the file has \(file.rowCount) rows")
    }
    var notes = ReadNotes()
    if builder.isCode {
      notes.append("text, because whole numbers are too large to be told apart as numbers", column: name)
    }
    var values = builder.values()
    if field.type == .float(bytes: 4), !isStated, case .number(let numbers) = values,
      numbers.prefix(1000).contains(where: { !$0.isNaN && ShortestDecimal.double(of: Float($0)) != $0 })
    {
      notes.append(
        "numbers of single precision, such as 0.1 that is 0.10000000149011612; the stated type number takes the decimals",
        column: name)
    }
    if case .moment(_, let zone?) = field.type, !["UTC", "Z", "+00:00", "Etc/UTC"].contains(zone) {
      if let days = ZonedMidnights(values)?.days {
        values = .moment(days, .date)
        notes.append("midnights of the zone \(word: zone), read as its dates", column: name)
      } else {
        notes.append("moments of the zone \(word: zone) are in UTC here", column: name)
      }
    }
    let column = Column(name: name, originalName: field.name, values: values)
    return Outcome(column: column, notes: notes)
  }

  /// More rows of a column are not wanted.
  private struct Enough: Error {}

  private static func noText(_ name: String, row: Int) -> ReadNotes {
    var notes = ReadNotes()
    notes.lose("column \(word: name) is left out, because its bytes are no text, first in row \(row + 1)")
    return notes
  }

  /// Rows that are in the library's hands at a time.
  private static let batchRows = 1 << 16

  private func tooLarge() -> Faults {
    Faults.data(
      file.path, "the content unfolds to more than \(byteLimit >> 20) MiB",
      "The file is damaged or made to fill the memory; if it is neither, read fewer of its columns.")
  }
}
