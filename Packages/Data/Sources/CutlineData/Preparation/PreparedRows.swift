internal import CutlineCore
internal import CutlineCredit

/// The rows of a file as far as nothing depends on scores: filtered, classified, dated, with amounts in whole numbers.
struct PreparedRows {
  let table: Table
  let status: [SampleStatus]
  let keys: ApplicationKeys
  /// From 1960; NaN where it is missing.
  let days: [Double]
  let month: RowMonths
  let amounts: Amounts
  /// After identical rows, filters, segment and missing dates.
  var waterfall: Waterfall
  /// Rows of any segment that no filter takes out.
  let portfolio: RowSet

  /// - Throws: `Faults` (data, usage) of whatever it reads.
  init(_ source: SourceTable, duplicates: [Int], _ config: PrepareConfig, in context: RunContext) throws {
    let made = try ApplicationTable(
      source.table, badFlag: config.words.badFlag, words: config.words, multiplier: config.multiplier)
    table = made.table
    for note in made.notes { context.warn(Remark(word: note)) }
    for note in config.grid.translations { context.note(Remark(word: note)) }
    for note in config.withoutEffect { context.warn(Remark(word: note)) }
    if config.multiplier != Double(config.horizonMonths + 1), config.words.badFlag == nil {
      context.warn(
        "multiplier is \(config.multiplier), and a horizon of \(config.horizonMonths) months sums \(config.horizonMonths + 1) balances: state the horizon that explains it"
      )
    }
    let merging = config.textCollisions == .merge
    waterfall = Waterfall(rows: table.rowCount)
    try Self.dropDuplicates(duplicates, config.duplicates, &waterfall)
    try Self.applyFilters(table, config, &waterfall, merging, in: context)
    let filtered = waterfall.remaining
    try Self.applySegment(table, config.segment, &waterfall, merging, in: context)
    status = try RowStatus(
      table, scoreMeasures: config.scoreMeasures, flags: config.rejectFlags, words: config.words, merging: merging,
      in: context
    ).values
    keys = try ApplicationKeys(table, groupedBy: config.groupBy.map(StandardText.standardise))
    if keys.ungrouped > 0 {
      context.warn("\(keys.ungrouped) rows have no value in the column of group_by: each stands for itself")
    }
    let days = try table.days(ApplicationColumns.month)
    let month = RowMonths(days: days)
    (self.days, self.month) = (days, month)
    waterfall.drop("\(ApplicationColumns.month) is missing") { month[$0] == nil }
    portfolio = filtered.filter { month[$0] != nil }
    var amounts = try Amounts(table, decimals: config.amountScale)
    let decimals = amounts.scale == .hundredths ? "two" : "\(amounts.scale.decimals)"
    for (amount, rows) in amounts.rounded {
      context.warn(
        "\(rows) amounts of \(word: amount.name) have more than \(word: decimals) decimals and are rounded to \(word: amounts.scale.name)"
      )
    }
    let status = status
    amounts.requestAsProduction { status[$0] != .booked }
    self.amounts = amounts
  }

  private static func dropDuplicates(
    _ duplicates: [Int], _ policy: DuplicatePolicy, _ waterfall: inout Waterfall
  ) throws {
    guard let first = duplicates.first else { return }
    switch policy {
    case .keep: return
    case .error:
      throw Faults.data(
        "row \(first + 1)", "is identical to an earlier row; \(duplicates.count) such rows in all",
        "Remove them, or set duplicates = \"drop-exact\".")
    case .dropExact:
      let set = Set(duplicates)
      waterfall.drop("identical to an earlier row") { set.contains($0) }
    }
  }

  private static func applyFilters(
    _ table: Table, _ config: PrepareConfig, _ waterfall: inout Waterfall, _ merging: Bool, in context: RunContext
  ) throws {
    let preset = config.preset == .originalExclusions ? RowFilter.originalExclusions : []
    for (index, filter) in (preset + config.filters).enumerated() {
      let stays = try filter.stays(in: table, merging: merging, isPreset: index < preset.count)
      if waterfall.drop(filter.description, where: { !stays[$0] }) == 0 {
        context.warn("no row leaves because \(word: filter.description)")
      }
    }
  }

  private static func applySegment(
    _ table: Table, _ segment: SegmentFilter, _ waterfall: inout Waterfall, _ merging: Bool, in context: RunContext
  ) throws {
    guard !segment.values.isEmpty else { return }
    let matches = try segment.matches(in: table, merging: merging)
    context.note(
      "segment_filter: \(word: segment.match.rawValue) match, \(matches.count { $0 == true }) rows of the file")
    waterfall.drop("no segment") { matches[$0] == nil }
    waterfall.drop("another segment") { matches[$0] == false }
  }
}
