/// The frontier of the strategies seen so far, in bounded memory.
///
/// Bounds turn almost all strategies away: the range of productions is cut into buckets, and each knows the least risk of
/// a strategy whose production lies above all of the bucket. One that has no less risk than that is dominated. What is
/// left is collected and reduced to its frontier whenever 65,536 have come together.
struct RunningFrontier {
  private static let buckets: Int64 = 1 << 14
  private static let batch = 1 << 16

  private var points: [FrontierPoint] = []
  private var reduceAt = Self.batch
  private let lowest: Int64
  private let shift: Int64
  /// Per bucket; 1 over 0 stands for no strategy yet. A denominator of 0 over 0 is 1.
  private var numerators, denominators: [Int64]

  /// - Parameter production: per cell, of any sign; Σ|x| < 2⁵³.
  init(production: [Int64]) {
    lowest = production.reduce(0) { $0 + min($1, 0) }
    let range = production.reduce(0) { $0 + max($1, 0) } - lowest
    var shift: Int64 = 0
    while range >> shift >= Self.buckets { shift += 1 }
    self.shift = shift
    numerators = [Int64](repeating: 1, count: Int(range >> shift) + 1)
    denominators = [Int64](repeating: 0, count: numerators.count)
  }

  /// Whether a strategy is infeasible or dominated by one that was inserted.
  @inline(__always)
  func excludes(_ sums: RegionWalk.Sums) -> Bool {
    if sums.denominator <= 0, sums.denominator < 0 || sums.numerator != 0 { return true }
    let bucket = Int((sums.production - lowest) >> shift)
    return !Self.isLess(sums.numerator, max(sums.denominator, 1), numerators[bucket], denominators[bucket])
  }

  /// - Parameter point: a strategy that `excludes` does not exclude.
  mutating func insert(_ point: FrontierPoint) {
    points.append(point)
    let d = max(point.denominator, 1)
    var bucket = Int((point.production - lowest) >> shift) - 1
    while bucket >= 0, Self.isLess(point.numerator, d, numerators[bucket], denominators[bucket]) {
      numerators[bucket] = point.numerator
      denominators[bucket] = d
      bucket -= 1
    }
    if points.count >= reduceAt {
      points = FrontierPoint.frontier(of: points)
      reduceAt = points.count + Self.batch
    }
  }

  /// By the definition of `FrontierPoint.frontier(of:)`, ties included: only strategies of less production than one with
  /// no more risk were turned away.
  func frontier() -> [FrontierPoint] { FrontierPoint.frontier(of: points) }

  /// Whether a / b < c / d, exactly; b > 0, d ≥ 0.
  @inline(__always)
  private static func isLess(_ a: Int64, _ b: Int64, _ c: Int64, _ d: Int64) -> Bool {
    let left = a.multipliedFullWidth(by: d)
    let right = c.multipliedFullWidth(by: b)
    return left.high != right.high ? left.high < right.high : left.low < right.low
  }
}
