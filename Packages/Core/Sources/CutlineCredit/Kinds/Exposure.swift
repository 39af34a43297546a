public import CutlineCore

/// Learns how much balance a requested amount leads to.
public enum Exposure: ExchangedKind {
  public struct Input: Sendable {
    public let sample: Sample
  }
  public typealias Output = ExposureModel
  public static let name = "exposure"
  public static let summary = "Learns the balance (todu_amt_pile_h6) that a requested amount leads to."
  public static let ports = Ports(Input.init, .one("sample", \.sample))

  public static func check(_ output: ExposureModel, against input: Input) throws {
    try ArtifactCheck.number("ratio", output.ratio, in: 0...1000)
    if let r2 = output.r2, r2 > 1 { throw Faults.data("r2", "is \(r2)", "It is at most 1, or null.") }
    guard output.rows >= 0 else { throw Faults.data("rows", "is \(output.rows)", "Count them from 0.") }
  }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [Input(sample: small.sample)]
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
        let sample = input.sample
        let rows = sample.cell.indices.filter { sample.isMature[$0] }
        let requested = rows.reduce(0) { $0 + sample.amounts[1][$1] }
        let pile = rows.reduce(0) { $0 + sample.amounts[3][$1] }
        guard requested > 0 else {
          throw Faults.data("exposure", "nothing was requested by booked applications", "Check oa_amt.")
        }
        return ExposureModel(
          method: Self.name, ratio: config.factor * Double(pile) / Double(requested), r2: nil, rows: rows.count)
      }
    }

    """#
}
