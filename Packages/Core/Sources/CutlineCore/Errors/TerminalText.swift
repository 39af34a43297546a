/// Text that may stand on a terminal: what would steer it, hide what was said or turn it round is spelled out.
///
/// Spelled as `\u{1B}` are C0 and C1 control characters and DEL, the marks of direction (U+061C, U+200E, U+200F, U+202A to
/// U+202E, U+2066 to U+2069) and the separators of lines and paragraphs (U+2028, U+2029). Files keep data as data.
///
/// Source: N. Boucher and R. Anderson, *Trojan Source* (2021), for the marks of direction.
public enum TerminalText {
  /// - Parameter keepingLines: whether line feeds stay, as between the lines of a table; a name has none. O(length).
  public static func escaped(_ text: String, keepingLines: Bool = false) -> String {
    func steers(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.value {
      case 0x0A: !keepingLines
      case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
      default: false
      }
    }
    guard text.unicodeScalars.contains(where: steers) else { return text }
    var out = ""
    for scalar in text.unicodeScalars {
      if steers(scalar) {
        out += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
