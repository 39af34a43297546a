internal import CSigning

/// The key of one record: what it seals can be read with it only, and never again once it is destroyed.
///
/// From its 256 random bits follow two keys, HMAC(key, "cutline-seal-1") and HMAC(key, "cutline-digest-1"): one hides the text with
/// AES-256-GCM, the other makes a digest of it that nobody without the key can try guesses against.
///
/// Sources: NIST SP 800-38D; RFC 2104.
struct RecordKey: Sendable {
  let bytes: [UInt8]

  /// Nil for what is no key.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  private init(made bytes: [UInt8]) { self.bytes = bytes }

  /// - Throws: `Faults` (io) where the system gives no random bits.
  static func make() throws -> RecordKey { RecordKey(made: try Store.randomBytes(32)) }

  static let (nonceBytes, tagBytes) = (12, 16)

  /// The text as nonce ‖ hidden text ‖ tag.
  /// - Parameter about: what the text belongs to; it is not hidden, and unsealing needs the same.
  func seal(_ text: [UInt8], about: String) throws -> [UInt8] {
    let nonce = try Store.randomBytes(Self.nonceBytes)
    let about = Array(about.utf8)
    var hidden = [UInt8](repeating: 0, count: text.count)
    var tag = [UInt8](repeating: 0, count: Self.tagBytes)
    guard
      cutline_seal(
        Self.derived("cutline-seal-1", from: bytes), nonce, about, about.count, text, text.count, &hidden, &tag)
        == 1
    else { preconditionFailure("libcrypto does not seal") }
    return nonce + hidden + tag
  }

  /// Nil where the key, what it is about or the text is another one.
  func unseal(_ sealed: [UInt8], about: String) -> [UInt8]? {
    let count = sealed.count - Self.nonceBytes - Self.tagBytes
    guard count >= 0 else { return nil }
    let about = Array(about.utf8)
    let nonce = Array(sealed.prefix(Self.nonceBytes))
    let tag = Array(sealed.suffix(Self.tagBytes))
    let hidden = Array(sealed.dropFirst(Self.nonceBytes).dropLast(Self.tagBytes))
    var text = [UInt8](repeating: 0, count: count)
    return cutline_unseal(
      Self.derived("cutline-seal-1", from: bytes), nonce, about, about.count, hidden, count, tag, &text) == 1
      ? text : nil
  }

  /// 64 hexadecimal digits that say whether a text is the same, to whoever has the key.
  func digest(of text: [UInt8]) -> String {
    Secret.text(Secret.sum(text, key: Self.derived("cutline-digest-1", from: bytes)))
  }

  private static func derived(_ purpose: String, from key: [UInt8]) -> [UInt8] {
    Secret.sum(Array(purpose.utf8), key: key)
  }
}
