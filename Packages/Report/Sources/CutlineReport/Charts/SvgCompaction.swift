/// The same drawing in fewer bytes: numbers to a tenth of a pixel, what cannot be seen left out, what all parts of a group share
/// said once.
enum SvgCompaction {
  /// Parts take these over from their group. Not among them: opacity, transform and clip-path, which act on a group as a whole.
  private static let inherited = [
    "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin",
    "stroke-miterlimit", "stroke-dasharray", "font-family", "font-size", "font-weight", "font-style", "text-anchor",
  ]
  private static let rounded: Set = [
    "d", "transform", "x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "width", "height", "cx", "cy", "r",
  ]
  /// What holds without being said.
  private static let usual = [
    "opacity": "1", "fill-opacity": "1", "stroke-opacity": "1", "transform": "translate(0,0)",
  ]

  static func compact(_ root: SvgDrawing.Element) {
    visit(root, isPainted: false)
    share(root)
    flatten(root)
  }

  /// - Parameter isPainted: whether a group around it gives paint to parts that name none.
  private static func visit(_ element: SvgDrawing.Element, isPainted: Bool) {
    for (name, value) in element.attributes {
      var value = value
      if rounded.contains(name), element.name != "svg" { value = rounded(value) }
      if name == "font-size", value.hasSuffix("px") { value.removeLast(2) }
      if name == "font-weight", value == "normal" { value = "" }
      element.attributes[name] = value.isEmpty || usual[name] == value ? nil : value
    }
    round(element)
    let isPainted = isPainted || element.name != "svg" && paints(element)
    for case .element(let child) in element.children { visit(child, isPainted: isPainted) }
    element.children.removeAll { content in
      if case .element(let child) = content { !isSeen(child, isPainted) } else { false }
    }
  }

  /// A circle that is spelt as two arcs.
  private static func round(_ element: SvgDrawing.Element) {
    guard element.name == "path", let shape = element.attributes["d"], shape.hasPrefix("M"),
      let comma = shape.firstIndex(of: ",")
    else { return }
    let radius = shape[shape.index(after: shape.startIndex)..<comma]
    guard shape == "M\(radius),0A\(radius),\(radius),0,1,1,-\(radius),0A\(radius),\(radius),0,1,1,\(radius),0" else {
      return
    }
    element.name = "circle"
    element.attributes["d"] = nil
    element.attributes["r"] = String(radius)
  }

  private static func isSeen(_ element: SvgDrawing.Element, _ isPainted: Bool) -> Bool {
    if element.attributes["display"] == "none" || element.attributes["opacity"] == "0" { return false }
    switch element.name {
    case "g", "text": return !element.children.isEmpty
    case "path":
      guard let shape = element.attributes["d"], !shape.isEmpty, shape != "M0,0h0v0h0Z" else { return false }
      return isPainted || paints(element)
    case "line": return isPainted || paints(element)
    // The room of a clip is a rectangle without paint.
    default: return true
    }
  }

  private static func paints(_ element: SvgDrawing.Element) -> Bool {
    ["fill", "stroke"].contains { !["none", "transparent"].contains(element.attributes[$0] ?? "none") }
  }

  /// A group that says nothing is its parts.
  private static func flatten(_ element: SvgDrawing.Element) {
    element.children = element.children.flatMap { content -> [SvgDrawing.Content] in
      guard case .element(let child) = content else { return [content] }
      flatten(child)
      return child.name == "g" && child.attributes.isEmpty ? child.children : [content]
    }
  }

  /// From the leaves up: what every part says, the group says for them.
  private static func share(_ element: SvgDrawing.Element) {
    var parts: [SvgDrawing.Element] = []
    for case .element(let child) in element.children {
      share(child)
      parts.append(child)
    }
    guard element.name == "g", parts.count > 1, let first = parts.first else { return }
    for name in inherited {
      guard let value = first.attributes[name], parts.allSatisfy({ $0.attributes[name] == value }) else { continue }
      element.attributes[name] = value
      for part in parts { part.attributes[name] = nil }
    }
  }

  /// Every number of a value to one decimal.
  private static func rounded(_ value: String) -> String {
    var text = ""
    var number: [UInt8] = []
    func finish() {
      defer { number.removeAll(keepingCapacity: true) }
      guard !number.isEmpty else { return }
      let word = String(decoding: number, as: UTF8.self)
      guard number.contains(UInt8(ascii: ".")) || number.contains(UInt8(ascii: "e")), let exact = Double(word),
        abs(exact) < 1e6
      else { return text += word }
      let tenths = (exact * 10).rounded() / 10
      let short = tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
      // A sign may have been what keeps two numbers apart.
      if text.last?.isNumber == true, short.first != "-" { text += " " }
      text += short
    }
    for byte in value.utf8 {
      let isSign = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
      let isDigit = (0x30...0x39).contains(byte) || byte == UInt8(ascii: ".")
      if isDigit || isSign && (number.isEmpty || number.last == UInt8(ascii: "e"))
        || byte == UInt8(ascii: "e") && number.last.map({ (0x30...0x39).contains($0) }) == true
      {
        number.append(byte)
      } else {
        finish()
        if isSign { number.append(byte) } else { text.unicodeScalars.append(Unicode.Scalar(byte)) }
      }
    }
    finish()
    return text
  }
}
