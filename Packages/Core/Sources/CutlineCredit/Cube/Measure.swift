internal import CutlineCore

/// A quantity of a cube: an Int64 with unit and scale. Two measures are one when their names are.
public struct Measure: Sendable, Hashable, Codable, CustomStringConvertible {
  public let name: String
  /// `applications`, `accounts`, `currency`, `score`.
  public let unit: String
  /// Decimals: 2 where values are hundredths.
  public let scale: Int
  /// The column of the source that it is made of, for errors.
  public let column: String
  /// False where values had more decimals than `scale` and were rounded to it, half to even.
  public let isExact: Bool

  public init(_ name: String, unit: String, scale: Int = 0, column: String, isExact: Bool = true) {
    self.name = name
    self.unit = unit
    self.scale = scale
    self.column = column
    self.isExact = isExact
  }

  /// Σ of an amount.
  public init(_ amount: Amount) {
    self.init(amount.name, unit: amount.unit, scale: amount.scale, column: amount.name)
  }

  public var description: String { name }
  public static func == (a: Measure, b: Measure) -> Bool { a.name == b.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// Applications; with weights, the sum of their weights.
  public static let rows = Measure("rows", unit: "applications", column: "rows")
  /// Applications with a known outcome and a numerator above 0.
  public static let badRows = Measure("bad_rows", unit: "applications", column: "rows")
  /// The requested amount of applications that count in the transformation rate, and of the booked ones among them.
  public static let eligible = Measure("eligible_oa_amt", unit: "currency", scale: 2, column: "oa_amt")
  public static let eligibleBooked = Measure("eligible_booked_oa_amt", unit: "currency", scale: 2, column: "oa_amt")

  func with(scale: Int) -> Measure { Measure(name, unit: unit, scale: scale, column: column, isExact: isExact) }

  /// Σ of the raw score of a variable, over applications that have one.
  public static func score(_ axis: GridAxis, scale: Int = 0, isExact: Bool = true) -> Measure {
    Measure("score_\(axis.name)", unit: "score", scale: scale, column: axis.source, isExact: isExact)
  }

  /// How many applications have one.
  public static func scoreRows(_ axis: GridAxis) -> Measure {
    Measure("score_rows_\(axis.name)", unit: "applications", column: axis.source)
  }

  /// The error for a sum that is not an Int64.
  func overflow() -> Faults {
    Faults.data(
      "column \(column)", "its sum (\(name)) does not fit in 64 bits",
      "Check the values for some that cannot be, or state them in a larger unit.")
  }
}
