internal import CutlineCompute

/// A grid, a limit and the strategy that changes are counted from, with the sums that the searches need.
struct ChangeProblem {
  let grid: GridSums
  let limit: RiskRatio
  let bounds: StrategyBounds
  let current: [UInt16]
  /// Σ over the first cells of a row: production, slack num·d − den·n, and changes against what was accepted; `columns + 1`
  /// values a row. Changes start from those of a strategy that accepts nothing.
  let production: [Int64]
  let slack: [Int128]
  let change: [Int]
  /// The same as doubles, for bounds.
  private let doubles: (production: [Double], slack: [Double], change: [Double])
  /// Cells that the current strategy accepts: the changes of accepting nothing.
  let accepted: Int

  init(_ grid: GridSums, limit: RiskRatio, current: [UInt16], bounds: StrategyBounds) throws {
    _ = try grid.sums(accepted: current)  // its shape
    (self.grid, self.limit, self.current, self.bounds) = (grid, limit, current, bounds)
    production = grid.rowSums(grid.production)
    let (numerator, denominator) = (grid.rowSums(grid.numerator), grid.rowSums(grid.denominator))
    slack = zip(numerator, denominator).map {
      Int128(limit.numerator) * Int128($1) - Int128(limit.denominator) * Int128($0)
    }
    accepted = current.reduce(0) { $0 + Int($1) }
    let change = (0..<grid.rows).flatMap { row in
      (0...grid.columns).map { count in
        let own = Int(current[row])
        return count <= own ? -count : count - 2 * own
      }
    }
    self.change = change
    doubles = (production.map { Double($0) }, slack.map(Self.double), change.map { Double($0) })
  }

  /// The nearest double or its neighbour, without the library's loop over words.
  static func double(_ value: Int128) -> Double {
    // Of the magnitude: the halves of a small negative number would cancel each other.
    let whole = value.magnitude
    let size = Double(UInt64(truncatingIfNeeded: whole >> 64)) * 0x1p64 + Double(UInt64(truncatingIfNeeded: whole))
    return value < 0 ? -size : size
  }

  var stride: Int { grid.columns + 1 }

  func changes(_ accepted: [UInt16]) -> Int { zip(accepted, current).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) } }

  private func slack(_ point: FrontierPoint) -> Int128 {
    Int128(limit.numerator) * Int128(point.denominator) - Int128(limit.denominator) * Int128(point.numerator)
  }

  /// More production; then more slack, fewer changes, the lexicographically smaller one.
  func isBetter(_ a: FrontierPoint, than b: FrontierPoint) -> Bool {
    if a.production != b.production { return a.production > b.production }
    let (own, other) = (slack(a), slack(b))
    if own != other { return own > other }
    let (changed, otherwise) = (changes(a.accepted), changes(b.accepted))
    return changed != otherwise ? changed < otherwise : a.accepted.lexicographicallyPrecedes(b.accepted)
  }

  /// What the rows from one on can add at most to a weighted sum, by the cutoff of the row before.
  struct Completion {
    /// Weights of production, slack and changes.
    let production, slack, change: Double
    /// `(rows + 1) × (columns + 1)`; −∞ where the bounds leave nothing.
    var most: [Double]
    /// Whether the sum must exceed the best production known, or else only be 0.
    let isOfProduction: Bool
    /// What the sum begins with, changes of accepting nothing and the k allowed included.
    var base: Double
  }

  /// One pass from the last row to the first, and the maximiser.
  private func completion(_ p: Double, _ x: Double, _ c: Double, isOfProduction: Bool) -> (Completion, [UInt16]) {
    let (rows, stride) = (grid.rows, stride)
    var most = [Double](repeating: 0, count: (rows + 1) * stride)
    var chosen = [UInt16](repeating: 0, count: rows * stride)
    for row in (0..<rows).reversed() {
      var best = -Double.infinity
      var at = UInt16(0)
      for count in 0..<stride {
        if count >= Int(bounds.least[row]), count <= Int(bounds.most[row]) {
          let place = row * stride + count
          let value =
            p * doubles.production[place] + x * doubles.slack[place] + c * doubles.change[place]
            + most[(row + 1) * stride + count]
          // The safer of equal ones.
          if value > best { (best, at) = (value, UInt16(count)) }
        }
        most[row * stride + count] = best
        chosen[row * stride + count] = at
      }
    }
    var accepted = [UInt16](repeating: 0, count: rows)
    var cap = stride - 1
    for row in 0..<rows {
      accepted[row] = chosen[row * stride + cap]
      cap = Int(accepted[row])
    }
    return (
      Completion(production: p, slack: x, change: c, most: most, isOfProduction: isOfProduction, base: 0), accepted
    )
  }

  private func slack(of strategy: [UInt16]) -> Int128 {
    strategy.indices.reduce(0) { $0 + slack[$1 * stride + Int(strategy[$1])] }
  }

  /// The changes that the rows to come must bring at least: a sum that must stay above 0 with those made.
  func fewestChanges(_ count: Int) -> Completion {
    var (own, _) = completion(0, 0, -1, isOfProduction: false)
    own.base = Double(count - accepted)
    return own
  }

  /// The best few bounds of production with at most `count` changes.
  ///
  /// - Parameter visit: gets every maximiser that keeps the bounds.
  func dual(changes count: Int, visit: ([UInt16]) -> Void) -> [Completion] {
    let scale = production.reduce(1.0) { max($0, Double($1.magnitude)) }
    let risk = doubles.slack.reduce(1.0) { max($0, abs($1)) }
    var found: [(bound: Double, completion: Completion)] = []
    /// The least bound over λ for one μ, and whether its maximiser changes too much.
    func byRisk(_ price: Double) -> (bound: Double, isTooMuch: Bool) {
      var (low, high) = (scale / risk * 0x1p-20, scale / risk * 0x1p20)
      var best: (bound: Double, isTooMuch: Bool) = (.infinity, true)
      for step in 0..<18 {
        let own = step == 0 ? 0 : (low * high).squareRoot()
        var (completion, accepted) = completion(1, own, -price, isOfProduction: true)
        completion.base = price * Double(count - self.accepted)
        visit(accepted)
        let bound = completion.most[stride - 1] + completion.base
        found.append((bound, completion))
        if bound < best.bound { best = (bound, changes(accepted) > count) }
        if step > 0 || slack(of: accepted) >= 0 {
          if slack(of: accepted) >= 0 { high = own } else { low = own }
        }
        if step == 0, high == 0 { break }
      }
      return best
    }
    var (low, high) = (scale * 0x1p-30, scale)
    _ = byRisk(0)
    for _ in 0..<16 {
      let price = (low * high).squareRoot()
      if byRisk(price).isTooMuch { low = price } else { high = price }
    }
    return found.filter { $0.bound.isFinite }.sorted { $0.bound < $1.bound }.prefix(4).map(\.completion)
  }

  /// Bounds of the slack with at most `count` changes.
  func dualOfSlack(changes count: Int) -> [Completion] {
    let scale = doubles.slack.reduce(1.0) { max($0, abs($1)) }
    var (low, high) = (scale * 0x1p-30, scale)
    var found: [(bound: Double, completion: Completion)] = []
    for step in 0..<20 {
      let price = step == 0 ? 0 : (low * high).squareRoot()
      var (completion, accepted) = completion(0, 1, -price, isOfProduction: false)
      completion.base = price * Double(count - self.accepted)
      found.append((completion.most[stride - 1] + completion.base, completion))
      if step > 0 { if changes(accepted) > count { low = price } else { high = price } }
    }
    return found.sorted { $0.bound < $1.bound }.prefix(2).map(\.completion)
  }
}
