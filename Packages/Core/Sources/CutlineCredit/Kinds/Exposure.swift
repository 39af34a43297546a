public import CutlineCore

/// Learns how much balance a requested amount leads to.
public enum Exposure: ExchangedKind {
  public struct Input: Sendable {
    public let cube: Cube
  }
  public typealias Output = ExposureModel
  public static let name = "exposure"
  public static let summary = "Learns the balance (todu_amt_pile_h6) that a requested amount leads to."
  public static let changes = [
    2: "is given the cube (cube.json, cube.csv, months.csv, folds.csv) instead of the sample"
  ]
  public static let ports = Ports(Input.init, .one("cube", \.cube))

  public static func check(_ output: ExposureModel, against input: Input) throws {
    try ArtifactCheck.number("ratio", output.ratio, in: 0...1000)
    if let r2 = output.r2, r2 > 1 { throw Faults.data("r2", "is \(r2)", "It is at most 1, or null.") }
    guard output.rows >= 0 else { throw Faults.data("rows", "is \(output.rows)", "Count them from 0.") }
  }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [Input(cube: small.cube)]
  }

  public static let baseline: String? = #"""
    /// Balance per unit requested: the ratio of sums over booked applications with an outcome, times a factor.
    struct {{Stage}}: Stage {
      typealias Kind = Exposure
      static let name = "{{name}}"
      static let summary = "Balance per unit requested: the ratio of sums, times a factor."

      struct Config: StageConfig {
        var factor = 1.0
        static let fields: [Field<Self>] = [
          .double("factor", \.factor, in: 0.1...10, "Multiplies the observed ratio.")
        ]
      }
      let config: Config

      func run(_ input: Exposure.Input, in context: RunContext) async throws -> ExposureModel {
        let (cube, cells) = (input.cube, input.cube.grid.cellCount)
        func total(_ measure: Measure) throws -> Double {
          try cube.sums(of: measure, [.bookedMature]).prefix(cells).map(Double.init).reduce(0, +)
        }
        let (requested, pile) = (try total(Measure(.requested)), try total(Measure(.denominator)))
        guard requested > 0 else {
          throw Faults.data("exposure", "nothing was requested by booked applications", "Check oa_amt.")
        }
        return ExposureModel(
          method: Self.name, ratio: config.factor * pile / requested, r2: nil, rows: Int(try total(.rows)))
      }
    }

    """#
}
