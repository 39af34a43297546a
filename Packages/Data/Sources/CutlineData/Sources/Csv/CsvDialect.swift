internal import CutlineCore

/// What the characters of a text file mean, and where its records begin.
struct CsvDialect {
  let delimiter: UInt8
  let names: [String]
  /// Bytes before the first record of values.
  let headerBytes: Int
  /// Records and lines before it.
  let headerLines: Int
  let blankLines: Int
  /// What to do where records do not have as many fields as there are names, if the first records show it.
  let advice: String?
  /// What is to be said where the names look like a heading.
  let heading: Remark?

  /// Reads the names from the first chunk.
  ///
  /// - Throws: `Faults` (data) when they break the rules.
  init(chunk: CsvChunk, options: ReadOptions, path: String) throws {
    let bytes = UnsafePointer(chunk.bytes)
    var place = 0
    // A line in which a spreadsheet says what it separates fields with.
    let said = Self.separatorLine(bytes, &place, end: chunk.count)
    let top = place
    delimiter =
      try options.delimiter.map { try Self.byte(of: $0, "delimiter") } ?? said
      ?? Self.sniffed(bytes, chunk.count, options: options, path: path)
    var blank = 0
    // A file of blank lines only has one column without a name; otherwise blank lines at the top are passed over.
    while place < chunk.count, bytes[place] == UInt8(ascii: "\n") || bytes[place] == UInt8(ascii: "\r") {
      CsvRecord.skipLineBreak(bytes, &place, end: chunk.count)
      blank += 1
    }
    if place == chunk.count {
      place = top
      blank = 0
    }
    let above = blank + (top > 0 ? 1 : 0)
    let start = place
    guard let fields = CsvRecord.fields(bytes, &place, end: chunk.count, delimiter: delimiter) else {
      throw Faults.data(
        "\(path): line \(above + options.skipLines + 1)",
        "a quote in the names is not closed, or stands inside a field that is not quoted",
        "Put the whole field in quotes and double the quotes inside it.")
    }
    guard fields.count <= ColumnNames.limit else {
      throw Faults.data(
        "\(path): line \(above + options.skipLines + 1)", "has \(fields.count) names",
        "A table has at most \(ColumnNames.limit) columns; state the delimiter if this is none.")
    }
    var names: [String] = []
    for (index, field) in fields.enumerated() {
      guard let name = String(validating: field, as: UTF8.self), !field.contains(0) else {
        throw Faults.data(
          "\(path): line \(above + options.skipLines + 1), column \(index + 1)", "the name is not valid UTF-8 text",
          "Name the file's character set with the option for the encoding, such as Windows-1252 or UTF-16LE.")
      }
      names.append(name)
    }
    if !options.hasHeader {
      names = names.indices.map { "column_\($0 + 1)" }
      place = start
    }
    self.names = names
    headerBytes = place
    headerLines =
      above + (options.hasHeader ? max(1, CsvChunker.count(UInt8(ascii: "\n"), bytes + start, place - start)) : 0)
    blankLines = blank
    heading = options.hasHeader ? Self.heading(names, bytes, chunk.count, delimiter, options) : nil
    let below = Self.recordsBelow(bytes, chunk.count, names: names.count, delimiter)
    advice = below.map {
      "The names seem to stand in line \($0.line + options.skipLines): state skip_lines = "
        + "\($0.line + options.skipLines - 1) (--skip-lines), or what lines of remarks begin with as comment (--comment)."
    }
    // With a delimiter that nobody has stated and that is nowhere, all would become one column without a word.
    if let below, let advice, below.isMost, names.count == 1, options.delimiter == nil, said == nil,
      below.delimiter != delimiter
    {
      throw Faults.data(
        "\(path): line \(below.line + options.skipLines)",
        "from here on there are records of \(below.width) fields, and none above",
        "\(advice) Where the file has one column of text, state another delimiter (--delimiter).")
    }
  }

  /// The character of a line `sep=;` at the very top, which is passed over.
  private static func separatorLine(_ bytes: UnsafePointer<UInt8>, _ place: inout Int, end: Int) -> UInt8? {
    var line: [UInt8] = []
    var next = 0
    while next < min(end, 12), bytes[next] != 0x0A, bytes[next] != 0x0D {
      line.append(bytes[next])
      next += 1
    }
    guard next < end, bytes[next] == 0x0A || bytes[next] == 0x0D else { return nil }
    if line.first == UInt8(ascii: "\""), line.last == UInt8(ascii: "\""), line.count > 1 {
      line = Array(line.dropFirst().dropLast())
    }
    guard line.prefix(4).map({ $0 | 0x20 }) == Array("sep=".utf8).map({ $0 | 0x20 }) else { return nil }
    let rest = Array(line.dropFirst(4))
    guard let said = rest == Array("\\t".utf8) ? 0x09 : rest.first, rest.count == 1 || said == 0x09 else { return nil }
    place = next
    CsvRecord.skipLineBreak(bytes, &place, end: end)
    return said
  }

  private struct Below {
    let line: Int
    let width: Int
    let delimiter: UInt8
    /// Whether most records from there on have that number of fields.
    let isMost: Bool
  }

