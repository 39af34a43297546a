public import CutlineCore

/// Adds the applications up, score by score.
public enum Profiles: ExchangedKind {
  public struct Input: Sendable {
    /// Nil for a stage that adds up where the applications are.
    public let sample: Sample?
  }
  public typealias Output = ScoreProfile
  public static let name = "profile"
  public static let summary = "Adds the applications up by score value, month, status and outcome."
  public static let ports = Ports(Input.init, .optional("sample", \.sample))

  /// Every variable holds the same applications; where there is a sample, they are its.
  public static func check(_ output: ScoreProfile, against input: Input) throws {
    try output.head.check("score profile")
    var counts = try output.variables.map { variable in
      try output.sums(of: .rows, variable: variable.name, ApplicationState.all).reduce(Int128(0)) { $0 + Int128($1) }
    }
    if let sample = input.sample {
      guard output.variables.map(\.name) == sample.grid.axes.map(\.name) else {
        throw Faults.data("score profile", "has other variables than the sample", "Give those of its grid, in order.")
      }
      counts.append(Int128(sample.rowCount))
    }
    guard Set(counts).count == 1 else {
      throw Faults.data(
        "score profile", "its variables hold other numbers of applications than each other or the sample",
        "Count every application once for each variable.")
    }
  }

  public static func specimens() throws -> [Input] { [Input(sample: try SmallPortfolio().sample)] }

  public static let baseline: String? = #"""
    /// The rows of the sample added up by score, on all workers.
    struct {{Stage}}: Stage {
      typealias Kind = Profiles
      static let name = "{{name}}"
      static let summary = "Adds the rows of the sample up by score."
      static let reads = ["sample"]
      init(config: NoConfig) {}

      func run(_ input: Profiles.Input, in context: RunContext) async throws -> ScoreProfile {
        guard let sample = input.sample else {
          throw Faults.usage("port sample", "is not connected", "Connect it with from = { sample = \"prepare\" }.")
        }
        return try ScoreProfile(of: sample, workers: context.workers)
      }
    }

    """#
}
