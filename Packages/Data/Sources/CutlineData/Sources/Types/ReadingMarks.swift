internal import CutlineCore

/// What a file, or whoever reads it, says about how its values are written.
struct ReadingMarks: Sendable {
  /// How numbers are written where a column's type does not say.
  let number: NumberForm
  /// The stated forms of dates.
  let dateForms: [MomentPattern]
  let missingTokens: [[UInt8]]

  /// - Parameter delimiter: of a text file; where it is a comma a point is the decimal mark.
  init(_ options: ReadOptions, delimiter: UInt8? = nil) throws {
    let thousands = try options.thousandsMark.map { try Self.byte(of: $0, "thousands mark") }
    let (point, comma) = (UInt8(ascii: "."), UInt8(ascii: ","))
    // Who divides thousands by points does not divide decimals by them.
    let decimal =
      try options.decimalMark.map { try Self.byte(of: $0, "decimal mark") } ?? (thousands == point ? comma : point)
    guard thousands != decimal else {
      throw Faults.usage("thousands mark", "is the decimal mark as well", "Give two different marks.")
    }
    number = NumberForm(
      decimalMark: decimal, thousandsMark: thousands,
      isStated: options.decimalMark != nil || thousands != nil || delimiter == comma)
    dateForms = try options.dateFormats.map(MomentPattern.init)
    missingTokens = options.missingTokens.map { Array($0.utf8) }
  }

  /// The byte that a mark is compared as; spaces and apostrophes of every kind are one.
  /// - Throws: `Faults` (usage) for a mark that cannot be one.
  static func byte(of mark: Character, _ option: String) throws -> UInt8 {
    let plain = Marks.ascii(Array(String(mark).utf8))
    let isOfNumbers = plain.first.map { (48...57).contains($0) || Array("+-".utf8).contains($0) } ?? false
    let isLetter = plain.first.map { (65...90).contains($0 & 0xDF) } ?? false
    guard plain.count == 1, let byte = plain.first, byte < 0x80, !Array("\"\n\r".utf8).contains(byte), !isOfNumbers,
      !isLetter
    else {
      throw Faults.usage(
        option, "\"\(mark)\" cannot be used",
        "Give one ASCII character that is no quote, line break, sign, digit or letter.")
    }
    return byte
  }

  /// The missing value that a text of a column of numbers or moments spells: nothing but blanks, a point, `.A`, a token.
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
    if text[start] >= 0x80 || text[start] == 0x09 {
      let bytes = Array(UnsafeBufferPointer(start: text, count: count))
      if Marks.trimmed(bytes).isEmpty { return Missing.plain.value }
    }
    return isMissingToken(text, count) ? Missing.plain.value : nil
  }

  func isMissingToken(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool { missingToken(text, count) != nil }

  /// Which of the tokens a text is.
  func missingToken(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int? {
    missingTokens.indices.first { index in
      missingTokens[index].count == count && (0..<count).allSatisfy { missingTokens[index][$0] == text[$0] }
    }
  }

  func missing(_ text: [UInt8]) -> Double? {
    text.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { missing($0, buffer.count) } ?? Missing.plain.value
    }
  }
}
