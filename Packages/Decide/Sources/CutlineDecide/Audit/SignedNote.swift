internal import CSigning
internal import Foundation

/// A text with signatures below it, in the form of C2SP's signed notes: the text ends in a line feed, an empty line follows, and
/// each signature is a line `— NAME BASE64(4 bytes of the key's id ‖ signature)`.
///
/// Source: c2sp.org/signed-note, c2sp.org/tlog-cosignature.
public struct SignedNote: Sendable, Hashable {
  public struct Line: Sendable, Hashable {
    public let name: String
    let keyID, signature: [UInt8]
  }

  /// What is signed, with its last line feed.
  public let text: String
  public var lines: [Line]

  init(text: String, lines: [Line] = []) { (self.text, self.lines) = (text, lines) }

  /// - Returns: nil for what is no signed note.
  public init?(_ note: String) {
    guard let split = note.range(of: "\n\n", options: .backwards), note.hasSuffix("\n") else { return nil }
    text = note[..<split.lowerBound] + "\n"
    lines = []
    for line in note[split.upperBound...].dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      guard words.count == 3, words[0] == "—", !words[1].isEmpty,
        let bytes = Data(base64Encoded: String(words[2])), bytes.count > 4
      else { return nil }
      lines.append(Line(name: String(words[1]), keyID: Array(bytes.prefix(4)), signature: Array(bytes.dropFirst(4))))
    }
    if lines.isEmpty { return nil }
  }

  public var description: String {
    text + "\n" + lines.map { "— \($0.name) \(Data($0.keyID + $0.signature).base64EncodedString())\n" }.joined()
  }

  /// Whether a line of `key` signs the text, be it a plain signature or a witness's.
  public func isSigned(by key: VerifierKey) -> Bool {
    lines.contains { line in
      guard line.name == key.name, line.keyID == key.id else { return false }
      switch key.kind {
      case .log: return key.verifies(Array(text.utf8), line.signature)
      case .witness:
        guard line.signature.count == 72 else { return false }
        let time = line.signature.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return key.verifies(Self.witnessed(text, at: time), Array(line.signature.dropFirst(8)))
      }
    }
  }

  /// What a witness signs: the text with the second at which it was seen in front.
  static func witnessed(_ text: String, at seconds: UInt64) -> [UInt8] {
    Array("cosignature/v1\ntime \(seconds)\n\(text)".utf8)
  }
}

/// The public half of a key: `NAME+ID+BASE64(kind ‖ 32 bytes)`.
public struct VerifierKey: Sendable, Hashable {
  /// What it signs; the first byte of its encoding.
  public enum Kind: UInt8, Sendable {
    case log = 1
    case witness = 4
  }
  public let name: String
  public let kind: Kind
  let key: [UInt8]

  init(name: String, kind: Kind, key: [UInt8]) { (self.name, self.kind, self.key) = (name, kind, key) }

  /// - Returns: nil for what is no such key, or carries another id than its own.
  public init?(_ text: String) {
    guard let (name, id, kind, key) = Self.parts(text) else { return nil }
    self.init(name: name, kind: kind, key: key)
    if self.id != id { return nil }
  }

  /// The first four bytes of SHA-256(name ‖ 0x0A ‖ kind ‖ key).
  var id: [UInt8] { Array(SHA256.bytes(Array(name.utf8), [10, kind.rawValue], key).prefix(4)) }

  public var text: String { "\(name)+\(SHA256.hexText(id))+\(Data([kind.rawValue] + key).base64EncodedString())" }

  func verifies(_ message: [UInt8], _ signature: [UInt8]) -> Bool {
    signature.count == 64 && cutline_ed25519_verify(key, message, message.count, signature) == 1
  }

  /// Name, id, kind and 32 bytes of an encoded key; the bytes may hold the sign that parts them.
  static func parts(_ text: String) -> (name: String, id: [UInt8], kind: Kind, bytes: [UInt8])? {
    let words = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    guard words.count == 3, !words[0].isEmpty, !words[0].contains(" "), let id = SHA256.bytes(hex: words[1]),
      id.count == 4, let data = Data(base64Encoded: words[2]), data.count == 33, let kind = Kind(rawValue: data[0])
    else { return nil }
    return (words[0], id, kind, Array(data.dropFirst()))
  }
}
