internal import CutlineCore

/// Dates, date-times and times in ISO 8601, as text files have them.
enum MomentText {
  /// `YYYY-MM-DD` as days since 1960-01-01.
  @inline(__always)
  static func date(_ text: UnsafePointer<UInt8>, _ count: Int) -> Double? {
    guard count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      let year = digits(text, 0, 4), let month = digits(text, 5, 2), let day = digits(text, 8, 2),
      let date = CalendarDate(year: year, month: month, day: day)
    else { return nil }
    return Double(date.daysSince1960)
  }

  /// `YYYY-MM-DD`, `T` or a space, a time of day, and perhaps `Z`, as seconds since 1960-01-01T00:00:00.
  static func dateTime(_ text: UnsafePointer<UInt8>, _ count: Int) -> Double? {
    guard count >= 16, text[10] == UInt8(ascii: "T") || text[10] == UInt8(ascii: " "), let day = date(text, 10) else {
      return nil
    }
    let end = text[count - 1] == UInt8(ascii: "Z") ? count - 1 : count
    guard let clock = clock(text + 11, end - 11, hourDigits: 2...2, needsSeconds: false), clock.seconds < 86_400 else {
      return nil
    }
    return sum(seconds: Int(day) * 86_400 + clock.seconds, fraction: clock.fraction)
  }

  /// `HH:MM:SS` and perhaps decimals, as seconds since midnight; hours may exceed a day, as in SAS.
  static func time(_ text: UnsafePointer<UInt8>, _ count: Int) -> Double? {
    guard let clock = clock(text, count, hourDigits: 2...9, needsSeconds: true) else { return nil }
    return sum(seconds: clock.seconds, fraction: clock.fraction)
  }

  /// A time of day as people write it, `8:30` included.
  static func looseTime(_ text: UnsafePointer<UInt8>, _ count: Int) -> Double? {
    guard let clock = clock(text, count, hourDigits: 1...9, needsSeconds: false) else { return nil }
    return sum(seconds: clock.seconds, fraction: clock.fraction)
  }

  /// What stands behind a date: a space or `T`, and `0:00`, `00:00:00`, `00:00:00.5Z` or `12:00:00 AM`.
  static func clockBehindDate(_ text: UnsafePointer<UInt8>, _ count: Int) -> (seconds: Int, fraction: [UInt8])? {
    guard count >= 5, text[0] == UInt8(ascii: "T") || text[0] == UInt8(ascii: " ") else { return nil }
    var end = count
    var isAfternoon: Bool?
    if text[end - 1] | 0x20 == UInt8(ascii: "m"), [0x61, 0x70].contains(text[end - 2] | 0x20) {
      isAfternoon = text[end - 2] | 0x20 == 0x70
      end -= 2
      while end > 1, text[end - 1] == 0x20 { end -= 1 }
    } else if text[end - 1] == UInt8(ascii: "Z") {
      end -= 1
    }
    guard let clock = clock(text + 1, end - 1, hourDigits: 1...2, needsSeconds: false), clock.seconds < 86_400 else {
      return nil
    }
    guard let isAfternoon else { return clock }
    guard (3600..<46_800).contains(clock.seconds) else { return nil }
    return (clock.seconds % 43_200 + (isAfternoon ? 43_200 : 0), clock.fraction)
  }

  /// A number of `count` digits at `place`.
  @inline(__always)
  static func digits(_ text: UnsafePointer<UInt8>, _ place: Int, _ count: Int) -> Int? {
    var value = 0
    for index in place..<place + count {
      let digit = text[index] &- 48
      guard digit < 10 else { return nil }
      value = value &* 10 &+ Int(digit)
    }
    return value
  }

  private static func clock(
    _ text: UnsafePointer<UInt8>, _ count: Int, hourDigits: ClosedRange<Int>, needsSeconds: Bool
  ) -> (seconds: Int, fraction: [UInt8])? {
    var colon = 0
    while colon < count, text[colon] != UInt8(ascii: ":") { colon += 1 }
    guard hourDigits.contains(colon), count >= colon + 3, let hours = digits(text, 0, colon),
      let minutes = digits(text, colon + 1, 2), minutes < 60
    else { return nil }
    var seconds = hours * 3600 + minutes * 60
    var place = colon + 3
    if place == count { return needsSeconds ? nil : (seconds, []) }
    guard text[place] == UInt8(ascii: ":"), count >= place + 3, let second = digits(text, place + 1, 2), second < 60
    else { return nil }
    seconds += second
    place += 3
    if place == count { return (seconds, []) }
    guard text[place] == UInt8(ascii: "."), count > place + 1, count - place <= 30 else { return nil }
    let fraction = Array(UnsafeBufferPointer(start: text + place + 1, count: count - place - 1))
    return fraction.allSatisfy { $0 &- 48 < 10 } ? (seconds, fraction) : nil
  }

  // Whole seconds and decimals to the nearest double, before 1960 too: there the decimals count forward all the same.
  static func sum(seconds: Int, fraction: [UInt8]) -> Double? {
    if fraction.allSatisfy({ $0 == 48 }) { return Double(seconds) }
    let text: String
    if seconds >= 0 {
      text = "\(seconds)." + String(decoding: fraction, as: UTF8.self)
    } else {
      text = "-\(-(seconds + 1))." + String(decoding: DecimalFraction.complement(fraction), as: UTF8.self)
    }
    return Double(text).map { within($0, secondsAfter: seconds + 1) }
  }

  /// A moment just before a second, of more decimals than a double holds, stays before it: the last moment of a month is not
  /// the first of the next.
  static func within(_ moment: Double, secondsAfter next: Int) -> Double {
    moment < Double(next) ? moment : Double(next).nextDown
  }
}

/// Decimals as digits.
enum DecimalFraction {
  /// The digits of 1 − 0.`digits`, for digits that are not all zero.
  static func complement(_ digits: [UInt8]) -> [UInt8] {
    var result = digits.map { 57 - $0 + 48 }
    // Nines' complement plus one in the last place.
    var place = result.count - 1
    while place >= 0 {
      if result[place] == 57 {
        result[place] = 48
        place -= 1
      } else {
        result[place] += 1
        break
      }
    }
    return result
  }
}
