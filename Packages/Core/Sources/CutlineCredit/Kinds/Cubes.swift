public import CutlineCore

/// Adds the applications up, cell by cell.
public enum Cubes: ExchangedKind {
  public struct Input: Sendable {
    /// Nil for a stage that adds up where the applications are.
    public let sample: Sample?
  }
  public typealias Output = Cube
  public static let name = "cube"
  public static let summary = "Adds the applications up by cell, month, status, outcome and bucket."
  public static let ports = Ports(Input.init, .optional("sample", \.sample))

  /// Both slices hold the same applications; where there is a sample, they are its.
  public static func check(_ output: Cube, against input: Input) throws {
    try output.head.check("cube")
    try output.check()
    guard let sample = input.sample else { return }
    try ArtifactCheck.sameGrid(output.grid, sample.grid)
    try ArtifactCheck.sameMultiplier(output.measure.multiplier, sample.measure.multiplier)
    guard output.outside == sample.outside, output.summary == sample.summary else {
      throw Faults.data("cube", "outside or summary is not that of the sample", "Hand it on unchanged.")
    }
    var rows = [Int64](repeating: 0, count: ApplicationState.all.count)
    for (status, outcome) in zip(sample.status, sample.outcome) {
      if let state = ApplicationState(status, outcome) { rows[state.index] += 1 }
    }
    for state in ApplicationState.all {
      let found = try output.sumsByMonth(of: .rows, [state]).joined().reduce(Int128(0)) { $0 + Int128($1) }
      guard found == Int128(rows[state.index]) else {
        throw Faults.data(
          "cube", "holds \(found) applications that are \(state.name), the sample \(rows[state.index])",
          "Add up every row of the sample once.")
      }
    }
  }

  public static func specimens() throws -> [Input] { [Input(sample: try SmallPortfolio().sample)] }

  public static let baseline: String? = #"""
    /// The rows of the sample added up, on all workers.
    struct {{Stage}}: Stage {
      typealias Kind = Cubes
      static let name = "{{name}}"
      static let summary = "Adds the rows of the sample up."
      static let reads = ["sample"]
      init(config: NoConfig) {}

      func run(_ input: Cubes.Input, in context: RunContext) async throws -> Cube {
        guard let sample = input.sample else {
          throw Faults.usage("port sample", "is not connected", "Connect it with from = { sample = \"prepare\" }.")
        }
        return try Cube(of: sample, workers: context.workers)
      }
    }

    """#
}
