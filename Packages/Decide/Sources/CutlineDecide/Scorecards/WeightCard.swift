internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// An expert card: a weight for each feature, a stated transform of each into 0...1, and the range that scores are spread over.
///
/// Score = lowest + (highest − lowest) · Σ w t(x) / Σ max(w, 0), rounded half to even and cut to the range. 57 of 100 in 300...900 is 642.
/// Nothing is guessed: a value that its transform does not know, and a missing one whose feature says nothing of it, score nothing.
public struct WeightCard: Sendable, Hashable, Codable {
  public static let mediaType = "application/vnd.cutline.weights+json"
  static let format = "cutline-weights-1"

  /// From a value to its part of the weight.
  public enum Transform: Sendable, Hashable, Codable {
    /// 0 or 1, and nothing else.
    case flag
    /// min(max(x, 0), limit) / limit.
    case cap(limit: Double)
    /// min(log₁₀(max(x, 0) + 1) / log₁₀(limit + 1), 1).
    case log(limit: Double)
    /// (x − from) / (to − from), cut to 0...1; `to` below `from` turns it round.
    case linear(from: Double, to: Double)

    /// - Returns: nil for a value that it does not know.
    func callAsFunction(_ x: Double) -> Double? {
      guard !x.isNaN else { return nil }
      switch self {
      case .flag: return x == 0 || x == 1 ? x : nil
      case .cap(let limit): return min(max(x, 0), limit) / limit
      case .log(let limit): return min(Link.log.sum(of: max(x, 0) + 1) / Link.log.sum(of: limit + 1), 1)
      case .linear(let from, let to): return min(max((x - from) / (to - from), 0), 1)
      }
    }

    fileprivate var isSound: Bool {
      switch self {
      case .flag: true
      case .cap(let limit), .log(let limit): limit > 0 && limit.isFinite
      case .linear(let from, let to): from.isFinite && to.isFinite && from != to
      }
    }
  }

  public struct Feature: Sendable, Hashable, Codable {
    public let name: String
    /// The column that holds it; nil = its name.
    public let column: String?
    public let weight: Double
    public let transform: Transform
    /// Its part of the weight where it is missing; nil: an application without it is refused.
    public let missing: Double?

    public init(name: String, column: String? = nil, weight: Double, transform: Transform, missing: Double? = nil) {
      (self.name, self.column, self.weight) = (name, column, weight)
      (self.transform, self.missing) = (transform, missing)
    }

    public var source: String { TextColumn.comparable(column ?? name) }

    /// What a value adds.
    /// - Throws: `Faults` (data) with the feature's name where a value says nothing.
    fileprivate func worth(_ value: Double) throws -> Double {
      guard let part = value.isNaN ? missing : transform(value) else {
        throw Faults.data(
          "feature \(name)",
          value.isNaN
            ? "is missing, and the card does not say what that is worth"
            : "has a value that its transform does not know",
          "State missing in the card, or correct the data.")
      }
      return weight * part
    }
  }

  public let lowest, highest: Int64
  public let features: [Feature]
  public let bands: ScoreBands
  public let cutoff: Int64?

  /// - Throws: `Faults` (data) for a feature twice, a transform that is none or weights of nothing; for bands or a cutoff that no
  ///   application can reach.
  public init(
    lowest: Int64 = 300, highest: Int64 = 900, features: [Feature], bands: ScoreBands = .standard, cutoff: Int64? = nil
  ) throws {
    let place = "expert card"
    guard (1...1000).contains(features.count), Set(features.map(\.name)).count == features.count,
      features.allSatisfy({ !$0.name.isEmpty })
    else { throw Faults.data(place, "has no feature, more than a thousand, or one twice", "Name each once.") }
    guard lowest < highest, max(lowest.magnitude, highest.magnitude) <= 1_000_000 else {
      throw Faults.data(place, "spreads scores from \(lowest) to \(highest)", "Give a lowest below the highest score.")
    }
    if let wrong = features.first(where: { !$0.transform.isSound }) {
      throw Faults.data(
        "feature \(wrong.name)", "has a transform without a range", "Give a limit above 0, or two different ends.")
    }
    if let wrong = features.first(where: { $0.missing.map { !(0...1).contains($0) } ?? false }) {
      throw Faults.data("feature \(wrong.name)", "has a part for missing that is not in 0...1", "Give its part.")
    }
    guard features.allSatisfy({ $0.weight.magnitude <= 1e9 }), features.contains(where: { $0.weight > 0 }) else {
      throw Faults.data(place, "has no weight above 0, or one beyond 10⁹", "Give what each feature is worth at most.")
    }
    (self.lowest, self.highest, self.features, self.bands) = (lowest, highest, features, bands)
    self.cutoff = cutoff
    if let unreachable = self.unreachable.first {
      throw Faults.data(place, unreachable, "Lower the bound, or spread the scores further.")
    }
  }

