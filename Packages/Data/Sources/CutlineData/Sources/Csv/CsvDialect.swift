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

  /// Reads the names from the first chunk.
  ///
  /// - Throws: `Faults` (data) when they break the rules.
  init(chunk: CsvChunk, options: ReadOptions, path: String) throws {
    let bytes = UnsafePointer(chunk.bytes)
    delimiter =
      try options.delimiter.map { try Self.byte(of: $0, "delimiter") }
      ?? Self.sniffed(bytes, chunk.count, options: options, path: path)
    var place = 0
    var blank = 0
    // A file of blank lines only has one column without a name; otherwise blank lines at the top are passed over.
    while place < chunk.count, bytes[place] == UInt8(ascii: "\n") || bytes[place] == UInt8(ascii: "\r") {
      CsvRecord.skipLineBreak(bytes, &place, end: chunk.count)
      blank += 1
    }
    if place == chunk.count {
      place = 0
      blank = 0
    }
    let start = place
    guard let fields = CsvRecord.fields(bytes, &place, end: chunk.count, delimiter: delimiter) else {
      throw Faults.data(
        "\(path): line \(blank + 1)", "a quote in the names is not closed, or stands inside a field that is not quoted",
        "Put the whole field in quotes and double the quotes inside it.")
    }
    var names: [String] = []
    for (index, field) in fields.enumerated() {
      guard let name = String(validating: field, as: UTF8.self), !field.contains(0) else {
        throw Faults.data(
          "\(path): line \(blank + 1), column \(index + 1)", "the name is not valid UTF-8 text",
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
      blank + (options.hasHeader ? max(1, CsvChunker.count(UInt8(ascii: "\n"), bytes + start, place - start)) : 0)
    blankLines = blank
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

  private static func best(
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
