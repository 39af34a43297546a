internal import CutlineCore
internal import CutlineCredit

/// The three tables of trends.
struct TrendTables {
  private let trends: MonthlyTrends
  private let scores: [String]

  init(_ trends: MonthlyTrends, scores: [String]) { (self.trends, self.scores) = (trends, scores) }

  typealias File = (columns: [ColumnNote], bytes: [UInt8])

  private func file(_ columns: [ColumnNote], _ rows: [[String]]) -> File {
    var text = CsvText(columns.map(\.name), guardsFormulas: true)
    for row in rows { text.add(row) }
    return (columns, text.bytes)
  }

  var metrics: File {
    let columns =
      [
        ColumnNote("month", unit: "month", "Of application."),
        ColumnNote(
          "applications", unit: "applications", "All of the segment that have a place, in the grid or outside."),
        ColumnNote("booked_count", unit: "applications", "Booked."),
        ColumnNote("score_rejected_count", unit: "applications", "Rejected by score."),
        ColumnNote("other_rejected_count", unit: "applications", "Rejected for another reason."),
        ColumnNote("cancelled_count", unit: "applications", "Neither booked nor rejected."),
        ColumnNote("approval_rate", unit: "fraction", "Booked over all applications; empty without any."),
        ColumnNote("total_requested", unit: "currency", basis: "of the month", "Sum of oa_amt of all applications."),
        ColumnNote("total_production", unit: "currency", basis: "of the month", "Sum of oa_amt_h0 of booked ones."),
        ColumnNote("mean_production", unit: "currency", "Production of a booked application; empty without any."),
        ColumnNote(
          "transformation_rate", unit: "fraction", "Booked over eligible requested amount; empty without demand."),
        ColumnNote("mature_count", unit: "applications", "Booked with an outcome."),
        ColumnNote("maturity", unit: "fraction", "Booked with an outcome over booked; empty without booked ones."),
        ColumnNote("bad_count", unit: "applications", "Of those with an outcome."),
        ColumnNote("bad_rate", unit: "fraction", "Bad over mature applications; empty without any."),
        ColumnNote("risk_rate", unit: "percent", "Risk of the mature; empty without exposure."),
        ColumnNote(
          "risk_rate_trailing_6m", unit: "percent", "Risk of the mature of this month and the five before it."),
        ColumnNote("comfort_zone", unit: "percent", "cz_config of the year; empty where it has no entry."),
      ] + scores.map { ColumnNote("mean_\($0)", unit: "score", "Mean over all applications that have it.") }
    return file(
      columns,
      trends.months.map { month in
        let counts = [month.applications, month.booked, month.scoreRejected, month.otherRejected, month.cancelled]
        let rates = [
          month.approvalRate, month.requested, month.production, month.meanProduction, month.transformationRate,
        ].map { NumberText.shortest($0) }
        let outcomes =
          [String(month.mature), NumberText.shortest(month.maturity), String(month.bad)]
          + [month.badRate, month.risk, month.rollingRisk, month.comfortZone].map {
            NumberText.shortest($0)
          }
        return [month.month.iso] + counts.map { String($0) } + rates + outcomes
          + month.meanScores.map { NumberText.shortest($0) }
      })
  }

  var charts: File {
    let columns = [
      ColumnNote("metric", unit: "text", "Column of monthly_metrics."),
      ColumnNote("month", unit: "month", "The month that is looked at."),
      ColumnNote("value", unit: "of the metric", "Empty where there is none."),
      ColumnNote("expected", unit: "of the metric", "From the earlier months alone."),
      ColumnNote("low", unit: "of the metric", "Lower limit of what noise explains."),
      ColumnNote("high", unit: "of the metric", "Upper limit."),
      ColumnNote("baseline_months", unit: "months", "Earlier months that it is held against."),
      ColumnNote("p", unit: "probability", "Of being so far off by noise; empty where the chart states none."),
      ColumnNote("p_holm", unit: "probability", "The same held against all months and metrics of this table."),
      ColumnNote(
        "status", unit: "text", "in control, anomaly, insufficient (too few earlier months), no data, immature."),
    ]
    return file(
      columns,
      trends.points.map { point in
        [point.metric, point.month.iso]
          + [point.value, point.centre, point.low, point.high].map { NumberText.shortest($0) }
          + [
            String(point.baselineMonths), NumberText.shortest(point.p), NumberText.shortest(point.adjusted),
            point.status.rawValue,
          ]
      })
  }

  var slopes: File {
    let columns = [
      ColumnNote("metric", unit: "text", "Column of monthly_metrics."),
      ColumnNote("months", unit: "months", "With a value."),
      ColumnNote("slope", unit: "of the metric a month", "Median of all pairs (Theil and Sen)."),
      ColumnNote("slope_least_squares", unit: "of the metric a month", "Of the straight line."),
      ColumnNote("p", unit: "probability", "Of no trend (Mann and Kendall); empty where it cannot be tested."),
    ]
    return file(
      columns,
      trends.slopes.map { slope in
        [slope.metric, String(slope.months)]
          + [slope.theilSen, slope.leastSquares, slope.p].map { NumberText.shortest($0) }
      })
  }
}
