internal import CCompute

/// One value per bin of one feature: isotonic and binned calibrations (form `steps`), a characteristic of a scorecard, WoE.
///
/// value(x) = the result of the special value that x equals; else `missing` where x is NaN; else `values[bin(x)]`. Without a
/// `missing`, NaN gives NaN.
///
/// O(log n + specials) per record.
public struct BinnedValues: FormPart, Codable, Hashable {
  /// A value that is a code and no quantity, such as −1 for "no bureau record".
  public struct Special: Sendable, Codable, Hashable {
    public var value: Double
    public var result: Double

    public init(value: Double, result: Double) {
      self.value = value
      self.result = result
    }

    private enum CodingKeys: String, CodingKey, CaseIterable { case value, result }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(only: CodingKeys.self, form: BinnedValues.name)
      value = try container.decode(Double.self, forKey: .value)
      result = try container.decode(Double.self, forKey: .result)
    }
  }

  public let bins: BinEdges
  public let values: [Double]
  public let missing: Double?
  public let specials: [Special]

  static let name = "steps"
  var inputCount: Int { 1 }

  /// - Parameters:
  ///   - bins: n edges.
  ///   - values: n + 1, finite.
  ///   - missing: what NaN gets; nil for NaN.
  ///   - specials: distinct values that are compared before the bins.
  /// - Throws: `FormError.invalid`.
  public init(
    bins: BinEdges, values: [Double], missing: Double? = nil, specials: [Special] = []
  ) throws(FormError) {
    let check = FormCheck(form: Self.name)
    try check.require(
      values.count == bins.binCount, "has \(values.count) values for \(bins.binCount) bins")
    try check.finite(values, "value")
    try check.finite(missing.map { [$0] } ?? [], "missing value")
    try check.finite(specials.map(\.value), "special value")
    try check.finite(specials.map(\.result), "result of special value")
    try check.require(specials.count <= FormLimits.edges, "has \(specials.count) special values")
    try check.require(Set(specials.map(\.value)).count == specials.count, "names a special value twice")
    self.bins = bins
    self.values = values
    self.missing = missing
    self.specials = specials
  }

  func value(_ x: [Double]) -> Double { value(of: x[0]) }

  /// The value for one x.
  public func value(of x: Double) -> Double {
    if x.isNaN { return missing ?? .nan }
    if let special = specials.first(where: { $0.value == x }) { return special.result }
    return values[bins.bin(of: x)]
  }

  func batch() -> any BatchPart { BinnedBatch(self) }

  private enum CodingKeys: String, CodingKey, CaseIterable { case edges, closed, values, missing, special }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(only: CodingKeys.self, form: Self.name)
    let bins = try BinEdges(
      container.decode([Double].self, forKey: .edges),
      closed: container.decodeIfPresent(BinEdges.Closed.self, forKey: .closed) ?? .right, form: Self.name)
    try self.init(
      bins: bins, values: container.decode([Double].self, forKey: .values),
      missing: container.decodeIfPresent(Double.self, forKey: .missing),
      specials: container.decodeIfPresent([Special].self, forKey: .special) ?? [])
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(bins.edges, forKey: .edges)
    try container.encode(bins.closed, forKey: .closed)
    try container.encode(values, forKey: .values)
    try container.encodeIfPresent(missing, forKey: .missing)
    if !specials.isEmpty { try container.encode(specials, forKey: .special) }
  }
}

/// Bins as the kernels take them.
struct BinnedBatch: BatchPart {
  private let edges: [Double]
  private let values: [Double]
  private let missing: Double
  private let specialValues: [Double]
  private let specialResults: [Double]

  init(_ form: BinnedValues) {
    edges = form.bins.rightClosed
    values = form.values
    missing = form.missing ?? .nan
    specialValues = form.specials.map(\.value)
    specialResults = form.specials.map(\.result)
  }

  func evaluate(_ tile: Tile, into out: UnsafeMutablePointer<Double>) { evaluate(tile, feature: 0, into: out) }

  func evaluate(_ tile: Tile, feature: Int, into out: UnsafeMutablePointer<Double>) {
    edges.withUnsafeBufferPointer { edges in
      values.withUnsafeBufferPointer { values in
        specialValues.withUnsafeBufferPointer { specials in
          specialResults.withUnsafeBufferPointer { results in
            var bins = cutline_bins(
              edges: edges.baseAddress, edge_count: edges.count, values: values.baseAddress, missing: missing,
              special_values: specials.baseAddress, special_results: results.baseAddress, special_count: specials.count)
            cutline_form_bins(tile.column(feature), tile.rows, &bins, out, tile.instructionSet)
          }
        }
      }
    }
  }
}
