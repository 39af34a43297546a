internal import CutlineCore

/// All pictures, each made of tables of a run alone.
enum Pictures {
  /// A picture, or one a scenario, a segment or a score.
  struct Picture: Sendable {
    /// What stands in braces is a name of the run: `risk_production_visualizer_{scenario}`.
    let name: String
    /// What it shows.
    let shows: String
    /// The table that it is made of, and the stage or the command that leaves it.
    let needs: String
    let charts: @Sendable (RunTables) throws -> [Chart]

    /// The name up to what is left open.
    var stem: String { String(name.prefix { $0 != "{" }) }
  }

  static let list: [Picture] = [
    Picture(
      name: "risk_vs_production", shows: "risk and production of each month against the comfort zone",
      needs: "monthly_metrics_{segment}.csv of the stage trends", charts: RiskVersusProduction.charts),
    Picture(
      name: "transformation_rate", shows: "what share of the eligible amount is booked, by month",
      needs: "monthly_metrics_{segment}.csv of the stage trends", charts: TransformationRate.charts),
    Picture(
      name: "b2_ever_h6_vs_octroi_and_risk_score", shows: "risk over the cells of the grid, main period",
      needs: "data_summary_desagregado_{scenario}.csv of the stage tables",
      charts: { try RiskOverGrid.charts(of: $0).filter { !$0.name.contains("_mr_") } }),
    Picture(
      name: "b2_ever_h6_vs_octroi_and_risk_score_mr_{scenario}",
      shows: "risk over the cells of the grid, recent period",
      needs: "data_summary_desagregado_mr_{scenario}.csv of the stage recent with date_ini_book_obs_mr",
      charts: { try RiskOverGrid.charts(of: $0).filter { $0.name.contains("_mr_") } }),
    Picture(
      name: "risk_production_visualizer_{scenario}", shows: "the frontier, the proposal and today, and who is accepted",
      needs: "strategies.csv of the stage decisions", charts: RiskProductionVisualizer.charts),
    Picture(
      name: "price_of_change_{scenario}", shows: "what so many changed cells bring",
      needs: "price_of_change_{scenario}.csv of the stage sensitivity", charts: PriceOfChange.charts),
    Picture(
      name: "cutoff_stability_{scenario}", shows: "how often a resample decides alike",
      needs: "cutoff_stability_{scenario}.csv of the stage intervals", charts: CutoffStability.charts),
    Picture(
      name: "stability_report_{scenario}", shows: "how far distributions have moved, and promises against outcomes",
      needs: "stability_psi.csv and stability_monthly.csv of the stage stability", charts: StabilityReport.charts),
    Picture(
      name: "metric_trends_{segment}", shows: "metrics by month and the months outside their limits",
      needs: "trend_anomalies_{segment}.csv of the stage trends", charts: MetricTrends.charts),
    Picture(
      name: "todu_avg_inference", shows: "the exposure that a requested amount leaves",
      needs: "data_summary_desagregado_{scenario}.csv of the stage tables", charts: TodoInference.charts),
    Picture(
      name: "shap_summary", shows: "what each feature adds to the model's risk",
      needs: "shap_summary.csv of the stage explain", charts: ShapSummary.charts),
    Picture(
      name: "reliability", shows: "risk of the model against the one observed",
      needs: "reject_check.csv of the stage reject-check",
      charts: { try RejectCheck.charts(of: $0).filter { $0.name == "reliability" } }),
    Picture(
      name: "reject_check", shows: "risk predicted of rejects against overrides alike",
      needs: "reject_check.csv of the stage reject-check",
      charts: { try RejectCheck.charts(of: $0).filter { $0.name == "reject_check" } }),
    Picture(
      name: "score_discriminance_{ROC,CAP,precision_recall,lift,distributions,delong}",
      shows: "how well scores tell bad from good", needs: "score_discriminance.csv of cutline score-metrics",
      charts: ScoreDiscriminance.charts),
    Picture(
      name: "consolidated_risk_production", shows: "segments, supersegments and the whole of a batch",
      needs: "consolidated_risk_production.csv of cutline batch", charts: ConsolidatedRiskProduction.charts),
    Picture(
      name: "study_{interval_coverage,backtest_alarms,reject_inference,models}", shows: "the study of a method's page",
      needs: "the table of a page of docs/methods", charts: MethodStudies.charts),
  ]

  /// Every chart that the tables have what it takes for; in the order of the list.
  static func all(of tables: RunTables) throws -> [Chart] { try list.flatMap { try $0.charts(tables) } }
}
