/// What a value of JSON may be: a small closed set, from which come the checks, the OpenAPI document and the examples.
indirect enum Schema: Sendable {
  case object([Field])
  case array(Schema, most: Int)
  case string(least: Int, most: Int)
  /// One that matches; the example is one.
  case pattern(String, example: String)
  case integer(ClosedRange<Int>)
  case number(ClosedRange<Double>)
  case bool
  case choice([String])
  /// `{amount: "123.45", currency: "EUR"}`.
  case money
  /// RFC 3339 in UTC, or a day.
  case instant
  case day
  /// Null is one, too.
  case nullable(Schema)
  /// Any value.
  case any

  struct Field: Sendable {
    let name: String
    let schema: Schema
    let isRequired: Bool
    let says: String

    static func required(_ name: String, _ schema: Schema, _ says: String) -> Field {
      Field(name: name, schema: schema, isRequired: true, says: says)
    }
    static func optional(_ name: String, _ schema: Schema, _ says: String) -> Field {
      Field(name: name, schema: schema, isRequired: false, says: says)
    }
  }

  static func text(_ most: Int) -> Schema { .string(least: 0, most: most) }
  static let count = Schema.integer(0...9_007_199_254_740_991)

  /// A value that it takes; the same one each time.
  var example: Json {
    switch self {
    case .object(let fields): .object(fields.filter(\.isRequired).map { Json.Member($0.name, $0.schema.example) })
    case .array(let schema, _): .array([schema.example])
    case .string(let least, _): .text(String(repeating: "a", count: max(1, least)))
    case .pattern(_, let example): .text(example)
    case .integer(let range): .number(String(range.lowerBound))
    case .number(let range): .number(String(range.lowerBound))
    case .bool: true
    case .choice(let words): .text(words[0])
    case .money: ["amount": "123.45", "currency": "EUR"]
    case .instant: "2026-01-31T09:30:00Z"
    case .day: "2026-01-31"
    case .nullable(let schema): schema.example
    case .any: [:]
    }
  }

  /// As JSON Schema 2020-12, which OpenAPI 3.1 is written in.
  var document: Json {
    switch self {
    case .object(let fields):
      let properties = fields.map { Json.Member($0.name, $0.schema.described($0.says)) }
      let required = fields.filter(\.isRequired).map { Json.text($0.name) }
      return .object(
        [Json.Member("type", "object"), Json.Member("properties", .object(properties))]
          + (required.isEmpty ? [] : [Json.Member("required", .array(required))])
          + [Json.Member("additionalProperties", false)])
    case .array(let schema, let most):
      return ["type": "array", "items": schema.document, "maxItems": .number(String(most))]
    case .string(let least, let most):
      return ["type": "string", "minLength": .number(String(least)), "maxLength": .number(String(most))]
    case .pattern(let pattern, _): return ["type": "string", "pattern": .text(pattern)]
    case .integer(let range):
      return [
        "type": "integer", "minimum": .number(String(range.lowerBound)), "maximum": .number(String(range.upperBound)),
      ]
    case .number(let range):
      return [
        "type": "number", "minimum": .number(String(range.lowerBound)), "maximum": .number(String(range.upperBound)),
      ]
    case .bool: return ["type": "boolean"]
    case .choice(let words): return ["type": "string", "enum": .array(words.map(Json.text))]
    case .money:
      return [
        "type": "object",
        "properties": [
          "amount": ["type": "string", "pattern": .text(Self.amountPattern)],
          "currency": ["type": "string", "pattern": .text(Self.currencyPattern)],
        ],
        "required": ["amount", "currency"], "additionalProperties": false,
      ]
    case .instant: return ["type": "string", "pattern": .text(Self.instantPattern)]
    case .day: return ["type": "string", "format": "date"]
    case .nullable(let schema): return ["anyOf": [schema.document, ["type": "null"]]]
    case .any: return [:]
    }
  }

  func described(_ says: String) -> Json {
    guard !says.isEmpty, case .object(let members) = document else { return document }
    return .object(members + [Json.Member("description", .text(says))])
  }

  static let amountPattern = "^-?(0|[1-9][0-9]{0,15})(\\.[0-9]{1,4})?$"
  static let currencyPattern = "^[A-Z]{3}$"
  static let instantPattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?Z)?$"
}
