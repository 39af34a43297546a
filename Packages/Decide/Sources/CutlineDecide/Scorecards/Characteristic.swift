internal import CutlineCompute
internal import CutlineCore

/// A variable of a scorecard: its bins and what each is worth.
///
/// Bins in this order: intervals ascending, right-closed, (−∞, e₁], (e₁, e₂], …, (e_k, ∞); one per group of special values;
/// missing. A special value inside an interval is special.
public struct Characteristic: Sendable, Hashable, Codable {
  /// Values that are codes and no quantities, with points of their own.
  public struct Special: Sendable, Hashable, Codable {
    public let name: String
    public let values: [Double]
    public init(name: String, values: [Double]) { (self.name, self.values) = (name, values) }
  }

  /// One bin.
  public struct Attribute: Sendable, Hashable, Codable {
    /// Of the training table.
    public let good, bad: Int64
    /// 0 for a bin that the training table did not have.
    public let woe: Double
    /// Points before they are rounded.
    public let exact: Double
    /// Points that are added up, in the scale's units.
    public let points: Int64
    /// The reason that an applicant is given where the bin costs points; nil for the characteristic's.
    public var reason: ReasonText?

    public init(good: Int64, bad: Int64, woe: Double, exact: Double, points: Int64, reason: ReasonText? = nil) {
      (self.good, self.bad, self.woe) = (good, bad, woe)
      (self.exact, self.points, self.reason) = (exact, points, reason)
    }

    /// Whether the training table had no such row: its points are those of average evidence.
    public var isUnseen: Bool { good == 0 && bad == 0 }
  }

  /// A reason for an applicant: a code, and a sentence per language.
  public struct ReasonText: Sendable, Hashable, Codable {
    public let code: String
    /// By language: en, ru, es.
    public let texts: [String: String]
    public init(code: String, texts: [String: String]) { (self.code, self.texts) = (code, texts) }
  }

  public let name: String
  /// The column that holds it.
  public let column: String
  public let edges: [Double]
  public let specials: [Special]
  public let attributes: [Attribute]
  /// Of the WoE, in log-odds of bad.
  public let coefficient: Double
  public var reason: ReasonText?
  /// Whether no applicant may be given it as a reason, as of an age.
  public var isProtected: Bool

  /// - Throws: `Faults` (data) where edges, special values and attributes do not go together.
  public init(
    name: String, column: String? = nil, edges: [Double], specials: [Special] = [], attributes: [Attribute],
    coefficient: Double, reason: ReasonText? = nil, isProtected: Bool = false
  ) throws {
    let place = "characteristic \(name)"
    guard !name.isEmpty, attributes.count == edges.count + 1 + specials.count + 1 else {
      throw Faults.data(
        place,
        "has \(attributes.count) attributes for \(edges.count + 1) intervals, \(specials.count) special ones and missing",
        "Give each bin its points.")
    }
    do { _ = try BinEdges(edges) } catch { throw Faults.data(place, "its edges do not ascend", "List each edge once.") }
    let codes = specials.flatMap(\.values)
    guard codes.allSatisfy(\.isFinite), Set(codes).count == codes.count, specials.allSatisfy({ !$0.values.isEmpty })
    else {
      throw Faults.data(place, "has a special value twice, or none in a group", "Give each its place.")
    }
    guard coefficient.isFinite, attributes.allSatisfy({ $0.exact.isFinite && $0.woe.isFinite }) else {
      throw Faults.data(place, "has points that are no numbers", "Check the model.")
    }
    (self.name, self.edges, self.specials, self.attributes) = (name, edges, specials, attributes)
    self.column = column ?? TextColumn.comparable(name)
    (self.coefficient, self.reason, self.isProtected) = (coefficient, reason, isProtected)
  }

  private enum CodingKeys: String, CodingKey {
    case name, column, edges, specials, attributes, coefficient, reason
    case isProtected = "protected"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      name: values.decode(String.self, forKey: .name), column: values.decode(String.self, forKey: .column),
      edges: values.decode([Double].self, forKey: .edges),
      specials: values.decode([Special].self, forKey: .specials),
      attributes: values.decode([Attribute].self, forKey: .attributes),
      coefficient: values.decode(Double.self, forKey: .coefficient),
      reason: values.decodeIfPresent(ReasonText.self, forKey: .reason),
      isProtected: values.decode(Bool.self, forKey: .isProtected))
  }

  // MARK: Bins

  public var intervalCount: Int { edges.count + 1 }
  public var missingBin: Int { attributes.count - 1 }

  /// The bin of a value; NaN is missing. O(log bins + special values).
  public func bin(of value: Double) -> Int {
    if value.isNaN { return missingBin }
    if let group = specials.firstIndex(where: { $0.values.contains(value) }) { return intervalCount + group }
    var (low, high) = (0, edges.count)
    while low < high {
      let middle = (low + high) / 2
      if edges[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// A bin in words: the interval as it is evaluated.
  public func label(of bin: Int) -> String {
    guard bin < intervalCount else { return bin == missingBin ? "missing" : specials[bin - intervalCount].name }
    let from = bin == 0 ? "(-∞" : "(\(NumberText.shortest(edges[bin - 1]))"
    return "\(from), \(bin == edges.count ? "∞)" : "\(NumberText.shortest(edges[bin]))]")"
  }

  public var most: Int64 { attributes.map(\.points).max() ?? 0 }
  public var least: Int64 { attributes.map(\.points).min() ?? 0 }

  /// As a form of models gives them: the points of each bin.
  func values(per unit: Double) throws -> BinnedValues {
    let points = attributes.map { Double($0.points) / unit }
    return try BinnedValues(
      bins: BinEdges(edges), values: Array(points.prefix(intervalCount)), missing: points[missingBin],
      specials: specials.enumerated().flatMap { group, special in
        special.values.map { .init(value: $0, result: points[intervalCount + group]) }
      })
  }
}
