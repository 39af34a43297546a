/// A drawing that holds shapes and text and nothing else: each element and attribute is one that is known here, no value reaches
/// outside, what only machines read is left out. It is written anew, so that nothing of the original's spelling remains.
///
/// O(*n*).
struct SvgDrawing {
  /// Why something is no such drawing.
  struct Refusal: Error {
    let reason: String
  }

  final class Element {
    var name: String
    var attributes: [String: String]
    var children: [Content] = []

    init(name: String, attributes: [String: String]) { (self.name, self.attributes) = (name, attributes) }
  }

  enum Content {
    case element(Element)
    case text(String)
  }

  let root: Element

  private static let byteLimit = 1 << 24
  private static let depthLimit = 64

  /// - Parameter prefix: stands before the names of its parts, as drawings of one page share one space of names.
  /// - Throws: `Refusal`.
  init(_ bytes: [UInt8], prefix: String) throws {
    guard bytes.count <= Self.byteLimit else { throw Refusal(reason: "more than \(Self.byteLimit >> 20) MiB") }
    var reader = Reader(bytes: bytes)
    var rule = SvgRule(prefix: prefix)
    var open: [Element] = []
    var root: Element?
    while let token = try reader.next() {
      switch token {
      case .text(let text):
        if let last = open.last {
          if last.name == "text" || last.name == "tspan" {
            last.children.append(.text(text))
          } else if text.contains(where: { !$0.isWhitespace }) {
            throw Refusal(reason: "text outside a text")
          }
        } else if text.contains(where: { !$0.isWhitespace }) {
          throw Refusal(reason: "text outside the drawing")
        }
      case .open(let name, let attributes, let isEmpty):
        let element = Element(name: name, attributes: try rule.kept(name, attributes))
        if let last = open.last {
          last.children.append(.element(element))
        } else {
          guard root == nil, name == "svg" else { throw Refusal(reason: "<\(name)> where <svg> should be") }
          root = element
        }
        if !isEmpty { open.append(element) }
        guard open.count <= Self.depthLimit else { throw Refusal(reason: "elements \(open.count) deep") }
      case .close(let name):
        guard open.popLast()?.name == name else { throw Refusal(reason: "</\(name)> without its beginning") }
      }
    }
    guard let root, open.isEmpty else { throw Refusal(reason: "it has no end") }
    guard !root.children.isEmpty else { throw Refusal(reason: "nothing is in it") }
    SvgCompaction.compact(root)
    root.attributes["xmlns"] = "http://www.w3.org/2000/svg"
    self.root = root
  }

  /// The drawing as markup.
  var text: String {
    var text = ""
    Self.write(root, to: &text)
    return text
  }

  private static func write(_ element: Element, to text: inout String) {
    text += "<\(element.name)"
    for (name, value) in element.attributes.sorted(by: { $0.key < $1.key }) {
      text += " \(name)=\"\(Html.text(value).markup)\""
    }
    guard !element.children.isEmpty else { return text += "/>" }
    text += ">"
    for child in element.children {
      switch child {
      case .element(let element): write(element, to: &text)
      case .text(let part): text += Html.text(part).markup
      }
    }
    text += "</\(element.name)>"
  }
}

extension SvgDrawing {
  fileprivate enum Token {
    case text(String)
    case open(String, [(String, String)], isEmpty: Bool)
    case close(String)
  }

  /// Elements, attributes and text of XML; no comment, section, instruction or declaration.
  fileprivate struct Reader {
    let bytes: [UInt8]
    private var place = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() throws -> Token? {
      guard place < bytes.count else { return nil }
      guard bytes[place] == UInt8(ascii: "<") else {
        return .text(try Self.decoded(take { $0 != UInt8(ascii: "<") }))
      }
      place += 1
      if skip("/") {
        let name = word()
        guard !name.isEmpty, skip(">") else { throw Refusal(reason: "an end without a name") }
        return .close(name)
      }
      let name = word()
      guard !name.isEmpty else { throw Refusal(reason: "what begins with < and is no element") }
      var attributes: [(String, String)] = []
      while true {
        _ = take { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 }
        if skip(">") { return .open(name, attributes, isEmpty: false) }
        if skip("/") {
          guard skip(">") else { throw Refusal(reason: "a / within <\(name)>") }
          return .open(name, attributes, isEmpty: true)
        }
        let key = word()
        guard !key.isEmpty, skip("="), skip("\"") else { throw Refusal(reason: "attributes of <\(name)>") }
        let value = take { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "<") }
        guard skip("\"") else { throw Refusal(reason: "a value of \(key) without its end") }
        attributes.append((key, try Self.decoded(value)))
      }
    }

    private mutating func take(while isTaken: (UInt8) -> Bool) -> ArraySlice<UInt8> {
      let start = place
      while place < bytes.count, isTaken(bytes[place]) { place += 1 }
      return bytes[start..<place]
    }

    private mutating func word() -> String {
      String(
        decoding: take {
          (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) || (0x30...0x39).contains($0)
            || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ":")
        }, as: UTF8.self)
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
      place += 1
      return true
    }

    private static let entities = [
      "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "#39": "'", "nbsp": "\u{A0}",
    ]

    private static func decoded(_ bytes: ArraySlice<UInt8>) throws -> String {
      let text = String(decoding: bytes, as: UTF8.self)
      guard text.contains("&") else { return text }
      var parts = text.split(separator: "&", omittingEmptySubsequences: false)
      var whole = String(parts.removeFirst())
      for part in parts {
        guard let end = part.firstIndex(of: ";"), let sign = entities[String(part[..<end])] else {
          throw Refusal(reason: "an entity that is not known")
        }
        whole += sign + part[part.index(after: end)...]
      }
      return whole
    }
  }
}
