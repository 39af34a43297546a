public import CutlineCore

/// Learns the risk of every cell from booked applications.
public enum Train: ExchangedKind {
  public struct Input: Sendable {
    public let cube: Cube
    /// The rows, where the cube has no buckets to make folds of.
    public let sample: Sample?
    /// A surface whose estimator, features and settings are kept: only the fit is made anew, for resamples and later data.
    public let chosen: RiskSurface?
  }
  public typealias Output = RiskSurface
  public static let name = "train"
  public static let summary = "Learns the risk of every cell of the grid from booked applications."
  public static let changes = [
    2:
      "is given the cube (cube.json, cube.csv, months.csv, folds.csv) instead of the sample; its rows only with reads = [\"sample\"]"
  ]
  public static let ports = Ports(
    Input.init, .one("cube", \.cube), .optional("sample", \.sample), .optional("chosen", \.chosen))

  /// What `surface.json` may say beside `risk.csv`.
  private struct Maker: Codable {
    let estimator: String?
    let parameters: [String: Double]?
    let features: [String]?
  }

  /// `risk-surface.json`, or `risk.csv` with the risk of every cell and perhaps `surface.json` with the maker's name.
  public static func read(from folder: ExchangeFolder, for input: Input, by command: String) throws -> RiskSurface {
    guard folder.has("risk.csv") || folder.has("surface.json") else { return try RiskSurface(readingFrom: folder) }
    let cube = input.cube
    let risk = try ArtifactCheck.cellFile("risk.csv", column: "risk", cube.grid, folder)
    let maker = folder.has("surface.json") ? try folder.json(Maker.self, from: "surface.json") : nil
    let observed = try ObservedRisk(cube)
    return RiskSurface(
      grid: cube.grid, multiplier: cube.measure.multiplier, risk: risk, estimator: maker?.estimator ?? command,
      featureSet: "process", parameters: maker?.parameters ?? [:], features: maker?.features ?? [], coefficients: [],
      trainR2: observed.r2(of: risk), trainingRows: observed.rows, trainingCells: observed.cells, folds: 0,
      candidates: [])
  }

  public static func check(_ output: RiskSurface, against input: Input) throws {
    try ArtifactCheck.sameGrid(output.grid, input.cube.grid)
    try ArtifactCheck.sameMultiplier(output.multiplier, input.cube.measure.multiplier)
    try ArtifactCheck.cells("risk", output.risk, output.grid, in: -1000...1000)
    guard output.coefficients.isEmpty || output.coefficients.count == output.features.count + 1 else {
      throw Faults.data(
        "coefficients", "has \(output.coefficients.count) values for \(output.features.count) features",
        "Give the intercept and one a feature, or none at all.")
    }
    let numbers = output.coefficients + Array(output.parameters.values)
    guard numbers.allSatisfy(\.isFinite), output.trainR2 <= 1 else {
      throw Faults.data("coefficients, parameters, trainR2", "hold a value that cannot be", "Give finite numbers.")
    }
    guard output.trainingRows >= 0, output.trainingCells >= 0, output.folds >= 0, !output.estimator.isEmpty else {
      throw Faults.data(
        "estimator, trainingRows, trainingCells, folds", "are empty or negative", "Say how it was learnt.")
    }
  }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [
      Input(cube: small.cube, sample: small.sample, chosen: small.surface),
      Input(cube: small.cube, sample: nil, chosen: nil),
    ]
  }

  public static let baseline: String? = #"""
    /// The observed risk of a cell, drawn towards the mean of all cells where a cell has little behind it:
    /// `Z · own + (1 − Z) · mean` with the credibility `Z = denominator / (denominator + weight)`.
    struct {{Stage}}: Stage {
      typealias Kind = Train
      static let name = "{{name}}"
      static let summary = "Observed risk of each cell, drawn towards the mean by credibility."

      struct Config: StageConfig {
        var weight = 10_000.0
        static let fields: [Field<Self>] = [
          .double("weight", \.weight, in: 1...1e12, unit: "currency", "Balance at which a cell counts for one half.")
        ]
      }
      let config: Config

      func run(_ input: Train.Input, in context: RunContext) async throws -> RiskSurface {
        let (cube, cells) = (input.cube, input.cube.grid.cellCount)
        // Cells outside the grid come last; Double, because all of them together may be more than 64 bits.
        let numerator = try cube.sums(of: .numerator, [.bookedMature]).prefix(cells).map(Double.init)
        let denominator = try cube.sums(of: .denominator, [.bookedMature]).prefix(cells).map(Double.init)
        let rows = try cube.sums(of: .rows, [.bookedMature]).prefix(cells).map(Double.init).reduce(0, +)
        let total = denominator.reduce(0, +)
        guard total > 0 else {
          throw Faults.data("train", "no booked application has a balance", "Check the period and the segment.")
        }
        let multiplier = cube.measure.multiplier
        let mean = multiplier * numerator.reduce(0, +) / total
        let risk = zip(numerator, denominator).map { numerator, denominator in
          guard denominator > 0 else { return mean }
          let own = multiplier * numerator / denominator
          let credibility = denominator / (denominator + 100 * config.weight)
          return credibility * own + (1 - credibility) * mean
        }
        return RiskSurface(
          grid: cube.grid, multiplier: multiplier, risk: risk, estimator: Self.name, featureSet: "cells",
          parameters: ["weight": config.weight], features: [], coefficients: [], trainR2: 0, trainingRows: Int(rows),
          trainingCells: denominator.count { $0 > 0 }, folds: 0, candidates: [])
      }
    }

    """#
}
