internal import CutlineCore

/// What a column is taken for while the file is read.
enum CsvKind: Equatable {
  case skipped
  case number
  case isoDate
  /// A pattern of `CsvLayout.patterns`.
  case pattern(Int)
  /// The same of digits only, in years that are likely.
  case digits(Int)
  /// A date in a pattern, and a time of day behind it.
  case patternWithTime(Int)
  /// Dates in any of the patterns or ISO's, each value for itself.
  case anyDate
  case dateTime
  case time
  case text
}

/// How the values of a file are to be read.
struct CsvLayout {
  let delimiter: UInt8
  let decimalMark: UInt8
  let numbers: DecimalReader
  let marks: ReadingMarks
  let missingTokens: [[UInt8]]
  /// Whether a token could be taken for a number, so that numbers must be compared with the tokens first.
  let tokensLookNumeric: Bool
  /// Whether a point before three digits may divide thousands.
  let watchesPoint: Bool
  /// The kinds that a column is tried as, in this order.
  let candidates: [CsvKind]

  var patterns: [MomentPattern] { marks.dateForms }

  init(options: ReadOptions, delimiter: UInt8) throws {
    self.delimiter = delimiter
    let marks = try ReadingMarks(options, delimiter: delimiter)
    self.marks = marks
    decimalMark = marks.number.decimalMark
    numbers = DecimalReader(
      decimalMark: decimalMark, thousandsMark: marks.number.thousandsMark, acceptsWords: options.numberWords)
    missingTokens = marks.missingTokens
    tokensLookNumeric = missingTokens.contains { token in token.contains { $0 &- 48 < 10 } }
    watchesPoint = !marks.number.isStated
    let patterns = marks.dateForms
    let places = patterns.indices
    // Digits alone are dates only where a pattern says so and all of them are.
    candidates =
      places.filter { patterns[$0].isNumeric && patterns[$0].unit != .time }.map { .digits($0) } + [.number]
      // A stated form comes before ISO's, which may fit as well and mean another day.
      + places.filter { !patterns[$0].isNumeric }.map { .pattern($0) } + [.isoDate]
      + (patterns.contains { $0.unit == .date } ? [.anyDate] : []) + [.dateTime]
      + places.filter { patterns[$0].unit == .date && !patterns[$0].isNumeric }.map { .patternWithTime($0) }
      + [.time, .text]
  }

  /// The kinds for a stated type. What the quick way cannot read is taken as text, and made what is stated afterwards.
  func kinds(for type: ColumnType) -> [CsvKind] {
    switch type.base {
    case .number:
      let isPlain = type.number.map { !$0.isStated || isOwn($0) } ?? true
      return isPlain ? [.number, .text] : [.text]
    case .date: return type.forms.isEmpty ? [.isoDate, .text] : [.text]
    case .dateTime: return type.forms.isEmpty ? [.dateTime, .text] : [.text]
    case .time: return type.forms.isEmpty ? [.time, .text] : [.text]
    case .text: return [.text]
    }
  }

  private func isOwn(_ form: NumberForm) -> Bool {
    form.decimalMark == decimalMark && form.thousandsMark == numbers.thousandsMark
  }

  /// The missing value that a field of a column of numbers or moments spells; nil where it is none.
  func missing(_ text: UnsafePointer<UInt8>, _ count: Int) -> Double? { marks.missing(text, count) }

  /// The value of a field of that kind; nil where it does not fit. Not for text.
  func value(_ text: UnsafePointer<UInt8>, _ count: Int, as kind: CsvKind) -> Double? {
    if let value = plainValue(text, count, as: kind) { return value }
    // Spaces that nobody sees may stand around what would fit without them.
    guard count > 0, Self.isOdd(text[0]) || Self.isOdd(text[count - 1]) || holdsOddSpaces(text, count) else {
      return nil
    }
    let trimmed = Array(Marks.trimmed(Array(UnsafeBufferPointer(start: text, count: count))))
    return trimmed.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.flatMap { plainValue($0, buffer.count, as: kind) }
    }
  }

  private static func isOdd(_ byte: UInt8) -> Bool { byte >= 0x80 || byte == 0x09 || byte == 0x20 }

  private func holdsOddSpaces(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard let mark = numbers.thousandsMark, mark == 0x20 || mark == UInt8(ascii: "'") else { return false }
    return (0..<count).contains { text[$0] >= 0x80 }
  }

  private func plainValue(_ text: UnsafePointer<UInt8>, _ count: Int, as kind: CsvKind) -> Double? {
    switch kind {
    case .number:
      if case .number(let value) = numbers.read(text, count) { return value.isNaN ? Missing.plain.value : value }
      return nil
    case .isoDate: return MomentText.date(text, count)
    case .pattern(let index): return patterns[index].value(text, count)
    case .digits(let index):
      guard let found = patterns[index].reading(text, count), DigitDates.years.contains(found.days) else { return nil }
      return patterns[index].value(text, count)
    case .patternWithTime(let index):
      return patterns[index].reading(text, count, allowsTime: true).flatMap { found in
        MomentText.sum(seconds: found.days * 86_400 + found.seconds, fraction: found.fraction)
      }
    case .anyDate: return anyDate(text, count)
    case .dateTime: return MomentText.dateTime(text, count)
    case .time: return MomentText.time(text, count)
    case .skipped, .text: return nil
    }
  }

  /// The date that all forms give that can read the text; nil where none can or two differ.
  private func anyDate(_ text: UnsafePointer<UInt8>, _ count: Int) -> Double? {
    var date = MomentText.date(text, count)
    for pattern in patterns where pattern.unit == .date {
      guard let one = pattern.value(text, count) else { continue }
      if let date, date != one { return nil }
      date = one
    }
    return date
  }

  /// What a column of a kind holds; nil for text.
  func unit(of kind: CsvKind) -> MomentUnit? {
    switch kind {
    case .isoDate, .anyDate: .date
    case .pattern(let index), .digits(let index): patterns[index].unit
    case .patternWithTime, .dateTime: .dateTime
    case .time: .time
    case .number, .skipped, .text: nil
    }
  }
}

/// One column: its name and what it is taken for.
struct CsvColumnPlan {
  let name: String
  let originalName: String
  /// Kinds that it may still be, the present one first.
  var kinds: [CsvKind]

  /// What is stated of it.
  var type: ColumnType?

  var kind: CsvKind { kinds.first ?? .text }
}
