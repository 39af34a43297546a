internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// How a month is held against those before it.
enum ChartRule: String, CaseIterable, Sendable {
  /// t limits for the next value, from the months before: `ControlChart.prediction`.
  case prediction
  /// The requirement's: mean of the three months before ± 2 standard deviations.
  case rolling
  /// Mean of the first months ± 3 σ, σ from the moving range.
  case individuals
  /// Exponentially weighted means of λ = 0.2, limits from the first months.
  case ewma
}

/// One metric as a series of values with weights.
struct MetricSeries {
  struct Value {
    let month: Month
    /// Nil where there is none, with the reason.
    let value: Double?
    let weight: Double
    let gap: MonthlyTrends.Status?
    /// Of a rate of applications: how many, and of how many; nil for other metrics.
    var counts: (events: Int64, trials: Int64)?
  }

  let name: String
  let values: [Value]
  /// Whether noise is relative, so that logarithms are charted.
  var isLogarithmic = false

  /// The metrics that are charted, in order.
  ///
  /// - Parameters:
  ///   - maturity: least share of outcomes known for a month's risk to be charted.
  ///   - scores: names of the variables.
  static func all(_ months: [MonthMetrics], maturity: Double, scores: [String]) -> [MetricSeries] {
    func series(
      _ name: String, log: Bool = false, _ value: (MonthMetrics) -> Double?, _ weight: (MonthMetrics) -> Double,
      needsOutcome: Bool = false, counts: ((MonthMetrics) -> (Int64, Int64))? = nil
    ) -> MetricSeries {
      MetricSeries(
        name: name,
        values: months.map { month in
          let isImmature = needsOutcome && month.booked > 0 && month.maturity ?? 0 < maturity
          let own = isImmature ? nil : value(month)
          return Value(
            month: month.month, value: own, weight: own == nil ? 0 : weight(month),
            gap: own != nil ? nil : isImmature ? .immature : .noData, counts: own == nil ? nil : counts?(month))
        }, isLogarithmic: log)
    }
    return [
      series("applications", log: true, { Self.positive(Double($0.applications)) }, { Double($0.applications) }),
      series(
        "approval_rate", { $0.approvalRate }, { Double($0.applications) }, counts: { ($0.booked, $0.applications) }),
      series("total_production", log: true, { Self.positive($0.production) }, { Double($0.booked) }),
      series("mean_production", { $0.meanProduction }, { Double($0.booked) }),
      series("transformation_rate", { $0.transformationRate }, { $0.eligible }),
      series("bad_rate", { $0.badRate }, { Double($0.mature) }, needsOutcome: true, counts: { ($0.bad, $0.mature) }),
      series("risk_rate", { $0.risk }, { $0.exposure }, needsOutcome: true, counts: { ($0.bad, $0.mature) }),
    ]
      + scores.indices.map { index in
        series("mean_\(scores[index])", { $0.meanScores[index] }, { Double($0.scored[index]) })
      }
  }

  private static func positive(_ value: Double) -> Double? { value > 0 ? value : nil }
}

/// The chart of a metric.
struct MetricChart {
  let rule: ChartRule
  /// Most and fewest earlier months that a value is held against.
  let window, fewest: Int
  let level: Double

  /// Months that are out are left out of what later ones are held against.
  func points(_ series: MetricSeries) -> [MonthlyTrends.Point] {
    var known: [(value: Double, weight: Double)] = []
    var counts: [(events: Int64, trials: Int64)?] = []
    var points: [MonthlyTrends.Point] = []
    var mean: Double?
    var fading = 1.0
    for own in series.values {
      func point(_ chart: ControlChart.Point?, _ status: MonthlyTrends.Status, baseline: Int) -> MonthlyTrends.Point {
        func shown(_ value: Double?) -> Double? { value.map { series.isLogarithmic ? Link.log.mean(of: $0) : $0 } }
        return MonthlyTrends.Point(
          metric: series.name, month: own.month, value: own.value, centre: shown(chart?.centre), low: shown(chart?.low),
          high: shown(chart?.high), p: chart?.p, adjusted: nil, baselineMonths: baseline, status: status)
      }
      guard let raw = own.value else {
        points.append(point(nil, own.gap ?? .noData, baseline: 0))
        continue
      }
      let value = series.isLogarithmic ? Link.log.sum(of: raw) : raw
      let baseline = rule == .prediction || rule == .rolling ? Array(known.suffix(window)) : Array(known.prefix(window))
      guard baseline.count >= fewest, var chart = chart(value, own.weight, baseline, &mean, &fading) else {
        points.append(point(nil, .insufficient, baseline: baseline.count))
        known.append((value, own.weight))
        counts.append(own.counts)
        continue
      }
      if rule == .prediction { chart = held(chart, own.counts, counts.suffix(window)) }
      points.append(point(chart, chart.isOut ? .anomaly : .inControl, baseline: baseline.count))
      if !chart.isOut || rule == .rolling {
        known.append((value, own.weight))
        counts.append(own.counts)
      }
    }
    return points
  }

  /// With fewer events than this expected in a month its noise is not normal, and earlier months may seem not to vary.
  private static let fewEvents = 10.0

  /// Where events are few a month is out only if their number alone is unlikely, too.
  private func held(
    _ chart: ControlChart.Point, _ own: (events: Int64, trials: Int64)?,
    _ baseline: ArraySlice<(events: Int64, trials: Int64)?>
  ) -> ControlChart.Point {
    guard let own, let p = chart.p else { return chart }
    let earlier = baseline.compactMap { $0 }.reduce((events: Int64(0), trials: Int64(0))) {
      ($0.events + $1.events, $0.trials + $1.trials)
    }
    let share = Double(own.events + earlier.events) / Double(max(1, own.trials + earlier.trials))
    guard Double(own.trials) * min(share, 1 - share) < Self.fewEvents else { return chart }
    let exact = max(p, ControlChart.rareEvents(own.events, of: own.trials, earlier: earlier))
    return ControlChart.Point(
      centre: chart.centre, low: chart.low, high: chart.high, p: exact, isOut: exact < level)
  }

  private func chart(
    _ value: Double, _ weight: Double, _ baseline: [(value: Double, weight: Double)], _ ewma: inout Double?,
    _ fading: inout Double
  ) -> ControlChart.Point? {
    let values = baseline.map(\.value)
    switch rule {
    case .prediction: return ControlChart.prediction((value, weight), baseline: baseline, level: level)
    case .rolling: return ControlChart.rolling(value, before: values, sigmas: 2)
    case .individuals, .ewma:
      guard let sigma = ControlChart.movingRangeSigma(values) else { return nil }
      let centre = ControlChart.moments(values).mean
      var (shown, half) = (value, 3 * sigma)
      if rule == .ewma {
        let lambda = 0.2
        shown = lambda * value + (1 - lambda) * (ewma ?? centre)
        fading *= (1 - lambda) * (1 - lambda)
        half = 3 * sigma * (lambda / (2 - lambda) * (1 - fading)).squareRoot()
        ewma = shown
      }
      return ControlChart.Point(
        centre: centre, low: centre - half, high: centre + half, p: nil, isOut: abs(shown - centre) > half)
    }
  }
}
