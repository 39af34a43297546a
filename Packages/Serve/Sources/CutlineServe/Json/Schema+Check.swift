internal import CutlineCore
internal import CutlineDecide
internal import Foundation
internal import Synchronization

extension Schema {
  /// What is wrong with a value, and where: never what stands there.
  struct Mistake: Sendable, Equatable {
    /// RFC 6901, from the root of the body.
    let pointer: String
    let detail: String
  }

  /// The most that are listed.
  static let mostMistakes = 20

  func mistakes(_ value: Json, at pointer: String = "") -> [Mistake] {
    var found: [Mistake] = []
    check(value, pointer, &found)
    return Array(found.prefix(Self.mostMistakes))
  }

  private func check(_ value: Json, _ pointer: String, _ found: inout [Mistake]) {
    guard found.count < Self.mostMistakes else { return }
    func wrong(_ detail: String, _ place: String? = nil) {
      found.append(Mistake(pointer: place ?? pointer, detail: detail))
    }
    switch self {
    case .any: break
    case .nullable(let schema): if value != .null { schema.check(value, pointer, &found) }
    case .object(let fields):
      guard let members = value.members else { return wrong("must be an object") }
      for member in members {
        let place = pointer + "/" + Self.escaped(member.name)
        guard let field = fields.first(where: { $0.name == member.name }) else {
          // The name itself may be anything.
          wrong("is not known here; known are \(fields.map(\.name).joined(separator: ", "))", pointer)
          continue
        }
        field.schema.check(member.value, place, &found)
      }
      for field in fields where field.isRequired && value[field.name] == nil {
        wrong("is missing", pointer + "/" + field.name)
      }
    case .array(let schema, let most):
      guard let items = value.items else { return wrong("must be an array") }
      if items.count > most { return wrong("must have at most \(most) items") }
      for (index, item) in items.enumerated() { schema.check(item, "\(pointer)/\(index)", &found) }
    case .bool: if value.bool == nil { wrong("must be true or false") }
    case .integer(let range):
      guard case .number(let text) = value, let number = Int(text) else { return wrong("must be a whole number") }
      if !range.contains(number) { wrong("must be in \(range.lowerBound)...\(range.upperBound)") }
    case .number(let range):
      guard case .number(let text) = value, let number = Double(text), number.isFinite else {
        return wrong("must be a number")
      }
      if !range.contains(number) { wrong("must be in \(range.lowerBound)...\(range.upperBound)") }
    case .money:
      let fields: [Field] = [
        .required("amount", .pattern(Self.amountPattern, example: "123.45"), ""),
        .required("currency", .pattern(Self.currencyPattern, example: "EUR"), ""),
      ]
      Schema.object(fields).check(value, pointer, &found)
    case .string, .pattern, .choice, .instant, .day:
      guard let text = value.string else { return wrong("must be a text") }
      if let detail = problem(ofText: text) { wrong(detail) }
    }
  }

  /// What is wrong with a text, for values and for parameters of a path or query.
  func problem(ofText text: String) -> String? {
    switch self {
    case .string(let least, let most):
      let count = text.unicodeScalars.count
      return (least...most).contains(count) ? nil : "must have \(least) to \(most) characters"
    case .pattern(let pattern, _): return Self.matches(text, pattern) ? nil : "must match \(pattern)"
    case .choice(let words): return words.contains(text) ? nil : "must be one of \(words.joined(separator: ", "))"
    case .instant:
      return Instant(text) == nil ? "must be a moment in UTC, such as 2026-01-31T09:30:00Z, or a day" : nil
    case .day: return CalendarDate(iso: text[...]) == nil ? "must be a day, such as 2026-01-31" : nil
    case .integer(let range):
      guard let number = Int(text), String(number) == text, range.contains(number) else {
        return "must be a whole number in \(range.lowerBound)...\(range.upperBound)"
      }
      return nil
    case .bool: return ["true", "false"].contains(text) ? nil : "must be true or false"
    case .number, .money, .any, .array, .object, .nullable: return nil
    }
  }

  /// Patterns are of this module: classes, groups and counts, each with a bound. Each is compiled once.
  private static func matches(_ text: String, _ pattern: String) -> Bool {
    let known = compiled.withLock { $0[pattern] }
    // One that is none would be found by the test that tries the example of each.
    guard let expression = known ?? (try? NSRegularExpression(pattern: pattern)) else { return false }
    if known == nil { compiled.withLock { $0[pattern] = expression } }
    let whole = NSRange(location: 0, length: text.utf16.count)
    // A "$" also stands before the last line feed.
    return whole.length <= 4096 && expression.firstMatch(in: text, range: whole)?.range == whole
  }

  private static let compiled = Mutex<[String: NSRegularExpression]>([:])

  private static func escaped(_ name: String) -> String {
    name.replacing("~", with: "~0").replacing("/", with: "~1")
  }
}
