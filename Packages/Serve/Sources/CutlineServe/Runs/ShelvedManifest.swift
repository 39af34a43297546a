@_spi(Run) internal import CutlineCore
internal import CutlineRun
internal import Foundation

/// The part of a manifest that lists need, read with its checksum and without the rest.
struct ShelvedManifest: Sendable {
  struct Input: Sendable {
    var path = ""
    var sha256 = ""
    var bytes = 0
  }
  struct File: Sendable {
    var path = ""
    var sha256 = ""
    var bytes = 0
    var isPersonal = false
  }
  struct Failure: Sendable {
    var stage = ""
    var message = ""
  }

  private(set) var format = ""
  private(set) var created = ""
  private(set) var configuration = ""
  private(set) var version = ""
  private(set) var resultsDigest = ""
  private(set) var seconds = 0.0
  private(set) var inputs: [Input] = []
  private(set) var files: [File] = []
  private(set) var failures: [Failure]?

  /// - Throws: `Faults` (integrity) for what no run wrote, what was changed since, or a newer format.
  static func read(_ data: Data, of name: String) throws -> ShelvedManifest {
    let advice = "Restore it, or run again."
    let manifest: ShelvedManifest
    do {
      manifest = try data.withUnsafeBytes { try ShelvedManifest($0.bindMemory(to: UInt8.self)) }
    } catch { throw Faults.integrity(name, "its manifest is damaged", advice) }
    // The whole of it is read only where it is not what is written now.
    if manifest.format != Manifest.format.text { _ = try Manifest.format.check(data, at: name) }
    guard isWhole(data) else { throw Faults.integrity(name, "its manifest was changed after the run", advice) }
    guard !manifest.created.isEmpty, !manifest.resultsDigest.isEmpty else {
      throw Faults.integrity(name, "its manifest is damaged", advice)
    }
    return manifest
  }

  private init(_ bytes: UnsafeBufferPointer<UInt8>) throws {
    var scan = JsonScan(bytes)
    try scan.members { scan, name in
      switch name {
      case "format": format = try scan.text()
      case "created": created = try scan.text()
      case "configuration": configuration = try scan.text()
      case "version": version = try scan.text()
      case "resultsDigest": resultsDigest = try scan.text()
      case "seconds": seconds = try scan.number()
      case "inputs":
        try scan.elements { scan in
          var input = Input()
          try scan.members { scan, name in
            switch name {
            case "path": input.path = try scan.text()
            case "sha256": input.sha256 = try scan.text()
            case "bytes": input.bytes = try scan.integer()
            default: break
            }
          }
          inputs.append(input)
        }
      case "files":
        try scan.elements { scan in
          var file = File()
          try scan.members { scan, name in
            switch name {
            case "path": file.path = try scan.text()
            case "sha256": file.sha256 = try scan.text()
            case "bytes": file.bytes = try scan.integer()
            case "personal": file.isPersonal = try scan.isTrue()
            default: break
            }
          }
          files.append(file)
        }
      case "failures":
        var own: [Failure] = []
        try scan.elements { scan in
          var failure = Failure()
          try scan.members { scan, name in
            switch name {
            case "stage": failure.stage = try scan.text()
            case "message": failure.message = try scan.text()
            default: break
            }
          }
          own.append(failure)
        }
        failures = own
      default: break
      }
    }
    guard scan.isAtEnd() else { throw JsonScan.Mismatch() }
  }

  /// Whether the checksum in a manifest is that of its other content.
  ///
  /// The checksum is of the compact form with an empty checksum; the file is the same form with blanks outside of texts, so that it is
  /// found without making all of it again. O(bytes).
  static func isWhole(_ data: Data) -> Bool {
    let compact = [UInt8](unsafeUninitializedCapacity: data.count) { place, count in
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
          place[count] = byte
          count += 1
        }
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
