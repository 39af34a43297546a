internal import CutlineCore

/// How cells are written in text files.
public enum CsvStyle: String, Sendable, CaseIterable {
  /// For people and for reading back: ISO dates, `.A` for a special missing value.
  case display
  /// As SAS counts: dates and times as numbers, every missing value an empty field.
  case raw
}

/// Text of numbers and moments.
enum CellText {
  /// A moment in ISO 8601.
  /// - Returns: false, with nothing appended, where it has no such text: part of a day, or outside years 1 to 9999.
  static func append(_ value: Double, unit: MomentUnit, to text: inout [UInt8]) -> Bool {
    guard value.isFinite, value.magnitude < 1e15 else { return false }
    let whole = value.rounded(.down)
    let fraction = fractionDigits(value, whole: whole)
    switch unit {
    case .date:
      guard fraction.isEmpty else { return false }
      return appendDay(Int(whole), to: &text)
    case .dateTime:
      let seconds = Int(whole)
      let day = Int((whole / 86_400).rounded(.down))
      guard appendDay(day, to: &text) else { return false }
      text.append(UInt8(ascii: "T"))
      appendClock(seconds - day * 86_400, fraction, to: &text)
    case .time:
      guard whole >= 0, whole < 3600 * 1e8 else { return false }
      appendClock(Int(whole), fraction, to: &text)
    }
    return true
  }

  /// The decimals of the shortest text of `value`, counted up from `whole`; empty for a whole number.
  private static func fractionDigits(_ value: Double, whole: Double) -> [UInt8] {
    guard value != whole else { return [] }
    // Decimal notation whatever the size: a small fraction is spelled with an exponent.
    var digits: [UInt8]
    let spelled = value.magnitude.description
    if let mark = spelled.firstIndex(of: "e") {
      let mantissa = spelled[..<mark].filter { $0 != "." }.utf8
      let exponent = Int(spelled[spelled.index(after: mark)...]) ?? 0
      digits = Array(repeating: 48, count: max(0, -exponent - 1)) + Array(mantissa)
      while digits.last == 48 { digits.removeLast() }
    } else {
      digits = spelled.split(separator: ".").last.map { Array($0.utf8) } ?? []
    }
    return value < 0 ? DecimalFraction.complement(digits) : digits
  }

  private static func appendDay(_ day: Int, to text: inout [UInt8]) -> Bool {
    // 0001-01-01 to 9999-12-31.
    guard (-715_509...2_936_549).contains(day) else { return false }
    let date = CalendarDate(daysSince1960: day)
    NumberText.appendDigits(date.year.magnitude, width: 4, to: &text)
    text.append(UInt8(ascii: "-"))
    NumberText.appendDigits(date.month.magnitude, width: 2, to: &text)
    text.append(UInt8(ascii: "-"))
    NumberText.appendDigits(date.day.magnitude, width: 2, to: &text)
    return true
  }

  private static func appendClock(_ seconds: Int, _ fraction: [UInt8], to text: inout [UInt8]) {
    NumberText.appendDigits((seconds / 3600).magnitude, width: 2, to: &text)
    text.append(UInt8(ascii: ":"))
    NumberText.appendDigits((seconds / 60 % 60).magnitude, width: 2, to: &text)
    text.append(UInt8(ascii: ":"))
    NumberText.appendDigits((seconds % 60).magnitude, width: 2, to: &text)
    guard !fraction.isEmpty else { return }
    text.append(UInt8(ascii: "."))
    text.append(contentsOf: fraction)
  }
}
