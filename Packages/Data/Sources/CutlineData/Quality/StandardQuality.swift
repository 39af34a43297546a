internal import CutlineCore
internal import CutlineCredit

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
      throw Faults.data("source", "the file holds no application", "Check the path; a header alone is not enough.")
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
      [QualityReport.Check("required columns", .passed, "\(required.count) columns are there")]
      + (try valueChecks(table, rows: nil))
      + (try segment.map { try valueChecks(table, rows: $0) } ?? [])
      + segmentSize(segment) + [try dateRange(table)] + duplicateChecks(duplicates, table)
    for check in checks where check.status == .warning { context.warn("\(word: check.name): \(word: check.detail)") }
    let failed = checks.filter { $0.status == .failed }
    guard failed.isEmpty else {
      throw Faults.data(
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
    throw Faults.data(
      "columns", "\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") not in the data\(hint)",
      "Columns found: \(table.names.joined(separator: ", ")).")
  }

  /// Types and ranges that nothing downstream can do without; all violations at once, the first of each column.
  private func checkSchema(_ table: Table) throws {
    var reading = Reading()
    try reading.attempt { _ = try table.days(ApplicationColumns.month) }
    for name in CellSums.columnNames {
      try reading.attempt {
        let values = try table.numbers(name)
        guard name != "oa_amt", let row = values.firstIndex(where: { $0 < 0 || $0.isInfinite }) else { return }
        throw Faults.data(
          Place(column: name, row: row), "holds an amount that cannot be", found: .personal("\(values[row])"),
          "Correct it in the file.")
      }
    }
    try reading.finish()
  }

  /// The checks of values: on the whole file, or on the segment where a filter is set.
  private func valueChecks(_ table: Table, rows: [Bool]?) throws -> [QualityReport.Check] {
    let count = rows?.count { $0 } ?? table.rowCount
    guard count > 0 else { return [] }
    let checks =
      [missingValues(table, rows, count), try bookedAmounts(table, rows), try consistency(table, rows)]
      + (try indicators(table, rows)) + [
        try bookedShare(table, rows, count)
      ]
    guard rows != nil else { return checks }
    return checks.map { .init("\($0.name) of the segment", $0.status, $0.detail) }
  }

  private func missingValues(_ table: Table, _ rows: [Bool]?, _ count: Int) -> QualityReport.Check {
    let exempt: Set<String> = [
      ApplicationColumns.rejectReason, "early_bad", "acct_booked_h0", "todu_30ever_h6", "todu_amt_pile_h6", "oa_amt_h0",
    ]
    var worst = (name: "", share: 0.0)
    for name in required where !exempt.contains(name) {
      guard let column = table[name] else { continue }
      let share = Double(column.missingCount(in: rows)) / Double(count)
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

  /// A booked application without an amount would count as nothing.
  private func bookedAmounts(_ table: Table, _ rows: [Bool]?) throws -> QualityReport.Check {
    let status = try table.standardText(ApplicationColumns.status, merging: true)
    let isBooked = status.rows(where: { $0 == "booked" }, missing: false)
    let booked = isBooked.indices.filter { isBooked[$0] && rows?[$0] ?? true }
    let columns = [try table.numbers("oa_amt"), try table.numbers("oa_amt_h0")]
    let empty = booked.count { row in columns.contains { $0[row].isNaN } }
    let share = booked.isEmpty ? 0 : Double(empty) / Double(booked.count)
    let level: QualityReport.Status = share >= config.missingFailure ? .failed : empty > 0 ? .warning : .passed
    return .init(
      "amounts of booked rows", level,
      "\(empty) of \(booked.count) booked rows have no oa_amt or no oa_amt_h0 and count as 0 (fails at \(Rounded(100 * config.missingFailure, 2)) %)"
    )
  }

  /// Columns that contradict each other.
  private func consistency(_ table: Table, _ rows: [Bool]?) throws -> QualityReport.Check {
    let status = try table.standardText(ApplicationColumns.status, merging: true)
    let isBooked = status.rows(where: { $0 == "booked" }, missing: false)
    let accounts = try table.numbers("acct_booked_h0")
    let todu = try table.numbers("todu_30ever_h6")
    let pile = try table.numbers("todu_amt_pile_h6")
    let used = isBooked.indices.filter { rows?[$0] ?? true }
    let found = [
      ("acct_booked_h0 is not 1 on booked rows", used.count { isBooked[$0] && accounts[$0] != 1 }),
      (
        "acct_booked_h0 is not 0 on other rows",
        used.count { !isBooked[$0] && !accounts[$0].isNaN && accounts[$0] != 0 }
      ),
      ("todu_30ever_h6 without a pile", used.count { todu[$0] > 0 && !(pile[$0] > 0) }),
    ].filter { $0.1 > 0 }
    guard !found.isEmpty else { return .init("consistency", .passed, "status, accounts and balances agree") }
    return .init("consistency", .warning, found.map { "\($0.0): \($0.1) rows" }.joined(separator: "; "))
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

  private func indicators(_ table: Table, _ rows: [Bool]?) throws -> [QualityReport.Check] {
    var outliers: [String] = []
    var negatives: [String] = []
    for name in CellSums.columnNames {
      let all = try table.numbers(name)
      let values = all.indices.filter { !all[$0].isNaN && rows?[$0] ?? true }.map { all[$0] }
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

  private func bookedShare(_ table: Table, _ rows: [Bool]?, _ count: Int) throws -> QualityReport.Check {
    let status = try table.standardText(ApplicationColumns.status, merging: true)
    let booked = status.rows(where: { $0 == "booked" }, missing: false)
    let share = Double(booked.indices.count { booked[$0] && rows?[$0] ?? true }) / Double(count)
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
  /// Rows without a value, of the rows that `rows` marks or of all.
  func missingCount(in rows: [Bool]?) -> Int {
    switch values {
    case .number(let numbers), .moment(let numbers, _):
      numbers.indices.count { numbers[$0].isNaN && rows?[$0] ?? true }
    case .text(let text): text.codes.indices.count { text.codes[$0] < 0 && rows?[$0] ?? true }
    }
  }
}
