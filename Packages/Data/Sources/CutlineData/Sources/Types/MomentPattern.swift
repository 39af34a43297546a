internal import CutlineCore

/// A way of writing dates and times of day, such as `%d/%m/%Y` or `%Y%m%d %H:%M:%S`.
///
/// `%Y` is a year of four digits, `%y` of two (69–99 are 1969–1999, as in POSIX), `%m` and `%d` take one or two digits,
/// `%b` and `%B` are English months in any case, `%j` the day of the year; `%H` and `%I` are hours (of 24, of 12 with
/// `%p`), `%M` minutes, `%S` seconds with or without decimals. What is not there is 1 in a date and 0 in a time.
struct MomentPattern: Sendable, Equatable {
  enum Part: Sendable, Equatable {
    case text(UInt8)
    case year, shortYear, month, day, monthName, dayOfYear
    case hour, shortHour, minute, second, half

    var isDigits: Bool {
      switch self {
      case .text, .monthName, .half: false
      default: true
      }
    }

    var isOfDate: Bool {
      switch self {
      case .year, .shortYear, .month, .day, .monthName, .dayOfYear: true
      default: false
      }
    }

    var isOfTime: Bool {
      switch self {
      case .hour, .shortHour, .minute, .second, .half: true
      default: false
      }
    }
  }

  let pattern: String
  let parts: [Part]
  /// A date, a date-time, or a time of day.
  let unit: MomentUnit
  /// Whether it is digits only, so that what is written in it looks like a number.
  let isNumeric: Bool
  // Digits that follow one another have fixed widths, as in %Y%m%d.
  private let isExact: [Bool]

  private static let letters: [UnicodeScalar: Part] = [
    "Y": .year, "y": .shortYear, "m": .month, "d": .day, "j": .dayOfYear, "b": .monthName, "B": .monthName,
    "H": .hour, "I": .shortHour, "M": .minute, "S": .second, "p": .half,
  ]

