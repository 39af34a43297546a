internal import CutlineCore

/// A way of writing dates, such as `%d/%m/%Y`.
///
/// `%Y` is a year of four digits, `%y` of two (69–99 are 1969–1999, as in POSIX), `%m` and `%d` take one or two digits,
/// `%b` and `%B` are English months in any case, `%j` the day of the year. What is not there is 1.
struct DatePattern: Sendable, Equatable {
  private enum Part: Sendable, Equatable {
    case text(UInt8)
    case year, shortYear, month, day, monthName, dayOfYear
  }

  let pattern: String
  private var parts: [Part] = []
  /// Whether dates in this pattern are digits only, so that they look like numbers.
  private(set) var isNumeric = true

  /// - Throws: `Faults` (usage) for a pattern that cannot be read.
  init(_ pattern: String) throws {
    self.pattern = pattern
    var bytes = Array(pattern.utf8)[...]
    while let byte = bytes.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        parts.append(.text(byte))
        isNumeric = false
        continue
      }
      switch bytes.popFirst().map({ UnicodeScalar($0) }) {
      case "Y": parts.append(.year)
      case "y": parts.append(.shortYear)
      case "m": parts.append(.month)
      case "d": parts.append(.day)
      case "j": parts.append(.dayOfYear)
      case "b", "B":
        parts.append(.monthName)
        isNumeric = false
      default:
        throw Faults.usage(
          "date format", "\"\(pattern)\" is not understood",
          "It is made of %Y %y %m %d %j %b %B and the characters between them, like %d/%m/%Y.")
      }
    }
    guard parts.contains(.year) || parts.contains(.shortYear) else {
      throw Faults.usage("date format", "\"\(pattern)\" has no year", "Give %Y (four digits) or %y (two).")
    }
  }

  /// Days since 1960-01-01; nil when `text` is not such a date.
  func date(_ text: UnsafePointer<UInt8>, _ count: Int) -> Double? {
    var place = 0
    var (year, month, day) = (0, 1, 1)
    var dayOfYear: Int?
    // Fixed widths where digits follow one another, as in %Y%m%d.
    func number(_ most: Int, _ index: Int) -> Int? {
      var value = 0
      var taken = 0
      while taken < most, place < count, text[place] &- 48 < 10 {
        value = value * 10 + Int(text[place] &- 48)
        place += 1
        taken += 1
      }
      let isExact = isNumeric || most == 4
      return taken == 0 || (isExact && taken < most) ? nil : value
    }
    for (index, part) in parts.enumerated() {
      switch part {
      case .text(let byte):
        guard place < count, text[place] == byte else { return nil }
        place += 1
      case .year:
        guard let value = number(4, index) else { return nil }
        year = value
      case .shortYear:
        guard let value = number(2, index) else { return nil }
        year = value < 69 ? 2000 + value : 1900 + value
      case .month:
        guard let value = number(2, index) else { return nil }
        month = value
      case .day:
        guard let value = number(2, index) else { return nil }
        day = value
      case .dayOfYear:
        guard let value = number(3, index) else { return nil }
        dayOfYear = value
      case .monthName:
        guard let value = monthName(text, &place, count) else { return nil }
        month = value
      }
    }
    guard place == count, let date = CalendarDate(year: year, month: dayOfYear == nil ? month : 1, day: day) else {
      return nil
    }
    guard let dayOfYear else { return Double(date.daysSince1960) }
    let isLeap = CalendarDate(year: year, month: 2, day: 29) != nil
    return (1...(isLeap ? 366 : 365)).contains(dayOfYear) ? Double(date.daysSince1960 + dayOfYear - 1) : nil
  }

  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
  ]

  private func monthName(_ text: UnsafePointer<UInt8>, _ place: inout Int, _ count: Int) -> Int? {
    var letters: [UInt8] = []
    while place < count, (text[place] | 0x20) &- 97 < 26, letters.count < 10 {
      letters.append(text[place] | 0x20)
      place += 1
    }
    let word = String(decoding: letters, as: UTF8.self)
    guard word.count >= 3 else { return nil }
    return Self.months.firstIndex { $0 == word || $0.prefix(3) == word }.map { $0 + 1 }
  }
}
