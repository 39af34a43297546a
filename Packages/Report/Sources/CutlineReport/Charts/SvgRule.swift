/// Which elements and attributes a drawing may hold, and which words their values.
struct SvgRule {
  /// Before the names of parts.
  private let prefix: String
  /// Parts by number, as they are met: the library counts on from one drawing to the next.
  private var parts: [String: Int] = [:]

  init(prefix: String) {
    // A name of a chart may hold a name that people gave.
    self.prefix =
      String(prefix.unicodeScalars.map { Self.isPlain($0) ? Character($0) : "-" }.prefix(80)) + "-"
  }

  private static let elements: Set = [
    "svg", "g", "path", "rect", "line", "circle", "text", "tspan", "defs", "clipPath", "linearGradient", "stop",
  ]
  /// What machines read and people do not see.
  private static let dropped: Set = [
    "class", "role", "aria-hidden", "aria-label", "aria-roledescription", "version", "pointer-events", "xmlns",
    "xmlns:xlink", "cursor", "direction",
  ]
  private static let numbers: Set = [
    "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "offset", "opacity",
    "fill-opacity", "stroke-opacity", "stop-opacity", "stroke-width", "stroke-miterlimit", "stroke-dashoffset",
    "stroke-dasharray", "font-size", "viewBox",
  ]
  private static let words: Set = [
    "text-anchor", "font-weight", "font-style", "stroke-linecap", "stroke-linejoin", "display", "dominant-baseline",
    "font-family", "gradientUnits",
  ]
  private static let colours: Set = ["fill", "stroke", "stop-color"]

  /// The attributes of an element that are kept.
  /// - Throws: `SvgDrawing.Refusal` for an element, attribute or value that no drawing may have.
  mutating func kept(_ element: String, _ attributes: [(String, String)]) throws -> [String: String] {
    guard Self.elements.contains(element) else {
      throw SvgDrawing.Refusal(reason: "<\(element.prefix(40))>")
    }
    var kept: [String: String] = [:]
    for (name, value) in attributes where !Self.dropped.contains(name) {
      guard let shown = shown(name, value) else {
        throw SvgDrawing.Refusal(reason: "attribute \(name.prefix(40)) of <\(element)>")
      }
      kept[name] = shown
    }
    return kept
  }

  /// The value as it is written; nil where it may not be.
  private mutating func shown(_ name: String, _ value: String) -> String? {
    switch name {
    case _ where Self.numbers.contains(name): Self.consists(value, of: "0123456789.,eE+-%px ") ? value : nil
    case "d": Self.consists(value, of: "0123456789.,eE+- MmLlHhVvCcSsQqTtAaZz") ? value : nil
    case "transform": Self.isTransform(value) ? value : nil
    case "id": part(value)
    case "clip-path": Self.reference(value).flatMap { part($0) }.map { "url(#\($0))" }
    case _ where Self.colours.contains(name):
      Self.reference(value).map { part($0).map { "url(#\($0))" } } ?? Self.colour(value)
    case _ where Self.words.contains(name):
      value.unicodeScalars.allSatisfy { Self.isPlain($0) || $0 == " " || $0 == "," } ? value : nil
    default: nil
    }
  }

  private mutating func part(_ name: String) -> String? {
    guard !name.isEmpty, name.unicodeScalars.allSatisfy(Self.isPlain) else { return nil }
    let number = parts[name] ?? parts.count
    parts[name] = number
    return "\(prefix)\(number)"
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "-"
      || scalar == "_"
  }

  private static func consists(_ value: String, of letters: String) -> Bool { value.allSatisfy(letters.contains) }

  private static func isTransform(_ value: String) -> Bool {
    let names = value.split { !$0.isLetter }
    return names.allSatisfy { ["translate", "rotate", "scale", "matrix", "e"].contains($0) }
      && consists(value.filter { !$0.isLetter }, of: "0123456789.,+-() ")
  }

  /// `url(#name)`: of this drawing, and no other way to write it.
  private static func reference(_ value: String) -> String? {
    value.hasPrefix("url(#") && value.hasSuffix(")") ? String(value.dropFirst(5).dropLast()) : nil
  }

  /// `#rrggbb`, `rgb(r, g, b)` as that, or a word.
  private static func colour(_ value: String) -> String? {
    if value.hasPrefix("rgb("), value.hasSuffix(")") {
      let parts = value.dropFirst(4).dropLast().split(separator: ",").map {
        Int($0.filter { $0 != " " }).flatMap { (0...255).contains($0) ? $0 : nil }
      }
      guard parts.count == 3 else { return nil }
      var code = "#"
      for part in parts {
        guard let part else { return nil }
        let digits = String(part, radix: 16)
        code += digits.count == 1 ? "0" + digits : digits
      }
      return code
    }
    if value.hasPrefix("#") {
      let digits = value.dropFirst()
      return [3, 6].contains(digits.count) && digits.allSatisfy({ $0.isASCII && $0.isHexDigit })
        ? value.lowercased() : nil
    }
    return !value.isEmpty && value.unicodeScalars.allSatisfy { ("a"..."z").contains($0) } ? value : nil
  }
}