  /// - Throws: `Faults` (usage) for a pattern that cannot be read.
  init(_ pattern: String) throws {
    func refused(_ why: String) -> Faults {
      Faults.usage(
        "date format", "\"\(pattern)\" \(why)",
        "It is made of %Y %y %m %d %j %b %B, %H %I %M %S %p and the characters between them, like %d/%m/%Y.")
    }
    var parts: [Part] = []
    var bytes = Array(pattern.utf8)[...]
    while let byte = bytes.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        parts.append(.text(byte))
        continue
      }
      let letter = bytes.popFirst()
      if letter == UInt8(ascii: "%") {
        parts.append(.text(byte))
        continue
      }
      guard let part = letter.flatMap({ Self.letters[UnicodeScalar($0)] }) else { throw refused("is not understood") }
      guard !parts.contains(part) else { throw refused("has one part twice") }
      parts.append(part)
    }
    let (hasDate, hasTime) = (parts.contains(where: \.isOfDate), parts.contains(where: \.isOfTime))
    if hasDate, !parts.contains(.year), !parts.contains(.shortYear) { throw refused("has no year") }
    if hasTime, !parts.contains(.hour), !parts.contains(.shortHour) { throw refused("has no hour") }
    if parts.contains(.shortHour) != parts.contains(.half) { throw refused("has only one of %I and %p") }
    guard hasDate || hasTime else { throw refused("has no part of a date or time") }
    self.pattern = pattern
    self.parts = parts
    unit = hasDate ? (hasTime ? .dateTime : .date) : .time
    isNumeric = parts.allSatisfy(\.isDigits)
    isExact = parts.indices.map { index in
      parts[index] == .year || [index - 1, index + 1].contains { parts.indices.contains($0) && parts[$0].isDigits }
        || (parts.count == 1 && parts[0].isDigits)
    }
  }

  /// Digits of a text in this pattern where it has no other characters.
  var digitCount: Int {
    parts.reduce(0) { $0 + ($1 == .year ? 4 : $1 == .dayOfYear ? 3 : 2) }
  }

  /// What `text` says.
  struct Reading {
    /// Days since 1960-01-01; 0 for a time of day.
    var days = 0
    /// Whole seconds since midnight.
    var seconds = 0
    /// Decimals of the seconds.
    var fraction: [UInt8] = []
  }

  /// - Parameter allowsTime: whether a time of day may follow that the pattern does not speak of.
  /// - Returns: nil when `text` is not in this pattern or there is no such moment.
  func reading(_ text: UnsafePointer<UInt8>, _ count: Int, allowsTime: Bool = false) -> Reading? {
    var place = 0
    var (year, month, day, hour) = (0, 1, 1, 0)
    var dayOfYear: Int?
    var isAfternoon: Bool?
    var found = Reading()
    func number(_ most: Int, _ index: Int) -> Int? {
      var value = 0
      var taken = 0
      while taken < most, place < count, text[place] &- 48 < 10 {
        value = value * 10 + Int(text[place] &- 48)
        place += 1
        taken += 1
      }
      return taken == 0 || (isExact[index] && taken < most) ? nil : value
    }
    for (index, part) in parts.enumerated() {
      if case .text(let byte) = part {
        guard place < count, text[place] == byte else { return nil }
        place += 1
        continue
      }
      if part == .monthName {
        guard let value = Self.monthName(text, &place, count) else { return nil }
        month = value
        continue
      }
      if part == .half {
        guard place + 2 <= count, text[place + 1] | 0x20 == UInt8(ascii: "m") else { return nil }
        guard let half = ["a", "p"].firstIndex(of: UnicodeScalar(text[place] | 0x20)) else { return nil }
        isAfternoon = half == 1
        place += 2
        continue
      }
      guard let value = number(part == .year ? 4 : part == .dayOfYear ? 3 : 2, index) else { return nil }
      switch part {
      case .year: year = value
      case .shortYear: year = value < 69 ? 2000 + value : 1900 + value
      case .month: month = value
      case .day: day = value
      case .dayOfYear: dayOfYear = value
      case .hour, .shortHour: hour = value
      case .minute:
        guard value < 60 else { return nil }
        found.seconds += value * 60
      case .second:
        guard value < 60 else { return nil }
        found.seconds += value
        guard place + 1 < count, text[place] == UInt8(ascii: "."), text[place + 1] &- 48 < 10 else { continue }
        place += 1
        while place < count, text[place] &- 48 < 10, found.fraction.count < 30 {
          found.fraction.append(text[place])
          place += 1
        }
      default: return nil
      }
    }
    if let isAfternoon {
      guard (1...12).contains(hour) else { return nil }
      hour = hour % 12 + (isAfternoon ? 12 : 0)
    }
    guard hour < (unit == .time ? 100 : 24) else { return nil }
    found.seconds += hour * 3600
    if place < count, allowsTime, unit == .date {
      guard let clock = MomentText.clockBehindDate(text + place, count - place) else { return nil }
      (found.seconds, found.fraction) = clock
      place = count
    }
    guard place == count else { return nil }
    if unit == .time { return found }
    guard let date = CalendarDate(year: year, month: dayOfYear == nil ? month : 1, day: day) else { return nil }
    found.days = date.daysSince1960
    if let dayOfYear {
      let isLeap = CalendarDate(year: year, month: 2, day: 29) != nil
      guard (1...(isLeap ? 366 : 365)).contains(dayOfYear) else { return nil }
      found.days += dayOfYear - 1
    }
    return found
  }

  /// Days or seconds since 1960-01-01, or seconds since midnight, whichever the pattern is of.
  func value(_ text: UnsafePointer<UInt8>, _ count: Int) -> Double? {
    guard let found = reading(text, count) else { return nil }
    if unit == .date { return Double(found.days) }
    return MomentText.sum(seconds: found.days * 86_400 + found.seconds, fraction: found.fraction)
  }

  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
  ]

  private static func monthName(_ text: UnsafePointer<UInt8>, _ place: inout Int, _ count: Int) -> Int? {
    var letters: [UInt8] = []
    while place < count, (text[place] | 0x20) &- 97 < 26, letters.count < 10 {
      letters.append(text[place] | 0x20)
      place += 1
    }
    let word = String(decoding: letters, as: UTF8.self)
    guard word.count >= 3 else { return nil }
    return months.firstIndex { $0 == word || $0.prefix(3) == word }.map { $0 + 1 }
  }
}
