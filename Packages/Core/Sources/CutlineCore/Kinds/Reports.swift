/// Files for the run folder.
public struct FileSet: Artifact {
  public static let typeName = "file set"
  public let files: [ResultFile]
  public init(files: [ResultFile]) { self.files = files }
}

/// One file of a run and what its columns mean.
public struct ResultFile: Sendable {
  /// Relative to the run folder, such as `data/cutoff_summary_wide.csv`.
  public let path: String
  public let bytes: [UInt8]
  public let columns: [ColumnNote]

  public init(path: String, bytes: [UInt8], columns: [ColumnNote] = []) {
    self.path = path
    self.bytes = bytes
    self.columns = columns
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

/// Writes the tables of a strategy.
public enum StrategyTables: Kind {
  public struct Input: StageInput {
    public let quality: QualityReport
    public let cells: CellTable
    public let frontier: Frontier
    public let scenarios: ScenarioSet
    public static let ports = [
      Port("quality", QualityReport.self), Port("cells", CellTable.self), Port("frontier", Frontier.self),
      Port("scenarios", ScenarioSet.self),
    ]
    public init(_ values: PortValues) throws {
      quality = try values.get("quality")
      cells = try values.get("cells")
      frontier = try values.get("frontier")
      scenarios = try values.get("scenarios")
    }
  }
  public typealias Output = FileSet
  public static let name = "tables"
  public static let summary = "Writes the frontier, the scenarios, their cells and cutoffs as tables."
}

/// Writes the models of a run, so that another run can use them.
public enum ModelFiles: Kind {
  public struct Input: StageInput {
    public let surface: RiskSurface
    public let exposure: ExposureModel
    public static let ports = [Port("surface", RiskSurface.self), Port("exposure", ExposureModel.self)]
    public init(_ values: PortValues) throws {
      surface = try values.get("surface")
      exposure = try values.get("exposure")
    }
  }
  public typealias Output = FileSet
  public static let name = "model-files"
  public static let summary = "Writes the risk surface and the exposure model as one bundle."
}
