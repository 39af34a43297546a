public import CutlineCore

/// Writes the models of a run, so that another run can use them.
public enum ModelFiles: ExchangedKind {
  public struct Input: Sendable {
    public let surface: RiskSurface
    public let exposure: ExposureModel
  }
  public typealias Output = FileSet
  public static let name = "model-files"
  public static let summary = "Writes the risk surface and the exposure model as one bundle."
  public static let ports = Ports(Input.init, .one("surface", \.surface), .one("exposure", \.exposure))

  public static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [Input(surface: small.surface, exposure: small.exposure)]
  }

  public static let baseline: String? = #"""
    /// The risk of every cell as CSV, and the exposure ratio in a file of its own.
    struct {{Stage}}: Stage {
      typealias Kind = ModelFiles
      static let name = "{{name}}"
      static let summary = "Writes the risk surface and the exposure ratio as text."
      init(config: NoConfig) {}

      func run(_ input: ModelFiles.Input, in context: RunContext) async throws -> FileSet {
        var risk = "cell,risk\n"
        for (cell, value) in input.surface.risk.enumerated() { risk += "\(cell),\(value)\n" }
        return FileSet(files: [
          ResultFile(
            path: "models/{{name}}/risk.csv", bytes: Array(risk.utf8),
            columns: [
              ColumnNote("cell", unit: "bin", "Index of the cell, row-major."),
              ColumnNote("risk", unit: "fraction", "Predicted risk."),
            ]),
          ResultFile(path: "models/{{name}}/exposure.txt", bytes: Array("\(input.exposure.ratio)\n".utf8)),
        ])
      }
    }

    """#
}
