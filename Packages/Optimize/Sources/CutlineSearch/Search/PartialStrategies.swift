internal import CSearch
internal import CutlineCompute

/// All strategies of a grid as pairs of halves.
///
/// Each path (see `StrategyPath`) crosses the diagonal from "accept everything" to "accept nothing" once; the node after
/// the crossing cuts it. The strategies through a cut node are all pairs of a way to it and a way from it. A half with
/// the same three sums as another one and a larger path can never be the representative of a frontier point, so only
/// the smallest path stays: grids with many empty cells shrink to the sums that they have.
struct PartialStrategies {
  struct Junction: Sendable {
    let outer, inner: PackedPartials
    var pairs: UInt64 { UInt64(outer.count) * UInt64(inner.count) }
  }

  struct Partial {
    var production, numerator, denominator: Int64
    var path: UInt64
  }

  /// More halves than these, on either side, are refused: 2²³, about a gigabyte.
  static let limit: UInt64 = 1 << 23

  let junctions: [Junction]

  /// The halves on both sides, before those with equal sums are joined.
  static func halves(of grid: GridSums, path: StrategyPath) -> (before: Double, after: Double) {
    Builder(grid: grid, path: path).halves()
  }

  /// - Throws: `ComputeError.partialSumsTooLarge`.
  /// - Complexity: O(√strategies) to O(strategies) memory; near the former for grids that are not extremely narrow.
  init(grid: GridSums, path: StrategyPath) throws {
    let builder = Builder(grid: grid, path: path)
    try builder.checkSize()
    let ways = builder.waysTo()
    let waysFrom = builder.waysFrom()
    var junctions: [Junction] = []
    for (node, before) in ways {
      guard let after = waysFrom[node] else { continue }
      let (outer, inner) = before.count <= after.count ? (before, after) : (after, before)
      junctions.append(Junction(outer: PackedPartials(outer), inner: PackedPartials(inner)))
    }
    self.junctions = junctions
  }
}

/// The merges along the lattice of nodes.
private struct Builder {
  typealias Partial = PartialStrategies.Partial

  let rows, columns: Int
  let path: StrategyPath
  let production, numerator, denominator: [Int64]

  init(grid: GridSums, path: StrategyPath) {
    rows = grid.rows
    columns = grid.columns
    self.path = path
    production = grid.rowSums(grid.production)
    numerator = grid.rowSums(grid.numerator)
    denominator = grid.rowSums(grid.denominator)
  }

  /// Nodes are numbered `row * (columns + 1) + accepted`.
  private func node(_ row: Int, _ accepted: Int) -> Int { row * (columns + 1) + accepted }

  /// Whether a node lies before the diagonal; paths are cut at the first one that does not.
  private func isBefore(_ row: Int, _ accepted: Int) -> Bool {
    row * columns + (columns - accepted) * rows < rows * columns
  }

  private func down(_ row: Int, _ accepted: Int) -> Partial {
    let place = node(row, accepted)
    return Partial(
      production: production[place], numerator: numerator[place], denominator: denominator[place],
      path: path.down(row: row, accepted: accepted))
  }

  private func left(_ row: Int, _ accepted: Int) -> Partial {
    Partial(production: 0, numerator: 0, denominator: 0, path: path.left(row: row, accepted: accepted))
  }

  private static let start = [Partial(production: 0, numerator: 0, denominator: 0, path: 0)]

  /// Counts the halves before any is made.
  func halves() -> (before: Double, after: Double) {
    func add(_ a: (Double, Partial)?, _ b: (Double, Partial)?) -> Double { (a?.0 ?? 0) + (b?.0 ?? 0) }
    let before = waysTo(start: 1.0, combine: add).reduce(0.0) { $0 + $1.1 }
    return (before, waysFrom(start: 1.0, combine: add).values.reduce(0.0, +))
  }

