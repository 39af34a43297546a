internal import CutlineCompute
@_spi(Run) internal import CutlineCore
internal import CutlineCredit

/// Discrimination of every score: AUC, Gini, KS, H, average precision, information value with intervals; lift, ROC, precision-recall, CAP and
/// expected-cost curves; DeLong's comparison of all pairs; and a warning of a score that knows the outcome.
///
/// Writes `score_discriminance.csv`, `delong_comparisons.csv`, `capture_rates.csv`, `leak_warnings.csv`, and a file a curve in `lift_tables/`, `roc/`,
/// `pr/`, `cap/` and `expected_cost/`. A score without both classes is a row with its reason.
///
/// O(scores × n log n), and 99 dealings of the bad applications for each placebo.
struct StandardScoreMetrics: Stage {
  typealias Kind = ScoreMetrics
  static let name = "standard"
  static let summary = "AUC, Gini, KS, H, lift, curves and DeLong of every score, with intervals; warns of leaks."
  static let reads = ["source"]
  typealias Config = ScoreMetricsConfig
  let config: ScoreMetricsConfig

  static let combinedName = "combined"

  func run(_ input: ScoreMetrics.Input, in context: RunContext) async throws -> ScoreMetricsReport {
    let sample = input.sample
    let outcomes = try ScoreOutcomes(input, config)
    let own = try ScoreColumns(sample: sample, source: input.source, outcomes: outcomes).named(config.scores)
    for score in own where score.directionSource != "declared" {
      context.note(
        "\(word: score.name) is no score of the grid: by its outcomes it is \(word: score.direction.rawValue)")
    }
    let (scores, failure) = try await combined(own, sample, outcomes, context)
    var measured: [(ScoreColumn?, ScoreMeasures.Measured)] = []
    var pairs: [ScoreMetricsReport.Pair] = []
    for period in [Period.main, .recent] where period == .main || sample.period.contains(.recent) {
      for population in [ScoreMetricsReport.Population.booked, .throughTheDoor] {
        try context.checkCancellation()
        let measures = ScoreMeasures(
          outcomes: outcomes, confidence: config.confidence, period: period, population: population)
        let isBooked = population == .booked
        let rows = try measures.measure(scores, hasCurves: isBooked)
        measured += zip(scores, rows).map { ($0, $1) }
        if isBooked, let failure {
          measured.append((nil, measures.missing(Self.combinedName, reason: failure)))
        }
        if isBooked { pairs += measures.pairs(scores) }
      }
    }
    let label = config.label ?? sample.summary.basis.segment
    let files = try await attach(measured, label, context)
    let report = ScoreMetricsReport(
      subject: .init(
        level: config.level, name: label, supersegment: config.supersegment ?? "",
        periodStart: sample.summary.basis.periodStart, periodEnd: sample.summary.basis.periodEnd),
      confidence: config.confidence, rows: measured.map(\.1.row), pairs: pairs,
      leaks: try await leaks(own, input, outcomes, context), leakLevel: config.leakLevel, files: files)
    for file in ScoreMetricsTables([report]).files(in: config.folder) { try await context.attach(file) }
    say(report, context)
    return report
  }

  private static let fewestBads = 10

  /// The scores with the combined one behind them, or why there is none.
  private func combined(
    _ own: [ScoreColumn], _ sample: Sample, _ outcomes: ScoreOutcomes, _ context: RunContext
  ) async throws -> (scores: [ScoreColumn], failure: String?) {
    guard config.combined, own.count > 1 else { return (own, nil) }
    let rows = outcomes.rows(of: .booked, in: .main)
    let bads = rows.count { $0.isBad }
    // A fold without a bad one, or with one, teaches the others' direction: what comes out is an artefact.
    guard bads >= Self.fewestBads else { return (own, "\(bads) bad applications are too few to combine scores by") }
    do {
      let score = try await CombinedScore(combine: config.combine, folds: config.folds, context: context).make(
        own, sample, rows, name: Self.combinedName)
      return (own + [score], nil)
    } catch let error as InnerFailure {
      // That they cannot be combined must not hide what each is worth.
      return (own, error.text(.log))
    }
  }

