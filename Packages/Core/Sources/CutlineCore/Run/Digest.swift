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

  /// The digest of a file with the stamp under which it was read.
  /// - Throws: `Faults` (io); also when it changed meanwhile.
  @_spi(Run) public static func ofStamped(_ path: String) throws -> (sha256: String, stamp: FileStamp) {
    // Not blocking: a named pipe without a writer must not hang the run.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw Faults.io(path, "cannot be opened: \(String(cString: strerror(errno)))", "Check the path and permissions.")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Faults.io(path, "is not a file", "Name a regular file: a run reads its input twice.")
    }
    let stamp = FileStamp(status)
    let digest = Digest()
    var total = 0
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw Faults.io(path, "cannot be read: \(String(cString: strerror(errno)))", "Check the file and the disk.")
      }
      digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      total += count
    }
    guard fstat(descriptor, &status) == 0, total == stamp.size, FileStamp(status) == stamp else {
      throw Faults.io(path, "changed while it was read", "Run again when nobody writes to it.")
    }
    return (digest.finish(), stamp)
  }
}
