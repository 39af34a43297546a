internal import CutlineCore

/// What a column holds, where the reader is not to find out itself.
///
/// Written as `number`, `date`, `date-time`, `time` or `text`, and behind a colon how: `date:%Y%m%d`, `date:sas-days`,
/// `number:1.234,5`, `number:fraction`. Several forms of one type may be stated for one column.
public struct ColumnType: Sendable, Equatable {
  /// What the column becomes.
  public enum Base: String, Sendable, CaseIterable {
    case number, date
    case dateTime = "date-time"
    case time, text

    var unit: MomentUnit? {
      switch self {
      case .date: .date
      case .dateTime: .dateTime
      case .time: .time
      case .number, .text: nil
      }
    }
  }

  public let base: Base
  /// As they were written, without the base.
  public let forms: [String]
  let moments: [MomentForm]
  let number: NumberForm?

  public static let number = ColumnType(base: .number)
  public static let date = ColumnType(base: .date)
  public static let dateTime = ColumnType(base: .dateTime)
  public static let time = ColumnType(base: .time)
  public static let text = ColumnType(base: .text)

  private init(base: Base) {
    self.base = base
    forms = []
    moments = []
    number = nil
  }

  /// - Parameter texts: one or more, all of one base.
  /// - Throws: `Faults` (usage) for a type that is not understood.
  public init(_ texts: [String], of column: String) throws {
    let parts = texts.map { $0.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init) }
    let names = Base.allCases.map(\.rawValue)
    let place = "type of \(column)"
    guard let first = parts.first?.first, let base = Base(rawValue: first) else {
      let found = parts.first?.first ?? ""
      throw Faults.usage(
        place, "\"\(found)\" is no type\(DidYouMean.phrase(for: found, among: names))",
        "It may be \(names.joined(separator: ", ")), with a form behind a colon such as date:%Y%m%d.")
    }
    if let other = parts.first(where: { $0[0] != first }) {
      throw Faults.usage(place, "is stated as \(first) and as \(other[0])", "Several forms must be of one type.")
    }
    self.base = base
    forms = parts.filter { $0.count == 2 }.map { $0[1] }
    guard forms.isEmpty || forms.count == parts.count else {
      throw Faults.usage(place, "is stated with a form and without one", "State every form, iso for 2022-01-31.")
    }
    switch base {
    case .text:
      guard forms.isEmpty else { throw Faults.usage(place, "text has no forms", "Write \"text\".") }
      (moments, number) = ([], nil)
    case .number:
      guard forms.count <= 1 else { throw Faults.usage(place, "numbers have one form a column", "Keep one.") }
      moments = []
      number = try forms.first.map { try NumberForm($0, at: place) }
    case .date, .dateTime, .time:
      moments = try forms.map { try MomentForm($0, for: base, at: place) }
      number = nil
    }
  }

  /// `date:%Y%m%d, date:iso`.
  var description: String {
    forms.isEmpty ? base.rawValue : forms.map { "\(base.rawValue):\($0)" }.joined(separator: ", ")
  }
}

/// One way in which the moments of a column are written or counted.
enum MomentForm: Sendable, Equatable {
  /// `2022-01-31`, `2022-01-31T08:30:00`, `08:30:00`.
  case iso
  case pattern(MomentPattern)
  case count(DayCount)

  init(_ text: String, for base: ColumnType.Base, at place: String) throws {
    if text == "iso" {
      self = .iso
      return
    }
    if let count = DayCount(rawValue: text) {
      guard base != .time || count.timeOfDay(0) != nil else {
        throw Faults.usage(
          place, "\(text) counts no times of day", "Use sas-seconds, excel-days, or a form such as %H:%M.")
      }
      self = .count(count)
      return
    }
    guard text.contains("%") else {
      let names = ["iso"] + DayCount.allCases.map(\.rawValue)
      throw Faults.usage(
        place, "\"\(text)\" is no form of a \(base.rawValue)\(DidYouMean.phrase(for: text, among: names))",
        "It may be \(names.joined(separator: ", ")), or made of %Y %m %d and their like.")
    }
    let pattern = try MomentPattern(text)
    guard (pattern.unit == .time) == (base == .time) else {
      throw Faults.usage(
        place, "\"\(text)\" is \(pattern.unit == .time ? "a time of day" : "a date"), and the type is \(base.rawValue)",
        "State the type that goes with the form.")
    }
    self = .pattern(pattern)
  }

  /// A moment as days and seconds; for a time of day the days are 0.
  typealias Value = (days: Int, seconds: Double)

  /// - Returns: nil where the text is not in this form.
  func value(of text: UnsafePointer<UInt8>, _ count: Int, base: ColumnType.Base) -> Value? {
    switch self {
    case .iso:
      if base == .time { return MomentText.looseTime(text, count).map { (0, $0) } }
      if let days = MomentText.date(text, count) { return (Int(days), 0) }
      guard count > 10, let days = MomentText.date(text, 10),
        let clock = MomentText.clockBehindDate(text + 10, count - 10),
        let seconds = MomentText.sum(seconds: clock.seconds, fraction: clock.fraction)
      else { return nil }
      return (Int(days), seconds)
    case .pattern(let pattern):
      guard let found = pattern.reading(text, count, allowsTime: true),
        let seconds = MomentText.sum(seconds: found.seconds, fraction: found.fraction)
      else { return nil }
      return (found.days, seconds)
    case .count:
      var number = 0.0
      guard StatedNumber.plain(text, count, &number) else { return nil }
      return value(of: number, base: base)
    }
  }

  /// - Returns: nil where the number is not in this form.
  func value(of number: Double, base: ColumnType.Base) -> Value? {
    switch self {
    case .iso: return nil
    case .count(let count):
      return base == .time ? count.timeOfDay(number).map { (0, $0) } : count.moment(number)
    case .pattern:
      guard number >= 0, number < 1e15, number == number.rounded() else { return nil }
      // Leading zeros were lost where a number was made of 010121.
      var digits = Array(String(Int64(number)).utf8)
      if case .pattern(let pattern) = self, pattern.isNumeric {
        let width = pattern.digitCount
        if digits.count < width { digits.insert(contentsOf: repeatElement(48, count: width - digits.count), at: 0) }
      }
      return digits.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.flatMap { value(of: $0, buffer.count, base: base) }
      }
    }
  }
}
