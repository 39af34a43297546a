/// An ensemble of binary trees: μ(x) = g⁻¹(base + scale × (leaf₁(x) + leaf₂(x) + …)), added by tree in order.
///
/// At an inner node a record goes left where x ≤ threshold, right elsewhere, and where x is NaN as `missingLeft` says. The
/// nodes of all trees are flat arrays; tree t begins at `roots[t]` and ends where the next one begins, and a child comes
/// after its parent. At leaves `left` and `right` are −1 and `value` counts; feature and threshold do not.
///
/// A library that goes left on x < t stores the next double below t. Boosted trees: scale 1; a mean of n trees: 1/n. O(depth)
/// per tree and record.
///
/// Source: Breiman et al., *Classification and Regression Trees*, 1984; Friedman, *Greedy function approximation: a gradient
/// boosting machine*, 2001.
public struct TreesForm: FormPart, Hashable {
  /// The flat arrays, one entry per node.
  public struct Nodes: Sendable, Codable, Hashable {
    public var feature: [Int32] = []
    public var threshold: [Double] = []
    public var left: [Int32] = []
    public var right: [Int32] = []
    public var value: [Double] = []
    public var missingLeft: [Bool] = []
    /// The weight of training rows at each node, which path-dependent explanations need; empty where unknown.
    public var cover: [Double] = []

    public init() {}

    public var count: Int { feature.count }

    /// Appends a leaf and returns its place.
    @discardableResult
    public mutating func appendLeaf(_ leaf: Double) -> Int {
      append(feature: 0, threshold: 0, value: leaf, missingLeft: false)
    }

    /// Appends an inner node, whose children are set when they have places.
    @discardableResult
    public mutating func appendSplit(feature: Int, threshold: Double, missingLeft: Bool) -> Int {
      append(feature: Int32(clamping: feature), threshold: threshold, value: 0, missingLeft: missingLeft)
    }

    private mutating func append(feature: Int32, threshold: Double, value: Double, missingLeft: Bool) -> Int {
      self.feature.append(feature)
      self.threshold.append(threshold)
      left.append(-1)
      right.append(-1)
      self.value.append(value)
      self.missingLeft.append(missingLeft)
      return count - 1
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(only: CodingKeys.self, form: TreesForm.name)
      feature = try container.decode([Int32].self, forKey: .feature)
      threshold = try container.decode([Double].self, forKey: .threshold)
      left = try container.decode([Int32].self, forKey: .left)
      right = try container.decode([Int32].self, forKey: .right)
      value = try container.decode([Double].self, forKey: .value)
      missingLeft = try container.decode([Bool].self, forKey: .missingLeft)
      cover = try container.decodeIfPresent([Double].self, forKey: .cover) ?? []
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
      case feature, threshold, left, right, value, cover
      case missingLeft = "missing-left"
    }
  }

  public let inputCount: Int
  public let nodes: Nodes
  public let roots: [Int32]
  public let base: Double
  public let scale: Double
  public let link: Link
  /// Decisions on the longest way, per tree.
  let depths: [Int32]

  static let name = "trees"

  /// - Parameters:
  ///   - inputCount: number of features.
  ///   - nodes: the flat arrays; at most 2²⁴ nodes, 64 decisions on a way.
  ///   - roots: the place of each tree's root; strictly increasing from 0.
  ///   - base: on the scale of the link.
  /// - Throws: `FormError.invalid`, also where nodes are no trees: two ways to a node, none, or a way back.
  public init(
    inputCount: Int, nodes: Nodes, roots: [Int32], base: Double = 0, scale: Double = 1, link: Link = .identity
  ) throws(FormError) {
    depths = try TreesCheck(inputCount: inputCount, nodes: nodes, roots: roots).depths()
    try FormCheck(form: Self.name).finite([base, scale], "base and scale")
    self.inputCount = inputCount
    self.nodes = nodes
    self.roots = roots
    self.base = base
    self.scale = scale
    self.link = link
  }

  func value(_ x: [Double]) -> Double {
    var sum = 0.0
    x.withUnsafeBufferPointer { x in
      nodes.feature.withUnsafeBufferPointer { feature in
        nodes.threshold.withUnsafeBufferPointer { threshold in
          nodes.left.withUnsafeBufferPointer { left in
            nodes.right.withUnsafeBufferPointer { right in
              nodes.missingLeft.withUnsafeBufferPointer { missingLeft in
                /// The child, or a leaf itself, without a branch that the processor would have to guess.
                func next(_ place: Int32) -> Int32 {
                  let node = Int(place)
                  let isInner = ~(left[node] >> 31)
                  let value = x[Int(feature[node] & isInner)]
                  let isBelow: Int32 = value <= threshold[node] ? -1 : 0
                  let goesLeft = isBelow | (value.isNaN ? -1 : 0) & (missingLeft[node] ? -1 : 0)
                  let child = right[node] ^ (left[node] ^ right[node]) & goesLeft
                  return child & isInner | place & ~isInner
                }
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: 8) { places in
                  // Eight trees go down together, so that the loads of one need not wait for those of another.
                  for first in stride(from: 0, to: roots.count, by: 8) {
                    let count = min(8, roots.count - first)
                    var steps: Int32 = 0
                    for k in 0..<count {
                      places[k] = roots[first + k]
                      steps = max(steps, depths[first + k])
                    }
                    for _ in 0..<steps { for k in 0..<count { places[k] = next(places[k]) } }
                    for k in 0..<count { sum += nodes.value[Int(places[k])] }
                  }
                }
              }
            }
          }
        }
      }
    }
    return link.mean(of: base + scale * sum)
  }

  func batch() -> any BatchPart { TreesBatch(self) }
}

extension TreesForm: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case inputs, nodes, roots, base, scale, link }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(only: CodingKeys.self, form: Self.name)
    try self.init(
      inputCount: container.decode(Int.self, forKey: .inputs), nodes: container.decode(Nodes.self, forKey: .nodes),
      roots: container.decode([Int32].self, forKey: .roots), base: container.decode(Double.self, forKey: .base),
      scale: container.decode(Double.self, forKey: .scale),
      link: container.decodeIfPresent(Link.self, forKey: .link) ?? .identity)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(inputCount, forKey: .inputs)
    try container.encode(nodes, forKey: .nodes)
    try container.encode(roots, forKey: .roots)
    try container.encode(base, forKey: .base)
    try container.encode(scale, forKey: .scale)
    try container.encode(link, forKey: .link)
  }
}
