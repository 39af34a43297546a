internal import CutlineCore
internal import CutlineCredit

/// `track_{scenario}.csv`: one row a month of booking, then all.
enum TrackTable {
  private static let columns = [
    ColumnNote("month", unit: "month", "Of booking; all for the months together."),
    ColumnNote("applications", unit: "applications", "Booked or rejected by score, in the grid."),
    ColumnNote("outside_grid", unit: "applications", "Outside it: they keep their decision."),
    ColumnNote("booked", unit: "applications", "Of the applications."),
    ColumnNote("accepted", unit: "applications", "Of the applications: those that the strategy accepts."),
    ColumnNote("acceptance", unit: "share", "The same as a share."),
    ColumnNote("promised_acceptance", unit: "share", "In the run's main period."),
    ColumnNote("booked_against", unit: "applications", "Booked though the strategy rejects."),
    ColumnNote("booked_against_production", unit: "currency", basis: "period", "Their production."),
    ColumnNote("booked_against_risk", unit: "percent", "Risk of those with an outcome; empty where undefined."),
    ColumnNote("booked_against_mature", unit: "applications", "Those with an outcome."),
    ColumnNote("rejected_against", unit: "applications", "Rejected by score though the strategy accepts."),
    ColumnNote("rejected_against_requested", unit: "currency", basis: "period", "What they asked for."),
    ColumnNote("production", unit: "currency", basis: "period", "Of everything booked."),
    ColumnNote("kept_production", unit: "currency", basis: "period", "Of what was booked and the strategy accepts."),
    ColumnNote(
      "promised_kept_production", unit: "currency", basis: "period",
      "What the run's main period had booked of it, for as many months."),
    ColumnNote(
      "promised_strategy_production", unit: "currency", basis: "period",
      "Of the whole strategy, swap-ins included, for as many months."),
    ColumnNote("kept_booked", unit: "applications", "Booked, and accepted by the strategy."),
    ColumnNote("followed", unit: "share", "Booked, of the applications that the strategy accepts."),
    ColumnNote("promised_followed", unit: "share", "The same in the run's main period."),
    ColumnNote("mature", unit: "applications", "Of these, with an outcome."),
    ColumnNote("maturity", unit: "share", "The same as a share; empty where none was booked."),
    ColumnNote("bad", unit: "applications", "Of these, bad."),
    ColumnNote("risk", unit: "percent", "Their risk; empty where no outcome is known."),
    ColumnNote("risk_low", unit: "percent", "Its interval at 1 − level."),
    ColumnNote("risk_high", unit: "percent", "Its interval at 1 − level."),
    ColumnNote(
      "promised_kept_risk", unit: "percent", "Of what the run's main period had booked and the strategy accepts."),
    ColumnNote("promised_strategy_risk", unit: "percent", "Of the whole strategy, swap-ins included."),
    ColumnNote(
      "compared_with", unit: "text",
      "kept, or strategy where nobody was rejected against it any more: which promise is tested."),
    ColumnNote("promised_at_mix", unit: "percent", "That promise cell by cell, weighted as those with an outcome."),
    ColumnNote("ratio", unit: "ratio", "Observed over promised; empty without a test."),
    ColumnNote("ratio_low", unit: "ratio", "Its interval at 1 − level, noise of both included."),
    ColumnNote("ratio_high", unit: "ratio", "Its interval at 1 − level, noise of both included."),
    ColumnNote("p", unit: "probability", "That noise alone differs as much, two-sided."),
    ColumnNote("level", unit: "probability", "Share of comparisons in which noise alone is called a change."),
    ColumnNote("verdict", unit: "text", "deteriorated, within noise, improved, not enough, immature."),
    ColumnNote("own_months", unit: "months", "Of it, months that hold the run's own applications."),
  ]

  static func file(_ report: TrackReport, folder: String) -> ResultFile {
    var text = CsvText(columns.map(\.name), guardsFormulas: true)
    func money(_ sum: Int64) -> String { NumberText.shortest(Double(sum) / report.perUnit) }
    for own in report.vintages {
      let months = own.month == nil ? report.vintages.count - 1 : 1
      func promised(_ sum: Double) -> String { NumberText.shortest(Double(months) * sum / report.perUnit) }
      var fields = [own.month?.iso ?? "all", String(own.decided), String(own.outside), String(own.booked)]
      fields += [
        String(own.accepted), NumberText.shortest(own.acceptance), NumberText.shortest(report.promisedAcceptance),
        String(own.bookedAgainst), money(own.againstProduction), NumberText.shortest(own.againstRisk),
        String(own.againstMature), String(own.rejectedAgainst), money(own.rejectedRequested), money(own.production),
        money(own.keptProduction), promised(report.promisedKeptProduction),
        promised(report.promisedStrategyProduction),
      ]
      fields += [
        String(own.keptBooked), NumberText.shortest(own.followed), NumberText.shortest(report.promisedFollowed),
        String(own.mature), NumberText.shortest(own.maturity), String(own.bad),
        NumberText.shortest(own.risk), NumberText.shortest(own.low), NumberText.shortest(own.high),
        NumberText.shortest(report.promisedKeptRisk), NumberText.shortest(report.promisedStrategyRisk),
        own.comparedWith, NumberText.shortest(own.promisedAtMix),
      ]
      fields += [own.ratio, own.ratioLow, own.ratioHigh, own.p].map { NumberText.shortest($0) }
      text.add(fields + [NumberText.shortest(report.level), own.verdict, String(own.ownMonths)])
    }
    return ResultFile(path: "\(folder)/track_\(report.scenario).csv", bytes: text.bytes, columns: columns)
  }
}
