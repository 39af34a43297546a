internal import CutlineCore

struct QualityConfig: StageConfig {
  enum RepeatedIDs: String, Sendable, CaseIterable { case error, allow }

  var keepVars: [String] = []
  var indicators = CellSums.columnNames
  var skip = false
  var segment = SegmentFilter()
  var segmentMatch = SegmentFilter.Match.exact
  var periodStart: CalendarDate?
  var periodEnd: CalendarDate?
  var missingWarning = 0.05
  var missingFailure = 0.20
  var segmentWarning = 1000
  var segmentFailure = 100
  var outlierZ = 5.0
  var outlierShare = 0.01
  var bookedWarning = 0.05
  var bookedFailure = 0.01
  var duplicateShare = 0.01
  var repeatedIDs = RepeatedIDs.error

  static let fields: [Field<Self>] = [
    .texts("keep_vars", \.keepVars, atLeast: 1, "Columns that the file must hold."),
    .texts("indicators", \.indicators, atLeast: 5, "The five indicator columns."),
    .bool("skip", \.skip, "Leave the checks out; every result then says so (--skip-dq-checks)."),
    .custom(
      "segment_filter", allowed: "a text or a list of texts", "The segments of the run; left out = all rows.",
      refused: [.integer(1), .string("")],
      show: { $0.segment.values.isEmpty ? "unset" : "\($0.segment.values)" },
      read: { config, value in
        config.segment.values = try (value.array ?? [value]).map { item in
          guard let text = item.string, !text.isEmpty else {
            throw Field<Self>.refusal("segment_filter", item, "a text or a list of texts")
          }
          return text
        }
      }),
    .choice("segment_match", \.segmentMatch, "How segment_filter is compared: exact, or regex over the whole value."),
    .date("date_ini_book_obs", \.periodStart, "First day of the main period."),
    .date("date_fin_book_obs", \.periodEnd, "Last day of the main period."),
    .double(
      "missing_warning", \.missingWarning, in: 0...1, unit: "share", "Share of missing values in a column that warns."),
    .double(
      "missing_failure", \.missingFailure, in: 0...1, unit: "share", "Share of missing values in a column that fails."),
    .int("segment_warning", \.segmentWarning, in: 0...1_000_000_000, unit: "rows", "Fewer rows in the segment warn."),
    .int("segment_failure", \.segmentFailure, in: 0...1_000_000_000, unit: "rows", "Fewer rows in the segment fail."),
    .double(
      "outlier_z", \.outlierZ, in: 0.1...1000, "Modified z-score (by the median) beyond which a value is an outlier."),
    .double("outlier_share", \.outlierShare, in: 0...1, unit: "share", "Share of outliers in an indicator that warns."),
    .double("booked_warning", \.bookedWarning, in: 0...1, unit: "share", "Share of booked rows below which it warns."),
    .double("booked_failure", \.bookedFailure, in: 0...1, unit: "share", "Share of booked rows below which it fails."),
    .double("duplicate_share", \.duplicateShare, in: 0...1, unit: "share", "Share of identical rows that warns."),
    .choice("repeated_ids", \.repeatedIDs, "Whether one authorization_id on different rows fails."),
  ]

  func validate(at places: FieldPlaces) throws {
    guard !keepVars.isEmpty else {
      throw ConfigError("\(places["keep_vars"])", "keep_vars is not set", "List the columns that the file must hold.")
    }
    let missing = CellSums.columnNames.filter { name in !indicators.map(StandardText.standardise).contains(name) }
    guard missing.isEmpty else {
      throw ConfigError(
        "\(places["indicators"])", "indicators lacks \(missing.joined(separator: ", "))",
        "Name all five: \(CellSums.columnNames.joined(separator: ", ")).")
    }
  }
}

/// The checks of section 5 of the pipeline's specification, with configurable thresholds, on the whole file; those on
/// the segment's size on the segment.
struct StandardQuality: Stage {
  typealias Kind = Quality
  static let name = "standard"
  static let summary = "Schema, missing values, segment size, dates, outliers, booked share, duplicates."

  let config: QualityConfig

  func run(_ input: Quality.Input, in context: RunContext) async throws -> QualityReport {
    let table = input.source.table
    guard table.rowCount > 0 else {
      throw DataError("source", "the file holds no application", "Check the path; a header alone is not enough.")
    }
    try requireColumns(table)
    let duplicates = DuplicateRows(table)
    if config.skip {
      context.warn("the data-quality checks are skipped")
      return QualityReport(checks: [], skipped: true, duplicateRows: duplicates.rows)
    }
    try checkSchema(table)
    let segment = try segmentRows(table)
    let checks =
      [QualityReport.Check("required columns", .passed, "\(required.count) columns are there"), missingValues(table)]
      + segmentSize(segment) + [try dateRange(table)] + (try indicators(table)) + [try bookedShare(table)]
      + duplicateChecks(duplicates, table)
    for check in checks where check.status == .warning { context.warn("\(check.name): \(check.detail)") }
    let failed = checks.filter { $0.status == .failed }
    guard failed.isEmpty else {
      throw DataError(
        "data quality", failed.map { "\($0.name): \($0.detail)" }.joined(separator: "; "),
        "Correct the data, set the thresholds in [stages.quality], or run with --skip-dq-checks and own the result.")
    }
    return QualityReport(checks: checks, skipped: false, duplicateRows: duplicates.rows)
  }

