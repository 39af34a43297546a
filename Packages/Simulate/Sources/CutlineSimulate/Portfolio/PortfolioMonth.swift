internal import CutlineCore
internal import Foundation

/// What drift, season and policy make of one month.
struct PortfolioMonth: Sendable {
  /// Days from 1960-01-01 to the first of the month.
  let date: Double
  /// Relative number of applications.
  let volume: Double
  /// Shares of the segments, and their running sums.
  let shares: [Double], cumulativeShares: [Double]
  /// Mean of the score's log-odds above those at 500, by segment.
  let means: [Double]
  /// Log-odds of bad that no score sees, by segment.
  let shocks: [Double]
  /// Points that the bureau's version adds.
  let bureauShift: Double
  /// Smallest accepted policy index, log-odds above those at 500, by segment.
  let cutoffs: [Double]
  /// Share of requested amounts with the unit error.
  let unitErrorShare: Double
  /// Whether the 3- and 6-month outcomes are known at the end of the portfolio.
  let isMature3: Bool, isMature6: Bool

  /// The state of month `number`, 1 to `model.months`.
  init(_ model: PortfolioModel, number: Int) {
    let elapsed = Double(number - 1)
    let calendar = model.firstMonthOfYear - 1 + number - 1
    let year = model.firstYear + calendar / 12
    let monthOfYear = calendar % 12 + 1
    // validate() keeps the year within the calendar, so there is such a day.
    date = Double(CalendarDate(year: year, month: monthOfYear, day: 1)?.daysSince1960 ?? 0)
    let season = 1 + model.seasonalSwing * cos(2 * .pi * Double(monthOfYear - 6) / 12)
    volume =
      pow(1 + model.monthlyGrowth, elapsed) * season * (number == model.shortMonth ? model.shortMonthVolume : 1)

    let sizes = model.segments.map { $0.share * exp($0.shareGrowth * elapsed) }
    let total = sizes.reduce(0, +)
    shares = sizes.map { $0 / total }
    cumulativeShares = RepaymentLaw.cumulative(sizes)
    let points = model.scorePoints
    means = model.segments.map { ($0.scoreMean + $0.scoreDriftPerMonth * elapsed - 500) / points }
    let drift = model.calibrationDriftPerMonth * elapsed
    shocks = model.segments.map { segment in
      guard let spell = model.badSpell, spell.segment == segment.name,
        (spell.firstMonth...spell.lastMonth).contains(number)
      else { return drift }
      return drift + spell.logOdds
    }
    bureauShift =
      model.bureauVersionMonth > 0 && number >= model.bureauVersionMonth ? model.bureauVersionShift : 0
    let tightening = model.policyChangeMonth > 0 && number >= model.policyChangeMonth ? model.policyChangePoints : 0
    cutoffs = model.segments.map { ($0.policyCutoff + tightening - 500) / points }
    unitErrorShare = number == model.unitErrorMonth ? model.unitErrorShare : 0
    isMature3 = number <= model.months - 3
    isMature6 = number <= model.months - 6
  }
}

extension PortfolioModel {
  /// Points of internal score per unit of log-odds.
  var scorePoints: Double { scorePointsToDoubleOdds / log(2) }
  /// Points of bureau score per unit of log-odds.
  var bureauPoints: Double { bureauPointsToDoubleOdds / log(2) }

  /// First row of every month, and the number of rows at the end. Depends on volumes only, not on the seed.
  static func monthStarts(_ months: [PortfolioMonth], rows: Int) -> [Int] {
    let shares = RepaymentLaw.cumulative(months.map(\.volume))
    return [0] + shares.dropLast().map { min(rows, Int(($0 * Double(rows)).rounded())) } + [rows]
  }
}
