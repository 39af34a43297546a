internal import CTexts

/// A plan that the program carries: a file of `Plans/`.
public struct BuiltInPlan: Sendable {
  public let name: String
  /// As it stands in the file.
  public let text: String

  /// The place of its mistakes.
  public var source: String { "Plans/\(name).toml" }

  /// All of them, in order of name.
  public static let all: [BuiltInPlan] = {
    var count = 0
    let texts = cutline_plans(&count)
    return UnsafeBufferPointer(start: texts, count: count).map { text in
      let bytes = UnsafeRawBufferPointer(start: text.bytes, count: text.length)
      return BuiltInPlan(name: String(cString: text.name), text: String(decoding: bytes, as: UTF8.self))
    }
  }()

  /// The plan of a configuration that names none.
  static let defaultName = "portfolio"

  static subscript(name: String) -> BuiltInPlan? { all.first { $0.name == name } }
}
