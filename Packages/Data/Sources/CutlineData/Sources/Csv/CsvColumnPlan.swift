internal import CutlineCore

/// What a column is taken for while the file is read.
enum CsvKind: Equatable {
  case skipped
  case number
  case isoDate
  /// A pattern of `CsvLayout.patterns`.
  case pattern(Int)
  case dateTime
  case time
  case text
}

/// How the values of a file are to be read.
struct CsvLayout {
  let delimiter: UInt8
  let decimalMark: UInt8
  let numbers: DecimalReader
  let patterns: [DatePattern]
  let missingTokens: [[UInt8]]
  /// Whether a token could be taken for a number, so that numbers must be compared with the tokens first.
  let tokensLookNumeric: Bool
  /// The kinds that a column is tried as, in this order.
  let candidates: [CsvKind]

  init(options: ReadOptions, delimiter: UInt8) throws {
    self.delimiter = delimiter
    decimalMark = try CsvDialect.byte(of: options.decimalMark, "decimal mark")
    let thousands = try options.thousandsMark.map { try CsvDialect.byte(of: $0, "thousands mark") }
    guard thousands != decimalMark else {
      throw Faults.usage("thousands mark", "is the decimal mark as well", "Give two different marks.")
    }
    numbers = DecimalReader(
      decimalMark: decimalMark, thousandsMark: thousands, acceptsWords: options.numberWords)
    let patterns = try options.dateFormats.map(DatePattern.init)
    self.patterns = patterns
    missingTokens = options.missingTokens.map { Array($0.utf8) }
    tokensLookNumeric = missingTokens.contains { token in token.contains { $0 &- 48 < 10 } }
    // Digits alone are numbers unless the column is stated to hold dates.
    candidates =
      [.number, .isoDate] + patterns.indices.filter { !patterns[$0].isNumeric }.map { .pattern($0) }
      + [.dateTime, .time, .text]
  }

  /// The kind for a stated type; dates in the first of the stated patterns that fits the first value, else ISO.
  func kinds(for type: ColumnType) -> [CsvKind] {
    switch type {
    case .number: [.number]
    case .date: [.isoDate] + patterns.indices.map { .pattern($0) }
    case .dateTime: [.dateTime]
    case .time: [.time]
    case .text: [.text]
    }
  }

  func isMissingToken(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    for token in missingTokens where token.count == count {
      if (0..<count).allSatisfy({ token[$0] == text[$0] }) { return true }
    }
    return false
  }

  /// The missing value that a field of a column of numbers or moments spells; nil where it is none.
  func missing(_ text: UnsafePointer<UInt8>, _ count: Int) -> Double? {
    var start = 0
    var end = count
    while start < end, text[start] == 0x20 { start += 1 }
    while end > start, text[end - 1] == 0x20 { end -= 1 }
    if start == end { return Missing.plain.value }
    if text[start] == UInt8(ascii: "."), end - start <= 2 {
      if end - start == 1 { return Missing.plain.value }
      let letter = text[start + 1]
      if letter == UInt8(ascii: "_") || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter) {
        return Missing(letter: letter)?.value
      }
    }
    return isMissingToken(text, count) ? Missing.plain.value : nil
  }

  /// The value of a field of that kind; nil where it does not fit. Not for text.
  func value(_ text: UnsafePointer<UInt8>, _ count: Int, as kind: CsvKind) -> Double? {
    switch kind {
    case .number:
      if case .number(let value) = numbers.read(text, count) { return value.isNaN ? Missing.plain.value : value }
      return nil
    case .isoDate: return MomentText.date(text, count)
    case .pattern(let index): return patterns[index].date(text, count)
    case .dateTime: return MomentText.dateTime(text, count)
    case .time: return MomentText.time(text, count)
    case .skipped, .text: return nil
    }
  }
}

/// One column: its name and what it is taken for.
struct CsvColumnPlan {
  let name: String
  let originalName: String
  /// Kinds that it may still be, the present one first.
  var kinds: [CsvKind]

  var kind: CsvKind { kinds.first ?? .text }
  /// Whether a value that does not fit is an error: where the type is stated and nothing else is left to try.
  var isFinal: Bool { kinds.count == 1 }
}
