public import CutlineCompute

/// Models and records at random, for laws that must hold for all of them. No function of the C library is used, so that a
/// seed means the same models and records everywhere.
public struct RandomForms {
  public var random: RandomStream
  /// Only the identity link, so that no function enters.
  public var isPlain = false

  public init(seed: UInt64) { random = RandomStream(seed: seed) }

  public mutating func number(_ scale: Double = 2) -> Double { (2 * random.uniform() - 1) * scale }

  public mutating func link() -> Link {
    let link = Link.allCases[random.index(below: 4)]
    return isPlain ? .identity : link
  }

  public mutating func edges(atMost count: Int) -> [Double] {
    Set((0..<random.index(below: count + 1)).map { _ in (number() * 16).rounded() / 16 }).sorted()
  }

  public mutating func bins() throws -> BinnedValues {
    let edges = try BinEdges(edges(atMost: 9), closed: random.index(below: 2) == 0 ? .right : .left)
    let values = edges.edges.indices.map { _ in number() } + [number()]
    let specials =
      random.index(below: 2) == 0
      ? [] : [BinnedValues.Special(value: -1, result: number()), BinnedValues.Special(value: 0, result: number())]
    return try BinnedValues(
      bins: edges, values: values, missing: random.index(below: 2) == 0 ? nil : number(), specials: specials)
  }

  public mutating func trees(inputs: Int, trees: Int, depth: Int) throws -> ModelForm {
    var nodes = TreesForm.Nodes()
    let roots = (0..<trees).map { _ in Int32(grow(&nodes, inputs, depth)) }
    return try .trees(
      inputCount: inputs, nodes: nodes, roots: roots, base: number(), scale: number(0.5), link: link())
  }

  private mutating func grow(_ nodes: inout TreesForm.Nodes, _ inputs: Int, _ depth: Int) -> Int {
    if depth == 0 || random.index(below: 12) == 0 { return nodes.appendLeaf(number(0.5)) }
    let place = nodes.appendSplit(
      feature: random.index(below: inputs), threshold: (number() * 16).rounded() / 16,
      missingLeft: random.index(below: 2) == 0)
    nodes.left[place] = Int32(grow(&nodes, inputs, depth - 1))
    nodes.right[place] = Int32(grow(&nodes, inputs, depth - 1))
    return place
  }

  public mutating func terms(inputs: Int) throws -> [ExpandTerm] {
    var terms: [ExpandTerm] = []
    for _ in 0..<(1 + random.index(below: 5)) {
      let feature = random.index(below: inputs)
      switch random.index(below: 10) {
      case 0: terms.append(.feature(feature))
      case 1: terms.append(.power(feature, exponent: 2 + random.index(below: 3)))
      case 2: terms.append(.product([feature, random.index(below: inputs), random.index(below: inputs)]))
      case 3: terms.append(.standardised(feature, centre: number(), scale: 0.5 + random.uniform()))
      case 4: terms.append(.clamp(feature, low: -1, high: 1.25))
      case 5: terms.append(.indicators(feature, values: [-1, 0, 0.5]))
      case 6: terms.append(.bins(feature, try bins()))
      case 7: terms.append(.missing(feature))
      case 8: terms.append(.fill(feature, number()))
      default: terms.append(.link(feature, link()))
      }
    }
    return terms
  }

  /// A form of one value. `depth` 0 holds no other; every form is met.
  public mutating func model(inputs: Int, depth: Int) throws -> ModelForm {
    switch depth == 0 ? random.index(below: 5) : 5 + random.index(below: 4) {
    case 0: return try .linear(intercept: number(), coefficients: (0..<inputs).map { _ in number() }, link: link())
    case 1: return try trees(inputs: inputs, trees: 1 + random.index(below: 5), depth: 4)
    case 2:
      if inputs == 1 { return .steps(try bins()) }
      fallthrough
    case 3:
      var characteristics: [BinnedValues] = []
      for _ in 0..<inputs { characteristics.append(try bins()) }
      return try .scorecard(base: number(), characteristics: characteristics)
    case 4:
      var axes: [BinEdges] = []
      for _ in 0..<inputs { axes.append(try BinEdges(edges(atMost: 2), closed: .right)) }
      let cells = axes.reduce(1) { $0 * $1.binCount }
      return try .cells(
        axes: axes, values: (0..<cells).map { _ in number() }, missing: random.index(below: 2) == 0 ? nil : number())
    case 5, 6:
      let expand = try ModelForm.expand(inputCount: inputs, terms: terms(inputs: inputs))
      return try expand.then(model(inputs: expand.outputCount, depth: min(depth - 1, 1)))
    case 7:
      let models = try (0..<(1 + random.index(below: 3))).map { _ in try model(inputs: inputs, depth: depth - 1) }
      if random.index(below: 2) == 0 { return try .product(models) }
      return try .blend(models, weights: models.map { _ in number(1) }, link: link())
    default: return try model(inputs: inputs, depth: depth - 1).then(model(inputs: 1, depth: depth - 1))
    }
  }

  /// Columns of ordinary numbers, of values on edges and special ones, of missing ones and of extremes.
  public mutating func columns(_ count: Int, rows: Int) -> [[Double]] {
    let extremes: [Double] = [
      .infinity, -.infinity, 0x1p-1074, -0x1p-1074, 0x1p-1040, 1e300, -1e300, 0, -0.0, 1,
      .greatestFiniteMagnitude, Double(bitPattern: 0xFFF8_0000_0000_1234), Double(nan: 5, signaling: false),
    ]
    return (0..<count).map { _ in (0..<rows).map { _ in value(extremes) } }
  }

  private mutating func value(_ extremes: [Double]) -> Double {
    switch random.index(below: 32) {
    case 0: extremes[random.index(below: extremes.count)]
    case 1, 2: Double.nan
    case 3...6: (number() * 16).rounded() / 16
    case 7...9: Double(random.index(below: 3) - 1)
    case 10...15: random.uniform()
    case 16, 17: number(1000)
    default: number()
    }
  }
}

extension [Double] {
  /// FNV-1a over the bits.
  public var digest: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for value in self {
      for byte in 0..<UInt64(8) {
        hash = (hash ^ (value.bitPattern >> (8 * byte) & 0xFF)) &* 0x0000_0100_0000_01B3
      }
    }
    return hash
  }
}
