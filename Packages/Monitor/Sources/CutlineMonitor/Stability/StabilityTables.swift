internal import CutlineCore
internal import CutlineCredit

/// The tables of a stability report.
struct StabilityTables {
  private let report: StabilityReport

  init(_ report: StabilityReport) { self.report = report }

  func files(in folder: String) -> [ResultFile] {
    func file(_ name: String, _ columns: [ColumnNote], _ rows: [[String]]) -> ResultFile {
      var text = CsvText(columns.map(\.name), guardsFormulas: true)
      for row in rows { text.add(row) }
      return ResultFile(path: "\(folder)/\(name).csv", bytes: text.bytes, columns: columns)
    }
    return [
      file("stability_psi", Self.shiftColumns, report.shifts.map(shift)),
      file("stability_bins", Self.binColumns, report.shifts.flatMap(bins)),
      file("stability_monthly", Self.monthColumns, report.months.map(month)),
      file("score_order", Self.orderColumns, report.order.map(order)),
      file("bin_inversions", Self.inversionColumns, report.inversions.map(inversion)),
    ]
  }

  private static let variable = ColumnNote("variable", unit: "text", "Column of the file.")
  private static let bands =
    "stable, moderate, unstable by the thresholds of the run, or not enough (applications)."

  private static let shiftColumns = [
    variable,
    ColumnNote("role", unit: "text", "score, amount, characteristic, or overall: the main score in 20 bins."),
    ColumnNote("psi", unit: "index", "Recent against main period; empty where there are not enough applications."),
    ColumnNote(
      "noise_bound", unit: "index", "What PSI stays below where nothing has moved, at the confidence of the run."),
    ColumnNote("p", unit: "probability", "Of such a PSI where nothing has moved."),
    ColumnNote("status", unit: "text", bands),
    ColumnNote("beyond_noise", unit: "text", "Whether PSI is above the bound; empty without PSI."),
    ColumnNote("n_bins", unit: "bins", "That hold applications of either period, missing included."),
    ColumnNote("population", unit: "text", "Whose distribution: applications or booked ones."),
    ColumnNote("main_rows", unit: "applications", "Main period."),
    ColumnNote("recent_rows", unit: "applications", "Recent period."),
    ColumnNote("new_categories", unit: "categories", "That only the recent period has; stability_bins lists them."),
  ]

  private func shift(_ own: StabilityReport.Shift) -> [String] {
    [own.variable, own.role.rawValue] + [own.psi, own.bound, own.p].map { NumberText.shortest($0) } + [
      own.band.rawValue, own.psi == nil ? "" : String(own.isBeyondNoise), String(own.binCount),
      report.population, String(own.expectedRows), String(own.actualRows),
      String(own.newCategories),
    ]
  }

  private static let binColumns = [
    variable, ColumnNote("role", unit: "text", "As in stability_psi."),
    ColumnNote(
      "bin", unit: "text",
      "Interval between quantiles of the main period, category, missing, or how many categories of fewer than 10 applications."
    ),
    ColumnNote("main_rows", unit: "applications", "Main period."),
    ColumnNote("recent_rows", unit: "applications", "Recent period."),
    ColumnNote("main_share", unit: "fraction", "Of the main period."),
    ColumnNote("recent_share", unit: "fraction", "Of the recent period."),
    ColumnNote(
      "csi", unit: "index",
      "The bin's part of the PSI; empty where its rows are pooled with those of other rare bins, and without a PSI."),
    ColumnNote("new", unit: "text", "Whether it is a category that only the recent period has."),
  ]

  private func bins(_ own: StabilityReport.Shift) -> [[String]] {
    own.bins.map { bin in
      func share(_ count: Int64, _ whole: Int64) -> String {
        whole > 0 ? NumberText.shortest(Double(count) / Double(whole)) : ""
      }
      return [
        own.variable, own.role.rawValue, bin.label, String(bin.expected), String(bin.actual),
        share(bin.expected, own.expectedRows), share(bin.actual, own.actualRows),
        NumberText.shortest(bin.term), String(bin.isNew),
      ]
    }
  }

  private static let monthColumns = [
    variable, ColumnNote("month", unit: "month", "Of application."),
    ColumnNote("rows", unit: "applications", "Of the month, in the sample."),
    ColumnNote("psi", unit: "index", "Against the main period; empty where there are not enough applications."),
    ColumnNote(
      "noise_bound", unit: "index", "As in stability_psi; too wide where the month is part of the main period."),
    ColumnNote("status", unit: "text", bands),
    ColumnNote("in_main_period", unit: "text", "Whether the month is part of what it is compared with."),
  ]

  private func month(_ own: StabilityReport.MonthShift) -> [String] {
    [own.variable, own.month.iso, String(own.rows), NumberText.shortest(own.psi), NumberText.shortest(own.bound)]
      + [own.band.rawValue, String(own.isInMain)]
  }

  private static let orderColumns = [
    variable, ColumnNote("period", unit: "text", "main, recent, or a month of application."),
    ColumnNote("rows", unit: "applications", "Booked, with an outcome and the score."),
    ColumnNote("bad", unit: "applications", "Of these, bad."),
    ColumnNote("auroc", unit: "area", "Above 0.5 where the end that is declared risky is riskier; booked ones only."),
    ColumnNote("standard_error", unit: "area", "By DeLong."),
    ColumnNote("p_reversed", unit: "probability", "One-sided, of so small an area where the score orders nothing."),
    ColumnNote("status", unit: "text", "as declared, undecided, reversed, not enough (fewer than 10 bad or good)."),
  ]

  private func order(_ own: StabilityReport.Order) -> [String] {
    [own.variable, own.period, String(own.rows), String(own.bad)]
      + [own.area, own.standardError, own.p].map { NumberText.shortest($0) } + [own.status.rawValue]
  }

  private static let inversionColumns = [
    variable, ColumnNote("period", unit: "text", "main or recent."),
    ColumnNote("safer_bin", unit: "bin", "The bin that should be safer."),
    ColumnNote("riskier_bin", unit: "bin", "Its neighbour."),
    ColumnNote("safer_bad_rate", unit: "fraction", "Of booked applications with an outcome."),
    ColumnNote("riskier_bad_rate", unit: "fraction", "The same of its neighbour, which is lower."),
    ColumnNote("p", unit: "probability", "One-sided, held against all pairs of the variable in the period (Holm)."),
  ]

  private func inversion(_ own: StabilityReport.Inversion) -> [String] {
    [own.variable, own.period, String(own.safer), String(own.riskier)]
      + [own.saferRate, own.riskierRate, own.p].map { NumberText.shortest($0) }
  }
}
