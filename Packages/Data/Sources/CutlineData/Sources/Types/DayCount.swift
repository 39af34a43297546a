internal import CutlineCore

/// Numbers that count days or seconds from some epoch, as programs keep moments where no format shows them.
enum DayCount: String, Sendable, CaseIterable {
  /// Days since 1960-01-01 in SAS's own calendar.
  case sasDays = "sas-days"
  /// Seconds since 1960-01-01, or since midnight in a time of day.
  case sasSeconds = "sas-seconds"
  /// A spreadsheet's days, 1 = 1900-01-01, with the 1900-02-29 that there never was; decimals are the time of day.
  case excelDays = "excel-days"
  /// The same of a workbook of the 1904 date system, 0 = 1904-01-01.
  case excelDays1904 = "excel-days-1904"
  /// Days, seconds or milliseconds since 1970-01-01.
  case unixDays = "unix-days"
  case unixSeconds = "unix-seconds"
  case unixMilliseconds = "unix-milliseconds"

  /// Days and seconds since 1960-01-01 for the number.
  /// - Returns: nil where it is no day of the years 1 to 9999.
  func moment(_ value: Double) -> (days: Int, seconds: Double)? {
    guard value.magnitude < 1e15 else { return nil }
    let moment: (days: Int, seconds: Double)
    switch self {
    case .sasDays: moment = (SasCalendar.days(Int(value.rounded(.down))), 0)
    case .sasSeconds:
      let days = (value / 86_400).rounded(.down)
      moment = (SasCalendar.days(Int(days)), value - days * 86_400)
    case .excelDays:
      // 60 is the day that does not exist.
      guard value >= 1, value < 60 || value >= 61 else { return nil }
      moment = Self.fractional(value, epoch: value < 60 ? -21_915 : -21_916)
    case .excelDays1904:
      guard value >= 0 else { return nil }
      moment = Self.fractional(value, epoch: -20_454)
    case .unixDays: moment = Self.fractional(value, epoch: 3653)
    case .unixSeconds, .unixMilliseconds:
      let seconds = self == .unixSeconds ? value : value / 1000
      let days = (seconds / 86_400).rounded(.down)
      moment = (Int(days) + 3653, seconds - days * 86_400)
    }
    return SasCalendar.span.contains(moment.days) ? moment : nil
  }

  /// Seconds since midnight for the number; nil where it counts no time of day.
  func timeOfDay(_ value: Double) -> Double? {
    switch self {
    case .sasSeconds: value.magnitude < 1e9 ? value : nil
    case .excelDays, .excelDays1904, .unixDays:
      (0...1e5).contains(value) ? (value * 86_400_000).rounded() / 1000 : nil
    default: nil
    }
  }

  // A day in decimals is good to the millisecond: its last bits are noise, and would make 08:30 one of 08:29:59.999.
  private static func fractional(_ value: Double, epoch: Int) -> (days: Int, seconds: Double) {
    let whole = value.rounded(.down)
    let milliseconds = ((value - whole) * 86_400_000).rounded()
    return milliseconds >= 86_400_000 ? (Int(whole) + epoch + 1, 0) : (Int(whole) + epoch, milliseconds / 1000)
  }
}

/// The calendar of SAS, in which the years 4000 and 8000 are no leap years.
///
/// Source: *SAS 9.4 Language Reference: Concepts*, "About SAS Date, Time, and Datetime Values". So the numbers of SAS for
/// days behind 4000-02-28 are one less, and behind 8000-02-28 two less, than days of the Gregorian calendar; an open
/// end of 9999-12-31 is 2936547.
enum SasCalendar {
  /// Days of the years 1 to 9999.
  static let span = -715_509...2_936_549
  /// 4000-02-29 and 8000-02-29, days since 1960-01-01.
  private static let (first, second) = (745_154, 2_206_124)

  /// Days of the Gregorian calendar for a day of SAS.
  static func days(_ sas: Int) -> Int { sas + (sas >= first ? 1 : 0) + (sas + 1 >= second ? 1 : 0) }

  /// A day of SAS for days of the Gregorian calendar; the two days that SAS does not have become the day before.
  static func sasDays(_ days: Int) -> Int { days - (days >= first ? 1 : 0) - (days >= second ? 1 : 0) }

  /// A moment as a table counts it, from SAS's number; times and what is missing stay as they are.
  static func moment(_ value: Double, _ unit: MomentUnit) -> Double { shifted(value, unit, days) }

  /// SAS's number for a moment of a table.
  static func sasNumber(_ value: Double, _ unit: MomentUnit) -> Double { shifted(value, unit, sasDays) }

  private static func shifted(_ value: Double, _ unit: MomentUnit, _ change: (Int) -> Int) -> Double {
    let length = unit == .date ? 1.0 : 86_400.0
    // Nearly all: before the year 4000, or no moment at all.
    guard unit != .time, value >= Double(first - 1) * length, value < 1e15 else { return value }
    let day = Int((value / length).rounded(.down))
    return value + Double(change(day) - day) * length
  }
}
