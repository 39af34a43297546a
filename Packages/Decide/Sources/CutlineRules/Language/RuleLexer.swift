internal import CutlineCore

/// A text of the language with its place, so that what is wrong in it is told with line and column.
struct RuleSource: Sendable {
  let text: String
  /// Of its first character.
  let place: Place

  /// The place of a byte.
  func place(at offset: Int) -> Place {
    guard place.line > 0, !text.contains("\n") else {
      return place.line > 0 ? place : Place(source: "\(place.source), character \(offset + 1)")
    }
    let before = String(decoding: Array(text.utf8).prefix(offset), as: UTF8.self).unicodeScalars.count
    return Place(source: place.source, line: place.line, column: place.column + before)
  }

  func refused(_ offset: Int, _ problem: String, _ advice: String) -> Faults {
    Faults.usage(place(at: offset), problem, advice)
  }
}

/// The words of a text of the language.
struct RuleLexer {
  enum Token: Hashable {
    case number(RuleNumber)
    case text(String)
    case name(String)
    /// `(`, `)`, `[`, `]`, `,`, `..`, operators.
    case sign(String)
    case end
  }
  struct Placed {
    let token: Token
    let offset: Int
  }

  /// The longest expression, in characters.
  static let mostCharacters = 2000
  /// Digits of a literal: decimals of so many digits and doubles are in the same order.
  static let mostDigits = 15

  /// - Throws: `Faults` (usage) with the place of a sign that is none.
  /// - Complexity: O(bytes).
  static func tokens(_ source: RuleSource) throws -> [Placed] {
    let bytes = Array(source.text.utf8)
    guard bytes.count <= 4 * mostCharacters, source.text.count <= mostCharacters else {
      throw source.refused(0, "has more than \(mostCharacters) characters", "Make two rules of it.")
    }
    var tokens: [Placed] = []
    var at = 0
    while at < bytes.count {
      let (byte, start) = (bytes[at], at)
      switch byte {
      case 9, 10, 13, 32: at += 1
      case 48...57:
        var end = at
        while end < bytes.count, isDigit(bytes[end]) { end += 1 }
        // `1..5` is an interval, not a number with a point.
        if end + 1 < bytes.count, bytes[end] == 46, isDigit(bytes[end + 1]) {
          end += 1
          while end < bytes.count, isDigit(bytes[end]) { end += 1 }
        }
        if end < bytes.count, isOfName(bytes[end]) {
          throw source.refused(
            start, "is a number with letters behind it", "Write decimals without exponent and unit, such as 1000000.")
        }
        tokens.append(Placed(token: .number(try number(bytes[at..<end], source)), offset: start))
        at = end
      case 34:
        var (text, isEscaped, isOver) = ([UInt8](), false, false)
        at += 1
        while at < bytes.count, !isOver {
          if isEscaped {
            guard bytes[at] == 34 || bytes[at] == 92 else {
              throw source.refused(
                at, "has a backslash before another sign than \" and \\", "Write \\\\ for a backslash.")
            }
            text.append(bytes[at])
            isEscaped = false
          } else if bytes[at] == 92 {
            isEscaped = true
          } else if bytes[at] == 34 {
            isOver = true
          } else {
            text.append(bytes[at])
          }
          at += 1
        }
        guard isOver else { throw source.refused(start, "begins a text that does not end", "Close it with \".") }
        tokens.append(Placed(token: .text(String(decoding: text, as: UTF8.self)), offset: start))
      case _ where isLetter(byte):
        while at < bytes.count, isOfName(bytes[at]) { at += 1 }
        tokens.append(Placed(token: .name(String(decoding: bytes[start..<at], as: UTF8.self)), offset: start))
      default:
        let two = at + 1 < bytes.count ? String(decoding: bytes[at...at + 1], as: UTF8.self) : ""
        if ["<=", ">=", "==", "!=", ".."].contains(two) {
          tokens.append(Placed(token: .sign(two), offset: start))
          at += 2
        } else if let sign = String(validating: [byte], as: UTF8.self), "<>+-*/()[],".contains(sign) {
          tokens.append(Placed(token: .sign(sign), offset: start))
          at += 1
        } else {
          throw source.refused(
            start, byte == 61 ? "has a single =" : "has a sign that the language does not know",
            byte == 61
              ? "Write == to compare." : "It knows < <= > >= == != + - * / ( ) [ ] , and texts in double quotes.")
        }
      }
    }
    return tokens + [Placed(token: .end, offset: bytes.count)]
  }

  private static func number(_ digits: ArraySlice<UInt8>, _ source: RuleSource) throws -> RuleNumber {
    let text = String(decoding: digits, as: UTF8.self)
    guard digits.count <= 40, let number = RuleNumber(spelled: text),
      String(number.coefficient.magnitude).count + max(0, number.exponent) <= mostDigits, number.exponent >= -mostDigits
    else {
      throw source.refused(
        digits.startIndex, "is a number of more than \(mostDigits) digits",
        "Shorten it: numbers of so many digits are compared exactly.")
    }
    return number
  }

  static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
  static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) || byte == 95 }
  static func isOfName(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }
}
