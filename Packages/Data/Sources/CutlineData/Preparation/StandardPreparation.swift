internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Filters, classifies and bins the applications of the main period.
///
/// Order: identical rows, filters, segment, status rules, period, missing and special scores per variable, edges.
/// Every row leaves for one reason or is used; the waterfall adds up. Amounts become whole numbers of their scale here.
struct StandardPreparation: Stage {
  typealias Kind = Prepare
  static let name = "standard"
  static let summary = "Filters, classifies and bins applications, with every row accounted for."

  let config: PrepareConfig

  func run(_ input: Prepare.Input, in context: RunContext) async throws -> Sample {
    let prepared = try PreparedRows(input.source, duplicates: input.quality.duplicateRows, config, in: context)
    let (table, status, days) = (prepared.table, prepared.status, prepared.days)
    let hasOutcome = prepared.amounts.hasOutcome
    var waterfall = prepared.waterfall
    let segment = waterfall.remaining
    var period = try applyPeriod(days: days, month: prepared.month, &waterfall, in: context)
    period.months = monthsWithData(
      of: period.months, Month(period.start)...Month(period.end), prepared.month, in: context)
    let maturity = Maturity(Month(period.start)...Month(period.end), month: prepared.month) { row in
      waterfall.isIn(row) && status[row] == .booked ? hasOutcome.contains(row) : nil
    }
    period.months -= try apply(maturity, month: prepared.month, &waterfall, in: context)
    let main = waterfall.remaining
    waterfall.drop(SampleOrigin.cancellation) { status[$0] == .cancelled }
    waterfall.drop(SampleOrigin.otherRejection) { status[$0] == .otherRejected }
    let place = Place(source: "preprocessing")
    let axes = try await proposedEdges(config.grid.axes(at: place), prepared, segment: segment, in: context)
    try GridConfig.checkSize(axes, at: place)
    // From here on each of these columns is given up when that of the sample is made.
    let (amounts, month, keys) = (prepared.amounts, prepared.month, prepared.keys)
    _ = consume prepared
    let binning = try GridBinning(axes, table: table, segment: segment, waterfall: &waterfall)

    for note in binning.notes { context.note(Remark(word: note)) }
    let rows = segment.filter { binning.cell[$0] >= 0 }
    let outcome = rows.map { row -> Outcome in
      status[row] != .booked ? .none : hasOutcome.contains(row) ? .mature : .immature
    }
    let used = waterfall.remaining
    let booked = used.filter { status[$0] == .booked }
    guard !booked.isEmpty else {
      throw Faults.data(
        "main period", "no booked application is left in \(period.start.iso) to \(period.end.iso)",
        "Check the period, the segment and the bins. Rows left because: \(waterfall.summary).")
    }
    let lacking = booked.intersection(amounts.lacksAmount).count
    if lacking > 0 {
      context.warn(
        "\(lacking) of \(booked.count) booked applications lack \(word: Amount.requested.name) or \(word: Amount.production.name): it counts as 0, also in what is granted of a request"
      )
    }
    let immature = booked.filter { !hasOutcome.contains($0) }.count
    if immature > 0 {
      context.warn(
        "\(immature) of \(booked.count) booked applications have no outcome: they count in production, not in risk")
    }
    if case .auto = config.eligible {
      context.note("eligible is auto: \(word: config.eligible.resolved(in: table).toml)")
    }
    for remark in try config.eligible.unused(in: table) { context.warn(remark) }
    let eligible = try config.eligible.rows(in: table)
    let account = RowAccount(
      waterfall: waterfall.rows(isBooked: { status[$0] == .booked }, production: amounts[.production]),
      bookedRows: booked.count, scoreRejectedRows: used.count - booked.count, immatureRows: immature)
    let isRecent = RecentDates(config)
    let recent = isRecent.period(days: days, month: month, segment: segment, main: main)
    let basis = Basis(
      segment: config.segment.values.isEmpty ? "all" : config.segment.values.joined(separator: " + "),
      periodStart: period.start.iso, periodEnd: period.end.iso, months: period.months)
    func summary(stress: Stress, transformation: Transformation) -> SampleSummary {
      SampleSummary(
        basis: basis, account: account, stress: stress, transformation: transformation,
        qualitySkipped: input.quality.skipped, recent: recent, horizonMonths: config.horizonMonths)
    }
    let transformation = try TransformationRate.compute(
      eligible: segment.intersection(eligible), month: month, amount: amounts[.requested],
      isBooked: { status[$0] == .booked }, lastMonth: Month(period.end), window: config.windowMonths, in: context
    )
    let scale = amounts.scale
    let isBookedMature = { (row: Int) in status[row] == .booked && hasOutcome.contains(row) }
    var columns = try overrides(
      in: table, of: rows, beside: (consume amounts).values(of: rows, isMature: isBookedMature),
      isMature: isBookedMature, scale: scale, context)
    if recent != nil, let early = try EarlyOutcome(table, booked: { status[$0] == .booked }, scale) {
      columns.merge(early.values(of: rows)) { own, _ in own }
    }
    let origin = isRecent.origin(
      of: rows, days: days, main: (period.start, period.end), decided: main, segment: segment, status: status,
      waterfall: consume waterfall, binning)
    let (grid, outside, scores) = (binning.grid, binning.outside, binning.scores(of: rows))
    let bare = Sample(
      grid: grid, measure: RiskMeasure(multiplier: config.multiplier), outside: outside,
      cell: (consume binning).cells(of: rows), month: (consume month).kept(rows),
      period: rows.map { main.contains($0) ? .main : isRecent.contains(days[$0]) ? .recent : .other },
      status: rows.map { status[$0] }, outcome: outcome,
      scores: scores,
      amounts: columns,
      eligible: eligible.numbered(in: rows), key: (consume keys).kept(rows),
      summary: summary(stress: Self.noStress, transformation: Self.noTransformation), origin: origin)
    let mature = bare.mature
    try checkDirections(bare, rows: mature, in: context)
    let stress = try stressFactor(bare, rows: mature, in: context)
    if booked.count == used.count {
      context.warn(
        "no application of the main period was rejected by score: there is nothing to swap in; score_reject of "
          + "[preprocessing.values] says which words of \(word: ApplicationColumns.rejectReason) are the score's")
    }
    return bare.with(summary(stress: stress, transformation: transformation))
  }

