internal import CutlineCore

/// Why a column of text is none of numbers, for a stage that needs one there.
enum NumberDoubt {
  /// The first value that is no number as the readers take it, and the reason.
  ///
  /// - Returns: nil where every value is one, or there is none.
  static func first(in text: TextColumn) -> (row: Int, reason: String, isNumber: Bool)? {
    let reader = DecimalReader(decimalMark: UInt8(ascii: "."), thousandsMark: nil, acceptsWords: false)
    let reasons = (0..<Int32(text.distinctCount)).map { reason(Array(text.value($0).utf8), reader) }
    guard let row = text.codes.firstIndex(where: { $0 >= 0 && reasons[Int($0)] != nil }) else { return nil }
    return reasons[Int(text.codes[row])].map { (row, $0, $0 != noNumber) }
  }

  private static let noNumber = "is no number"

  private static func reason(_ bytes: [UInt8], _ reader: DecimalReader) -> String? {
    let trimmed = Array(Marks.trimmed(bytes))
    if trimmed.isEmpty { return nil }
    let reading = trimmed.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { reader.read($0, buffer.count) } ?? .other
    }
    switch reading {
    case .number: return nil
    case .code
    where trimmed.first == 48 || trimmed.dropFirst().first == 48 && trimmed.count > 1 && !Marks.isDigit(trimmed[0]):
      return "begins with 0, so that the column is taken for one of codes"
    case .code: return "has more digits than a number holds, so that the column is taken for one of codes"
    case .other:
      for (decimal, thousands) in [(",", "."), (".", ","), (",", " "), (".", " "), (".", "'")]
        as [(Character, Character)]
      {
        guard let decimal = decimal.asciiValue, let thousands = thousands.asciiValue else { continue }
        let form = NumberForm(decimalMark: decimal, thousandsMark: thousands, isStated: true)
        guard let found = StatedNumber(form: form).read(trimmed) else { continue }
        if found.hasPercent { return "has a percent sign" }
        if found.hasCurrency { return "has the sign of a currency" }
        return "has other marks than a decimal point"
      }
      return noNumber
    }
  }
}
