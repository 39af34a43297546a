/// Numbers of other programs' files, as they write them: decimal, with an exponent or without. What Swift would read beside these,
/// hexadecimal digits, `nan` and `infinity`, is none.
enum StrictNumber {
  static func value(_ text: String) -> Double? {
    let isDecimal = text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || [43, 45, 46, 69, 101].contains(byte)
    }
    guard isDecimal, let value = Double(text), value.isFinite else { return nil }
    return value
  }

  /// Whether a text says infinity in any of the usual ways.
  static func isInfinity(_ text: String) -> Bool {
    let word = text.lowercased().drop { $0 == "+" || $0 == "-" }
    return ["inf", "infinity", "∞"].contains(String(word))
  }
}
