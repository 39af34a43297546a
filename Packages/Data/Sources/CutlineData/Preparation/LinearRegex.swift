internal import CRegex
public import CutlineCore

/// A regular expression in the syntax of RE2, capitals ignored, matched in time linear in the text and with bounded memory: no
/// expression can hang a run.
///
/// Classes such as `\\d` and `\\w` are of ASCII, `.` is any character but a line feed. Look-arounds and back-references, which no
/// machine of that kind has, are refused by their names.
///
/// Source: R. Cox, *Regular Expression Matching Can Be Simple And Fast* (2007).
public final class LinearRegex {
  private let expression: OpaquePointer

  /// - Throws: `Faults` (usage) with what is wrong.
  public init(_ pattern: String, at place: some Location) throws {
    var message = [CChar](repeating: 0, count: 200)
    var text = pattern
    let made = text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        cutline_regex_compile($0.baseAddress, $0.count, &message, message.count)
      }
    }
    guard let made else {
      let reason = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      throw Self.refusal(pattern, reason, place.place)
    }
    expression = made
  }

  deinit { cutline_regex_free(expression) }

  /// Whether all of `text` matches. O(length of the text).
  public func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { cutline_regex_matches(expression, $0.baseAddress, $0.count) != 0 }
    }
  }

  private static func refusal(_ pattern: String, _ reason: String, _ place: Place) -> Faults {
    let shown = "\"\(pattern.prefix(200))\(pattern.count > 200 ? "…" : "")\""
    let advice = "Correct it, or use segment_match = \"exact\"."
    if reason.contains("(?<"), !["(?<=", "(?<!"].contains(where: pattern.contains) {
      return Faults.usage(
        place, "\(shown) names a group as RE2 does not (\(reason))", "Write (?P<name>…), or leave the name out.")
    }
    if ["(?=", "(?!", "(?<"].contains(where: reason.contains) {
      return Faults.usage(
        place, "\(shown) looks ahead or behind (\(reason)), which is not matched in linear time",
        "Write what is to match itself, as a list of expressions or words.")
    }
    if let escape = reason.split(separator: "escape sequence: \\").last, escape != reason[...],
      escape.allSatisfy(\.isNumber)
    {
      return Faults.usage(
        place, "\(shown) refers back to a group (\(reason)), which is not matched in linear time",
        "Write what is to match itself, as a list of expressions or words.")
    }
    return Faults.usage(
      place, "\(shown) is not a regular expression\(reason.isEmpty ? "" : ": \(reason)")", advice)
  }
}
