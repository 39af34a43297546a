public import CutlineCore

/// Makes the certificate of a frontier that a search has found.
public enum CertificateWriter {
  /// - Parameters:
  ///   - frontier: of `cells`, complete.
  ///   - columns: where a checker finds the sums again.
  /// - Throws: `ConfigError` unless the grid has two scores.
  /// - Complexity: O(points · rows · columns · steps).
  public static func certificate(
    of frontier: Frontier, cells: CellTable, columns: FrontierCertificate.CellColumns
  ) throws -> FrontierCertificate {
    let grid = try CertifiedGrid(cells)
    let points = frontier.points.map {
      FrontierCertificate.Point(
        production: $0.production, numerator: $0.numerator, denominator: $0.denominator, accepted: $0.strategy.accepted)
    }
    let multipliers = CertificateGaps.gaps(points).map { multiplier(grid, $0) }
    return FrontierCertificate(
      format: FrontierCertificate.format, columns: columns, rows: grid.rows, cols: grid.cols, points: points,
      multipliers: multipliers)
  }

  /// The multiplier with the tightest bound of a gap. The excess is convex in it; a ternary search over its exponent.
  private static func multiplier(_ grid: CertifiedGrid, _ gap: Gap) -> Int64 {
    guard gap.risk != nil, gap.leastProduction != nil else { return 0 }
    func excess(_ mu: Int64) -> Int128 { GapBound(grid, gap, multiplier: mu)?.excess ?? .max }
    var low = 0.0
    var high = 52.0
    for _ in 0..<40 {
      let (a, b) = (low + (high - low) / 3, high - (high - low) / 3)
      if excess(power(a)) <= excess(power(b)) { high = b } else { low = a }
    }
    return power((low + high) / 2)
  }

  private static func power(_ exponent: Double) -> Int64 {
    let whole = Int(exponent)
    return Int64((1 + (exponent - Double(whole))) * Double(Int64(1) << Int64(whole)))
  }
}
