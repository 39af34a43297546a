/// When a search over closed regions stops or changes its course.
public struct ClosureLimits: Sendable, Hashable {
  /// Elapsed time after which what is not closed stays open. Without it a result does not depend on the machine.
  public var seconds: Double
  /// Memory of the search, the grid and the points found included, beyond which the same happens.
  public var bytes: UInt64
  /// Nodes of one decision diagram, and labels of one pass, after which the search splits, takes smaller steps or
  /// branches. They change the time, never the result.
  public var diagramNodes: Int
  public var labels: Int
  /// Corners of the frontier that one pass searches together.
  public var cornersPerPass: Int

  public init(
    seconds: Double = .infinity, bytes: UInt64 = 4 << 30, diagramNodes: Int = 40_000, labels: Int = 3_000_000,
    cornersPerPass: Int = 200
  ) {
    self.seconds = seconds
    self.bytes = bytes
    self.diagramNodes = diagramNodes
    self.labels = labels
    self.cornersPerPass = cornersPerPass
  }
}

/// What a search did.
public struct ClosureWork: Sendable, Hashable {
  /// Minimum cuts, passes over a group of corners, decision diagrams, labels, branchings.
  public let cuts, passes, diagrams, labels, branches: UInt64
  /// Points on the hull, from which a frontier starts; 0 for a threshold.
  public let supported: UInt64
}

/// How a threshold search ended.
public enum ClosureStatus: String, Sendable, Codable {
  /// The point is proven: none has more production within the threshold, and none of that production less risk.
  case optimal
  /// Nothing fits: the point is then nil. Or nothing that has production, a numerator or a denominator: the point is then
  /// one without sums, such as the strategy that accepts nothing.
  case infeasible
  /// A limit came first: the point is the best one found, and `bound` says what may still be there.
  case limitReached
}

/// The best strategy under a limit on risk.
public struct ThresholdOptimum: Sendable {
  public let status: ClosureStatus
  public let point: FrontierPoint?
  /// No strategy within the threshold has more production: equal to that of the point when it is optimal.
  public let bound: Int64
  /// The same from one Lagrangian dual, before any enumeration.
  public let relaxation: Int64
  public let work: ClosureWork
}

/// A part of the frontier that a search left open: a missing point has a production above `productionAbove` and at most
/// `productionAtMost`, and a risk below `riskNumerator` / `riskDenominator`.
public struct OpenCorner: Sendable, Hashable {
  public let productionAbove, productionAtMost, riskNumerator, riskDenominator: Int64
}

/// A frontier over closed regions, by ascending production and so by ascending risk.
///
/// Strategies are kept as sets of bits; a point is put together when it is asked for.
public struct ClosureFrontier: Sendable, RandomAccessCollection {
  struct Sums: Sendable {
    let production, numerator, denominator: Int64
    let firstWord: Int
  }

  let sums: [Sums]
  let words: [UInt64]
  let lines, lastSize: Int
  /// Empty when the frontier is complete.
  public let open: [OpenCorner]
  /// The share of production that was tolerated; 0 for the complete frontier.
  public let tolerance: Double
  public let work: ClosureWork

  public var startIndex: Int { 0 }
  public var endIndex: Int { sums.count }
  /// Whether nothing is left open.
  public var isClosed: Bool { open.isEmpty }

  /// - Complexity: O(cells).
  public subscript(index: Int) -> FrontierPoint {
    let point = sums[index]
    return FrontierPoint(
      production: point.production, numerator: point.numerator, denominator: point.denominator,
      accepted: Self.counts(words: words, from: point.firstWord, lines: lines, lastSize: lastSize))
  }

  /// Accepted counts along the last dimension: the first cell of a line whose bit is not set ends it.
  static func counts(words: [UInt64], from first: Int, lines: Int, lastSize: Int) -> [UInt16] {
    (0..<lines).map { line in
      var count = 0
      while count < lastSize {
        let cell = line * lastSize + count
        guard words[first + cell >> 6] >> UInt64(cell & 63) & 1 == 1 else { break }
        count += 1
      }
      return UInt16(count)
    }
  }
}
