public import CutlineCore

/// Says how much riskier rejected applications are than booked ones of the same cell.
public enum InferRejects: ExchangedKind {
  public struct Input: Sendable {
    public let cube: Cube
    public let surface: RiskSurface
    /// The distribution of the scores, for methods that look beyond the cells.
    public let profile: ScoreProfile?
    /// The rows.
    public let sample: Sample?
  }
  public typealias Output = RejectAdjustment
  public static let name = "infer-rejects"
  public static let summary = "Says how much riskier rejected applications are than booked ones of the same cell."
  public static let changes = [
    2:
      "is given the cube (cube.json, cube.csv, months.csv, folds.csv) instead of the sample; its rows only with reads = [\"sample\"]"
  ]
  public static let ports = Ports(
    Input.init, .one("cube", \.cube), .one("surface", \.surface), .optional("profile", \.profile),
    .optional("sample", \.sample))

  /// `reject-adjustment.json`, or `multiplier.csv` with the multiplier of every cell.
  public static func read(
    from folder: ExchangeFolder, for input: Input, by command: String
  ) throws -> RejectAdjustment {
    guard folder.has("multiplier.csv") else { return try RejectAdjustment(readingFrom: folder) }
    let values = try ArtifactCheck.cellFile("multiplier.csv", column: "multiplier", input.cube.grid, folder)
    return RejectAdjustment(method: command, multiplier: values, cappedCells: 0)
  }

  public static func check(_ output: RejectAdjustment, against input: Input) throws {
    let grid = input.cube.grid
    try ArtifactCheck.cells("multiplier", output.multiplier, grid, in: 0...1_000_000)
    guard (0...grid.cellCount).contains(output.cappedCells) else {
      throw Faults.data("cappedCells", "is \(output.cappedCells) of \(grid.cellCount) cells", "Count the capped cells.")
    }
    guard !output.method.isEmpty else { throw Faults.data("method", "is empty", "Name the method.") }
  }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [
      Input(cube: small.cube, surface: small.surface, profile: small.profile, sample: small.sample),
      Input(cube: small.cube, surface: small.surface, profile: nil, sample: nil),
    ]
  }

  public static let baseline: String? = #"""
    /// Rejected applications are riskier than booked ones by one factor in every cell.
    struct {{Stage}}: Stage {
      typealias Kind = InferRejects
      static let name = "{{name}}"
      static let summary = "Raises the risk of rejected applications by one factor."

      struct Config: StageConfig {
        var factor = 1.5
        static let fields: [Field<Self>] = [
          .double("factor", \.factor, in: 1...10, "Risk of a rejected application relative to a booked one.")
        ]
      }
      let config: Config

      func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
        let cells = input.cube.grid.cellCount
        context.note("all \(cells) cells are raised by \(config.factor)")
        return RejectAdjustment(
          method: Self.name, multiplier: [Double](repeating: config.factor, count: cells), cappedCells: 0)
      }
    }

    """#
}
