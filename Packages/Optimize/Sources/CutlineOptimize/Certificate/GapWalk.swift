internal import CutlineCore

/// Shows that no strategy of two scores lies in any of some gaps, or finds one that does.
///
/// Every strategy is walked row by row from the safest on. A beginning is given up only when, for every gap, a Lagrangian
/// bound shows that no continuation lies in it, or when another beginning with the same last cutoff has at least its
/// production, at most its numerator and at least its denominator (only where no cell is negative).
///
/// The gaps are walked some at a time: the bound of a gap is as large as the grid, and a certificate may have a hundred thousand.
struct GapWalk {
  private let grid: CertifiedGrid
  private let gaps: [Gap]
  private let multipliers: [Int64]
  private let limit: Int
  /// Whether later gaps ask for more production, so that a tail of them is out of reach together.
  private let isAscending: Bool
  private let mostProduction: [[Int64]]

  /// - Parameters:
  ///   - multipliers: one a gap.
  ///   - limit: the most beginnings kept at a time.
  init(_ grid: CertifiedGrid, _ gaps: [Gap], multipliers: [Int64], limit: Int) {
    (self.grid, self.gaps, self.multipliers, self.limit) = (grid, gaps, multipliers, limit)
    let floors = gaps.map { $0.leastProduction ?? .min }
    isAscending = zip(floors, floors.dropFirst()).allSatisfy(<=)
    mostProduction = Self.mostProduction(grid)
  }

  /// Gaps that no bound closes for the whole grid, with the bounds of those that have one.
  private struct Open {
    var gaps: [Int] = []
    var bounds: [Int: GapBound] = [:]
  }

  /// Bytes of bounds at a time.
  private static let room = 64 << 20

  /// - Returns: what a strategy in a gap shows; nil when there is none.
  /// - Throws: `Faults` (data) when the limit is reached: neither shown nor found.
  func finding() throws -> String? {
    let most = max(8, Self.room / ((grid.lines + 1) * (grid.width + 1) * MemoryLayout<Int128>.stride))
    var open = Open()
    for (index, (gap, multiplier)) in zip(gaps, multipliers).enumerated() {
      let bound = GapBound(grid, gap, multiplier: multiplier)
      if let bound, bound.excess < 0 { continue }
      open.gaps.append(index)
      open.bounds[index] = bound
      if open.gaps.count == most {
        if let found = try finding(open) { return found }
        open = Open()
      }
    }
    return try finding(open)
  }

  /// Ways are kept only where there is something to show: walked again with its gap alone, few are.
  private func finding(_ open: Open) throws -> String? {
    var none: Ways?
    guard let gap = try walk(open, &none)?.gap else { return nil }
    var alone = Open(gaps: [gap])
    alone.bounds[gap] = open.bounds[gap]
    var ways: Ways? = Ways()
    guard let (_, found) = try walk(alone, &ways) else { return gaps[gap].meaning }
    let sums = found.sums
    return
      "\(gaps[gap].meaning): production \(sums.production), numerator \(sums.numerator), denominator "
      + "\(sums.denominator) (\(grid.scale.name)), accepting \(ways?.accepted(found.way) ?? []) from the safest bin on"
  }

  /// A beginning of strategies: the first rows' sums, and a gap that it may still reach. Millions are held: 32 bytes each.
  private struct Beginning {
    var sums: CertifiedGrid.Sums
    var gap: Int32
    /// Where its way is, where ways are kept.
    var way: Int32 = 0
  }

  /// Ways of beginnings, as a step and the way before it.
  private struct Ways {
    private var steps: [(accepted: Int32, before: Int32)] = [(0, 0)]

    /// - Throws: `Faults` (data) beyond two thousand million steps.
    mutating func append(_ accepted: Int, to before: Int32) throws -> Int32 {
      guard let way = Int32(exactly: steps.count) else {
        throw Faults.data("certificate", "more than \(Int32.max) ways are open", "Check a smaller grid.")
      }
      steps.append((Int32(accepted), before))
      return way
    }

    func accepted(_ way: Int32) -> [Int32] {
      var (found, at) = ([Int32](), way)
      while at > 0 {
        found.append(steps[Int(at)].accepted)
        at = steps[Int(at)].before
      }
      return found.reversed()
    }
  }

