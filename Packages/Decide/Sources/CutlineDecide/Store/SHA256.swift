internal import CSigning

/// SHA-256 as bytes, which trees are made of; files and texts elsewhere have `Digest`.
enum SHA256 {
  static func bytes(_ parts: [UInt8]...) -> [UInt8] {
    var whole = parts[0]
    for part in parts.dropFirst() { whole += part }
    var digest = [UInt8](repeating: 0, count: 32)
    cutline_sha256(whole, whole.count, &digest)
    return digest
  }

  static func hex(_ bytes: [UInt8]) -> String { hexText(self.bytes(bytes)) }

  static func hexText(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.count)
    for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil for what is not pairs of hexadecimal digits.
  static func bytes(hex text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digit(digits[place]), let low = digit(digits[place + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 97...102: byte - 87
    default: nil
    }
  }

  /// Bytes that nobody can guess; nil where the system has none.
  static func random(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    return cutline_random_bytes(&bytes, count) == 1 ? bytes : nil
  }

  /// In the same time wherever they differ.
  static func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == 32 && b.count == 32 && cutline_equal_digests(a, b) == 1
  }
}
