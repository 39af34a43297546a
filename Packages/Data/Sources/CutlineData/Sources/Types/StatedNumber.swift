internal import CSystem
internal import CutlineCore

/// Reads numbers of a column that is stated to hold them: as people and spreadsheets write them, with signs of
/// currencies and percent, a minus behind, or parentheses for what is negative, and with any number of digits.
struct StatedNumber {
  let form: NumberForm

  /// What a text is.
  struct Reading {
    var value: Double
    var hasPercent = false
    var currency: [UInt8]?
    var hasCurrency: Bool { currency != nil }
    /// Whether digits were lost on the way into a double.
    var isRounded = false
    /// The digits and marks, without signs.
    var core: ArraySlice<UInt8> = []
  }

  /// - Returns: nil where the text is no number.
  func read(_ text: [UInt8]) -> Reading? {
    var rest = Marks.trimmed(text)
    var found = Reading(value: 0)
    var isNegative = false
    if rest.first == UInt8(ascii: "("), rest.last == UInt8(ascii: ")") {
      isNegative = true
      rest = rest.dropFirst().dropLast()
    }
    // Signs stand on either side of one another: -€ 5, € -5, 5- €.
    var minus = 0
    while true {
      let before = rest.count
      strip(&rest, UInt8(ascii: "-"), &minus)
      if rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
      if rest.last == UInt8(ascii: "%") || rest.first == UInt8(ascii: "%") {
        guard !found.hasPercent else { return nil }
        found.hasPercent = true
        rest = rest.last == UInt8(ascii: "%") ? rest.dropLast() : rest.dropFirst()
      }
      if !found.hasCurrency {
        let (whole, before) = (Array(rest), rest.count)
        if Currency.strip(&rest) {
          let isInFront = whole.suffix(rest.count).elementsEqual(rest)
          found.currency = Array(isInFront ? whole.prefix(before - rest.count) : whole.suffix(before - rest.count))
        }
      }
      rest = Marks.trimmed(Array(rest))
      if rest.count == before { break }
    }
    guard minus + (isNegative ? 1 : 0) <= 1, !(found.hasPercent && found.hasCurrency),
      let plain = plainDigits(rest)
    else { return nil }
    var value = 0.0
    guard plain.withUnsafeBytes({ cutline_parse_double($0.baseAddress, plain.count, &value) }) != 0, value.isFinite
    else { return nil }
    found.core = rest
    found.isRounded = plain.allSatisfy(Marks.isDigit) && Self.isRounded(plain, value)
    if found.hasPercent, form.percent == .fraction { value /= 100 }
    found.value = minus == 1 || isNegative ? -value : value
    return found
  }

  private func strip(_ rest: inout ArraySlice<UInt8>, _ sign: UInt8, _ count: inout Int) {
    if rest.first == sign {
      rest = rest.dropFirst()
      count += 1
    } else if rest.last == sign {
      rest = rest.dropLast()
      count += 1
    }
  }

  /// Digits with a point, an exponent perhaps; nil where marks stand in wrong places.
  private func plainDigits(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var plain: [UInt8] = []
    var (sinceMark, groups, digits, seenDecimal) = (0, 0, 0, false)
    var place = text.startIndex
    while place < text.endIndex {
      let byte = text[place]
      if Marks.isDigit(byte) {
        plain.append(byte)
        sinceMark += 1
        digits += 1
      } else if byte == form.decimalMark, !seenDecimal {
        guard groups == 0 || sinceMark == 3 else { return nil }
        plain.append(UInt8(ascii: "."))
        seenDecimal = true
      } else if byte == form.thousandsMark, !seenDecimal, groups == 0 ? (1...3).contains(sinceMark) : sinceMark == 3 {
        groups += 1
        sinceMark = 0
      } else {
        break
      }
      place += 1
    }
    guard digits > 0, groups == 0 || seenDecimal || sinceMark == 3 else { return nil }
    if place == text.endIndex { return plain }
    var exponent = text[place...].dropFirst()
    guard text[place] | 0x20 == UInt8(ascii: "e") else { return nil }
    if exponent.first == UInt8(ascii: "-") || exponent.first == UInt8(ascii: "+") { exponent = exponent.dropFirst() }
    guard (1...4).contains(exponent.count), exponent.allSatisfy(Marks.isDigit) else { return nil }
    return plain + text[place...]
  }

  private static func isRounded(_ digits: [UInt8], _ value: Double) -> Bool {
    guard value > 0x1p53 else { return false }
    // A double of this size is a whole number; its digits are those of the text or they are not.
    let exact = UInt64(String(decoding: digits, as: UTF8.self))
    return exact.map { value >= 0x1p64 || UInt64(value) != $0 } ?? true
  }

  /// A number without any sign, mark or word.
  static func plain(_ text: UnsafePointer<UInt8>, _ count: Int, _ value: inout Double) -> Bool {
    let marks = Array("+-.eE".utf8)
    guard (0..<count).allSatisfy({ Marks.isDigit(text[$0]) || marks.contains(text[$0]) }) else { return false }
    return cutline_parse_double(text, count, &value) != 0
  }
}

/// Whether the point of a number could divide thousands as well as decimals, from what a whole column shows.
enum PointReading: Sendable, Equatable {
  /// No point, or nothing that speaks for either.
  case none
  /// `15.000`: exactly three digits behind the point, one to three before it.
  case open
  /// `27.03`, `0.125`, `1234.567`: the point divides decimals.
  case decimal

  /// - Parameter core: digits and marks.
  init(_ core: some Collection<UInt8>) {
    let parts = core.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      self = .none
      return
    }
    let isOpen = parts[1].count == 3 && (1...3).contains(parts[0].count) && parts[0].first != 48
    self = isOpen && core.allSatisfy { Marks.isDigit($0) || $0 == UInt8(ascii: ".") } ? .open : .decimal
  }

  /// What is thrown where a column's points stay open.
  static func fault(column: String, row: Int, text: String) -> Faults {
    Faults.data(
      Place(column: column, row: row),
      "every number with a point has exactly three digits behind it, so that the point may divide thousands or decimals",
      found: .personal(text),
      "State decimal_mark = \",\" and thousands_mark = \".\" for thousands, decimal_mark = \".\" for decimals (options "
        + "--decimal-mark and --thousands-mark), or for this column the type number:1.234,5, number:1234.5 or text.")
  }
}
