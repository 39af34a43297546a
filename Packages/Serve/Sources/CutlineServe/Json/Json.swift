/// A value of JSON. Numbers keep the text that they came with, so that nothing is rounded on the way.
indirect enum Json: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(String)
  case text(String)
  case array([Json])
  case object([Member])

  struct Member: Sendable, Equatable {
    let name: String
    let value: Json
    init(_ name: String, _ value: Json) { (self.name, self.value) = (name, value) }
  }

  subscript(_ name: String) -> Json? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  var string: String? { if case .text(let text) = self { text } else { nil } }
  var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }
  var double: Double? { if case .number(let text) = self { Double(text) } else { nil } }
  var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
  var items: [Json]? { if case .array(let items) = self { items } else { nil } }
  var members: [Member]? { if case .object(let members) = self { members } else { nil } }

  /// Without spaces, members in their order.
  var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let text): text
    case .text(let text): Self.quoted(text)
    case .array(let items): "[" + items.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { "\(Self.quoted($0.name)):\($0.value.text)" }.joined(separator: ",") + "}"
    }
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      // What browsers and terminals might take for more than text.
      case _ where scalar.value < 32 || scalar.value == 127 || scalar == "\u{2028}" || scalar == "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension Json: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  init(stringLiteral text: String) { self = .text(text) }
  init(integerLiteral number: Int) { self = .number(String(number)) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(arrayLiteral items: Json...) { self = .array(items) }
  init(dictionaryLiteral members: (String, Json)...) { self = .object(members.map { Member($0.0, $0.1) }) }
}