  /// The amounts with those of overrides beside them, where a column says which they are.
  private func overrides(
    in table: Table, of rows: RowSet, beside amounts: [Amount: [Int64]], isMature: (Int) -> Bool, scale: AmountScale,
    _ context: RunContext
  ) throws -> [Amount: [Int64]] {
    guard let rule = config.overrides else { return amounts }
    for remark in try rule.unused(in: table, key: "overrides") { context.warn(remark) }
    let named = try rule.rows(
      in: table, key: "overrides", "Leave overrides out, or name the column and values that mark them.")
    let isOverride = rows.map { named.contains($0) && isMature($0) }
    context.note("\(isOverride.count { $0 }) booked applications with an outcome are overrides by \(word: rule.column)")
    var all = amounts
    func only(_ amount: Amount) -> [Int64] { zip(isOverride, amounts[amount] ?? []).map { $0 ? $1 : 0 } }
    all[.overrideNumerator.with(scale)] = only(.numerator)
    all[.overrideDenominator.with(scale)] = only(.denominator)
    all[.overrideRows] = isOverride.map { $0 ? 1 : 0 }
    all[.overrideBadRows] = zip(isOverride, amounts[.numerator] ?? []).map { $0 && $1 > 0 ? 1 : 0 }
    return all
  }

  private static let noStress = Stress(factor: 1, mode: StressMode.off.rawValue, worstRows: 0, worstBadRows: 0)
  private static let noTransformation = Transformation(
    rate: 1, eligibleAmount: 0, bookedAmount: 0, firstMonth: nil, lastMonth: nil, monthsWithData: 0)

  private func applyPeriod(
    days: [Double], month: RowMonths, _ waterfall: inout Waterfall, in context: RunContext
  ) throws -> (start: CalendarDate, end: CalendarDate, months: Int) {
    guard let start = config.periodStart, let end = config.periodEnd else {
      throw Faults.usage("main period", "has no dates", "Set date_ini_book_obs and date_fin_book_obs.")
    }
    switch config.granularity {
    case .month:
      waterfall.drop("before the main period") { month[$0].map { $0 < Month(start) } ?? false }
      waterfall.drop("after the main period") { month[$0].map { $0 > Month(end) } ?? false }
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

  /// Volumes are annualised over the months of the period that hold any application of the file: a month that was never
  /// delivered did not bring nothing.
  private func monthsWithData(
    of months: Int, _ period: ClosedRange<Month>, _ month: RowMonths, in context: RunContext
  ) -> Int {
    let held = Set(month.lazy.compactMap { $0 }.filter(period.contains)).count
    guard held < months, held > 0 else { return months }
    context.warn(
      "the main period's \(months) months hold applications in \(held): volumes are annualised over these \(held)")
    return held
  }

  /// Takes out the months whose outcomes are not known yet, as the policy says.
  /// - Returns: how many months left the period.
  private func apply(
    _ maturity: Maturity, month: RowMonths, _ waterfall: inout Waterfall, in context: RunContext
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
      waterfall.drop("month without outcomes yet") { month[$0].map(maturity.immature.contains) ?? false }
      return maturity.immature.count
    }
  }

  private func checkDirections(_ sample: Sample, rows: RowSet, in context: RunContext) throws {
    var isAccepted = false
    for (index, axis) in sample.grid.axes.enumerated() {
      let groups = try RiskGroups(sample, axis: index, rows: rows)
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
      isAccepted = true
      context.warn("\(word: finding); accepted: \(word: reason)")
    }
    if config.acceptDirectionConflict != nil, !isAccepted {
      context.note("accept_direction_conflict has no effect: the data contradicts no declared direction")
    }
  }

  private func stressFactor(_ sample: Sample, rows: RowSet, in context: RunContext) throws -> Stress {
    let name = config.stressVariable ?? sample.grid.axes.last?.name
    guard config.stress == .global, let index = sample.grid.axes.firstIndex(where: { $0.name == name }) else {
      return Self.noStress
    }
    let (numerator, denominator) = (try sample.values(of: .numerator), try sample.values(of: .denominator))
    context.warn(
      "stress is on: on portfolios with known truth it promised some 5 points too much risk of what is taken in (docs/methods/reject-inference.md#the-study)"
    )
    return StressFactor.compute(
      score: rows.map { sample.scores[index][$0] }, direction: sample.grid.axes[index].direction,
      numerator: rows.map { numerator[$0] },
      denominator: rows.map { denominator[$0] }, share: config.stressShare, in: context)
  }
}