  private func attach(
    _ measured: [(ScoreColumn?, ScoreMeasures.Measured)], _ label: String, _ context: RunContext
  ) async throws -> [String] {
    let prefix = (config.level == "supersegment" ? "SS_" : "") + SegmentName.file(label)
    var paths: [String] = []
    for case (let score?, let own) in measured {
      guard let counts = own.counts, let costs = own.costs else { continue }
      let curves = ScoreCurveFiles(
        score: score, counts: counts, costs: costs,
        name: "\(prefix)_\(own.row.period == "recent" ? "mr" : own.row.period)_\(SegmentName.file(score.name))",
        unit: own.row.weighting)
      for file in curves.files(in: config.folder) {
        try await context.attach(file)
        paths.append(String(file.path.dropFirst(config.folder.count + 1)))
      }
    }
    return paths
  }

  // MARK: - Leaks

  private func leaks(
    _ scores: [ScoreColumn], _ input: ScoreMetrics.Input, _ outcomes: ScoreOutcomes, _ context: RunContext
  ) async throws -> [LeakFinding] {
    let sample = input.sample
    let rows = outcomes.rows(of: .booked, in: .main)
    let isLate = try config.scoreDate.map { try late($0, input) }
    var subjects: [LeakTests.Subject] = []
    for (index, score) in scores.enumerated() {
      try context.checkCancellation()
      let rest = scores.indices.filter { $0 != index }.map { scores[$0] }
      func missing(_ status: SampleStatus) -> (rows: Int, missing: Int) {
        let own = sample.status.indices.filter { sample.period[$0] == .main && sample.status[$0] == status }
        return (own.count, own.count { score.values[$0].isNaN })
      }
      let others = try await others(rest, sample, rows, context)
      let oriented = score.oriented
      subjects.append(
        .init(
          score: score.name, values: rows.map { oriented[$0.row] }, isBad: rows.map(\.isBad),
          others: others.map { all in rows.map { all[$0.row] } }, booked: missing(.booked),
          rejected: missing(.scoreRejected), isLate: isLate.map { all in rows.map { all[$0.row] } }))
    }
    return LeakTests(ceiling: config.leakCeiling, margin: config.leakMargin, level: config.leakLevel)
      .findings(subjects) { context.random(.placebo, $0) }
  }

  /// All other scores in one, riskier is higher; nil where there are none, or they cannot be combined.
  private func others(
    _ rest: [ScoreColumn], _ sample: Sample, _ rows: [ScoreOutcomes.Row], _ context: RunContext
  ) async throws -> [Double]? {
    guard rest.count > 1 else { return rest.first?.oriented }
    do {
      return try await CombinedScore(combine: config.combine, folds: config.folds, context: context).make(
        rest, sample, rows, name: "others"
      ).values
    } catch is InnerFailure {
      // The finding says that there was nothing to compare with.
      return nil
    }
  }

  /// Per row of the sample: whether the date lies after the month of application; nil where there is none.
  private func late(_ name: String, _ input: ScoreMetrics.Input) throws -> [Bool?] {
    let column = try SampleColumn.named(name, of: input.source, beside: input.sample, key: "score_date")
    guard case .moment(let all, let unit) = column.values, unit != .time, let rows = input.sample.origin?.rows else {
      throw Faults.data("column \(column.name)", "holds no dates", "Name a column of dates with score_date.")
    }
    return zip(rows, input.sample.month).map { row, month in
      let days = unit == .date ? all[row] : all[row] / 86_400
      // A calendar has the years 1 to 9999.
      guard days >= -715_510, days < 2_936_550 else { return nil }
      return Month(CalendarDate(daysSince1960: Int(days.rounded(.down)))) > month
    }
  }

  private func say(_ report: ScoreMetricsReport, _ context: RunContext) {
    for row in report.rows where row.reason != nil {
      context.note(
        "\(word: row.score), \(word: row.period), \(word: row.population.rawValue): no area (\(word: row.reason ?? ""))"
      )
    }
    for leak in report.leaks where leak.isAlarm {
      context.warn(
        "\(word: leak.score) may know the outcome: \(word: leak.test.rawValue), \(word: NumberText.fixed(leak.value ?? 0, 3)) where \(word: NumberText.fixed(leak.allowed ?? 0, 3)) is allowed (p \(word: NumberText.fixed(leak.pHolm ?? 1, 4)))"
      )
    }
    let tested = report.leaks.count { $0.p != nil }
    if tested == 0 { context.note("no leak test had anything to look at") }
  }
}

extension Purpose {
  /// The dealings of a score among applications that others take for alike.
  fileprivate static let placebo: Purpose = "placebo"
}
