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

/// How a table is read from a file. The defaults read every format that says itself what it is.
public struct ReadOptions: Sendable {
  public var format = TableFormat.auto
  /// The file's character set as iconv names it; nil = as the file says, UTF-8 for CSV without a byte order mark.
  public var encoding: String?
  /// Names of the columns to keep, in any order; nil = all. A name that the file lacks is an error.
  public var columns: [String]?
  /// The most rows that the table has; nil = all. No more of the file is read than that takes, and what values look like is
  /// judged by what is read.
  public var rows: Int?
  /// What names are compared by: both the wanted name and the file's go through it.
  public var columnKey: @Sendable (String) -> String = { $0 }
  /// Threads that parse CSV. The table is the same for any number.
  public var workers = 1
  /// A compressed file may unfold to 256 MiB and this many times its size, and no more.
  public var expansionLimit = 200

  // What values of text look like, in text files and in SAS columns of text.

  /// nil = a point; then a column of a file that is not separated by commas, in which a point always stands before
  /// exactly three digits, is refused, since it may divide thousands.
  public var decimalMark: Character?
  /// A mark between groups of three digits, such as a comma in 1,234.5; nil = none. Where it is a point, the decimal mark
  /// is a comma unless it is stated.
  public var thousandsMark: Character?
  /// How dates are written besides `YYYY-MM-DD`: `%Y %m %d %y %b %B %j`, with a time of day `%H %I %M %S %p`, and the text
  /// between them, `%d/%m/%Y`. Digits alone are dates where all of a column are, in years from 1900 to 2199.
  public var dateFormats: [String] = []
  /// Fields that stand for a missing value besides the empty one, such as `NA`. Compared exactly.
  public var missingTokens: [String] = []
  /// Columns whose type is stated, by name (through `columnKey`). A value that does not fit is an error.
  public var columnTypes: [String: ColumnType] = [:]
  /// SAS files: whether columns of text that hold nothing but numbers or ISO dates are read as such, as those of a text
  /// file are.
  public var findsTypes = false
  /// Transport files: which table of several.
  public var member: String?

  // Text files only.

  /// nil = found among comma, semicolon, tab and bar.
  public var delimiter: Character?
  /// Lines above the names, which are passed over as they are.
  public var skipLines = 0
  /// What lines begin with that are no records; nil = there are none.
  public var comment: String?
  /// What fields are quoted with; nil = a double quote, `none` = nothing, so that quotes are characters like others.
  public var quote: String?
  /// What takes the meaning of the character behind it, besides a doubled quote; nil = nothing.
  public var escape: Character?
  /// Whether `inf`, `-inf`, `infinity` and `nan` are numbers; otherwise they make a column text.
  public var numberWords = false
  /// Whether the first record holds the names.
  public var hasHeader = true

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

extension ReadOptions {
  /// The options that are set and say nothing about a SAS file, by the names of their keys.
  func withoutEffect(on format: TableFormat) -> [String] {
    [
      ("delimiter", delimiter != nil), ("skip_lines", skipLines > 0), ("comment", comment != nil),
      ("quote", quote != nil),
      ("escape", escape != nil), ("header", !hasHeader), ("member", member != nil && format != .xpt),
    ].filter(\.1).map(\.0)
  }

  /// The stated types by the names of a table.
  /// - Throws: `Faults` (data) for a type of a column that is not there.
  func statedTypes(among names: [String], path: String) throws -> [String: ColumnType] {
    guard !columnTypes.isEmpty else { return [:] }
    let stated = Dictionary(columnTypes.map { (columnKey($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
    let keys = names.map(columnKey)
    for name in stated.keys.sorted() where !keys.contains(name) {
      throw Faults.data(
        "\(path): column \(name)",
        "its type is stated, but it is not in the data\(DidYouMean.phrase(for: name, among: keys))",
        ColumnNames.found(names))
    }
    return Dictionary(
      zip(names, keys).compactMap { name, key in stated[key].map { (name, $0) } },
      uniquingKeysWith: { first, _ in first })
  }
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
  /// SAS: the names of all columns of the file, also of those that are not kept.
  var allNames: [String] = []
  /// One sentence each, fit for printing.
  public var notes: [Remark] { said.sentences + said.losses }
  /// Of these, what of the file is not in the table.
  public var losses: [Remark] { said.losses }
  var said = ReadNotes()

  init(path: String, format: TableFormat) {
    self.path = path
    self.format = format
  }
}