  func checkSize() throws {
    let (before, after) = halves()
    let count = max(before, after)
    guard count <= Double(PartialStrategies.limit) else {
      throw ComputeError.partialSumsTooLarge(count: count < 1e18 ? UInt64(count) : .max, limit: PartialStrategies.limit)
    }
  }

  func waysTo() -> [(Int, [Partial])] {
    waysTo(start: Self.start, combine: Self.merge)
  }

  func waysFrom() -> [Int: [Partial]] {
    waysFrom(start: Self.start, combine: Self.merge)
  }

  /// Cut nodes with the ways from the first node to them.
  private func waysTo<Ways>(
    start: Ways, combine: ((Ways, Partial)?, (Ways, Partial)?) -> Ways
  ) -> [(Int, Ways)] {
    var cuts: [(Int, Ways)] = []
    var above = [Ways?](repeating: nil, count: columns + 1)
    for row in 0...rows {
      var here = [Ways?](repeating: nil, count: columns + 1)
      for accepted in stride(from: columns, through: 0, by: -1) {
        if row == 0, accepted == columns {
          here[accepted] = start
          continue
        }
        let fromAbove = above[accepted].map { ($0, down(row - 1, accepted)) }
        let fromRight = accepted < columns ? here[accepted + 1].map { ($0, left(row, accepted + 1)) } : nil
        guard fromAbove != nil || fromRight != nil else { continue }
        let ways = combine(fromAbove, fromRight)
        if isBefore(row, accepted) { here[accepted] = ways } else { cuts.append((node(row, accepted), ways)) }
      }
      above = here
    }
    return cuts
  }

  /// For every node that is not before the diagonal, the ways from it to the last node.
  private func waysFrom<Ways>(
    start: Ways, combine: ((Ways, Partial)?, (Ways, Partial)?) -> Ways
  ) -> [Int: Ways] {
    var found: [Int: Ways] = [:]
    for row in stride(from: rows, through: 0, by: -1) {
      for accepted in 0...columns where !isBefore(row, accepted) {
        if row == rows, accepted == 0 {
          found[node(row, accepted)] = start
          continue
        }
        found[node(row, accepted)] = combine(
          row < rows ? found[node(row + 1, accepted)].map { ($0, down(row, accepted)) } : nil,
          accepted > 0 ? found[node(row, accepted - 1)].map { ($0, left(row, accepted)) } : nil)
      }
    }
    return found
  }

  /// Both lists, each shifted by its step, in ascending order of the three sums; of equal sums the smaller path.
  private static func merge(_ first: ([Partial], Partial)?, _ second: ([Partial], Partial)?) -> [Partial] {
    guard let (a, stepA) = first ?? second else { return [] }
    guard first != nil, let (b, stepB) = second else { return a.map { $0 + stepA } }
    return [Partial](unsafeUninitializedCapacity: a.count + b.count) { merged, count in
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          var i = 0
          var j = 0
          while i < a.count || j < b.count {
            if j == b.count || (i < a.count && precedes(a[i] + stepA, b[j] + stepB)) {
              merged.initializeElement(at: count, to: a[i] + stepA)
              i += 1
            } else if i == a.count || precedes(b[j] + stepB, a[i] + stepA) {
              merged.initializeElement(at: count, to: b[j] + stepB)
              j += 1
            } else {
              var both = a[i] + stepA
              both.path = min(both.path, b[j].path + stepB.path)
              merged.initializeElement(at: count, to: both)
              i += 1
              j += 1
            }
            count += 1
          }
        }
      }
    }
  }

  private static func precedes(_ a: Partial, _ b: Partial) -> Bool {
    if a.production != b.production { return a.production < b.production }
    if a.numerator != b.numerator { return a.numerator < b.numerator }
    return a.denominator < b.denominator
  }
}

extension PartialStrategies.Partial {
  fileprivate static func + (a: Self, b: Self) -> Self {
    Self(
      production: a.production + b.production, numerator: a.numerator + b.numerator,
      denominator: a.denominator + b.denominator, path: a.path + b.path)
  }
}
