internal import CRegex
internal import CutlineCore

/// A regular expression in the syntax of RE2, matched in time linear in the text: no expression can hang a run.
final class LinearRegex {
  private let expression: OpaquePointer

  /// - Throws: `Faults` (usage) with what is wrong.
  init(_ pattern: String, at place: some Location) throws {
    var message = [CChar](repeating: 0, count: 200)
    var text = pattern
    let made = text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        cutline_regex_compile($0.baseAddress, $0.count, &message, message.count)
      }
    }
    guard let made else {
      let reason = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      throw Faults.usage(
        place, "\"\(pattern)\" is not a regular expression\(reason.isEmpty ? "" : ": \(reason)")",
        "Correct it (back-references and look-arounds are none here), or use segment_match = \"exact\".")
    }
    expression = made
  }

  deinit { cutline_regex_free(expression) }

  /// Whether all of `text` matches.
  func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { cutline_regex_matches(expression, $0.baseAddress, $0.count) != 0 }
    }
  }
}
