internal import CCrypto
public import Foundation

/// SHA-256 of bytes that come in pieces (OpenSSL).
public struct Digest: ~Copyable {
  private let state: OpaquePointer?

  public init() {
    state = EVP_MD_CTX_new()
    EVP_DigestInit_ex(state, EVP_sha256(), nil)
  }

  deinit { EVP_MD_CTX_free(state) }

  public func update(_ bytes: UnsafeRawBufferPointer) { EVP_DigestUpdate(state, bytes.baseAddress, bytes.count) }

  /// Adds a text with its length in front, so that two texts never run into each other.
  public func update(_ text: String) {
    var text = text
    withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { update($0) }
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  /// 64 hexadecimal digits.
  public consuming func finish() -> String {
    var bytes = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    EVP_DigestFinal_ex(state, &bytes, &length)
    return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The digest of `bytes`.
  public static func of(_ bytes: some ContiguousBytes) -> String {
    let digest = Digest()
    bytes.withUnsafeBytes { digest.update($0) }
    return digest.finish()
  }

  /// The digest and size of a file, read in pieces of 1 MiB.
  /// - Throws: `Faults` (io).
  public static func ofFile(_ path: String) throws -> (sha256: String, bytes: Int) {
    let (sha256, stamp) = try ofStamped(path)
    return (sha256, stamp.size)
  }

  /// The digest of a file with the stamp under which it was read, through one descriptor.
  /// - Throws: `Faults` (io); also when it changed meanwhile.
  @_spi(Run) public static func ofStamped(_ path: String) throws -> (sha256: String, stamp: FileStamp) {
    let file = try OpenedFile(path)
    let sha256 = try file.digest().sha256
    try file.check()
    return (sha256, file.stamp)
  }
}
