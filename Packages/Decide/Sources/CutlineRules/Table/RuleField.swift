internal import CutlineCore

/// What rules may read of an application: its form, its unit, what it may be.
public struct RuleField: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable {
    case number
    /// A number without digits after the point.
    case integer
    /// A day; days since 1960-01-01.
    case date
    /// 0 or 1.
    case bool
    case text
  }

  public let name: String
  /// The column of a table that holds it.
  public let column: String
  public let kind: Kind
  public let unit: RuleUnit
  /// The least and the greatest value, both included; nil = none.
  let low, high: RuleNumber?
  /// What a text may be; nil = anything.
  public let levels: [String]?
  public let mayBeMissing: Bool

  var isWhole: Bool { kind == .integer || kind == .date || kind == .bool }

  /// The day on which rules are asked, where some are of a time.
  static let asOf = RuleField(
    name: "as_of", column: "as_of", kind: .date, unit: .plain, low: nil, high: nil, levels: nil, mayBeMissing: false)

  init(
    name: String, column: String, kind: Kind, unit: RuleUnit, low: RuleNumber?, high: RuleNumber?, levels: [String]?,
    mayBeMissing: Bool
  ) {
    (self.name, self.column, self.kind, self.unit) = (name, column, kind, unit)
    (self.low, self.high, self.levels, self.mayBeMissing) = (low, high, levels, mayBeMissing)
  }

  /// - Parameter currency: what `money` is of.
  /// - Throws: `Faults` (usage) with all that is wrong with it.
  init(_ sheet: RuleSheet.Field, currency: String?) throws {
    let name = sheet.name.text
    guard name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_]{0,63}/) != nil, !RuleParser.isWord(name), name != Self.asOf.name
    else {
      throw Faults.usage(
        sheet.name.place, "\"\(name)\" is no name of a field",
        "Use up to 64 letters, digits and underscores, no word of the language and not as_of; name its column with column."
      )
    }
    guard let kind = Kind(rawValue: sheet.type.text) else {
      let names = Kind.allCases.map(\.rawValue)
      throw Faults.usage(
        sheet.type.place, "\"\(sheet.type.text)\" is no type\(DidYouMean.phrase(for: sheet.type.text, among: names))",
        "It may be \(names.joined(separator: ", ")).")
    }
    var ends: [RuleNumber?] = [nil, nil]
    if let domain = sheet.domain {
      guard kind == .number || kind == .integer || kind == .date, domain.count == 2 else {
        throw Faults.usage(
          domain.first?.place ?? sheet.name.place, "the domain of \(name) is not two ends of a number or a date",
          kind == .text ? "Give levels." : "Write domain = [0, 120], or inf where there is no end.")
      }
      ends = try domain.enumerated().map { place, end in
        if end.text == (place == 0 ? "-inf" : "inf") { return nil }
        guard let value = Self.value(end.text, kind) else {
          throw Faults.usage(
            end.place, "\(end.text) is no \(kind.rawValue) of at most 15 digits", "Give the ends of \(name).")
        }
        return value
      }
      if let low = ends[0], let high = ends[1], high < low {
        throw Faults.usage(domain[0].place, "the domain of \(name) ends before it begins", "Turn its ends round.")
      }
    }
    if let levels = sheet.levels {
      guard kind == .text, !levels.isEmpty, levels.count <= 10_000, Set(levels).count == levels.count,
        levels.allSatisfy({ !$0.isEmpty })
      else {
        throw Faults.usage(
          sheet.name.place, "the levels of \(name) are none of a text, are empty or come twice", "Give each level once."
        )
      }
    }
    self.init(
      name: name, column: sheet.column ?? name, kind: kind, unit: try Self.unit(sheet.unit, kind, currency),
      low: kind == .bool ? .zero : ends[0], high: kind == .bool ? RuleNumber(small: 1) : ends[1], levels: sheet.levels,
      mayBeMissing: sheet.missing)
  }

  static func unit(_ text: RuleSheet.Text?, _ kind: Kind, _ currency: String?) throws -> RuleUnit {
    guard let text else { return .plain }
    guard kind == .number || kind == .integer else {
      throw Faults.usage(text.place, "a \(kind.rawValue) has no unit", "Remove it.")
    }
    let spelled = text.text.replacing(/\bmoney\b/, with: currency ?? "money")
    if spelled.contains(/\bmoney\b/) {
      throw Faults.usage(text.place, "money is of no currency", "Say currency = \"EUR\" at the top.")
    }
    guard let unit = RuleUnit(spelled) else {
      throw Faults.usage(
        text.place, "\"\(text.text)\" is no unit", "Write names joined by * and /, such as years or EUR/month.")
    }
    return unit
  }

  /// A value as it is written in a domain or a text; nil for none.
  static func value(_ text: String, _ kind: Kind) -> RuleNumber? {
    if kind == .date { return CalendarDate(iso: text).map { RuleNumber(small: $0.daysSince1960) } }
    guard let number = RuleNumber(spelled: text), kind != .integer || number.isWhole,
      String(number.coefficient.magnitude).count + max(0, number.exponent) <= RuleLexer.mostDigits,
      number.exponent >= -RuleLexer.mostDigits
    else { return nil }
    return number
  }

  /// A value for people, and as `value` reads it.
  func text(_ number: RuleNumber) -> String {
    switch kind {
    case .date: CalendarDate(daysSince1960: Int(number.double)).iso
    case .bool: number.isZero ? "false" : "true"
    default: number.text
    }
  }
}
