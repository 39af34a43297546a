internal import Foundation

/// A value of JSON, as specifications of charts are made of. Members keep no order; they are written sorted.
enum Specification: Encodable, Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral
{
  case null
  case text(String)
  case number(Double)
  case flag(Bool)
  case list([Specification])
  case object([String: Specification])

  init(nilLiteral: ()) { self = .null }
  init(stringLiteral text: String) { self = .text(text) }
  init(booleanLiteral flag: Bool) { self = .flag(flag) }
  init(integerLiteral number: Int) { self = .number(Double(number)) }
  init(floatLiteral number: Double) { self = .number(number) }
  init(arrayLiteral elements: Specification...) { self = .list(elements) }
  init(dictionaryLiteral members: (String, Specification)...) {
    self = .object(Dictionary(members, uniquingKeysWith: { $1 }))
  }

  /// A number, or null where there is none: a gap, never 0.
  init(_ number: Double?) { self = number.flatMap { $0.isFinite ? .number($0) : nil } ?? .null }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .text(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .flag(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// This object with the members of `other`, which win.
  func merging(_ other: Specification) -> Specification {
    guard case .object(let mine) = self, case .object(let more) = other else { return other }
    return .object(mine.merging(more) { $0.merging($1) })
  }
}

extension Specification {
  /// Compact JSON; members sorted, so that equal values have equal bytes.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// Rows of data where they stand: `{"values": […]}`.
  static func values(_ rows: [[String: Specification]]) -> Specification {
    ["values": .list(rows.map(Specification.object))]
  }

  /// The same with every text as it may be drawn: control characters and ends of lines, which no drawing can hold, and marks that
  /// turn the direction of what follows are �.
  var printable: Specification {
    switch self {
    case .text(let text): .text(Self.printable(text))
    case .list(let parts): .list(parts.map(\.printable))
    case .object(let members): .object(members.mapValues(\.printable))
    default: self
    }
  }

  static func printable(_ text: String) -> String {
    func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar {
      case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}",
        "\u{FFFE}"..."\u{FFFF}":
        false
      default: true
      }
    }
    guard !text.unicodeScalars.allSatisfy(isPrintable) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isPrintable($0) ? $0 : "\u{FFFD}" }))
  }

  static func texts(_ words: [String]) -> Specification { .list(words.map(Specification.text)) }
}
