import CutlineCompute
import CutlineCredit
import CutlineSearch

/// Random grids and the definition of the frontier by comparing all pairs, independent of the module's own reduction.
enum SearchOracle {
  /// Families of grids that are hard in different ways.
  enum Family: Int, CaseIterable {
    case plain, ties, zeros, negativeNumerators, zeroDenominators, negativeDenominators, equalCells, riskless
    case collinear, negativeProduction, large, crowded
  }

  static func grid(_ family: Family, rows: Int, columns: Int, random: inout RandomStream) throws -> GridSums {
    let cells = rows * columns
    func values(_ range: ClosedRange<Int64>) -> [Int64] {
      (0..<cells).map { _ in range.lowerBound + Int64(random.index(below: Int(range.upperBound - range.lowerBound) + 1))
      }
    }
    var p = values(0...1000)
    var n = values(0...60)
    var d = values(50...900)
    switch family {
    case .plain: break
    case .ties:
      p = values(0...2)
      n = values(0...1)
      d = values(1...2)
    case .zeros:
      for cell in 0..<cells where random.index(below: 10) < 7 {
        p[cell] = 0
        n[cell] = 0
        d[cell] = 0
      }
    case .negativeNumerators: n = values(-30...30)
    case .zeroDenominators:
      p = values(0...4)
      n = values(-1...1)
      d = values(0...1)
    case .negativeDenominators:
      n = values(-5...5)
      d = values(-3...6)
    case .equalCells:
      p = [Int64](repeating: 7, count: cells)
      n = [Int64](repeating: 2, count: cells)
      d = [Int64](repeating: 31, count: cells)
    case .riskless:
      n = [Int64](repeating: 0, count: cells)
      if random.index(below: 2) == 0 { n[random.index(below: cells)] = 3 }
    case .collinear:
      n = p.map { 3 * $0 }
      d = p.map { 40 * $0 }
    case .crowded:
      // One giant cell stretches the range of production, so that many strategies share a bucket of the bounds.
      p = values(0...40)
      p[random.index(below: cells)] = 1_000_000_000_000 + Int64(random.index(below: 100_000_000))
    case .negativeProduction: p = values(-500...500)
    case .large:
      p = values(0...4_000_000_000_000)
      n = values(-20_000_000_000...200_000_000_000)
      d = values(0...5_000_000_000_000)
    }
    return try GridSums(rows: rows, columns: columns, production: p, numerator: n, denominator: d)
  }

  /// Risk as a fraction, compared without any of the module's code.
  struct Strategy {
    var p: Int64
    var n: Int64
    var d: Int64
    var accepted: [UInt16]
    var feasible: Bool { d > 0 || (d == 0 && n == 0) }

    func riskIsLower(than other: Strategy) -> Bool {
      Int128(n) * Int128(other.d == 0 ? 1 : other.d) < Int128(other.n) * Int128(d == 0 ? 1 : d)
    }

    func riskEquals(_ other: Strategy) -> Bool { !riskIsLower(than: other) && !other.riskIsLower(than: self) }

    func dominates(_ other: Strategy) -> Bool {
      p >= other.p && !other.riskIsLower(than: self) && (p > other.p || riskIsLower(than: other))
    }

    /// Among equal production and risk.
    func precedes(_ other: Strategy) -> Bool {
      if d != other.d { return d > other.d }
      for (own, its) in zip(accepted, other.accepted) where own != its { return own < its }
      return false
    }
  }

  static func strategies(of grid: GridSums) -> [Strategy] {
    var found: [Strategy] = []
    func extend(_ accepted: [UInt16], _ p: Int64, _ n: Int64, _ d: Int64) {
      let row = accepted.count
      if row == grid.rows {
        found.append(Strategy(p: p, n: n, d: d, accepted: accepted))
        return
      }
      var (p, n, d) = (p, n, d)
      for count in 0...Int(accepted.last ?? UInt16(grid.columns)) {
        if count > 0 {
          let cell = row * grid.columns + count - 1
          p += grid.production[cell]
          n += grid.numerator[cell]
          d += grid.denominator[cell]
        }
        extend(accepted + [UInt16(count)], p, n, d)
      }
    }
    extend([], 0, 0, 0)
    return found
  }

  /// O(strategies²), by definition.
  static func frontier(of grid: GridSums) -> [FrontierPoint] {
    let feasible = strategies(of: grid).filter(\.feasible)
    let kept = feasible.filter { x in
      !feasible.contains { $0.dominates(x) || ($0.p == x.p && $0.riskEquals(x) && $0.precedes(x)) }
    }
    return kept.sorted { $0.p < $1.p }
      .map { FrontierPoint(production: $0.p, numerator: $0.n, denominator: $0.d, accepted: $0.accepted) }
  }
}
