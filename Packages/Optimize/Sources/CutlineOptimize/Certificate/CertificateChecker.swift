public import CutlineCore

/// Checks a certificate against a cell table.
///
/// 1. Every point's strategy is monotone and adds up to the point's sums; the points rise in production and in risk.
/// 2. Nothing else belongs on the frontier: every strategy is walked row by row from the safest on, and a beginning is
///    given up only when, for every gap, a Lagrangian bound recomputed here in 128-bit integers shows that no
///    continuation lies in it, or when another beginning with the same last cutoff has at least its production, at most
///    its numerator and at least its denominator (only where no cell is negative). What is left at the end must lie in
///    no gap.
///
/// A strategy that lies in no gap is weakly dominated by a point, so an empty result is a proof.
public struct CertificateChecker {
  /// The most beginnings kept at a time; beyond it the check gives up, saying so.
  public let limit: Int

  public init(limit: Int = 5_000_000) { self.limit = limit }

  /// - Returns: why the certificate is refused; nil when it proves the frontier.
  /// - Throws: `NumericError` when the limit is reached: neither proven nor refused.
  public func refusal(of certificate: FrontierCertificate, cells: CellTable) throws -> String? {
    guard certificate.format == FrontierCertificate.format else { return "its format is \(certificate.format)" }
    let grid = try CertifiedGrid(cells)
    guard certificate.rows == grid.rows, certificate.cols == grid.cols else {
      return
        "it is for a grid of \(certificate.rows) × \(certificate.cols) cells, the table has \(grid.rows) × \(grid.cols)"
    }
    if let refusal = refusalOfPoints(certificate, grid) { return refusal }
    guard certificate.multipliers.count == certificate.points.count + 1 else {
      return "it has \(certificate.multipliers.count) bounds for \(certificate.points.count + 1) gaps"
    }
    let gaps = CertificateGaps.gaps(certificate.points)
    var bounds: [GapBound?] = []
    var open: [Int] = []
    for (index, gap) in gaps.enumerated() {
      let bound = GapBound(grid, gap, multiplier: certificate.multipliers[index])
      bounds.append(bound)
      // A bound that shows a gap empty as a whole settles it.
      if bound.map({ $0.excess >= 0 }) ?? true { open.append(index) }
    }
    return try search(grid, gaps, bounds, open)
  }

  private func refusalOfPoints(_ certificate: FrontierCertificate, _ grid: CertifiedGrid) -> String? {
    var last: FrontierCertificate.Point?
    for (index, point) in certificate.points.enumerated() {
      let name = "point \(index + 1)"
      guard point.accepted.count == grid.rows, point.accepted.allSatisfy({ (0...grid.cols).contains($0) }) else {
        return "\(name) has no cutoff for every bin"
      }
      let accepted = grid.fromSafest(point.accepted)
      guard zip(accepted, accepted.dropFirst()).allSatisfy(>=) else { return "the strategy of \(name) is not monotone" }
      let sums = grid.sums(accepted)
      guard sums.production == point.production, sums.numerator == point.numerator,
        sums.denominator == point.denominator
      else {
        return "\(name) claims production \(point.production), numerator \(point.numerator), denominator "
          + "\(point.denominator) (hundredths), but its strategy has \(sums.production), \(sums.numerator), \(sums.denominator)"
      }
      guard sums.isFeasible else { return "\(name) has no defined risk" }
      if let last {
        guard last.production < point.production else { return "\(name) has no more production than the point before" }
        let (a, b) = (Self.risk(last), Self.risk(point))
        guard Int128(a.0) * Int128(b.1) < Int128(b.0) * Int128(a.1) else {
          return "\(name) has no more risk than the point before"
        }
      }
      last = point
    }
    return nil
  }

  private static func risk(_ point: FrontierCertificate.Point) -> (Int64, Int64) {
    point.denominator == 0 ? (0, 1) : (point.numerator, point.denominator)
  }

  /// A beginning of strategies: the first rows' sums, and a gap that it may still reach.
  private struct Beginning {
    var sums: CertifiedGrid.Sums
    var gap: Int
    var accepted: [UInt16]
  }

