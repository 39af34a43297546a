public import CutlineCore

/// Sets what several searches found side by side.
public enum CompareFrontiers: ExchangedKind {
  public struct Input: Sendable {
    public let cells: CellTable
    public let frontiers: [NamedArtifact<Frontier>]
  }
  public typealias Output = FileSet
  public static let name = "compare-frontiers"
  public static let summary = "Sets what several searches found side by side."
  public static let ports = Ports(Input.init, .one("cells", \.cells), .many("frontiers", \.frontiers))

  public static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [
      Input(
        cells: small.cells,
        frontiers: [NamedArtifact("first", small.frontier), NamedArtifact("second", small.frontier)])
    ]
  }

  public static let baseline: String? = #"""
    /// One row a search: how many points it found, and the greatest production among them.
    struct {{Stage}}: Stage {
      typealias Kind = CompareFrontiers
      static let name = "{{name}}"
      static let summary = "Writes the number of points of every search."
      init(config: NoConfig) {}

      func run(_ input: CompareFrontiers.Input, in context: RunContext) async throws -> FileSet {
        var table = CsvText(["stage", "points"])
        for frontier in input.frontiers { table.add([frontier.stage, String(frontier.artifact.points.count)]) }
        let columns = [
          ColumnNote("stage", unit: "text", "The stage that searched."),
          ColumnNote("points", unit: "number", "Points that it gives."),
        ]
        return FileSet(files: [ResultFile(path: "data/{{name}}.csv", bytes: table.bytes, columns: columns)])
      }
    }

    """#
}
