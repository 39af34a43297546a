internal import CSearch

/// Good strategies of a grid, found without enumeration; they make the bounds of the scan tight from its start and have
/// no influence on its result.
///
/// For a risk ρ, the strategy of greatest production with risk ≤ ρ is approached by maximising P + μ(ρD − N), which
/// dynamic programming does exactly, and bisecting μ. Eight ρ are solved together.
struct LagrangianSeeds {
  private static let lanes = 8
  private static let bisections = 12
  private static let batches = 12

  private let rows, columns: Int
  private let production, numerator, denominator: [Double]
  private let scale: Double

  init(grid: GridSums) {
    rows = grid.rows
    columns = grid.columns
    production = grid.rowSums(grid.production).map(Double.init)
    numerator = grid.rowSums(grid.numerator).map(Double.init)
    denominator = grid.rowSums(grid.denominator).map(Double.init)
    let amounts = grid.production.reduce(1.0) { $0 + Double($1.magnitude) }
    let losses = grid.numerator.reduce(1.0) { $0 + Double($1.magnitude) }
    scale = amounts / losses
  }

  private struct Sums {
    var production = [Double](repeating: 0, count: lanes)
    var numerator = [Double](repeating: 0, count: lanes)
    var denominator = [Double](repeating: 0, count: lanes)
  }

  /// Calls `found` with the sums of each strategy met; repeated ones are not removed.
  ///
  /// - Complexity: O(rows × columns) with a constant of about 200 vector steps.
  func visit(_ found: (Int64, Int64, Int64) -> Void) {
    var scratch = [Double](repeating: 0, count: 32 * (columns + 1))
    func solve(_ rho: [Double], _ mu: [Double]) -> Sums {
      var best = Sums()
      cutline_lagrangian(
        production, numerator, denominator, rows, columns, rho, mu, &scratch,
        &best.production, &best.numerator, &best.denominator)
      for lane in 0..<Self.lanes {
        found(Int64(best.production[lane]), Int64(best.numerator[lane]), Int64(best.denominator[lane]))
      }
      return best
    }
    // The greatest production, ties towards low risk in the later lanes.
    var best = solve([Double](repeating: 0, count: Self.lanes), (0..<Self.lanes).map { Double($0) * 1e-9 * scale })
    guard let greatest = best.denominator.indices.last, best.denominator[greatest] > 0 else { return }
    let highest = best.numerator[greatest] / best.denominator[greatest]
    // The least risk, by Dinkelbach's iteration.
    var lowest = highest
    for _ in 0..<20 {
      best = solve(
        [Double](repeating: lowest, count: Self.lanes), (0..<Self.lanes).map { scale * Double(1 << (4 * $0)) })
      let risks = (0..<Self.lanes).filter { best.denominator[$0] > 0 }.map { best.numerator[$0] / best.denominator[$0] }
      guard let least = risks.min(), least < lowest else { break }
      lowest = least
    }
    guard lowest < highest else { return }
    for batch in 0..<Self.batches {
      // Denser at low risk, where the frontier is steep.
      let rho = (0..<Self.lanes).map { lane in
        let share = (Double(lane * Self.batches + batch) + 0.5) / Double(Self.lanes * Self.batches)
        return lowest + (highest - lowest) * share * share
      }
      var low = [Double](repeating: scale * 0x1p-20, count: Self.lanes)
      var high = [Double](repeating: scale * 0x1p20, count: Self.lanes)
      for _ in 0..<Self.bisections {
        let mu = (0..<Self.lanes).map { (low[$0] * high[$0]).squareRoot() }
        best = solve(rho, mu)
        for lane in 0..<Self.lanes {
          if best.numerator[lane] <= rho[lane] * best.denominator[lane] {
            high[lane] = mu[lane]
          } else {
            low[lane] = mu[lane]
          }
        }
      }
    }
  }
}
