internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Filters, classifies and bins the applications of the main period.
///
/// Order: identical rows, filters, segment, status rules, period, missing and special scores per variable, edges.
/// Every row leaves for one reason or is used; the waterfall adds up. Amounts become Int64 hundredths here.
struct StandardPreparation: Stage {
  typealias Kind = Prepare
  static let name = "standard"
  static let summary = "Filters, classifies and bins applications, with every row accounted for."

  let config: PrepareConfig

  func run(_ input: Prepare.Input, in context: RunContext) async throws -> Sample {
    let table = input.source.table
    for note in config.translations { context.note(Remark(word: note)) }
    if config.recentStart != nil {
      context.warn("the dates of the recent period are checked, but this plan has no stage that uses them")
    }
    var waterfall = Waterfall(rows: table.rowCount)
    try dropDuplicates(input.quality.duplicateRows, &waterfall)
    try applyFilters(table, &waterfall, in: context)
    let status = try RowStatus(table, scoreMeasures: config.scoreMeasures, merging: merging, in: context)
    let key = ApplicationKeys(table).values
    let days = try table.days(ApplicationColumns.month)
    let month = days.map { $0.isNaN ? Int.min : CalendarDate(daysSince1960: Int($0)).monthIndex }
    waterfall.drop("\(ApplicationColumns.month) is missing") { month[$0] == .min }
    var amounts = try Amounts(table)
    amounts.requestAsProduction { status.values[$0] != .booked }
    let segmentRows = (0..<table.rowCount).filter(waterfall.isIn)
    var period = try applyPeriod(days: days, month: month, &waterfall, in: context)
    let maturity = Maturity(period.start.monthIndex...period.end.monthIndex, month: month) { row in
      waterfall.isIn(row) && status.values[row] == .booked ? amounts.hasOutcome[row] : nil
    }
    period.months -= try apply(maturity, month: month, &waterfall, in: context)
    waterfall.drop("status is neither booked nor rejected") { status.values[$0] == .other }
    waterfall.drop("rejected for another reason than the score (08-other)") { status.values[$0] == .otherRejected }
    let binning = try bin(table, status: status, amounts: amounts, &waterfall, in: context)

    let rows = (0..<table.rowCount).filter(waterfall.isIn)
    let isBooked = rows.map { status.values[$0] == .booked }
    let isMature = rows.map { amounts.hasOutcome[$0] }
    guard isBooked.contains(true) else {
      throw Faults.data(
        "main period", "no booked application is left in \(period.start.iso) to \(period.end.iso)",
        "Check the period, the segment and the bins; `cutline run` prints where the rows went.")
    }
    let immature = zip(isBooked, isMature).count { $0 && !$1 }
    if immature > 0 {
      context.warn(
        "\(immature) of \(isBooked.count { $0 }) booked applications have no outcome: they count in production, not in risk"
      )
    }
    var values = amounts.values.map { column in rows.map { column[$0] } }
    for index in rows.indices where !(isBooked[index] && isMature[index]) {
      values[2][index] = 0
      values[3][index] = 0
    }
    let scores = binning.scores.map { column in rows.map { column[$0] } }
    let cells = rows.map { binning.cell[$0] }
    let keys = rows.map { key[$0] }
    let mature = rows.indices.filter { isBooked[$0] && isMature[$0] }
    try checkDirections(binning.grid, rows: mature, cells: cells, scores: scores, amounts: values, in: context)
    let stress = stressFactor(binning.grid, rows: mature, scores: scores, keys: keys, amounts: values, in: context)
    let eligible = try config.eligible.rows(in: table, merging: merging)
    let transformation = try TransformationRate.compute(
      rows: segmentRows, month: month, amount: amounts.values[1], isEligible: eligible,
      isBooked: { status.values[$0] == .booked }, lastMonth: period.end.monthIndex, window: config.windowMonths,
      in: context)
    let booked = isBooked.count { $0 }
    if booked == rows.count {
      context.warn(
        "no application was rejected by score (\(word: ApplicationColumns.rejectReason) 09-score): there is nothing to swap in"
      )
    }
    let summary = SampleSummary(
      segment: config.segment.values.isEmpty ? "all" : config.segment.values.joined(separator: " + "),
      periodStart: period.start.iso, periodEnd: period.end.iso, months: period.months,
      waterfall: waterfall.rows(used: [
        ("booked, in the grid", booked), ("rejected by score, in the grid", rows.count - booked),
      ]),
      outside: binning.outside, stress: stress, transformation: transformation, bookedRows: booked,
      scoreRejectedRows: rows.count - booked, immatureRows: immature, qualitySkipped: input.quality.skipped)
    return Sample(
      grid: binning.grid, measure: RiskMeasure(multiplier: config.multiplier), cell: cells,
      status: isBooked.map { $0 ? .booked : .scoreRejected }, scores: scores, amounts: values,
      isMature: zip(isBooked, isMature).map { $0 && $1 }, key: keys, summary: summary)
  }

  private var merging: Bool { config.textCollisions == .merge }

