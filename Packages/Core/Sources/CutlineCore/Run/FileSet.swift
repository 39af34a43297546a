/// Files for the run folder.
public struct FileSet: Artifact {
  public static let typeName = "file set"
  public let files: [ResultFile]
  public init(files: [ResultFile]) { self.files = files }

  /// What every set of files must keep: paths that stay in the run folder and differ, tables that hold the columns that
  /// they describe.
  /// - Throws: `Faults` (data).
  public func check() throws {
    var reading = Reading()
    var paths: Set<String> = []
    for file in files {
      try reading.attempt {
        let place = "file \(file.path.debugDescription)"
        guard RunPath.isFree(file.path) else {
          throw Faults.data(
            place, "is no place for a result in the run folder",
            "Use a path like data/name.csv; the run keeps \(RunPath.reserved.joined(separator: ", ")) for itself.")
        }
        guard paths.insert(file.path).inserted else {
          throw Faults.data(place, "is given twice", "Write it under another name.")
        }
        guard file.path.hasSuffix(".csv"), !file.columns.isEmpty else { return }
        try CsvText.check(header: file.bytes.prefix { $0 != 10 }, of: file.path, describes: file.columns)
      }
    }
    try reading.finish()
  }
}

/// One file of a run and what its columns mean.
public struct ResultFile: Sendable {
  /// Relative to the run folder, such as `data/cutoff_summary_wide.csv`.
  public let path: String
  public let bytes: [UInt8]
  public let columns: [ColumnNote]
  /// Whether it holds rows of applications.
  public let isPersonal: Bool

  public init(path: String, bytes: [UInt8], columns: [ColumnNote] = [], isPersonal: Bool = false) {
    self.isPersonal = isPersonal
    self.path = path
    self.bytes = bytes
    self.columns = columns
  }

  /// A table as CSV (RFC 4180 with LF): a field is quoted when it must be, and one that a spreadsheet would take for a formula
  /// is led by an apostrophe.
  ///
  /// - Parameter rows: fields as they are to be read, in the order of the columns.
  public init(path: String, columns: [ColumnNote], rows: [[String]]) {
    var text = CsvText(columns.map(\.name), guardsFormulas: true)
    for row in rows { text.add(row) }
    self.init(path: path, bytes: text.bytes, columns: columns)
  }
}

/// What a column of a result file holds.
public struct ColumnNote: Sendable, Codable, Hashable {
  public let name: String
  /// `currency`, `percent`, `accounts`, `bin`, `text`, …
  public let unit: String
  /// `annualised`, `period`, or nothing where no time is involved.
  public let basis: String
  public let meaning: String

  public init(_ name: String, unit: String, basis: String = "", _ meaning: String) {
    self.name = name
    self.unit = unit
    self.basis = basis
    self.meaning = meaning
  }
}