  /// A strategy in a gap; nil when there is none.
  private func walk(_ open: Open, _ ways: inout Ways?) throws -> (gap: Int, strategy: Beginning)? {
    guard let first = open.gaps.first else { return nil }
    // By number of columns accepted in the last row.
    var current: [[Beginning]] = Array(repeating: [], count: grid.width + 1)
    current[grid.width] = [Beginning(sums: .init(), gap: Int32(first))]
    for row in 0..<grid.lines {
      var next: [[Beginning]] = Array(repeating: [], count: grid.width + 1)
      var kept = 0
      for accepted in grid.least[row]...grid.most[row] {
        var candidates: [Beginning] = []
        // Room that is not used is no memory; growing would hold all of them twice.
        candidates.reserveCapacity(current[accepted...].reduce(0) { $0 + $1.count })
        for before in accepted...grid.width {
          for beginning in current[before] {
            var longer = beginning
            longer.sums = beginning.sums + grid.running[row][accepted]
            guard let gap = reachable(longer, row + 1, accepted, open) else { continue }
            longer.gap = Int32(gap)
            candidates.append(longer)
          }
        }
        // What accepts more in this row goes on from beginnings that accepted more: two rows are never held whole side by side.
        current[accepted] = []
        if grid.isNonNegative { Self.keepUndominated(&candidates) }
        next[accepted] = candidates.withUnsafeBufferPointer(Array.init)
        if ways != nil {
          for index in next[accepted].indices {
            next[accepted][index].way = try ways?.append(accepted, to: next[accepted][index].way) ?? 0
          }
        }
        kept += next[accepted].count
        guard kept <= limit else {
          throw Faults.data(
            "certificate", "more than \(limit) open cases at row \(row + 1)", "Check a smaller grid, or raise --limit.")
        }
      }
      current = next
    }
    for beginning in current.joined() {
      if let gap = open.gaps.first(where: { gaps[$0].contains(beginning.sums) }) { return (gap, beginning) }
    }
    return nil
  }

  /// A gap that a continuation may still lie in, or nil. The one that was reachable before is tried first.
  private func reachable(_ beginning: Beginning, _ row: Int, _ accepted: Int, _ open: Open) -> Int? {
    func mayReach(_ index: Int) -> Bool {
      open.bounds[index]?.mayReach(beginning.sums, row: row, accepted: accepted) ?? true
    }
    if mayReach(Int(beginning.gap)) { return Int(beginning.gap) }
    let most = beginning.sums.production + mostProduction[row][accepted]
    for index in open.gaps {
      if let least = gaps[index].leastProduction, least > most {
        if isAscending { break }
        continue
      }
      if mayReach(index) { return index }
    }
    return nil
  }

  /// Leaves the beginnings that no other one dominates. O(n²) at worst; sorted by production, few comparisons in practice.
  private static func keepUndominated(_ candidates: inout [Beginning]) {
    candidates.sort {
      if $0.sums.production != $1.sums.production { return $0.sums.production > $1.sums.production }
      if $0.sums.numerator != $1.sums.numerator { return $0.sums.numerator < $1.sums.numerator }
      return $0.sums.denominator > $1.sums.denominator
    }
    var kept = 0
    // Steps of a staircase: smallest numerator per denominator among those with at least as much production.
    var stairs: [(denominator: Int64, numerator: Int64)] = []
    for index in candidates.indices {
      let candidate = candidates[index]
      let (n, d) = (candidate.sums.numerator, candidate.sums.denominator)
      var low = 0
      var high = stairs.count
      while low < high {
        let middle = (low + high) / 2
        if stairs[middle].denominator >= d { high = middle } else { low = middle + 1 }
      }
      // Stairs rise in denominator and in numerator; the first with enough denominator has the smallest numerator.
      if low < stairs.count, stairs[low].numerator <= n { continue }
      candidates[kept] = candidate
      kept += 1
      while low > 0, stairs[low - 1].numerator >= n { low -= 1 }
      var end = low
      while end < stairs.count, stairs[end].denominator <= d { end += 1 }
      stairs.replaceSubrange(low..<end, with: [(d, n)])
    }
    candidates.removeLast(candidates.count - kept)
  }

  /// The most production that rows from one on can add; pins aside, so it is not below the truth.
  private static func mostProduction(_ grid: CertifiedGrid) -> [[Int64]] {
    var most = [[Int64]](repeating: [Int64](repeating: 0, count: grid.width + 1), count: grid.lines + 1)
    for row in (0..<grid.lines).reversed() {
      var best = Int64.min
      for accepted in 0...grid.width {
        best = max(best, grid.running[row][accepted].production + most[row + 1][accepted])
        most[row][accepted] = best
      }
    }
    return most
  }
}
