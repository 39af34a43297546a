/// The Lagrangian bound of a gap on a grid of two scores: for a strategy x in it, `P(x) + μ (r D(x) − N(x)) ≥
/// leastProduction` for every μ ≥ 0 and every r at least the gap's risk; without a production, `r D(x) − N(x) ≥ 0`.
/// Computed in integers below 2¹²⁰, P scaled by 2⁶², μ by 2³², r and N by 2³⁰.
struct GapBound {
  private static let riskBits = 30
  /// What no strategy reaches: the pins leave none.
  static let nothing = Int128.min / 4
  private let mu, rate: Int128
  private let countsProduction: Bool
  /// Per row and number of accepted columns of the row before: the most that this and all later rows can add.
  private(set) var best: [[Int128]]
  let target: Int128

  init?(_ grid: CertifiedGrid, _ gap: Gap, multiplier: Int64) {
    countsProduction = gap.leastProduction != nil
    if gap.risk == nil {
      (mu, rate) = (0, 0)
    } else {
      guard let rate = Self.rate(of: gap) else { return nil }
      self.rate = rate
      mu = Self.fitting(gap.leastProduction == nil ? 1 : multiplier, rate)
    }
    target = Self.scaled(production: gap.leastProduction ?? 0)
    best = []
    var rest = [[Int128]](repeating: [Int128](repeating: 0, count: grid.width + 1), count: grid.lines + 1)
    for row in (0..<grid.lines).reversed() {
      var most = Self.nothing
      for accepted in 0...grid.width {
        if (grid.least[row]...grid.most[row]).contains(accepted), rest[row + 1][accepted] > Self.nothing {
          most = max(most, value(grid.running[row][accepted]) + rest[row + 1][accepted])
        }
        rest[row][accepted] = most
      }
    }
    best = rest
  }

  /// The weight of sums: linear, so that of a beginning is the sum over its rows.
  func value(_ sums: CertifiedGrid.Sums) -> Int128 {
    (countsProduction ? Self.scaled(production: sums.production) : 0) + mu * Self.reduced(sums, rate)
  }

  // MARK: Scales

  static func scaled(production: Int64) -> Int128 { Int128(production) << (Certificate.multiplierBits + riskBits) }

  /// r D − N.
  static func reduced(_ sums: CertifiedGrid.Sums, _ rate: Int128) -> Int128 {
    rate * Int128(sums.denominator) - (Int128(sums.numerator) << riskBits)
  }

  /// The gap's risk, rounded up: a looser bound is still a bound. Nil where it has none, or one beyond all scales.
  static func rate(of gap: Gap) -> Int128? {
    guard let risk = gap.risk else { return nil }
    let scaled = Int128(risk.numerator) << riskBits
    let divisor = Int128(risk.denominator)
    let rate = scaled / divisor + (scaled % divisor > 0 ? 1 : 0)
    return rate.magnitude < 1 << 70 ? rate : nil
  }

  /// The multiplier, kept small enough that no product leaves 128 bits.
  static func fitting(_ multiplier: Int64, _ rate: Int128) -> Int128 {
    var mu = Int128(max(0, multiplier))
    let size = max(Int128(1) << riskBits, Int128(rate.magnitude))
    while mu > 0, (size << 53) > (Int128(1) << 118) / mu { mu >>= 1 }
    return mu
  }

  /// Whether a beginning may be continued into the gap.
  func mayReach(_ beginning: CertifiedGrid.Sums, row: Int, accepted: Int) -> Bool {
    let rest = best[row][accepted]
    return rest > Self.nothing && value(beginning) + rest >= target
  }

  /// By how much the best strategy exceeds the gap's edge; negative where nothing can lie in the gap.
  var excess: Int128 { best[0][best[0].count - 1] - target }
}
