internal import CutlineCore

/// Which end of a raw score is safe. The one truth about orientation; every module reads it.
public enum Direction: String, Sendable, Codable, CaseIterable {
  case higherIsSafer = "higher-is-safer"
  case higherIsRiskier = "higher-is-riskier"
}

/// One score of the grid, cut into bins.
public struct GridAxis: Sendable, Codable, Hashable {
  public enum Numbering: String, Sendable, Codable, CaseIterable {
    /// Bin 1 holds the lowest raw values.
    case ascending
    /// Bin 1 holds the highest raw values.
    case descending
  }
  public enum Closed: String, Sendable, Codable, CaseIterable {
    /// Intervals (lo, hi]; the first one includes its left edge.
    case right
    /// Intervals [lo, hi); the last one includes its right edge.
    case left
  }

  /// The variable's name.
  public let name: String
  /// The column that holds the raw score.
  public let source: String
  public let direction: Direction
  public let numbering: Numbering
  public let closed: Closed
  /// `binCount + 1` strictly increasing edges, possibly infinite.
  public let edges: [Double]
  /// Values of the source that are codes and no scores, ascending; nil where there are none.
  public let codes: [Double]?

  public init(
    name: String, source: String, direction: Direction, numbering: Numbering = .ascending, closed: Closed = .right,
    edges: [Double], codes: [Double] = []
  ) {
    self.codes = codes.isEmpty ? nil : codes.sorted()
    self.name = name
    self.source = source
    self.direction = direction
    self.numbering = numbering
    self.closed = closed
    self.edges = edges
  }

  public var binCount: Int { edges.count - 1 }

  /// The bin of a raw value, counted from 0 in order of numbering; nil outside the edges. O(log bins).
  public func bin(of value: Double) -> Int? {
    guard let first = edges.first, let last = edges.last, value >= first, value <= last else { return nil }
    // The number of inner edges below the value (right-closed) or not above it (left-closed).
    var low = 1
    var high = binCount
    while low < high {
      let middle = (low + high) / 2
      let below = closed == .right ? edges[middle] < value : edges[middle] <= value
      if below { low = middle + 1 } else { high = middle }
    }
    let ascending = low - 1
    return numbering == .ascending ? ascending : binCount - 1 - ascending
  }

  /// Whether bin numbers rise towards the safe end.
  public var safestIsLast: Bool { (direction == .higherIsSafer) == (numbering == .ascending) }

  /// The bin (from 0) at a position counted from the safe end (from 0), and the other way round.
  public func bin(atPosition position: Int) -> Int { safestIsLast ? binCount - 1 - position : position }

  /// The raw interval of a bin (from 0), for people.
  public func interval(ofBin bin: Int) -> String {
    let index = numbering == .ascending ? bin : binCount - 1 - bin
    let low = ConfigValue.number(edges[index])
    let high = ConfigValue.number(edges[index + 1])
    // Both outer edges lie inside.
    let (first, last) = (index == 0 && edges[index].isFinite, index == binCount - 1 && edges[index + 1].isFinite)
    return (closed == .right && !first ? "(" : "[") + "\(low), \(high)" + (closed == .right || last ? "]" : ")")
  }
}

/// The cells of a strategy: every combination of the bins of its scores.
public struct CellGrid: Sendable, Codable, Hashable {
  public let axes: [GridAxis]

  public init(axes: [GridAxis]) { self.axes = axes }

  /// Product of the bin counts.
  public var cellCount: Int { axes.reduce(1) { $0 * $1.binCount } }

  /// The index of a cell from its bins (from 0): row-major, the last axis fastest.
  public func index(_ bins: [Int]) -> Int {
    zip(axes, bins).reduce(0) { $0 * $1.0.binCount + $1.1 }
  }

  /// The bins (from 0) of a cell.
  public func bins(_ index: Int) -> [Int] {
    var rest = index
    var bins = [Int](repeating: 0, count: axes.count)
    for axis in axes.indices.reversed() {
      bins[axis] = rest % axes[axis].binCount
      rest /= axes[axis].binCount
    }
    return bins
  }

  /// SHA-256 of the grid: names, sources, orientation, edges.
  public func digest() throws -> String { Digest.of(try CanonicalJSON.encode(self)) }
}

extension GridAxis {
  /// A raw value inside a bin (from 0): the middle of its edges, or the finite edge of an open bin.
  public func middle(ofBin bin: Int) -> Double {
    let index = numbering == .ascending ? bin : binCount - 1 - bin
    let (low, high) = (edges[index], edges[index + 1])
    switch (low.isFinite, high.isFinite) {
    case (true, true): return (low + high) / 2
    case (true, false): return low
    case (false, true): return high
    case (false, false): return 0
    }
  }
}
