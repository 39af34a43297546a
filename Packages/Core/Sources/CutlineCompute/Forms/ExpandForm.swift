internal import CCompute

/// Features from features: the outputs of its terms, in order. The only form with several outputs; `then` hands them on.
///
/// Missing values: see `ExpandTerm`. O(terms) per record.
public struct ExpandForm: FormPart, Codable, Hashable {
  public let inputCount: Int
  public let terms: [ExpandTerm]
  let outputCount: Int

  static let name = "expand"

  /// - Throws: `FormError.invalid` where there is no term, or one asks for a feature beyond `inputCount`, or its constants
  ///   are not finite; at most 65,536 features in and out.
  public init(inputCount: Int, terms: [ExpandTerm]) throws(FormError) {
    let check = FormCheck(form: Self.name)
    try check.count(inputCount, "features", atMost: FormLimits.features)
    try check.count(terms.count, "terms", atMost: FormLimits.features)
    for term in terms { try term.check(check, inputCount: inputCount) }
    let outputs = terms.reduce(0) { $0 + $1.width }
    try check.count(outputs, "outputs", atMost: FormLimits.features)
    self.inputCount = inputCount
    self.terms = terms
    outputCount = outputs
  }

  func value(_ x: [Double]) -> Double { values(x)[0] }

  func values(_ x: [Double]) -> [Double] {
    var out: [Double] = []
    out.reserveCapacity(outputCount)
    for term in terms { term.append(x, to: &out) }
    return out
  }

  func batch() -> any BatchPart { ExpandBatch(terms: terms.map(ExpandBatch.Term.init)) }

  private enum CodingKeys: String, CodingKey, CaseIterable { case inputs, terms }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(only: CodingKeys.self, form: Self.name)
    try self.init(
      inputCount: container.decode(Int.self, forKey: .inputs),
      terms: container.decode([ExpandTerm].self, forKey: .terms))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(inputCount, forKey: .inputs)
    try container.encode(terms, forKey: .terms)
  }
}

private struct ExpandBatch: BatchPart {
  struct Term: Sendable {
    let term: ExpandTerm
    let bins: BinnedBatch?

    init(_ term: ExpandTerm) {
      self.term = term
      if case .bins(_, let values) = term { bins = BinnedBatch(values) } else { bins = nil }
    }
  }

  let terms: [Term]

  func evaluate(_ tile: Tile, into out: UnsafeMutablePointer<Double>) {
    var next = out
    for term in terms {
      evaluate(term, tile, into: next)
      next += term.term.width * tile.stride
    }
  }

  private func evaluate(_ prepared: Term, _ tile: Tile, into out: UnsafeMutablePointer<Double>) {
    func apply(_ operation: Int, _ feature: Int, _ a: Double = 0, _ b: Double = 0) {
      tile.apply(operation, to: tile.column(feature), a, b, into: out)
    }
    switch prepared.term {
    case .feature(let i): apply(Int(CUTLINE_COPY), i)
    case .power(let i, let exponent):
      apply(Int(CUTLINE_COPY), i)
      for _ in 1..<exponent { apply(Int(CUTLINE_MULTIPLY), i) }
    case .product(let features):
      apply(Int(CUTLINE_COPY), features[0])
      for i in features.dropFirst() { apply(Int(CUTLINE_MULTIPLY), i) }
    case .standardised(let i, let centre, let scale): apply(Int(CUTLINE_STANDARDISE), i, centre, scale)
    case .clamp(let i, let low, let high): apply(Int(CUTLINE_CLAMP), i, low, high)
    case .indicators(let i, let values):
      for (k, value) in values.enumerated() {
        tile.apply(Int(CUTLINE_EQUALS), to: tile.column(i), value, into: out + k * tile.stride)
      }
    case .bins(let i, _): prepared.bins?.evaluate(tile, feature: i, into: out)
    case .missing(let i): apply(Int(CUTLINE_IS_MISSING), i)
    case .fill(let i, let value): apply(Int(CUTLINE_FILL), i, value)
    case .link(let i, let link):
      apply(Int(CUTLINE_COPY), i)
      tile.sum(link, of: out)
    }
  }
}
