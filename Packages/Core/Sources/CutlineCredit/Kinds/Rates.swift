public import CutlineCore

/// Says how much of the demand that a strategy takes in would be booked.
public enum Rates: ExchangedKind {
  public struct Input: Sendable {
    public let cube: Cube
  }
  public typealias Output = SwapInRates
  public static let name = "rates"
  public static let summary = "Says how much of the demand that a strategy takes in would be booked."
  public static let ports = Ports(Input.init, .one("cube", \.cube))

  public static func check(_ output: SwapInRates, against input: Input) throws {
    for (name, rate, most) in [
      ("pass", output.pass, 1.0), ("takeUp", output.takeUp, 1), ("granted", output.granted, 1000),
    ] {
      try ArtifactCheck.number("\(name).value", rate.value, in: 0...most)
      let measured = rate.denominator > 0 ? Double(rate.numerator) / Double(rate.denominator) : rate.value
      guard abs(rate.value - measured) <= 1e-9 * max(1, measured), rate.low ?? 0 <= rate.value,
        rate.value <= rate.high ?? most, (rate.low == nil) == (rate.high == nil),
        rate.rows >= 0, rate.denominator >= 0, !rate.basis.isEmpty
      else {
        throw Faults.data(
          name, "its value is not that of its sums, not within its interval, or has no basis",
          "Say what it was measured on.")
      }
    }
    guard !output.method.isEmpty, output.firstMonth ?? Month(index: 0) <= output.lastMonth ?? Month(index: 120_000)
    else {
      throw Faults.data(
        "method, firstMonth, lastMonth", "are empty or in the wrong order", "Name the method and its window.")
    }
  }

  public static func specimens() throws -> [Input] { [Input(cube: try SmallPortfolio().cube)] }

  public static let baseline: String? = #"""
    /// Everything that is taken in is booked, but for a share that somebody states.
    struct {{Stage}}: Stage {
      typealias Kind = Rates
      static let name = "{{name}}"
      static let summary = "A stated share of what is taken in is booked, as requested."

      struct Config: StageConfig {
        var takeUp = 1.0
        static let fields: [Field<Self>] = [
          .double("take_up", \.takeUp, in: 0...1, "Share of the requested amount that is booked.")
        ]
      }
      let config: Config

      func run(_ input: Rates.Input, in context: RunContext) async throws -> SwapInRates {
        func stated(_ value: Double) -> SwapInRates.Rate {
          .init(value: value, low: nil, high: nil, numerator: 0, denominator: 0, rows: 0, basis: "stated")
        }
        return SwapInRates(
          method: Self.name, pass: stated(1), takeUp: stated(config.takeUp), granted: stated(1), firstMonth: nil,
          lastMonth: nil)
      }
    }

    """#
}