  /// Where most of the first records have one number of fields and the first has another, the names may stand further
  /// down, below a heading.
  private static func recordsBelow(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, names: Int, _ delimiter: UInt8
  ) -> Below? {
    var best: (below: Below, share: Double)?
    // Where the records have as many fields as there are names, the names are where they should be.
    for candidate in [delimiter] + ",;\t|".utf8.filter({ $0 != delimiter }) {
      var place = 0
      var line = 1
      var widths: [(width: Int, line: Int)] = []
      while place < count, widths.count < 200 {
        let start = place
        guard let fields = CsvRecord.fields(bytes, &place, end: count, delimiter: candidate) else { break }
        // A blank line is no record.
        widths.append((fields == [[]] ? 0 : fields.count, line))
        line += max(1, CsvChunker.count(UInt8(ascii: "\n"), bytes + start, place - start))
      }
      let counts = Dictionary(grouping: widths, by: \.width).mapValues(\.count).filter { $0.key > 1 && $0.value > 1 }
      guard let usual = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else { continue }
      if candidate == delimiter, usual.key == names { return nil }
      guard let first = widths.firstIndex(where: { $0.width == usual.key }), first > 0, usual.key != names
      else { continue }
      let share = Double(usual.value) / Double(widths.count)
      guard share > best?.share ?? 0 else { continue }
      // Totals and blank lines may stand at the end.
      let rest = widths[first...].filter { $0.width > 0 }
      let isMost = rest.count { $0.width == usual.key } * 2 > rest.count
      best = (Below(line: widths[first].line, width: usual.key, delimiter: candidate, isMost: isMost), share)
    }
    return best?.below
  }

  /// What is to be said of a heading that a spreadsheet has filled up with separators, where names stand below it.
  private static func heading(
    _ names: [String], _ bytes: UnsafePointer<UInt8>, _ count: Int, _ delimiter: UInt8, _ options: ReadOptions
  ) -> Remark? {
    // A title stands in front, and nothing behind it; or there are some of a report, and most are empty.
    guard names.count > 2, names.count(where: { ColumnNames.trimmed($0).isEmpty }) * 2 > names.count else { return nil }
    var (place, line) = (0, 1)
    for _ in 0..<50 where place < count {
      let start = place
      guard let fields = CsvRecord.fields(bytes, &place, end: count, delimiter: delimiter) else { return nil }
      // Names have letters, and each stands once; applications have numbers.
      if fields.count == names.count, Set(fields).count == names.count,
        fields.allSatisfy({ field in field.contains { (65...90).contains($0 & 0xDF) || $0 >= 0x80 } })
      {
        return
          "line \(options.skipLines + 1) looks like a heading and not like names; line \(line + options.skipLines) has "
          + "a name for every column: skip_lines = \(line + options.skipLines - 1) (--skip-lines) begins there"
      }
      line += max(1, CsvChunker.count(UInt8(ascii: "\n"), bytes + start, place - start))
    }
    return nil
  }

  /// - Throws: `Faults` (usage) for a mark that is no single ASCII character.
  static func byte(of mark: Character, _ option: String) throws -> UInt8 {
    guard let byte = mark.asciiValue, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r")
    else {
      throw Faults.usage(
        option, "\"\(mark)\" cannot be used", "Give one ASCII character that is no quote or line break.")
    }
    return byte
  }

  /// The candidate that cuts the first records into the same number of fields, more than one, most often.
  private static func sniffed(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, options: ReadOptions, path: String
  ) throws -> UInt8 {
    let decimal = try ReadingMarks(options).number.decimalMark
    let all = [",", ";", "\t", "|"].compactMap { ($0 as Character).asciiValue }
    let best = best(of: all.filter { $0 != decimal }, bytes, count, path: path)
    // The decimal mark may stand between fields where numbers are quoted.
    return best.fields > 1 ? best.delimiter : self.best(of: all, bytes, count, path: path).delimiter
  }

  static func best(
    of candidates: [UInt8], _ bytes: UnsafePointer<UInt8>, _ count: Int, path: String
  ) -> (delimiter: UInt8, share: Double, fields: Int) {
    var candidates = candidates
    if path.lowercased().hasSuffix(".tsv") || path.lowercased().hasSuffix(".tsv.gz") {
      candidates.sort { a, _ in a == UInt8(ascii: "\t") }
    }
    var best = (delimiter: candidates.first ?? UInt8(ascii: ","), share: 0.0, fields: 1)
    for candidate in candidates {
      var place = 0
      var counts: [Int] = []
      while place < count, counts.count < 200 {
        guard let fields = CsvRecord.fields(bytes, &place, end: count, delimiter: candidate) else { break }
        if fields.count > 1 || fields.first?.isEmpty == false { counts.append(fields.count) }
      }
      guard let first = counts.first, first > 1 else { continue }
      let share = Double(counts.count { $0 == first }) / Double(counts.count)
      if share > best.share || (share == best.share && first > best.fields) { best = (candidate, share, first) }
    }
    return best
  }
}
