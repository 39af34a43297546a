internal import CutlineCore

/// The sums of a two-score cell table as the certificate's writer and checker see them: safest row and column first,
/// running totals along each row. Written for the check alone: it shares nothing with the searches.
struct CertifiedGrid {
  let rows, cols: Int
  /// Per row, of its first 0, 1, … `cols` cells: production, numerator, denominator.
  let running: [[Sums]]
  /// Whether no cell has a negative numerator or denominator.
  let isNonNegative: Bool
  private let rowOrder: [Int]

  struct Sums: Equatable {
    var production: Int64 = 0
    var numerator: Int64 = 0
    var denominator: Int64 = 0

    static func + (a: Sums, b: Sums) -> Sums {
      Sums(
        production: a.production + b.production, numerator: a.numerator + b.numerator,
        denominator: a.denominator + b.denominator)
    }

    /// Risk is defined: an empty sum, or a positive denominator.
    var isFeasible: Bool { denominator > 0 || (denominator == 0 && numerator == 0) }
  }

  /// - Throws: `ConfigError` unless the grid has two scores; `NumericError` when a sum could leave 2⁵³.
  init(_ cells: CellTable) throws {
    guard cells.grid.axes.count == 2 else {
      throw ConfigError(
        "certificate", "the grid has \(cells.grid.axes.count) scores", "Frontiers of two scores can be certified.")
    }
    let (first, second) = (cells.grid.axes[0], cells.grid.axes[1])
    func fromSafeEnd(_ axis: GridAxis) -> [Int] {
      axis.safestIsLast ? Array((0..<axis.binCount).reversed()) : Array(0..<axis.binCount)
    }
    rowOrder = fromSafeEnd(first)
    rows = first.binCount
    cols = second.binCount
    var nonNegative = true
    var magnitude = [Int64](repeating: 0, count: 3)
    var running: [[Sums]] = []
    for row in rowOrder {
      var line = [Sums()]
      for col in fromSafeEnd(second) {
        let sums = cells.total(row * second.binCount + col)
        let cell = Sums(production: sums.production, numerator: sums.numerator, denominator: sums.denominator)
        for (index, value) in [cell.production, cell.numerator, cell.denominator].enumerated() {
          guard value.magnitude < 1 << 53 else { throw Self.tooLarge }
          magnitude[index] += abs(value)
          guard magnitude[index] < 1 << 53 else { throw Self.tooLarge }
        }
        if cell.numerator < 0 || cell.denominator < 0 { nonNegative = false }
        line.append(line[line.count - 1] + cell)
      }
      running.append(line)
    }
    self.running = running
    isNonNegative = nonNegative
  }

  private static let tooLarge = NumericError(
    "certificate", "the sums reach 2^53 hundredths", "Write the cell table in larger units.")

  /// Counts per bin of the first score as counts per row from the safest on, and back.
  func fromSafest(_ byBin: [Int]) -> [Int] { rowOrder.map { byBin[$0] } }

  /// The sums of a strategy given from the safest row on.
  func sums(_ accepted: [Int]) -> Sums {
    zip(running, accepted).reduce(Sums()) { $0 + $1.0[$1.1] }
  }
}

/// A gap of a frontier: no feasible strategy may have a production of at least `leastProduction` and a risk below
/// (or, if `inclusive`, at most) `risk`. Where one of the two is nil it does not matter.
struct Gap {
  let leastProduction: Int64?
  let risk: (numerator: Int64, denominator: Int64)?
  let inclusive: Bool

  /// Whether sums lie in the gap. Exact.
  func contains(_ sums: CertifiedGrid.Sums) -> Bool {
    guard sums.isFeasible, leastProduction.map({ sums.production >= $0 }) ?? true else { return false }
    guard let risk else { return true }
    let left = Int128(sums.numerator) * Int128(risk.denominator)
    let right = Int128(risk.numerator) * Int128(sums.denominator)
    // An empty sum has risk 0.
    if sums.denominator == 0 { return inclusive ? risk.numerator >= 0 : risk.numerator > 0 }
    return inclusive ? left <= right : left < right
  }
}

/// The Lagrangian bound of a gap: for a strategy x in it, `P(x) + μ (r D(x) − N(x)) ≥ leastProduction` for every μ ≥ 0
/// and every r at least the gap's risk; without a production, `r D(x) − N(x) ≥ 0`. Computed in integers below 2¹²⁰,
/// P scaled by 2⁶², μ by 2³², r and N by 2³⁰.
struct GapBound {
  private static let riskBits = 30
  private let mu, rate: Int128
  private let countsProduction: Bool
  /// Per row and number of accepted columns of the row before: the most that this and all later rows can add.
  private(set) var best: [[Int128]]
  let target: Int128

  init?(_ grid: CertifiedGrid, _ gap: Gap, multiplier: Int64) {
    countsProduction = gap.leastProduction != nil
    var mu = Int128(gap.leastProduction == nil ? 1 : max(0, multiplier))
    var rate = Int128(0)
    if let risk = gap.risk {
      // Rounded up: a looser bound is still a bound.
      let scaled = Int128(risk.numerator) << Self.riskBits
      let divisor = Int128(risk.denominator)
      rate = scaled / divisor + (scaled % divisor > 0 ? 1 : 0)
      guard rate.magnitude < 1 << 70 else { return nil }
      // Kept small enough that no product leaves 128 bits.
      let size = max(Int128(1) << Self.riskBits, Int128(rate.magnitude))
      while mu > 0, (size << 53) > (Int128(1) << 118) / mu { mu >>= 1 }
    } else {
      mu = 0
    }
    self.mu = mu
    self.rate = rate
    target = Int128(gap.leastProduction ?? 0) << (FrontierCertificate.multiplierBits + Self.riskBits)
    best = []
    var rest = [[Int128]](repeating: [Int128](repeating: 0, count: grid.cols + 1), count: grid.rows + 1)
    for row in (0..<grid.rows).reversed() {
      let weights = grid.running[row].map(value)
      var most = weights[0] + rest[row + 1][0]
      rest[row][0] = most
      for accepted in 1..<(grid.cols + 1) {
        most = max(most, weights[accepted] + rest[row + 1][accepted])
        rest[row][accepted] = most
      }
    }
    best = rest
  }

  /// The weight of sums: linear, so that of a beginning is the sum over its rows.
  func value(_ sums: CertifiedGrid.Sums) -> Int128 {
    let reduced = rate * Int128(sums.denominator) - (Int128(sums.numerator) << Self.riskBits)
    let production =
      countsProduction ? Int128(sums.production) << (FrontierCertificate.multiplierBits + Self.riskBits) : 0
    return production + mu * reduced
  }

  /// By how much the best strategy exceeds the gap's edge; negative where nothing can lie in the gap.
  var excess: Int128 { best[0][best[0].count - 1] - target }
}
