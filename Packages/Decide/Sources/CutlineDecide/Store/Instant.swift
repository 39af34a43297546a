internal import CutlineCore

/// A moment: microseconds since 1970-01-01T00:00:00 UTC.
public struct Instant: Sendable, Hashable, Comparable, Encodable {
  public let microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// Reads `2026-01-31`, `2026-01-31T09:30:00Z` or `2026-01-31T09:30:00.000Z`: UTC.
  public init?(_ text: String) {
    let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
    guard let day = CalendarDate(iso: parts[0]) else { return nil }
    var micros = Int64(day.daysSince1960 - Self.from1960To1970) * Self.day
    if parts.count == 2 {
      guard let time = parts[1].wholeMatch(of: /(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?Z/), let hours = Int64(time.1),
        let minutes = Int64(time.2), let seconds = Int64(time.3), hours < 24, minutes < 60, seconds < 60
      else { return nil }
      let digits = time.4.map(String.init) ?? ""
      let fraction = Int64(digits + String(repeating: "0", count: 6 - digits.count)) ?? 0
      micros += ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + fraction
    }
    microseconds = micros
  }

  private static let from1960To1970 = 3653
  static let day: Int64 = 86_400_000_000

  public static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }

  public func adding(days: Int) -> Instant { Instant(microseconds: microseconds + Int64(days) * Self.day) }
  public func adding(hours: Int) -> Instant { Instant(microseconds: microseconds + Int64(hours) * Self.day / 24) }

  /// The day in UTC, `2026-01-31`.
  public var date: String { String(text.prefix(10)) }

  /// RFC 3339 in UTC with milliseconds, `2026-01-31T09:30:00.000Z`; what is below a millisecond is cut off.
  public var text: String {
    let days = Self.quotient(microseconds, Self.day)
    let milliseconds = (microseconds - days * Self.day) / 1000
    let date = CalendarDate(daysSince1960: Int(days) + Self.from1960To1970)
    func digits(_ number: Int64, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000)
    let day = "\(digits(Int64(date.year), 4))-\(digits(Int64(date.month), 2))-\(digits(Int64(date.day), 2))"
    return "\(day)T\(digits(seconds / 3600, 2)):\(digits(seconds / 60 % 60, 2)):\(digits(seconds % 60, 2))"
      + ".\(digits(rest, 3))Z"
  }

  private static func quotient(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : -((b - 1 - a) / b) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
