public import CutlineCore

/// A month of the calendar; consecutive months differ by one.
public struct Month: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  /// Months since year 0: `year · 12 + month − 1`.
  public let index: Int32

  /// - Parameter index: `year · 12 + month − 1`, as `CalendarDate.monthIndex` gives it.
  public init(index: Int) { self.index = Int32(clamping: index) }

  /// - Returns: nil when there is no such month.
  public init?(year: Int, month: Int) {
    guard (1...9999).contains(year), (1...12).contains(month) else { return nil }
    index = Int32(year * 12 + month - 1)
  }

  public init(_ date: CalendarDate) { index = Int32(date.monthIndex) }

  /// Parses `YYYY-MM`.
  public init?(iso text: some StringProtocol) {
    guard let date = CalendarDate(iso: "\(text)-01") else { return nil }
    self.init(date)
  }

  public var year: Int { Int(index) / 12 }
  /// From 1 for January.
  public var month: Int { Int(index) % 12 + 1 }

  /// `2022-03`.
  public var iso: String {
    CalendarDate(year: year, month: month, day: 1).map { String($0.iso.prefix(7)) } ?? "\(index)"
  }
  public var description: String { iso }

  /// `months` later.
  public static func + (month: Month, months: Int) -> Month { Month(index: Int(month.index) + months) }
  /// Months from `b` to `a`.
  public static func - (a: Month, b: Month) -> Int { Int(a.index) - Int(b.index) }
  public static func < (a: Month, b: Month) -> Bool { a.index < b.index }

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let month = Month(iso: text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "it is no month like 2022-03"))
    }
    self = month
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(iso)
  }
}
