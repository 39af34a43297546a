/// One or more features made from the features of a record; `expand` is a list of them.
///
/// Arithmetic lets NaN through. Not so: `indicators` give 0 for NaN, `bins` their missing value, `missing` 1, `fill` its
/// constant.
public enum ExpandTerm: Sendable, Hashable {
  /// x
  case feature(Int)
  /// x × x × …, multiplied from the left; exponent 2 … 16.
  case power(Int, exponent: Int)
  /// The product of features, from the left; a feature may come twice.
  case product([Int])
  /// (x − centre) / scale: a standardisation, or any affine map; the scale is not 0.
  case standardised(Int, centre: Double, scale: Double)
  /// x, not below `low` nor above `high`.
  case clamp(Int, low: Double, high: Double)
  /// Per value 1 where x equals it, else 0: a one-hot code. As many features as values.
  case indicators(Int, values: [Double])
  /// A value per bin of x, such as its weight of evidence.
  case bins(Int, BinnedValues)
  /// 1 where x is missing, else 0.
  case missing(Int)
  /// The constant where x is missing, else x.
  case fill(Int, Double)
  /// g(x), such as the log-odds of a probability.
  case link(Int, Link)

  /// How many features it makes.
  var width: Int { if case .indicators(_, let values) = self { values.count } else { 1 } }

  /// The features that it reads.
  var features: [Int] {
    switch self {
    case .product(let features): features
    case .feature(let i), .power(let i, _), .standardised(let i, _, _), .clamp(let i, _, _), .indicators(let i, _),
      .bins(let i, _), .missing(let i), .fill(let i, _), .link(let i, _):
      [i]
    }
  }

  func check(_ check: FormCheck, inputCount: Int) throws(FormError) {
    for feature in features {
      try check.require(
        feature >= 0 && feature < inputCount, "asks for feature \(feature) of \(inputCount)")
    }
    switch self {
    case .feature, .bins, .missing, .link: break
    case .power(_, let exponent):
      try check.require(
        exponent >= 2 && exponent <= FormLimits.exponent, "has exponent \(exponent), not 2 to \(FormLimits.exponent)")
    case .product(let features): try check.count(features.count, "factors", atMost: FormLimits.exponent)
    case .standardised(_, let centre, let scale):
      try check.finite([centre, scale], "centre and scale")
      try check.require(scale != 0, "divides by a scale of 0")
    case .clamp(_, let low, let high):
      try check.finite([low, high], "bounds")
      try check.require(low <= high, "has bounds \(low) and \(high), the wrong way round")
    case .indicators(_, let values):
      try check.count(values.count, "indicated values", atMost: FormLimits.features)
      try check.finite(values, "indicated value")
    case .fill(_, let value): try check.finite([value], "constant for missing values")
    }
  }

  func append(_ x: [Double], to out: inout [Double]) {
    switch self {
    case .feature(let i): out.append(x[i])
    case .power(let i, let exponent): out.append((1..<exponent).reduce(x[i]) { power, _ in power * x[i] })
    case .product(let features): out.append(features.dropFirst().reduce(x[features[0]]) { $0 * x[$1] })
    case .standardised(let i, let centre, let scale): out.append((x[i] - centre) / scale)
    case .clamp(let i, let low, let high): out.append(x[i] < low ? low : x[i] > high ? high : x[i])
    case .indicators(let i, let values): for value in values { out.append(x[i] == value ? 1 : 0) }
    case .bins(let i, let bins): out.append(bins.value(of: x[i]))
    case .missing(let i): out.append(x[i].isNaN ? 1 : 0)
    case .fill(let i, let value): out.append(x[i].isNaN ? value : x[i])
    case .link(let i, let link): out.append(link.sum(of: x[i]))
    }
  }
}

extension ExpandTerm: Codable {
  private enum Name: String, Codable {
    case feature, power, product, standardised, clamp, indicators, bins, missing, fill, link
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case make, feature, features, exponent, centre, scale, low, high, values, bins, value, link
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(only: CodingKeys.self, form: ExpandForm.name)
    func number(_ key: CodingKeys) throws -> Double { try container.decode(Double.self, forKey: key) }
    let name = try container.decode(Name.self, forKey: .make)
    if name == .product {
      self = .product(try container.decode([Int].self, forKey: .features))
      return
    }
    let feature = try container.decode(Int.self, forKey: .feature)
    self =
      switch name {
      case .feature, .product: .feature(feature)
      case .power: .power(feature, exponent: try container.decode(Int.self, forKey: .exponent))
      case .standardised: .standardised(feature, centre: try number(.centre), scale: try number(.scale))
      case .clamp: .clamp(feature, low: try number(.low), high: try number(.high))
      case .indicators: .indicators(feature, values: try container.decode([Double].self, forKey: .values))
      case .bins: .bins(feature, try container.decode(BinnedValues.self, forKey: .bins))
      case .missing: .missing(feature)
      case .fill: .fill(feature, try number(.value))
      case .link: .link(feature, try container.decode(Link.self, forKey: .link))
      }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    func encode(_ name: Name, _ feature: Int) throws {
      try container.encode(name, forKey: .make)
      try container.encode(feature, forKey: .feature)
    }
    switch self {
    case .feature(let i): try encode(.feature, i)
    case .power(let i, let exponent):
      try encode(.power, i)
      try container.encode(exponent, forKey: .exponent)
    case .product(let features):
      try container.encode(Name.product, forKey: .make)
      try container.encode(features, forKey: .features)
    case .standardised(let i, let centre, let scale):
      try encode(.standardised, i)
      try container.encode(centre, forKey: .centre)
      try container.encode(scale, forKey: .scale)
    case .clamp(let i, let low, let high):
      try encode(.clamp, i)
      try container.encode(low, forKey: .low)
      try container.encode(high, forKey: .high)
    case .indicators(let i, let values):
      try encode(.indicators, i)
      try container.encode(values, forKey: .values)
    case .bins(let i, let bins):
      try encode(.bins, i)
      try container.encode(bins, forKey: .bins)
    case .missing(let i): try encode(.missing, i)
    case .fill(let i, let value):
      try encode(.fill, i)
      try container.encode(value, forKey: .value)
    case .link(let i, let link):
      try encode(.link, i)
      try container.encode(link, forKey: .link)
    }
  }
}
