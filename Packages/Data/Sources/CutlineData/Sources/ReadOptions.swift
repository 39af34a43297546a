public import CutlineCore

/// The file formats of tables.
public enum TableFormat: String, Sendable, CaseIterable {
  /// By the first bytes of the file, and by its name where they leave it open.
  case auto
  /// A SAS data set.
  case sas7bdat
  /// A SAS transport file, version 5 or 8.
  case xpt
  /// A Parquet file.
  case parquet
  /// Text with one record a line.
  case csv
}

/// What a column of a text file holds, where the reader is not to find out itself.
public enum ColumnType: String, Sendable, CaseIterable {
  case number
  case date
  case dateTime = "date-time"
  case time
  case text
}

/// How a table is read from a file. The defaults read every format that says itself what it is.
public struct ReadOptions: Sendable {
  public var format = TableFormat.auto
  /// The file's character set as iconv names it; nil = as the file says, UTF-8 for CSV without a byte order mark.
  public var encoding: String?
  /// Names of the columns to keep, in any order; nil = all. A name that the file lacks is an error.
  public var columns: [String]?
  /// What names are compared by: both the wanted name and the file's go through it.
  public var columnKey: @Sendable (String) -> String = { $0 }
  /// Threads that parse CSV. The table is the same for any number.
  public var workers = 1
  /// A compressed file may unfold to 256 MiB and this many times its size, and no more.
  public var expansionLimit = 200

  // Text files only.

  /// nil = found among comma, semicolon, tab and bar.
  public var delimiter: Character?
  public var decimalMark: Character = "."
  /// A mark between groups of three digits, such as a comma in 1,234.5; nil = none.
  public var thousandsMark: Character?
  /// How dates are written besides `YYYY-MM-DD`: `%Y %m %d %y %b %B %j` and the text between them, `%d/%m/%Y`.
  public var dateFormats: [String] = []
  /// Fields that stand for a missing value besides the empty one, such as `NA`. Compared exactly.
  public var missingTokens: [String] = []
  /// Whether `inf`, `-inf`, `infinity` and `nan` are numbers; otherwise they make a column text.
  public var numberWords = false
  /// Whether the first record holds the names.
  public var hasHeader = true
  /// Columns whose type is stated, by name (through `columnKey`). A value that does not fit is an error.
  public var columnTypes: [String: ColumnType] = [:]

  /// The reader program for SAS files; nil = next to the running program. For tests.
  var sasReaderPath: String?
  /// How long the reader program may say nothing; nil = by the size of the file. For tests.
  var sasPatienceMilliseconds: Int?
  /// The library for Parquet files; nil = the installed one. For tests.
  var parquetLibrary: String?
  /// Bytes that are parsed at a time. For tests.
  var csvChunkBytes = 4 << 20

  public init() {}
}

/// A table, and what is to be said about how it was read.
public struct ReadResult: Sendable {
  public let table: Table
  public let facts: ReadFacts
}

/// What a file turned out to be. Everything that a reader should know is in `notes`; nothing is changed in silence.
public struct ReadFacts: Sendable {
  public var path: String
  public var format: TableFormat
  /// Whether the file was gzipped.
  public var isCompressed = false
  /// The character set that text was read in.
  public var encoding = "UTF-8"
  public var rowCount = 0
  /// Text files: what stands between fields.
  public var delimiter: Character?
  /// SAS: the name and the label of the table.
  public var tableName: String?
  public var label: String?
  /// One sentence each, fit for printing.
  public var notes: [Remark] = []

  init(path: String, format: TableFormat) {
    self.path = path
    self.format = format
  }
}