  private func search(_ grid: CertifiedGrid, _ gaps: [Gap], _ bounds: [GapBound?], _ open: [Int]) throws -> String? {
    guard !open.isEmpty else { return nil }
    // By number of columns accepted in the last row.
    var current: [[Beginning]] = Array(repeating: [], count: grid.cols + 1)
    current[grid.cols] = [Beginning(sums: .init(), gap: open[0], accepted: [])]
    let floors = Floors(grid)
    for row in 0..<grid.rows {
      var next: [[Beginning]] = Array(repeating: [], count: grid.cols + 1)
      var kept = 0
      for accepted in 0...grid.cols {
        var candidates: [Beginning] = []
        for before in accepted...grid.cols {
          for beginning in current[before] {
            var longer = beginning
            longer.sums = beginning.sums + grid.running[row][accepted]
            guard let gap = reachable(longer, row + 1, accepted, gaps, bounds, open, floors) else { continue }
            longer.gap = gap
            longer.accepted.append(UInt16(accepted))
            candidates.append(longer)
          }
        }
        next[accepted] = grid.isNonNegative ? Self.undominated(candidates) : candidates
        kept += next[accepted].count
        guard kept <= limit else {
          throw NumericError(
            "certificate", "more than \(limit) open cases at row \(row + 1)", "Check a smaller grid, or raise --limit.")
        }
      }
      current = next
    }
    for beginning in current.joined() {
      if let gap = open.first(where: { gaps[$0].contains(beginning.sums) }) {
        let sums = beginning.sums
        let place =
          gap == 0
          ? "before point 1" : gap == gaps.count - 1 ? "after the last point" : "between points \(gap) and \(gap + 1)"
        return
          "a strategy is missing \(place): production \(sums.production), numerator \(sums.numerator), denominator "
          + "\(sums.denominator) (hundredths), accepting \(beginning.accepted) from the safest bin on"
      }
    }
    return nil
  }

  /// A gap that a continuation may still lie in, or nil. The one that was reachable before is tried first.
  private func reachable(
    _ beginning: Beginning, _ row: Int, _ accepted: Int, _ gaps: [Gap], _ bounds: [GapBound?], _ open: [Int],
    _ floors: Floors
  ) -> Int? {
    func mayReach(_ index: Int) -> Bool {
      guard let bound = bounds[index] else { return true }
      return bound.value(beginning.sums) + bound.best[row][accepted] >= bound.target
    }
    if mayReach(beginning.gap) { return beginning.gap }
    // Gaps beyond the largest production that is left cannot be reached; they are a tail of the list.
    let most = beginning.sums.production + floors.mostProduction[row][accepted]
    for index in open {
      if let least = gaps[index].leastProduction, least > most { break }
      if mayReach(index) { return index }
    }
    return nil
  }

  /// The beginnings that no other one dominates. O(n²) at worst; sorted by production, few comparisons in practice.
  private static func undominated(_ candidates: [Beginning]) -> [Beginning] {
    let sorted = candidates.sorted {
      if $0.sums.production != $1.sums.production { return $0.sums.production > $1.sums.production }
      if $0.sums.numerator != $1.sums.numerator { return $0.sums.numerator < $1.sums.numerator }
      return $0.sums.denominator > $1.sums.denominator
    }
    var kept: [Beginning] = []
    // Steps of a staircase: smallest numerator per denominator among those with at least as much production.
    var stairs: [(denominator: Int64, numerator: Int64)] = []
    for candidate in sorted {
      let (n, d) = (candidate.sums.numerator, candidate.sums.denominator)
      var low = 0
      var high = stairs.count
      while low < high {
        let middle = (low + high) / 2
        if stairs[middle].denominator >= d { high = middle } else { low = middle + 1 }
      }
      // Stairs rise in denominator and in numerator; the first with enough denominator has the smallest numerator.
      if low < stairs.count, stairs[low].numerator <= n { continue }
      kept.append(candidate)
      while low > 0, stairs[low - 1].numerator >= n { low -= 1 }
      var end = low
      while end < stairs.count, stairs[end].denominator <= d { end += 1 }
      stairs.replaceSubrange(low..<end, with: [(d, n)])
    }
    return kept
  }
}

/// The most production that rows from one on can add.
private struct Floors {
  let mostProduction: [[Int64]]

  init(_ grid: CertifiedGrid) {
    var most = [[Int64]](repeating: [Int64](repeating: 0, count: grid.cols + 1), count: grid.rows + 1)
    for row in (0..<grid.rows).reversed() {
      var best = Int64.min
      for accepted in 0...grid.cols {
        best = max(best, grid.running[row][accepted].production + most[row + 1][accepted])
        most[row][accepted] = best
      }
    }
    mostProduction = most
  }
}