  /// What all features are worth together.
  var most: Double { features.reduce(0) { $0 + max($1.weight, 0) } }

  /// - Parameter values: per feature, NaN where missing.
  /// - Throws: `Faults` (data) with the name of a feature whose value says nothing.
  public func score(_ values: [Double]) throws -> Int64 {
    try score(ofSum: zip(features, values).reduce(0) { try $0 + $1.0.worth($1.1) })
  }

  /// The scores of all rows: the same sums in the same order, without an array for each.
  ///
  /// - Parameter columns: per feature, NaN where missing.
  /// - Throws: as `score`.
  /// - Complexity: O(rows · features).
  func scores(_ columns: [[Double]], rows: Int) throws -> [Int64] {
    var sums = [Double](repeating: 0, count: rows)
    for (feature, column) in zip(features, columns) {
      for row in sums.indices { sums[row] += try feature.worth(column[row]) }
    }
    return sums.map(score)
  }

  private func score(ofSum sum: Double) -> Int64 {
    let score = (Double(lowest) + Double(highest - lowest) * sum / most).rounded(.toNearestOrEven)
    return min(max(Int64(score), lowest), highest)
  }

  /// The lowest and highest score that any application can have.
  public var range: ClosedRange<Int64> {
    let least = features.reduce(0) { $0 + min($1.weight, 0) }
    let low = (Double(lowest) + Double(highest - lowest) * least / most).rounded(.toNearestOrEven)
    return max(lowest, Int64(max(low, -1e9)))...highest
  }

  /// Bands and a cutoff that no application reaches, in sentences.
  public var unreachable: [String] {
    var found = bands.all.indices.filter { index in
      range.upperBound < bands.all[index].from || (index > 0 && range.lowerBound >= bands.all[index - 1].from)
    }.map { "no application reaches the band \(bands.all[$0].name)" }
    if let cutoff, !(range.lowerBound < cutoff && cutoff <= range.upperBound) {
      found.append("the cutoff \(cutoff) decides about nobody")
    }
    return found.map { "\($0): scores lie in \(range.lowerBound) to \(range.upperBound)" }
  }

  /// The same card with other weights.
  /// - Throws: `Faults` as making one does.
  func with(_ weights: [String: Double], new: [Feature] = []) throws -> WeightCard {
    try WeightCard(
      lowest: lowest, highest: highest,
      features: (features + new).map { feature in
        Feature(
          name: feature.name, column: feature.column, weight: weights[feature.name] ?? feature.weight,
          transform: feature.transform, missing: feature.missing)
      }, bands: bands, cutoff: cutoff)
  }

  // MARK: JSON

  private enum CodingKeys: String, CodingKey { case format, lowest, highest, features, bands, cutoff }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let format = try values.decode(String.self, forKey: .format)
    guard format == Self.format else {
      throw Faults.data("expert card", "its format is \(format), not \(Self.format)", "Use the cutline that wrote it.")
    }
    try self.init(
      lowest: values.decodeIfPresent(Int64.self, forKey: .lowest) ?? 300,
      highest: values.decodeIfPresent(Int64.self, forKey: .highest) ?? 900,
      features: values.decode([Feature].self, forKey: .features),
      bands: values.decodeIfPresent(ScoreBands.self, forKey: .bands) ?? .standard,
      cutoff: values.decodeIfPresent(Int64.self, forKey: .cutoff))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Self.format, forKey: .format)
    try values.encode(lowest, forKey: .lowest)
    try values.encode(highest, forKey: .highest)
    try values.encode(features, forKey: .features)
    try values.encode(bands, forKey: .bands)
    try values.encodeIfPresent(cutoff, forKey: .cutoff)
  }
}

extension WeightCard.Transform {
  private enum CodingKeys: String, CodingKey { case kind, limit, from, to }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    switch try values.decode(String.self, forKey: .kind) {
    case "flag": self = .flag
    case "cap": self = .cap(limit: try values.decode(Double.self, forKey: .limit))
    case "log": self = .log(limit: try values.decode(Double.self, forKey: .limit))
    case "linear":
      self = .linear(
        from: try values.decode(Double.self, forKey: .from), to: try values.decode(Double.self, forKey: .to))
    default: throw Faults.data("transform", "is none of flag, cap, log, linear", "Name one of them as its kind.")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .flag: try values.encode("flag", forKey: .kind)
    case .cap(let limit):
      try values.encode("cap", forKey: .kind)
      try values.encode(limit, forKey: .limit)
    case .log(let limit):
      try values.encode("log", forKey: .kind)
      try values.encode(limit, forKey: .limit)
    case .linear(let from, let to):
      try values.encode("linear", forKey: .kind)
      try values.encode(from, forKey: .from)
      try values.encode(to, forKey: .to)
    }
  }
}
