internal import CutlineCore
internal import CutlineCredit

/// Which SAS formats show numbers as moments.
///
/// SAS keeps a date as the number of days and a date-time as the number of seconds since 1960-01-01; only the format
/// tells them from other numbers. Source: *SAS 9.4 Formats and Informats: Reference*, formats by category.
enum SasFormats {
  /// The unit of a number shown in `format`; nil for formats that show plain numbers.
  static func unit(of format: String) -> MomentUnit? {
    let name = baseName(format)
    if dates.contains(name) { return .date }
    if dateTimes.contains(name) { return .dateTime }
    if times.contains(name) { return .time }
    // Families with a separator (B, C, D, N, P, S) or a language behind the name.
    for family in ["DDMMYY", "MMDDYY", "YYMMDD", "MMYY", "YYMM", "YYQR", "YYQ"]
    where name.count == family.count + 1 && name.hasPrefix(family) && "BCDNPSZ".contains(name.suffix(1)) {
      return .date
    }
    if name.hasPrefix("NLDATM") || name.hasPrefix("EURDFDT") || name.hasPrefix("NLDDT") { return .dateTime }
    if name.hasPrefix("NLDATE") || name.hasPrefix("EURDF") { return .date }
    if name.hasPrefix("NLTIM") { return .time }
    return nil
  }

  /// `E8601DA10.` → `E8601DA`: without width and decimals.
  static func baseName(_ format: String) -> String {
    var name = Substring(format.uppercased())
    if let dot = name.lastIndex(of: "."), name[dot...].dropFirst().allSatisfy(\.isNumber) { name = name[..<dot] }
    while name.last?.isNumber == true { name.removeLast() }
    return String(name)
  }

  private static let dates: Set<String> = [
    "B8601DA", "DATE", "DAY", "DDMMYY", "DOWNAME", "E8601DA", "HDATE", "HEBDATE", "IS8601DA", "JULDAY", "JULIAN",
    "MINGUO", "MMDDYY", "MMYY", "MONNAME", "MONTH", "MONYY", "NENGO", "PDJULG", "PDJULI", "QTR", "QTRR", "WEEKDATE",
    "WEEKDATX", "WEEKDAY", "WEEKU", "WEEKV", "WEEKW", "WORDDATE", "WORDDATX", "YEAR", "YYMM", "YYMMDD", "YYMON",
    "YYQ", "YYQR",
  ]

  private static let dateTimes: Set<String> = [
    "B8601DN", "B8601DT", "B8601DX", "B8601DZ", "B8601LX", "DATEAMPM", "DATETIME", "DTDATE", "DTMONYY", "DTWKDATX",
    "DTYEAR", "DTYYQC", "E8601DN", "E8601DT", "E8601DX", "E8601DZ", "E8601LX", "IS8601DN", "IS8601DT", "IS8601DZ",
    "MDYAMPM",
  ]

  private static let times: Set<String> = [
    "B8601LZ", "B8601TM", "B8601TX", "B8601TZ", "E8601LZ", "E8601TM", "E8601TX", "E8601TZ", "HHMM", "HOUR",
    "IS8601LZ", "IS8601TM", "IS8601TZ", "MMSS", "TIME", "TIMEAMPM", "TOD",
  ]
}
