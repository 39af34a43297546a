internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// How the numerator and the denominator of the risk develop from three months after booking to the horizon: a chain
/// ladder of one step, with the months of booking as its origins.
///
/// With C₃ₖ and C₆ₖ the sums of month k over applications whose both outcomes are known, f = Σ C₆ₖ / Σ C₃ₖ; the process
/// variance per unit σ² = 1 / (K − 1) · Σ C₃ₖ (C₆ₖ / C₃ₖ − f)². A risk that is carried is that of three months times
/// g = f(numerator) / f(denominator), and
/// Var(ln carried) ≈ Var(ln g) + σ² / (f² · Σ C₃) of the numerator that is carried; Var(ln g) is that of leaving out one
/// month at a time: (K − 1) / K · Σ (ln g₍ₖ₎ − mean)².
///
/// Source: T. Mack, *Distribution-free calculation of the standard error of chain ladder reserve estimates*, ASTIN Bulletin 23
/// (1993).
struct Ladder: Sendable, Codable, Hashable {
  /// Months whose both outcomes are known.
  let firstMonth, lastMonth: Month?
  let months: Int
  let rows, badRows: Int64
  /// Nil where there is too little to fit them.
  let numeratorFactor, denominatorFactor: Double?
  /// Of the numerator, per unit, in the scale of the amounts.
  let processVariance: Double?
  /// Of ln g; nil with fewer than three months.
  let logVariance: Double?
  /// Why it is not used; nil where it is.
  let refusal: String?

  /// The ladder carries where at least so many applications of its months were bad after three months.
  static let fewestBad: Int64 = 30

  var isUsed: Bool { refusal == nil }

  /// What it says of one month: sums over the cells in which every mature application has both outcomes.
  private struct Step {
    let month: Month
    var early = CellSums.zero
    var late = CellSums.zero
    var rows: Int64 = 0
    var bad: Int64 = 0
  }

  /// - Returns: nil where the cube knows nothing of three months.
  init?(_ cube: Cube) throws {
    guard cube.measures.contains(Measure(.earlyRows)) else { return nil }
    func sums(_ measure: Measure) throws -> [[Int64]] { try cube.sumsByMonth(of: measure, [.bookedMature]) }
    let (rows, known, bad) = (try sums(.rows), try sums(Measure(.earlyRows)), try sums(Measure(.earlyBadRows)))
    let early = [try sums(Measure(.earlyNumerator)), try sums(Measure(.earlyDenominator))]
    let late = [try sums(Measure(.numerator)), try sums(Measure(.denominator))]
    let steps = cube.months.indices.map { index in
      var step = Step(month: cube.months[index])
      for cell in 0..<cube.grid.cellCount where rows[index][cell] > 0 && known[index][cell] == rows[index][cell] {
        step.early += CellSums(numerator: early[0][index][cell], denominator: early[1][index][cell])
        step.late += CellSums(numerator: late[0][index][cell], denominator: late[1][index][cell])
        step.rows += rows[index][cell]
        step.bad += bad[index][cell]
      }
      return step
    }.filter { $0.rows > 0 }
    self.init(steps)
  }

  private init(_ steps: [Step]) {
    (firstMonth, lastMonth, months) = (steps.first?.month, steps.last?.month, steps.count)
    rows = steps.reduce(0) { $0 + $1.rows }
    badRows = steps.reduce(0) { $0 + $1.bad }
    let factors = Self.factors(steps)
    numeratorFactor = factors?.numerator
    denominatorFactor = factors?.denominator
    if months == 0 {
      refusal = "no month has both outcomes"
    } else if badRows < Self.fewestBad {
      refusal = "only \(badRows) applications of its months were bad after three months, fewer than \(Self.fewestBad)"
    } else if factors == nil {
      refusal = "a sum after three months is not positive"
    } else {
      refusal = nil
    }
    let used = steps.filter { $0.early.numerator > 0 }
    if let factors, used.count > 1 {
      let squares = used.reduce(0.0) { sum, step in
        let early = Double(step.early.numerator)
        let gap = Double(step.late.numerator) / early - factors.numerator
        return sum + early * gap * gap
      }
      processVariance = squares / Double(used.count - 1)
    } else {
      processVariance = nil
    }
    let left = steps.indices.compactMap { place -> Double? in
      Self.factors(Array(steps[..<place]) + steps[(place + 1)...]).map {
        Link.log.sum(of: $0.numerator / $0.denominator)
      }
    }
    logVariance = steps.count >= 3 && left.count == steps.count ? Jackknife.variance(left) : nil
  }

  private static func factors(_ steps: [Step]) -> (numerator: Double, denominator: Double)? {
    let (early, late) = (steps.reduce(CellSums.zero) { $0 + $1.early }, steps.reduce(CellSums.zero) { $0 + $1.late })
    guard early.numerator > 0, early.denominator > 0, late.numerator > 0, late.denominator > 0 else { return nil }
    return (
      Double(late.numerator) / Double(early.numerator), Double(late.denominator) / Double(early.denominator)
    )
  }

  /// Of ln of a carried risk with this numerator after three months; nil where it is not known.
  func logVariance(carrying numerator: Int64) -> Double? {
    guard let logVariance, let processVariance, let numeratorFactor, numerator > 0 else { return nil }
    return logVariance + processVariance / (numeratorFactor * numeratorFactor * Double(numerator))
  }
}

/// The variance of an estimate from what it becomes when one of B groups is left out.
enum Jackknife {
  /// (B − 1) / B · Σ (θ₍ᵦ₎ − mean)². Source: Efron, Tibshirani, *An Introduction to the Bootstrap*, 1993, ch. 11.
  static func variance(_ left: [Double]) -> Double {
    let count = Double(left.count)
    let mean = left.reduce(0, +) / count
    return (count - 1) / count * left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  }
}
