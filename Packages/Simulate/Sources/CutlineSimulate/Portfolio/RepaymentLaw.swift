internal import Foundation

/// Balances of level-payment loans as fractions of the booked amount.
///
/// A good loan follows B_k = ((1+r)ⁿ − (1+r)ᵏ) / ((1+r)ⁿ − 1), or (n − k)/n when r = 0, until it is repaid early. A bad
/// loan that is first 30 days past due at month-end K has paid K − 2 instalments and pays no more.
struct RepaymentLaw: Sendable {
  /// Fractions of the booked amount over 3 and 6 months.
  struct Sums: Sendable {
    var todu3 = 0.0, pile3 = 0.0, todu6 = 0.0, pile6 = 0.0
  }

  /// Cumulative shares of the terms, one array a segment; the last is 1.
  let cumulativeTerms: [[Double]]
  /// Cumulative shares of the months 2…6 of first delinquency.
  let cumulativeTiming: [Double]
  /// Probability that a good loan is not yet repaid at the end of months 1…6.
  let survival: [Double]
  /// By term, then by K − 2 for K = 2…6.
  let bad: [[Sums]]
  /// By term, then by month of full repayment less 1; the seventh is "not within 6 months".
  let good: [[Sums]]
  /// Expected sums of a bad and of a good loan, by segment.
  let expectedBad: [Sums], expectedGood: [Sums]

  init(_ model: PortfolioModel) {
    let rate = model.monthlyInterestRate
    func balance(_ term: Int, _ month: Int) -> Double {
      guard rate > 0 else { return Double(term - month) / Double(term) }
      let full = pow(1 + rate, Double(term))
      return (full - pow(1 + rate, Double(month))) / (full - 1)
    }
    bad = model.terms.map { term in
      PortfolioModel.delinquencyMonths.map { first in
        var sums = Sums()
        let stuck = balance(term, first - 2)
        sums.todu6 = stuck
        sums.todu3 = first <= 3 ? stuck : 0
        for month in 0...6 {
          let amount = balance(term, min(month, first - 2))
          sums.pile6 += amount
          if month <= 3 { sums.pile3 += amount }
        }
        return sums
      }
    }
    good = model.terms.map { term in
      (1...7).map { repaid in
        var sums = Sums()
        for month in 0..<repaid {
          sums.pile6 += balance(term, month)
          if month <= 3 { sums.pile3 += balance(term, month) }
        }
        return sums
      }
    }
    survival = (1...6).map { pow(1 - model.prepaymentHazard, Double($0)) }
    cumulativeTiming = Self.cumulative(model.delinquencyTiming)
    cumulativeTerms = model.segments.map { Self.cumulative($0.termShares) }

    let repaid = zip([1.0] + survival, survival + [0]).map { $0 - $1 }
    let (badLoans, goodLoans) = (bad, good)
    expectedBad = model.segments.map { Self.expected(badLoans, $0.termShares, model.delinquencyTiming) }
    expectedGood = model.segments.map { Self.expected(goodLoans, $0.termShares, repaid) }
  }

  /// Sums of one loan.
  /// - Parameters:
  ///   - term: uniform draw that picks the term of the segment.
  ///   - event: uniform draw of the month of first delinquency of a bad loan, of full repayment of a good one.
  func sums(segment: Int, isBad: Bool, term: Double, event: Double) -> Sums {
    let term = Self.pick(term, from: cumulativeTerms[segment])
    if isBad { return bad[term][Self.pick(event, from: cumulativeTiming)] }
    // P(event < survival[k]) is the survival of k + 1 months.
    var repaid = 6
    for month in 0..<6 where event >= survival[month] {
      repaid = month
      break
    }
    return good[term][repaid]
  }

  /// Index of the first cumulative share above `draw`.
  static func pick(_ draw: Double, from cumulative: [Double]) -> Int {
    for index in cumulative.indices where draw < cumulative[index] { return index }
    return cumulative.count - 1
  }

  /// Running sums scaled so that the last is 1.
  static func cumulative(_ shares: [Double]) -> [Double] {
    let total = shares.reduce(0, +)
    var sum = 0.0
    return shares.map {
      sum += $0
      return sum / total
    }
  }

  private static func expected(_ table: [[Sums]], _ termShares: [Double], _ eventShares: [Double]) -> Sums {
    var total = Sums()
    for (row, termShare) in zip(table, termShares) {
      for (sums, eventShare) in zip(row, eventShares) {
        let weight = termShare * eventShare
        total.todu3 += weight * sums.todu3
        total.pile3 += weight * sums.pile3
        total.todu6 += weight * sums.todu6
        total.pile6 += weight * sums.pile6
      }
    }
    return total
  }
}
