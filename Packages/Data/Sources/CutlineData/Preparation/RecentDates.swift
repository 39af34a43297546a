internal import CutlineCore
internal import CutlineCredit

/// The recent period by its dates, by whole months or days as the main one is.
struct RecentDates {
  private let start, end: CalendarDate?
  private let granularity: Granularity
  private let days: ClosedRange<Double>?

  init(_ config: PrepareConfig) {
    (start, end, granularity) = (config.recentStart, config.recentEnd, config.granularity)
    if let start, let end, start <= end { days = Self.days(start, end, granularity) } else { days = nil }
  }

  /// Whether a day, counted from 1960, lies in it; false where there is no such period, and for a missing day.
  func contains(_ day: Double) -> Bool { days?.contains(day) ?? false }

  /// The days of a period: of whole months from the first of the first to the last of the last.
  private static func days(
    _ start: CalendarDate, _ end: CalendarDate, _ granularity: Granularity
  ) -> ClosedRange<Double> {
    guard granularity == .month else { return Double(start.daysSince1960)...Double(end.daysSince1960) }
    let after = Month(end) + 1
    let next = CalendarDate(year: after.year, month: after.month, day: 1)?.daysSince1960 ?? end.daysSince1960 + 1
    return Double(start.daysSince1960 - start.day + 1)...Double(next - 1)
  }

  /// How much of the segment lies in it; nil where it is not asked for.
  func period(days: [Double], month: RowMonths, segment: RowSet, main: RowSet) -> RecentPeriod? {
    guard let start, let end else { return nil }
    var months: Set<Month> = []
    var shared = 0
    for row in segment where contains(days[row]) {
      if main.contains(row) { shared += 1 } else if let month = month[row] { months.insert(month) }
    }
    return RecentPeriod(start: start.iso, end: end.iso, months: months.count, sharedRows: shared)
  }

  /// Where every row of the file went. Those of the main period have the reason of the waterfall. So have those of other
  /// times, but of the recent period those that only their date keeps out of it have the reason that they would have.
  ///
  /// - Parameters:
  ///   - rows: those of the sample.
  ///   - main: the dates of the main period.
  ///   - decided: the rows of the main period, before anything was said of their status and scores.
  func origin(
    of rows: RowSet, days: [Double], main: (start: CalendarDate, end: CalendarDate), decided: RowSet, segment: RowSet,
    status: [SampleStatus], waterfall: consuming Waterfall, _ binning: GridBinning
  ) -> SampleOrigin {
    let dates = Self.days(main.start, max(main.start, main.end), granularity)
    let period = days.indices.map { row -> Period in
      if decided.contains(row) { return .main }
      if contains(days[row]) { return .recent }
      return dates.contains(days[row]) ? .main : .other
    }
    var reasons = waterfall.reasons
    var reason = (consume waterfall).reason
    func code(_ text: String) -> UInt16 {
      if let known = reasons.firstIndex(of: text) { return UInt16(known + 1) }
      reasons.append(text)
      return UInt16(reasons.count)
    }
    let (cancelled, otherwise) = (code(SampleOrigin.cancellation), code(SampleOrigin.otherRejection))
    for row in segment where period[row] == .recent {
      switch status[row] {
      case .cancelled: reason[row] = cancelled
      case .otherRejected: reason[row] = otherwise
      case .booked, .scoreRejected: reason[row] = 0
      }
    }
    for (text, left) in binning.others {
      let number = code(text)
      for row in left where period[row] == .recent && reason[row] == 0 { reason[row] = number }
    }
    return SampleOrigin(rows: rows, period: period, status: status, reason: reason, reasons: reasons)
  }
}
