/// A line cut into bins by n increasing edges: bin 0 below the first, bin n above the last.
public struct BinEdges: Sendable, Hashable {
  /// To which bin a value on an edge belongs.
  public enum Closed: String, Sendable, Codable, Hashable {
    /// To the lower one: bin k is (edge k−1, edge k].
    case right
    /// To the upper one: bin k is [edge k−1, edge k).
    case left
  }

  public let edges: [Double]
  public let closed: Closed
  public var binCount: Int { edges.count + 1 }

  /// - Parameter edges: finite and strictly increasing, at most 65,535; none means one bin.
  /// - Throws: `FormError.invalid`.
  public init(_ edges: [Double], closed: Closed = .right) throws(FormError) {
    try self.init(edges, closed: closed, form: "bins")
  }

  init(_ edges: [Double], closed: Closed, form: String) throws(FormError) {
    let check = FormCheck(form: form)
    try check.finite(edges, "edge")
    try check.require(edges.count <= FormLimits.edges, "has \(edges.count) edges, more than \(FormLimits.edges)")
    if let index = edges.indices.dropFirst().first(where: { edges[$0] <= edges[$0 - 1] }) {
      throw FormError.invalid(
        form: form, problem: "has edge [\(index)] = \(edges[index]), which is not above the one before")
    }
    self.edges = edges
    self.closed = closed
  }

  /// The bin of a value: how many edges lie below it (right-closed), or not above it (left-closed). NaN gives 0; callers
  /// treat it before. O(log n).
  public func bin(of value: Double) -> Int {
    var low = 0
    var high = edges.count
    while low < high {
      let middle = (low + high) / 2
      if closed == .right ? edges[middle] < value : edges[middle] <= value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Edges that give the same bins when read as right-closed: no double lies between an edge and the next one down.
  var rightClosed: [Double] { closed == .right ? edges : edges.map(\.nextDown) }
}
