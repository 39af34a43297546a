@_spi(Run) internal import CutlineCore
internal import CutlineRun
internal import Foundation

/// The part of a manifest that lists need, read with its checksum and without the rest.
struct ShelvedManifest: Decodable, Sendable {
  struct Input: Decodable, Sendable {
    let path, sha256: String
    let bytes: Int
  }
  struct File: Decodable, Sendable {
    let path, sha256: String
    let bytes: Int
    let personal: Bool?
  }
  struct Failure: Decodable, Sendable { let stage, message: String }

  let created, configuration, version, resultsDigest: String
  let seconds: Double
  let inputs: [Input]
  let files: [File]
  let failures: [Failure]?

  /// - Throws: `Faults` (integrity) for what no run wrote, what was changed since, or a newer format.
  static func read(_ data: Data, of name: String) throws -> ShelvedManifest {
    _ = try Manifest.format.check(data, at: name)
    guard isWhole(data) else {
      throw Faults.integrity(name, "its manifest was changed after the run", "Restore it, or run again.")
    }
    do { return try CanonicalJSON.decode(ShelvedManifest.self, from: data) } catch {
      throw Faults.integrity(name, "its manifest is damaged", "Restore it, or run again.")
    }
  }

  /// Whether the checksum in a manifest is that of its other content.
  ///
  /// The checksum is of the compact form with an empty checksum; the file is the same form with blanks outside of texts, so that it is
  /// found without making all of it again. O(bytes).
  static func isWhole(_ data: Data) -> Bool {
    var compact: [UInt8] = []
    compact.reserveCapacity(data.count)
    var isText = false
    var isEscaped = false
    data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
      for byte in bytes {
        if isText {
          if isEscaped {
            isEscaped = false
          } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
          } else if byte == UInt8(ascii: "\"") {
            isText = false
          }
        } else if byte == UInt8(ascii: "\"") {
          isText = true
        } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") {
          continue
        }
        compact.append(byte)
      }
    }
    // Keys are sorted: nothing of a manifest comes before it.
    let head = Array("{\"checksum\":\"".utf8)
    guard compact.starts(with: head), compact.count > head.count + 64 else { return false }
    let stated = compact[head.count..<(head.count + 64)]
    guard compact[head.count + 64] == UInt8(ascii: "\"") else { return false }
    let digest = Digest()
    head.withUnsafeBytes { digest.update($0) }
    compact[(head.count + 64)...].withUnsafeBytes { digest.update($0) }
    return digest.finish().utf8.elementsEqual(stated)
  }
}