  private func dropDuplicates(_ duplicates: [Int], _ waterfall: inout Waterfall) throws {
    guard let first = duplicates.first else { return }
    switch config.duplicates {
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

  private func applyFilters(_ table: Table, _ waterfall: inout Waterfall, in context: RunContext) throws {
    let preset = config.preset == .originalExclusions ? RowFilter.originalExclusions : []
    for filter in preset + config.filters {
      let stays = try filter.stays(in: table, merging: merging)
      if waterfall.drop(filter.description, where: { !stays[$0] }) == 0 {
        context.note("no row leaves because \(word: filter.description)")
      }
    }
    guard !config.segment.values.isEmpty else { return }
    let matches = try config.segment.matches(in: table, match: config.segmentMatch, merging: merging)
    waterfall.drop("no segment") { matches[$0] == nil }
    waterfall.drop("another segment") { matches[$0] == false }
  }

  private func applyPeriod(
    days: [Double], month: [Int], _ waterfall: inout Waterfall, in context: RunContext
  ) throws -> (start: CalendarDate, end: CalendarDate, months: Int) {
    guard let start = config.periodStart, let end = config.periodEnd else {
      throw Faults.usage("main period", "has no dates", "Set date_ini_book_obs and date_fin_book_obs.")
    }
    switch config.granularity {
    case .month:
      waterfall.drop("before the main period") { month[$0] < start.monthIndex }
      waterfall.drop("after the main period") { month[$0] > end.monthIndex }
    case .day:
      if start.day != 1 || end.monthIndex == CalendarDate(daysSince1960: end.daysSince1960 + 1).monthIndex {
        context.warn(
          "the main period does not begin and end with whole months; the annual coefficient counts whole months")
      }
      waterfall.drop("before the main period") { days[$0] < Double(start.daysSince1960) }
      waterfall.drop("after the main period") { days[$0] > Double(end.daysSince1960) }
    }
    return (start, end, end.monthIndex - start.monthIndex + 1)
  }

  private func bin(
    _ table: Table, status: RowStatus, amounts: Amounts, _ waterfall: inout Waterfall, in context: RunContext
  ) throws -> GridBinning {
    let axes = try config.axes(at: Place(source: "preprocessing"))
    return try GridBinning(axes, table: table, status: status, amounts: amounts, waterfall: &waterfall, in: context)
  }

  /// Takes out the months whose outcomes are not known yet, as the policy says.
  /// - Returns: how many months left the period.
  private func apply(
    _ maturity: Maturity, month: [Int], _ waterfall: inout Waterfall, in context: RunContext
  ) throws -> Int {
    guard let names = maturity.names else { return 0 }
    switch config.immatureMonths {
    case .keep: return 0
    case .error:
      throw Faults.data(
        "main period", "most booked applications of \(names) have no outcome yet",
        "End the period earlier, or set immature_months = \"drop\".")
    case .drop:
      guard maturity.hasMatureMonth else {
        throw Faults.data(
          "main period", "most booked applications of every month (\(names)) have no outcome yet",
          "Move the period back.")
      }
      context.warn("\(word: names) left the main period: most of their booked applications have no outcome yet")
      waterfall.drop("month without outcomes yet") { maturity.immature.contains(month[$0]) }
      return maturity.immature.count
    }
  }

  private func checkDirections(
    _ grid: CellGrid, rows: [Int], cells: [Int32], scores: [[Double]], amounts: [[Int64]], in context: RunContext
  ) throws {
    for (index, axis) in grid.axes.enumerated() {
      let groups = RiskGroups(grid, axis: index, rows: rows, cells: cells, scores: scores[index], amounts: amounts)
      guard
        let check = DirectionCheck(
          numerator: groups.numerator, denominator: groups.denominator,
          stream: context.random(.direction(of: axis.name)))
      else {
        context.note("\(word: axis.name): too few bins with exposure to check its direction")
        continue
      }
      let finding =
        "\(axis.name) is declared \(axis.direction.rawValue), but risk \(check.correlation > 0 ? "rises" : "falls") with \(axis.source) (rank correlation \(Rounded(check.correlation, 3)), p = \(Rounded(check.p, 3)))"
      guard check.contradicts(axis.direction) else { continue }
      guard let reason = config.acceptDirectionConflict else {
        throw Faults.gate(
          "variable \(axis.name)", "direction contradicts the data: \(finding)",
          "Correct direction in [preprocessing.bins.\(axis.name)], or set accept_direction_conflict = \"why\".")
      }
      context.warn("\(word: finding); accepted: \(word: reason)")
    }
  }

  private func stressFactor(
    _ grid: CellGrid, rows: [Int], scores: [[Double]], keys: [UInt64], amounts: [[Int64]], in context: RunContext
  ) -> SampleSummary.Stress {
    guard config.stress == .global else {
      return .init(factor: 1, mode: StressMode.off.rawValue, worstRows: 0, worstBadRows: 0)
    }
    let name = config.stressVariable ?? grid.axes.last?.name
    guard let index = grid.axes.firstIndex(where: { $0.name == name }) else {
      return .init(factor: 1, mode: StressMode.off.rawValue, worstRows: 0, worstBadRows: 0)
    }
    return StressFactor.compute(
      score: rows.map { scores[index][$0] }, key: rows.map { keys[$0] }, direction: grid.axes[index].direction,
      numerator: rows.map { amounts[2][$0] }, denominator: rows.map { amounts[3][$0] }, share: config.stressShare,
      in: context)
  }
}
