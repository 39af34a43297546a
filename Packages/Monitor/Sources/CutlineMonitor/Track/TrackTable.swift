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
    ColumnNote("promised_production", unit: "currency", basis: "period", "Of the whole strategy, for as many months."),
    ColumnNote("kept_booked", unit: "applications", "Booked, and accepted by the strategy."),
    ColumnNote("mature", unit: "applications", "Of these, with an outcome."),
    ColumnNote("maturity", unit: "share", "The same as a share; empty where none was booked."),
    ColumnNote("bad", unit: "applications", "Of these, bad."),
    ColumnNote("risk", unit: "percent", "Their risk; empty where no outcome is known."),
    ColumnNote("risk_low", unit: "percent", "Its interval at 1 − level."),
    ColumnNote("risk_high", unit: "percent", "Its interval at 1 − level."),
    ColumnNote("promised_risk", unit: "percent", "Of the whole strategy."),
    ColumnNote("promised_at_mix", unit: "percent", "What the run's cells promise of those with an outcome."),
    ColumnNote("ratio", unit: "ratio", "Observed over promised; empty without a test."),
    ColumnNote("ratio_low", unit: "ratio", "Its interval at 1 − level, noise of both included."),
    ColumnNote("ratio_high", unit: "ratio", "Its interval at 1 − level, noise of both included."),
    ColumnNote("p", unit: "probability", "That noise alone differs as much, two-sided."),
    ColumnNote("level", unit: "probability", "Share of comparisons in which noise alone is called a change."),
    ColumnNote("verdict", unit: "text", "deteriorated, within noise, improved, not enough, immature."),
  ]

  static func file(_ report: TrackReport, folder: String) -> ResultFile {
    var text = CsvText(columns.map(\.name), guardsFormulas: true)
    func money(_ sum: Int64) -> String { NumberText.shortest(Double(sum) / report.perUnit) }
    for own in report.vintages {
      let months = own.month == nil ? report.vintages.count - 1 : 1
      var fields = [own.month?.iso ?? "all", String(own.decided), String(own.outside), String(own.booked)]
      fields += [
        String(own.accepted), NumberText.shortest(own.acceptance), NumberText.shortest(report.promisedAcceptance),
        String(own.bookedAgainst), money(own.againstProduction), NumberText.shortest(own.againstRisk),
        String(own.againstMature), String(own.rejectedAgainst), money(own.rejectedRequested), money(own.production),
        money(own.keptProduction), NumberText.shortest(Double(months) * report.promisedProduction / report.perUnit),
      ]
      fields += [
        String(own.keptBooked), String(own.mature), NumberText.shortest(own.maturity), String(own.bad),
        NumberText.shortest(own.risk), NumberText.shortest(own.low), NumberText.shortest(own.high),
        NumberText.shortest(report.promisedRisk), NumberText.shortest(own.promisedAtMix),
      ]
      fields += [own.ratio, own.ratioLow, own.ratioHigh, own.p].map { NumberText.shortest($0) }
      text.add(fields + [NumberText.shortest(report.level), own.verdict])
    }
    return ResultFile(path: "\(folder)/track_\(report.scenario).csv", bytes: text.bytes, columns: columns)
  }
}