  private var required: [String] {
    var seen: Set<String> = []
    let fixed =
      [ApplicationColumns.status, ApplicationColumns.rejectReason, ApplicationColumns.month]
      + (config.segment.values.isEmpty ? [] : [ApplicationColumns.segment])
    return (config.keepVars + config.indicators).map(StandardText.standardise).filter { seen.insert($0).inserted }
      + fixed.filter { seen.insert($0).inserted }
  }

  private func requireColumns(_ table: Table) throws {
    let missing = required.filter { table[$0] == nil }
    guard let first = missing.first else { return }
    let hint = DidYouMean.phrase(for: first, among: table.names)
    throw DataError(
      "columns", "\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") not in the data\(hint)",
      "Columns found: \(table.names.joined(separator: ", ")).")
  }

  /// Types and ranges that nothing downstream can do without; up to 20 violations in one error.
  private func checkSchema(_ table: Table) throws {
    var problems: [String] = []
    func collect(_ body: () throws -> Void) throws {
      do { try body() } catch let error as DataError { problems.append("\(error.location) \(error.problem)") }
    }
    try collect { _ = try table.days(ApplicationColumns.month) }
    for name in CellSums.columnNames {
      try collect {
        let values = try table.numbers(name)
        guard name != "oa_amt", let row = values.firstIndex(where: { $0 < 0 || $0.isInfinite }) else { return }
        problems.append("column \(name), row \(row + 1) holds \(values[row]), which cannot be")
      }
    }
    guard problems.isEmpty else {
      throw DataError("schema", problems.prefix(20).joined(separator: "; "), "Correct these values in the file.")
    }
  }

  private func missingValues(_ table: Table) -> QualityReport.Check {
    let exempt: Set<String> = [
      ApplicationColumns.rejectReason, "early_bad", "acct_booked_h0", "todu_30ever_h6", "todu_amt_pile_h6", "oa_amt_h0",
    ]
    var worst = (name: "", share: 0.0)
    for name in required where !exempt.contains(name) {
      guard let column = table[name] else { continue }
      let share = Double(column.missingCount) / Double(table.rowCount)
      if share > worst.share { worst = (name, share) }
    }
    guard worst.share > 0 else { return .init("missing values", .passed, "none in the required columns") }
    let status: QualityReport.Status =
      worst.share >= config.missingFailure ? .failed : worst.share >= config.missingWarning ? .warning : .passed
    return .init(
      "missing values", status,
      "\(Rounded(100 * worst.share, 2)) % of \(worst.name) are missing (warns at \(Rounded(100 * config.missingWarning, 2)) %, fails at \(Rounded(100 * config.missingFailure, 2)) %)"
    )
  }

  private func segmentRows(_ table: Table) throws -> [Bool]? {
    guard !config.segment.values.isEmpty else { return nil }
    return try config.segment.matches(in: table, match: config.segmentMatch, merging: true).map { $0 == true }
  }

  private func segmentSize(_ rows: [Bool]?) -> [QualityReport.Check] {
    guard let rows else { return [.init("segment size", .skipped, "no segment_filter: all rows")] }
    let count = rows.count { $0 }
    let status: QualityReport.Status =
      count < config.segmentFailure ? .failed : count < config.segmentWarning ? .warning : .passed
    return [
      .init(
        "segment size", status,
        "\(count) rows (warns below \(config.segmentWarning), fails below \(config.segmentFailure))")
    ]
  }

  private func dateRange(_ table: Table) throws -> QualityReport.Check {
    let days = try table.days(ApplicationColumns.month).filter { !$0.isNaN }
    guard let first = days.min(), let last = days.max() else {
      return .init("date range", .failed, "\(ApplicationColumns.month) is empty")
    }
    let (from, to) = (CalendarDate(daysSince1960: Int(first)), CalendarDate(daysSince1960: Int(last)))
    var gaps: [String] = []
    if let start = config.periodStart, from > start { gaps.append("begins after \(start.iso)") }
    if let end = config.periodEnd, to.monthIndex < end.monthIndex { gaps.append("ends before \(end.iso)") }
    let found = "the data runs from \(from.iso) to \(to.iso)"
    return gaps.isEmpty
      ? .init("date range", .passed, found)
      : .init("date range", .warning, "\(found): it \(gaps.joined(separator: " and "))")
  }

  private func indicators(_ table: Table) throws -> [QualityReport.Check] {
    var outliers: [String] = []
    var negatives: [String] = []
    for name in CellSums.columnNames {
      let values = try table.numbers(name).filter { !$0.isNaN }
      let negative = values.count { $0 < 0 }
      if negative > 0 { negatives.append("\(name) \(negative)") }
      if let share = ModifiedZ.share(values, beyond: config.outlierZ), share > config.outlierShare {
        outliers.append("\(name) \(Rounded(100 * share, 2)) %")
      }
    }
    let limit = "\(Rounded(100 * config.outlierShare, 2)) %"
    return [
      outliers.isEmpty
        ? .init("outliers", .passed, "at most \(limit) of an indicator lie beyond a modified z of \(config.outlierZ)")
        : .init(
          "outliers", .warning,
          "beyond a modified z of \(config.outlierZ), above \(limit): \(outliers.joined(separator: ", "))"),
      negatives.isEmpty
        ? .init("indicator values", .passed, "no negative amounts")
        : .init("indicator values", .warning, "negative amounts: \(negatives.joined(separator: ", "))"),
    ]
  }

  private func bookedShare(_ table: Table) throws -> QualityReport.Check {
    let status = try table.standardText(ApplicationColumns.status, merging: true)
    let share = Double(status.rows(where: { $0 == "booked" }, missing: false).count { $0 }) / Double(table.rowCount)
    let level: QualityReport.Status =
      share < config.bookedFailure ? .failed : share < config.bookedWarning ? .warning : .passed
    return .init(
      "booked share", level,
      "\(Rounded(100 * share, 2)) % of the rows are booked (warns below \(Rounded(100 * config.bookedWarning, 2)) %, fails below \(Rounded(100 * config.bookedFailure, 2)) %)"
    )
  }

  private func duplicateChecks(_ duplicates: DuplicateRows, _ table: Table) -> [QualityReport.Check] {
    let share = Double(duplicates.rows.count) / Double(table.rowCount)
    let identical = QualityReport.Check(
      "identical rows", share > config.duplicateShare ? .warning : .passed,
      "\(duplicates.rows.count) rows equal an earlier one (warns above \(Rounded(100 * config.duplicateShare, 2)) %)")
    guard let repeats = duplicates.repeats(of: ApplicationColumns.id, in: table) else {
      let exists = table[ApplicationColumns.id] != nil
      return [
        identical,
        .init(
          "repeated ids", exists ? .passed : .skipped,
          exists ? "every \(ApplicationColumns.id) stands once" : "there is no \(ApplicationColumns.id)"),
      ]
    }
    let detail =
      "\(repeats.count) rows repeat the \(ApplicationColumns.id) of a different row, first in row \(repeats.firstRow + 1)"
    return [identical, .init("repeated ids", config.repeatedIDs == .error ? .failed : .warning, detail)]
  }
}

