internal import CutlineCore

/// Levels or codes of a bin in one field of a table: parted by `|`, and read back exactly.
///
/// `\|` is a bar and `\\` a backslash of a level, `\n` and `\r` are ends of lines, `\e` is a level without a character; a backslash
/// before any other sign is nothing but that sign. The first sign has one where a spreadsheet would take the field for a formula, so
/// that no table puts an apostrophe of its own before it.
public enum ValueList {
  /// - Complexity: O(length).
  public static func text(_ values: [String]) -> String {
    let text = values.map(escaped).joined(separator: "|")
    return CsvText.guarded(text) == text ? text : "\\" + text
  }

  private static func escaped(_ value: String) -> String {
    guard !value.isEmpty else { return "\\e" }
    var text = String.UnicodeScalarView()
    for scalar in value.unicodeScalars {
      switch scalar {
      case "|", "\\": text += ["\\", scalar]
      case "\n": text += ["\\", "n"]
      case "\r": text += ["\\", "r"]
      default: text.append(scalar)
      }
    }
    return String(text)
  }

  /// - Returns: what `text` was made of; an empty text holds no value.
  /// - Complexity: O(length).
  public static func values(_ text: String) -> [String] {
    guard !text.isEmpty else { return [] }
    var (values, value, isEscaped) = ([String](), String.UnicodeScalarView(), false)
    for scalar in text.unicodeScalars {
      switch (isEscaped, scalar) {
      case (true, "n"): value.append("\n")
      case (true, "r"): value.append("\r")
      case (true, "e"), (false, "\\"): break
      case (false, "|"):
        values.append(String(value))
        value = .init()
      default: value.append(scalar)
      }
      isEscaped = !isEscaped && scalar == "\\"
    }
    return values + [String(value)]
  }
}
