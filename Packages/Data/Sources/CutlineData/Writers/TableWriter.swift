@_spi(Run) public import CutlineCore
internal import Glibc

/// Writes tables to files and streams.
public enum TableWriter {
  /// Writes `table` to `path`, which then holds all of it or what it held before.
  ///
  /// - Parameters:
  ///   - format: `.auto` goes by the name: `.sas7bdat`, `.xpt`, `.csv`; a further `.gz` compresses.
  ///   - style: how cells stand in CSV.
  ///   - transportVersion: 8, or 5 for names of eight characters.
  ///   - guardsFormulas: CSV only: text that a spreadsheet would take for a formula is led by an apostrophe.
  /// - Returns: sentences on what the format could not keep.
  /// - Throws: `Faults` (data) for a table that the format cannot hold, `Faults` (io) where writing fails, `Faults` (usage) for a
  ///   name that does not say the format.
  @discardableResult
  public static func write(
    _ table: Table, to path: String, format: TableFormat = .auto, style: CsvStyle = .display,
    transportVersion: Int = 8, guardsFormulas: Bool = false
  ) throws -> [String] {
    let isCompressed = path.lowercased().hasSuffix(".gz")
    let format = format == .auto ? try self.format(of: path) : format
    switch format {
    case .csv, .auto:
      let file = try AtomicFile(path: path, isCompressed: isCompressed)
      var writer = CsvWriter(style: style, guardsFormulas: guardsFormulas)
      try writer.write(table, rows: 0..<table.rowCount) { try file.write($0) }
      try file.finish()
      return writer.notes
    case .sas7bdat, .xpt:
      guard !guardsFormulas else {
        throw Faults.usage(
          path, "has a type for each column, so that no text in it is a formula",
          "Leave --spreadsheet-safe out, or write CSV.")
      }
      let writer = try SasWriter(table, path: path, format: format, version: transportVersion)
      let file = try AtomicFile(path: path, isCompressed: isCompressed)
      try writer.write(to: file)
      try file.finish()
      return writer.notes
    case .parquet: throw Faults.usage(path, "Parquet is read, not written", "End the name in .sas7bdat, .xpt or .csv.")
    }
  }

  /// Prints the first `rows` rows (all of them when nil) as CSV to a descriptor, in pieces, never the whole text at once.
  ///
  /// - Returns: sentences on cells that stand in another way than the style says.
  /// - Throws: `Faults` (io) where writing fails. A reader that has heard enough (`head`) is no failure.
  @discardableResult
  public static func printCsv(
    _ table: Table, style: CsvStyle = .display, rows: Int? = nil, guardsFormulas: Bool = false, to descriptor: Int32 = 1
  ) throws -> [String] {
    var writer = CsvWriter(style: style, guardsFormulas: guardsFormulas)
    // Another program gets every byte; a terminal is none, and must not be steered.
    let isTerminal = isatty(descriptor) == 1
    do {
      try writer.write(table, rows: 0..<min(table.rowCount, rows ?? .max)) { piece in
        let own =
          isTerminal ? Array(TerminalText.escaped(String(decoding: piece, as: UTF8.self), keepingLines: true).utf8) : []
        try (isTerminal ? own : []).withUnsafeBytes { shown in
          let bytes = isTerminal ? shown : piece
          var done = 0
          while done < bytes.count, let start = bytes.baseAddress {
            let written = SystemCall.repeated { Glibc.write(descriptor, start + done, bytes.count - done) }
            if written < 0, errno == EPIPE { throw Closed() }
            guard written > 0 else {
              throw Faults.io(
                "standard output", "cannot be written: \(SystemCall.reason())", "Write to a file, or free the disk.")
            }
            done += written
          }
        }
      }
    } catch is Closed {
      return []
    }
    return writer.notes
  }

  private struct Closed: Error {}

  private static func format(of path: String) throws -> TableFormat {
    var name = path.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    if name.hasSuffix(".sas7bdat") { return .sas7bdat }
    if name.hasSuffix(".xpt") || name.hasSuffix(".xport") { return .xpt }
    if name.hasSuffix(".csv") { return .csv }
    if name.hasSuffix(".parquet") { return .parquet }
    throw Faults.usage(path, "the name does not say the format", "End it in .sas7bdat, .xpt, .csv or .csv.gz.")
  }
}
