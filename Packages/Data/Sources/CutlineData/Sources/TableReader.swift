internal import CutlineCore
internal import Glibc

/// Reads a table from a file of any of the formats.
public enum TableReader {
  /// Reads `path`.
  ///
  /// - Returns: the table, its columns named and ordered as in the file, and what is to be said about the reading.
  /// - Throws: `Faults` (io) where the file cannot be read, `Faults` (data) where its content cannot, `Faults` (usage) where an
  ///   option is wrong in itself (an unknown character set).
  /// - Complexity: O(bytes); memory of the table and some blocks.
  public static func read(_ path: String, options: ReadOptions = ReadOptions()) throws -> ReadResult {
    let file = try InputFile(path: path)
    let result = try file.whileUnchanged { try read(file, path, options) }
    guard let rows = options.rows else { return result }
    var facts = result.facts
    facts.rowCount = min(rows, result.table.rowCount)
    return ReadResult(table: try result.table.prefix(rows), facts: facts)
  }

  private static func read(_ file: InputFile, _ path: String, _ options: ReadOptions) throws -> ReadResult {
    let format = try options.format == .auto ? file.detectedFormat() : options.format
    switch format {
    case .sas7bdat, .xpt, .parquet:
      var typing = try TableTyping(options)
      let result =
        format == .parquet
        ? try ParquetReader.read(file, options: options)
        : try SasReader.read(file, format: format, options: options)
      let table = try typing.typed(result.table, names: result.facts.allNames, path: path)
      var facts = result.facts
      facts.said += typing.notes
      note(options.withoutEffect(on: facts.format), in: &facts)
      return ReadResult(table: table, facts: facts)
    case .csv, .auto:
      let result = try CsvReader.read(file, options: options)
      var facts = result.facts
      note(options.member == nil ? [] : ["member"], in: &facts)
      return ReadResult(table: result.table, facts: facts)
    }
  }

  private static func note(_ keys: [String], in facts: inout ReadFacts) {
    for key in keys {
      facts.said.append("\(word: key) has no effect on a file of this format (\(word: facts.format.rawValue))")
    }
  }
}
