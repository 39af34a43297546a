public import CutlineCore

/// Sets risk surfaces of several estimators side by side.
public enum CompareSurfaces: ExchangedKind {
  public struct Input: Sendable {
    public let cube: Cube
    public let surfaces: [NamedArtifact<RiskSurface>]
  }
  public typealias Output = FileSet
  public static let name = "compare-surfaces"
  public static let summary = "Sets the risk surfaces of several estimators side by side."
  public static let changes = [
    2: "is given the cube (cube.json, cube.csv, months.csv, folds.csv) instead of the sample"
  ]
  public static let ports = Ports(Input.init, .one("cube", \.cube), .many("surfaces", \.surfaces))

  public static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [
      Input(
        cube: small.cube, surfaces: [NamedArtifact("first", small.surface), NamedArtifact("second", small.surface)])
    ]
  }

  public static let baseline: String? = #"""
    /// One row a stage: the exposure-free mean of its predicted risks.
    struct {{Stage}}: Stage {
      typealias Kind = CompareSurfaces
      static let name = "{{name}}"
      static let summary = "Writes the mean predicted risk of every estimator."
      init(config: NoConfig) {}

      func run(_ input: CompareSurfaces.Input, in context: RunContext) async throws -> FileSet {
        var table = CsvText(["stage", "mean_risk"])
        for surface in input.surfaces {
          let risk = surface.artifact.risk
          table.add([surface.stage, NumberText.shortest(risk.reduce(0, +) / Double(max(1, risk.count)))])
        }
        let columns = [
          ColumnNote("stage", unit: "text", "The stage that learnt the surface."),
          ColumnNote("mean_risk", unit: "fraction", "Mean of the predicted risks of all cells."),
        ]
        return FileSet(files: [ResultFile(path: "data/{{name}}.csv", bytes: table.bytes, columns: columns)])
      }
    }

    """#
}
