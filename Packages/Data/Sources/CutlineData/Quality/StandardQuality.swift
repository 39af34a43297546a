internal import CutlineCore
internal import CutlineCredit

/// The checks of section 5 of the pipeline's specification, with configurable thresholds, on the whole file; those on
/// the segment's size on the segment.
///
/// A check that could not look at anything is `skipped` and says why; it never passes.
struct StandardQuality: Stage {
  typealias Kind = Quality
  static let name = "standard"
  static let summary = "Schema, missing values, segment size, dates, outliers, special codes, booked share, duplicates."

  let config: QualityConfig

  func run(_ input: Quality.Input, in context: RunContext) async throws -> QualityReport {
    let table = try ApplicationTable(
      input.source.table, badFlag: config.words.badFlag, words: config.words, multiplier: 1
    ).table
    guard table.rowCount > 0 else {
      throw Faults.data("source", "the file holds no application", "Check the path; a header alone is not enough.")
    }
    try requireColumns(table, of: input.source.table.names)
    let duplicates = DuplicateRows(table)
    let hasIDs = table[ApplicationColumns.id] != nil
    // Without ids two applications may well be alike in every column.
    let identical = hasIDs ? duplicates.rows : []
    if config.skip {
      if let reason = config.skipReason {
        context.note("the data-quality checks are not made: \(word: reason)")
      } else {
        context.warn("the data-quality checks are skipped")
      }
      return QualityReport(checks: [], skipped: true, duplicateRows: identical)
    }
    try checkSchema(input.source.table)
    let segment = try segmentRows(table)
    let own = Set(input.source.table.names)
    let checks =
      [QualityReport.Check("required columns", .passed, "\(required.count) columns are there")]
      + (try ValueChecks(table, rows: nil, config, required: required, own: own).checks)
      + (try segment.map { try ValueChecks(table, rows: $0, config, required: required, own: own).checks } ?? [])
      + size(segment, of: table.rowCount) + (try PeriodChecks(table, rows: segment, config).checks)
      + (try SpecialCodes(table, config).checks) + [ScoreOrder(table, config).check]
      + duplicateChecks(duplicates, table)
    for check in checks where check.status == .warning { context.warn("\(word: check.name): \(word: check.detail)") }
    return QualityReport(checks: checks, skipped: false, duplicateRows: identical)
  }

  private var required: [String] {
    var seen: Set<String> = []
    let fixed =
      // What is wrong with the bins is said by the stage that cuts.
      [ApplicationColumns.status, ApplicationColumns.month]
      + ((try? config.grid.axes(at: .default)) ?? []).map(\.bins.source)
      + (config.segment.values.isEmpty ? [] : [ApplicationColumns.segment])
    return (config.keepVars + config.indicators).map(StandardText.standardise).filter { seen.insert($0).inserted }
      + fixed.filter { seen.insert($0).inserted }
  }

  private func requireColumns(_ table: Table, of own: [String]) throws {
    let missing = required.filter { table[$0] == nil }
    guard let first = missing.first else { return }
    let hint = DidYouMean.phrase(for: first, among: own)
    throw Faults.data(
      "columns", "\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") not in the data\(hint)",
      "Where the file calls \(missing.count == 1 ? "it" : "them") otherwise, write [preprocessing.columns] \(first) = \"…\"; "
        + "`cutline init` proposes the lines. " + ColumnNames.found(own))
  }

  /// Types and ranges that nothing downstream can do without; all violations at once, the first of each column.
  private func checkSchema(_ table: Table) throws {
    var reading = Reading()
    try reading.attempt { _ = try table.days(ApplicationColumns.month) }
    // What was made of other columns is as good as they are.
    for name in CellSums.columnNames where table[name] != nil {
      try reading.attempt {
        let values = try table.numbers(name)
        func cannotBe(_ value: Double) -> Bool { value < 0 || value.isInfinite }
        guard name != "oa_amt", let row = values.firstIndex(where: cannotBe) else { return }
        let more = values.count(where: cannotBe) - 1
        throw Faults.data(
          Place(column: name, row: row),
          "holds an amount that cannot be" + (more > 0 ? ", as do \(more) rows after it" : ""),
          found: .personal(NumberText.shortest(values[row])), "Correct it in the file.")
      }
    }
    try reading.finish()
  }

  private func segmentRows(_ table: Table) throws -> [Bool]? {
    guard !config.segment.values.isEmpty else { return nil }
    return try config.segment.matches(in: table, merging: true).map { $0 == true }
  }

  /// Of the segment; of all rows where there is none, which only warns.
  private func size(_ rows: [Bool]?, of all: Int) -> [QualityReport.Check] {
    guard let rows else {
      return [
        .init(
          "size", all < config.segmentWarning ? .warning : .passed,
          "\(all) rows, no segment_filter (warns below \(config.segmentWarning))")
      ]
    }
    let count = rows.count { $0 }
    let status: QualityReport.Status =
      count < config.segmentFailure ? .failed : count < config.segmentWarning ? .warning : .passed
    return [
      .init(
        "segment size", status,
        "\(count) rows (warns below \(config.segmentWarning), fails below \(config.segmentFailure))")
    ]
  }

  private func duplicateChecks(_ duplicates: DuplicateRows, _ table: Table) -> [QualityReport.Check] {
    guard let ids = table[ApplicationColumns.id] else {
      let why = "there is no \(ApplicationColumns.id)"
      return [
        .init(
          "identical rows", .skipped,
          "\(why), so equal rows may be different applications and all stay (\(duplicates.rows.count) equal an earlier one)"
        ),
        .init("repeated ids", .skipped, why),
      ]
    }
    let share = Double(duplicates.rows.count) / Double(table.rowCount)
    return [
      .init(
        "identical rows", share > config.duplicateShare ? .warning : .passed,
        "\(duplicates.rows.count) rows equal an earlier one (warns above \(Rounded(100 * config.duplicateShare, 2)) %)"),
      repeatedIDs(duplicates.repeats(of: ids), missing: ids.missingCount(in: nil), of: table.rowCount),
    ] + similarIDs(ids)
  }

  /// Ids that only their spelling tells apart.
  private func similarIDs(_ ids: Column) -> [QualityReport.Check] {
    guard case .text(let text) = ids.values else { return [] }
    let spellings = text.distinctCount
    let alike = spellings - text.comparableCount
    guard alike > 0 else { return [] }
    return [
      .init(
        "spellings of ids", .warning,
        "\(alike) of \(spellings) ids differ from another one only in capitals or in spaces at their ends")
    ]
  }

  private func repeatedIDs(_ rows: [Int], missing: Int, of count: Int) -> QualityReport.Check {
    let name = "repeated ids"
    guard missing < count else { return .init(name, .skipped, "\(ApplicationColumns.id) is empty in every row") }
    let empty = missing > 0 ? "; \(missing) rows have none" : ""
    guard !rows.isEmpty else {
      return .init(name, missing > 0 ? .warning : .passed, "every \(ApplicationColumns.id) stands once\(empty)")
    }
    let listed = rows.prefix(10).map { String($0 + 1) }.joined(separator: ", ") + (rows.count > 10 ? ", …" : "")
    return .init(
      name, config.repeatedIDs == .error ? .failed : .warning,
      "\(rows.count) rows repeat the \(ApplicationColumns.id) of a different row, first in row \(rows[0] + 1) (rows \(listed))\(empty); "
        + "repeated_ids = \"allow\" goes on with all of them"
    )
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
