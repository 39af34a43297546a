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
    let format = try options.format == .auto ? file.detectedFormat() : options.format
    switch format {
    case .sas7bdat, .xpt: return try SasReader.read(file, format: format, options: options)
    case .parquet: return try ParquetReader.read(file, options: options)
    case .csv, .auto: return try CsvReader.read(file, options: options)
    }
  }
}
