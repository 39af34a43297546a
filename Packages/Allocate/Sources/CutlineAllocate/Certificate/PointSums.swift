/// The sums of a point in a certificate of an allocation; as JSON a list of three numbers, or four.
public struct PointSums: Sendable, Hashable {
  public let production, numerator, denominator: Int64
  /// Where that was to be most.
  public let value: Int64?

  public init(production: Int64, numerator: Int64, denominator: Int64, value: Int64? = nil) {
    (self.production, self.numerator, self.denominator, self.value) = (production, numerator, denominator, value)
  }

  /// Of all of them the greatest in size.
  var largest: UInt64 {
    max(production.magnitude, numerator.magnitude, denominator.magnitude, value?.magnitude ?? 0)
  }
}

extension PointSums: Codable {
  public init(from decoder: any Decoder) throws {
    var list = try decoder.unkeyedContainer()
    production = try list.decode(Int64.self)
    numerator = try list.decode(Int64.self)
    denominator = try list.decode(Int64.self)
    value = list.isAtEnd ? nil : try list.decode(Int64.self)
    guard list.isAtEnd else {
      throw DecodingError.dataCorruptedError(in: list, debugDescription: "a point of more than four sums")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var list = encoder.unkeyedContainer()
    try list.encode(production)
    try list.encode(numerator)
    try list.encode(denominator)
    if let value { try list.encode(value) }
  }
}
