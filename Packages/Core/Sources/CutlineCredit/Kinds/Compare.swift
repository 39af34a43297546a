public import CutlineCore

/// Sets risk surfaces of several estimators side by side.
public enum CompareSurfaces: Kind {
  public struct Input: StageInput {
    public let sample: Sample
    public let surfaces: [NamedArtifact<RiskSurface>]
    public static let ports = [Port("sample", Sample.self), Port.many("surfaces", RiskSurface.self)]
    public init(_ values: PortValues) throws {
      sample = try values.get("sample")
      surfaces = try values.getAll("surfaces")
    }
  }
  public typealias Output = FileSet
  public static let name = "compare-surfaces"
  public static let summary = "Sets the risk surfaces of several estimators side by side."
}

/// Sets what several searches found side by side.
public enum CompareFrontiers: Kind {
  public struct Input: StageInput {
    public let cells: CellTable
    public let frontiers: [NamedArtifact<Frontier>]
    public static let ports = [Port("cells", CellTable.self), Port.many("frontiers", Frontier.self)]
    public init(_ values: PortValues) throws {
      cells = try values.get("cells")
      frontiers = try values.getAll("frontiers")
    }
  }
  public typealias Output = FileSet
  public static let name = "compare-frontiers"
  public static let summary = "Sets what several searches found side by side."
}
