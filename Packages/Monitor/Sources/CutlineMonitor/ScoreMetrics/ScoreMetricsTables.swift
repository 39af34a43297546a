public import CutlineCore

/// The tables over the score metrics of one or more segments.
public struct ScoreMetricsTables {
  private let reports: [ScoreMetricsReport]

  public init(_ reports: [ScoreMetricsReport]) { self.reports = reports }

  /// `score_discriminance.csv`, `delong_comparisons.csv`, `capture_rates.csv` and `leak_warnings.csv`.
  public func files(in folder: String) -> [ResultFile] {
    func file(_ name: String, _ columns: [ColumnNote], _ rows: (ScoreMetricsReport) -> [[String]]) -> ResultFile {
      ResultFile(path: "\(folder)/\(name).csv", columns: columns, rows: reports.flatMap(rows))
    }
    return [
      file("score_discriminance", Self.rowColumns) { report in report.rows.map { Self.row($0, report) } },
      file("delong_comparisons", Self.pairColumns) { report in report.pairs.map { Self.pair($0, report.subject) } },
      file("capture_rates", Self.captureColumns) { report in
        report.rows.flatMap { Self.captures($0, report.subject) }
      },
      file("leak_warnings", Self.leakColumns) { report in report.leaks.map { Self.leak($0, report) } },
    ]
  }

  /// A line a score for people: subject, period, population, score, then numbers with their intervals.
  public static let summaryHeader = [
    "subject", "period", "population", "score", "n", "bad", "AUC", "interval", "Gini", "KS", "H", "captured by 10 %",
  ]

  public var summary: [[String]] {
    reports.flatMap { report in
      report.rows.map { own -> [String] in
        let head = [
          report.subject.name, own.period, own.population.rawValue, own.score, String(own.rows), String(own.bads),
        ]
        guard let area = own.auroc else { return head + [own.reason ?? "", "", "", "", "", ""] }
        func short(_ value: Double?) -> String { value.map { NumberText.fixed($0, 3) } ?? "" }
        return head + [
          short(area), own.aurocInterval.map { "\(short($0.low))–\(short($0.high))" } ?? "", short(2 * area - 1),
          short(own.ks), short(own.hMeasure), short(own.captures.first { $0.rejectedPct == 10 }?.captured),
        ]
      }
    }
  }

  private static let subject = [
    ColumnNote("level", unit: "text", "all, segment or supersegment."),
    ColumnNote("name", unit: "text", "Of the segment or supersegment."),
    ColumnNote("supersegment", unit: "text", "The one a segment belongs to; empty where there is none."),
  ]

  private static let bookedPeriod = ColumnNote("period", unit: "text", "main or recent; booked applications.")
  private static let bads = ColumnNote("n_bads", unit: "applications", "Of these, bad.")

  private static func subject(_ own: ScoreMetricsReport.Subject) -> [String] {
    [own.level, own.name, own.supersegment]
  }

  private static func ends(_ name: String, _ unit: String) -> [ColumnNote] {
    [
      ColumnNote("\(name)_low", unit: unit, "Lower end of its interval; empty where there is none."),
      ColumnNote("\(name)_high", unit: unit, "Upper end."),
    ]
  }

  private static func ends(_ own: ScoreMetricsReport.Estimate?) -> [String] {
    [NumberText.shortest(own?.low), NumberText.shortest(own?.high)]
  }

  private static let rowColumns =
    subject + [
      ColumnNote("period", unit: "text", "main or recent."),
      ColumnNote("score", unit: "text", "Column of the file, or combined: all of them in one, cross-fitted."),
      ColumnNote("auroc", unit: "area", "P(a bad one is riskier than a good one) + half of P(alike)."),
      ColumnNote("gini", unit: "fraction", "2 auroc − 1."),
      ColumnNote("ks", unit: "fraction", "Greatest difference of the shares of bad and good ones found."),
      ColumnNote("n_records", unit: "applications", "With the score and an outcome."),
      bads,
      ColumnNote("bad_rate", unit: "fraction", "By weight."),
    ] + ends("bad_rate", "fraction") + ends("auroc", "area") + ends("gini", "fraction") + ends("ks", "fraction") + [
      ColumnNote("ks_score", unit: "score", "The value, from the risky end, up to which KS is attained."),
      ColumnNote("h_measure", unit: "fraction", "Beta(1 + bad rate, 2 − bad rate) prior of the ratio of costs."),
      ColumnNote("average_precision", unit: "fraction", "Compare with bad_rate, which a score of no use has."),
      ColumnNote("iv", unit: "index", "Information value of about ten groups of equally many."),
      ColumnNote(
        "population", unit: "text", "booked: outcomes; through-the-door: all decided by score, bad = rejected."),
      ColumnNote("outcome", unit: "text", "Where bad and good come from."),
      ColumnNote("weighting", unit: "text", "What an application counts: applications, or a column."),
      ColumnNote("direction", unit: "text", "Which end is safe."),
      ColumnNote("direction_source", unit: "text", "declared, from the outcomes, or cross-fitted."),
      ColumnNote("confidence", unit: "fraction", "Of the intervals."),
      ColumnNote("main_period", unit: "text", "First and last date of the main period."),
      ColumnNote("reason", unit: "text", "Why there is no area."),
    ]

