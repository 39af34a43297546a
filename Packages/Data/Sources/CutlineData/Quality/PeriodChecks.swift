internal import CutlineCore
internal import CutlineCredit

/// Checks of dates: what the file spans, which months it lacks, which outcomes cannot be known yet.
struct PeriodChecks {
  private let config: QualityConfig
  private let months: MonthCounts
  private let days: [Double]

  init(_ table: Table, rows: [Bool]?, _ config: QualityConfig) throws {
    self.config = config
    days = try table.days(ApplicationColumns.month)
    let text = try table.standardText(ApplicationColumns.status, merging: true)
    let known = text.values.map(config.words.status)
    let numerator = try table.numbers(Amount.numerator.name)
    let denominator = try table.numbers(Amount.denominator.name)
    let month = days.enumerated().map { row, day in
      day.isNaN || rows?[row] == false ? nil : Month(CalendarDate(daysSince1960: Int(day)))
    }
    months = MonthCounts(
      month: month, isBooked: { row in text.code(row).flatMap { known[$0] } == .booked },
      isBad: { numerator[$0].isNaN || denominator[$0].isNaN ? nil : numerator[$0] > 0 })
  }

  var checks: [QualityReport.Check] { [dateRange, ripeness, badOutcomes] }

  private var period: ClosedRange<Month>? {
    guard let start = config.periodStart, let end = config.periodEnd, start <= end else { return nil }
    return Month(start)...Month(end)
  }

  private var dateRange: QualityReport.Check {
    let name = "date range"
    let present = days.filter { !$0.isNaN }
    guard let first = present.min(), let last = present.max() else {
      return .init(name, .failed, "\(ApplicationColumns.month) is empty")
    }
    let (from, to) = (CalendarDate(daysSince1960: Int(first)), CalendarDate(daysSince1960: Int(last)))
    var found: [String] = []
    if let start = config.periodStart, from > start { found.append("it begins after \(start.iso)") }
    if let end = config.periodEnd, to.monthIndex < end.monthIndex { found.append("it ends before \(end.iso)") }
    let apart = months.apart
    if !apart.isEmpty {
      let rows = apart.reduce(0) { $0 + (months.months[$1]?.rows ?? 0) }
      found.append(
        "\(rows) rows lie far from the rest, in \(MonthCounts.phrase(apart)), as placeholders do that stand for no date"
      )
    }
    var isEmpty = false
    if let period {
      let empty = (0...(period.upperBound - period.lowerBound)).map { period.lowerBound + $0 }
        .filter { months.months[$0] == nil }
      isEmpty = empty.count == period.upperBound - period.lowerBound + 1
      if isEmpty {
        found.append("no row lies in the main period")
      }
      let within = empty.filter { Month(from)...Month(to) ~= $0 }
      if !isEmpty, !within.isEmpty {
        found.append("the main period has no row in \(MonthCounts.phrase(within))")
      }
    }
    // The first and the last day may be those of one application; then their months are said.
    func text(_ day: Double, _ date: CalendarDate) -> String {
      Vocabulary.isShared(by: present.count { $0 == day }) ? date.iso : Month(date).iso
    }
    let span = "the data runs from \(text(first, from)) to \(text(last, to))"
    return .init(
      name, isEmpty ? .failed : found.isEmpty ? .passed : .warning, ([span] + found).joined(separator: "; "))
  }

  /// Months at the end in which nobody went bad although many should have: their outcomes are not known, and 0 stands for it.
  private var ripeness: QualityReport.Check {
    let name = "outcomes of the last months"
    guard months.months.values.contains(where: { $0.known > 0 }) else {
      return .init(name, .skipped, "no booked row has an outcome")
    }
    guard let found = months.unripe else {
      return .init(name, .passed, "no months at the end are without bad outcomes beyond chance")
    }
    let inside = period.map { period in found.months.contains(where: period.contains) } ?? true
    return .init(
      name, inside ? .failed : .warning,
      "no booked row of \(MonthCounts.phrase(found.months)) went bad, where about \(Rounded(found.expected, 0)) would have "
        + "at the rate of the months before: outcomes that are not known yet seem to be filled with 0"
        + (inside ? ". End the main period before them, or leave what is not known empty" : ""))
  }

  /// Few bad outcomes make every risk uncertain.
  private var badOutcomes: QualityReport.Check {
    let name = "number of bad outcomes"
    let used = months.months.filter { period?.contains($0.key) ?? true }.values
    let (known, bad) = (used.reduce(0) { $0 + $1.known }, used.reduce(0) { $0 + $1.bad })
    guard known > 0 else { return .init(name, .skipped, "no booked row of the main period has an outcome") }
    return .init(
      name, bad < config.badWarning ? .warning : .passed,
      "\(bad) of \(known) booked rows of the main period went bad (warns below \(config.badWarning): risks by cell are then "
        + "hardly known)")
  }
}
