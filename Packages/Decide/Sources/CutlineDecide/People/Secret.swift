internal import CSigning

/// What nobody may guess: random bytes, and sums that only who has a key can make.
public enum Secret {
  /// - Throws: `Faults` (io) where the system has none.
  public static func random(_ count: Int) throws -> [UInt8] { try Store.randomBytes(count) }

  /// Hexadecimal digits.
  public static func text(_ bytes: [UInt8]) -> String { SHA256.hexText(bytes) }

  /// SHA-256.
  public static func digest(_ bytes: [UInt8]) -> [UInt8] { SHA256.bytes(bytes) }

  /// Whether two texts are one, in the same time wherever they differ.
  public static func areEqual(_ a: String, _ b: String) -> Bool {
    SHA256.areEqual(SHA256.bytes(Array(a.utf8)), SHA256.bytes(Array(b.utf8)))
  }

  /// HMAC with SHA-256 (RFC 2104); the key has at most 64 bytes.
  public static func sum(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
    let whole = Array(key.prefix(64)) + [UInt8](repeating: 0, count: max(0, 64 - key.count))
    return SHA256.bytes(whole.map { $0 ^ 0x5C }, SHA256.bytes(whole.map { $0 ^ 0x36 }, bytes))
  }
}
