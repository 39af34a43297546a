public import CutlineCore

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
