/// Checks of UTF-8 text in raw memory.
enum UTF8Bytes {
  /// Whether all of `bytes` is well-formed UTF-8. O(n), eight bytes at a time while they are ASCII.
  static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var place = 0
    while place + 8 <= bytes.count,
      bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      place += 8
    }
    while place < bytes.count, bytes[place] < 0x80 { place += 1 }
    if place == bytes.count { return true }
    return String(validating: UnsafeRawBufferPointer(rebasing: bytes[place...]), as: UTF8.self) != nil
  }

  /// Without the beginning of a character at the end that lacks its remaining bytes.
  static func withoutCutCharacter(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var lead = bytes.count - 1
    while lead >= 0, bytes.count - lead < 4, bytes[lead] & 0xC0 == 0x80 { lead -= 1 }
    guard lead >= 0, bytes[lead] >= 0xC0 else { return bytes }
    return UnsafeRawBufferPointer(rebasing: bytes[..<lead])
  }
}
