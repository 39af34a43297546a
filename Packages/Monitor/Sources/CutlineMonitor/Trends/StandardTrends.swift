internal import CutlineCompute
@_spi(Run) internal import CutlineCore
internal import CutlineCredit

struct TrendsConfig: StageConfig {
  var chart = ChartRule.prediction
  var window = 12
  var fewest = 8
  var level = 0.01
  var maturity = 0.9
  var comfortZone = ComfortZone()
  var folder = "data"

  static let fields: [Field<Self>] = [
    .choice(
      "chart", \.chart,
      "How a month is held against those before it: t limits for the next value, the requirement's rolling mean ± 2 σ of "
        + "three months, or individuals and EWMA limits from the first months."),
    .int("window", \.window, in: 2...120, unit: "months", "Most earlier months that a month is held against."),
    .int(
      "least_months", \.fewest, in: 2...120, unit: "months",
      "With fewer earlier months nothing is said about a month (rolling: three are always enough)."),
    .double(
      "false_alarms", \.level, in: 0.00001...0.5, unit: "share",
      "Share of months that noise alone puts out of control, each metric by itself (prediction)."),
    .double(
      "maturity", \.maturity, in: 0.01...1, unit: "share",
      "A month's risk is charted once so many of its booked applications have an outcome."),
    ComfortZone.table.lifted(\.comfortZone), ResultFolder.field(\.folder),
  ]

  func validate(at places: FieldPlaces) throws {
    guard fewest <= window else {
      throw Faults.usage(
        places["least_months", "window"], "least_months is \(fewest), and window has \(window)", "Widen the window.")
    }
  }
}

/// Metrics by calendar month, and control charts over them; the current month is never part of what it is held against.
///
/// Writes `monthly_metrics_{segment}.csv`, `trend_anomalies_{segment}.csv` (every month of every chart, with its status) and
/// `metric_trends_{segment}.csv`. A month without applications has counts of 0 and empty rates.
struct StandardTrends: Stage {
  typealias Kind = Trends
  static let name = "standard"
  static let summary = "Monthly metrics, control charts that respect the noise of a month, and slopes."
  let config: TrendsConfig

  func run(_ input: Trends.Input, in context: RunContext) async throws -> MonthlyTrends {
    let months = try MonthMetrics.all(input.cube, zone: config.comfortZone)
    let names = input.cube.grid.axes.map(\.source)
    let series = MetricSeries.all(months, maturity: config.maturity, scores: names)
    let isRolling = config.chart == .rolling
    let chart = MetricChart(
      rule: config.chart, window: isRolling ? 3 : config.window, fewest: isRolling ? 3 : config.fewest,
      level: config.level)
    var points = series.flatMap(chart.points)
    let tested = points.indices.filter { points[$0].p != nil }
    for (place, adjusted) in zip(tested, MultipleTesting.holm(tested.compactMap { points[$0].p })) {
      points[place] = points[place].with(adjusted: adjusted)
    }
    let trends = MonthlyTrends(
      months: months, points: points, slopes: series.map(Self.slope),
      level: config.chart == .prediction ? config.level : nil)
    let tables = TrendTables(trends, scores: names)
    let segment = SegmentName.file(input.cube.summary.basis.segment)
    for (name, file) in [
      ("monthly_metrics", tables.metrics), ("trend_anomalies", tables.charts), ("metric_trends", tables.slopes),
    ] {
      try await context.attach("\(config.folder)/\(name)_\(segment).csv", columns: file.columns) {
        try $0.append(file.bytes)
      }
    }
    say(trends, context)
    return trends
  }

  private static func slope(_ series: MetricSeries) -> MonthlyTrends.Slope {
    let values = series.values.compactMap(\.value)
    return MonthlyTrends.Slope(
      metric: series.name, months: values.count, theilSen: TrendTest.theilSen(values),
      leastSquares: TrendTest.line(values)?.slope, p: TrendTest.mannKendall(values)?.p)
  }

  private func say(_ trends: MonthlyTrends, _ context: RunContext) {
    let charted = trends.points.filter { $0.status == .inControl || $0.status == .anomaly }
    guard !charted.isEmpty else {
      context.warn(
        "no month could be charted: \(trends.months.count) months, and \(config.fewest) earlier ones are needed; nothing is said about any of them"
      )
      return
    }
    let out = charted.filter { $0.status == .anomaly }
    context.note(
      "\(out.count) of \(charted.count) charted months of \(trends.slopes.count) metrics are out of control"
        + (trends.level.map { " (by noise alone \(word: NumberText.fixed($0 * Double(charted.count), 1)))" } ?? ""))
    let above = trends.months.count { ($0.comfortZone ?? .infinity) < $0.rollingRisk ?? 0 }
    if above > 0 { context.warn("the risk of six months lies above the comfort zone in \(above) months") }
    let empty = trends.months.count { $0.applications == 0 }
    if empty > 0 { context.warn("\(empty) months between the first and the last hold no application") }
  }
}

extension MonthlyTrends.Point {
  fileprivate func with(adjusted: Double) -> Self {
    Self(
      metric: metric, month: month, value: value, centre: centre, low: low, high: high, p: p, adjusted: adjusted,
      baselineMonths: baselineMonths, status: status)
  }
}