extension Column {
  /// Rows without a value.
  var missingCount: Int {
    switch values {
    case .number(let numbers), .moment(let numbers, _): numbers.count { $0.isNaN }
    case .text(let text): text.codes.count { $0 < 0 }
    }
  }
}

/// The modified z-score of Iglewicz and Hoaglin: `0.6745 · (x − median) / MAD`, by the mean absolute deviation
/// (`(x − median) / (1.2533 · mean)`) where the MAD is 0.
enum ModifiedZ {
  /// The share of values with `|z| > limit`; nil when all values are equal or there are none.
  static func share(_ values: [Double], beyond limit: Double) -> Double? {
    guard !values.isEmpty else { return nil }
    let middle = median(values)
    let deviations = values.map { abs($0 - middle) }
    let mad = median(deviations)
    let scale = mad > 0 ? mad / 0.6745 : 1.253314 * deviations.reduce(0, +) / Double(deviations.count)
    guard scale > 0 else { return nil }
    return Double(deviations.count { $0 / scale > limit }) / Double(values.count)
  }

  private static func median(_ values: [Double]) -> Double {
    var copy = values
    let middle = copy.count / 2
    select(&copy, middle)
    if copy.count % 2 == 1 { return copy[middle] }
    let below = copy[..<middle].max() ?? copy[middle]
    return (below + copy[middle]) / 2
  }

  // Hoare's quickselect: puts the k-th smallest value in its place. O(n) on average.
  private static func select(_ a: inout [Double], _ k: Int) {
    var low = 0
    var high = a.count - 1
    while low < high {
      let pivot = a[(low + high) / 2]
      var i = low
      var j = high
      while i <= j {
        while a[i] < pivot { i += 1 }
        while a[j] > pivot { j -= 1 }
        if i <= j {
          a.swapAt(i, j)
          i += 1
          j -= 1
        }
      }
      if k <= j { high = j } else if k >= i { low = i } else { return }
    }
  }
}