  private static func row(_ own: ScoreMetricsReport.Row, _ report: ScoreMetricsReport) -> [String] {
    let gini = own.aurocInterval.map { ScoreMetricsReport.Estimate(2 * $0.low - 1, 2 * $0.high - 1) }
    var fields = subject(report.subject) + [own.period, own.score]
    fields += [own.auroc, own.auroc.map { 2 * $0 - 1 }, own.ks].map { NumberText.shortest($0) }
    fields += [String(own.rows), String(own.bads), NumberText.shortest(own.badRate)]
    fields += ends(own.badRateInterval) + ends(own.aurocInterval) + ends(gini) + ends(own.ksInterval)
    fields += [own.ksValue, own.hMeasure, own.averagePrecision, own.informationValue].map { NumberText.shortest($0) }
    fields += [own.population.rawValue, own.outcome, own.weighting, own.direction, own.directionSource]
    fields += [NumberText.shortest(report.confidence), "\(report.subject.periodStart)/\(report.subject.periodEnd)"]
    return fields + [own.reason ?? ""]
  }

  private static let pairColumns =
    subject + [
      bookedPeriod,
      ColumnNote("score_1", unit: "text", "One score."), ColumnNote("score_2", unit: "text", "The other."),
      ColumnNote("n_records", unit: "applications", "With both scores and an outcome."),
      bads,
      ColumnNote("auc1", unit: "area", "Of the one."), ColumnNote("auc2", unit: "area", "Of the other."),
      ColumnNote("auc_diff", unit: "area", "auc1 − auc2."),
      ColumnNote("se_diff", unit: "area", "Standard error, by DeLong; of clusters where keys repeat."),
      ColumnNote("z_statistic", unit: "z", "auc_diff / se_diff."),
      ColumnNote("p_value", unit: "probability", "Two-sided, of this pair alone."),
      ColumnNote("p_holm", unit: "probability", "Held against all pairs of the period (Holm)."),
      ColumnNote("reason", unit: "text", "Why there is no test."),
    ]

  private static func pair(_ own: ScoreMetricsReport.Pair, _ subject: ScoreMetricsReport.Subject) -> [String] {
    Self.subject(subject) + [own.period, own.first, own.second, String(own.rows), String(own.bads)]
      + [own.firstArea, own.secondArea, own.difference, own.standardError, own.z, own.p, own.pHolm].map {
        NumberText.shortest($0)
      } + [own.reason ?? ""]
  }

  private static let captureColumns =
    subject + [
      bookedPeriod,
      ColumnNote("score", unit: "text", "As in score_discriminance."),
      ColumnNote("rejected_pct", unit: "percent", "Of the booked ones, the riskiest, by weight."),
      ColumnNote("captured", unit: "fraction", "Of the bad ones, that are among these; ties count by their share."),
    ]

  private static func captures(_ own: ScoreMetricsReport.Row, _ subject: ScoreMetricsReport.Subject) -> [[String]] {
    own.captures.map {
      Self.subject(subject) + [own.period, own.score, String($0.rejectedPct), NumberText.shortest($0.captured)]
    }
  }

  private static let leakColumns =
    subject + [
      ColumnNote("score", unit: "text", "As in score_discriminance; main period, booked."),
      ColumnNote("test", unit: "text", "What a clean score does not do; docs/methods/score-metrics.md."),
      ColumnNote("value", unit: "fraction", "What was measured."),
      ColumnNote("allowed", unit: "fraction", "What a clean score may have."),
      ColumnNote("p_value", unit: "probability", "Of such a value where the score is clean."),
      ColumnNote("p_holm", unit: "probability", "Held against all tests of all scores (Holm)."),
      ColumnNote("warning", unit: "text", "Whether p_holm lies below the level."),
      ColumnNote("leak_level", unit: "probability", "The chance of any warning where all scores are clean."),
      ColumnNote(
        "placebo_auroc", unit: "area", "Of the score dealt anew among applications that the others take for alike."),
      ColumnNote("reason", unit: "text", "Why there was nothing to test."),
    ]

  private static func leak(_ own: LeakFinding, _ report: ScoreMetricsReport) -> [String] {
    subject(report.subject) + [own.score, own.test.rawValue]
      + [own.value, own.allowed, own.p, own.pHolm].map { NumberText.shortest($0) }
      + [
        String(own.isAlarm), NumberText.shortest(report.leakLevel), NumberText.shortest(own.placebo), own.reason ?? "",
      ]
  }
}
