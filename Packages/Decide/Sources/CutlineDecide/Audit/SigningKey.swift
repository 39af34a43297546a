internal import CSigning
@_spi(Run) internal import CutlineCore
internal import Foundation

/// The secret half of a key (Ed25519): in a file of its owner's, one line `PRIVATE+KEY+NAME+ID+BASE64(kind ‖ seed)`, as other tools
/// for signed notes have it.
struct SigningKey: Sendable {
  let verifier: VerifierKey
  private let seed: [UInt8]

  private static let prefix = "PRIVATE+KEY+"

  private init(name: String, kind: VerifierKey.Kind, seed: [UInt8]) throws {
    var key = [UInt8](repeating: 0, count: 32)
    guard seed.count == 32, cutline_ed25519_public(seed, &key) == 1 else {
      throw Faults.io("libcrypto", "makes no Ed25519 key", "Check its installation.")
    }
    self.seed = seed
    verifier = VerifierKey(name: name, kind: kind, key: key)
  }

  static func make(name: String, kind: VerifierKey.Kind = .log) throws -> SigningKey {
    try SigningKey(name: name, kind: kind, seed: Store.randomBytes(32))
  }

  /// - Throws: `Faults` (io) where it cannot be read or others may read it, (integrity) where it is no key.
  static func load(_ path: String) throws -> SigningKey {
    guard FileSystem.isRegularFile(path) else {
      throw Faults.io(path, "is not there", "It was made with the store; without it checkpoints cannot be signed.")
    }
    if let mode = StorePlace.openness(of: path) {
      throw Faults.io(path, "is a secret key that others may use, found mode \(mode)", "Say chmod 600 \(path).")
    }
    let text = String(decoding: try FileSystem.read(path, limit: 4096), as: UTF8.self)
    let line = text.trimmingCharacters(in: .newlines)
    guard line.hasPrefix(prefix), let parts = VerifierKey.parts(String(line.dropFirst(prefix.count))) else {
      throw Faults.integrity(path, "is no secret key", "Restore it.")
    }
    let key = try SigningKey(name: parts.name, kind: parts.kind, seed: parts.bytes)
    guard key.verifier.id == parts.id else { throw Faults.integrity(path, "is a damaged secret key", "Restore it.") }
    return key
  }

  /// - Throws: `Faults` (io); nothing is left then.
  func write(to path: String) throws {
    let url = path as NSString
    let text =
      "\(Self.prefix)\(verifier.name)+\(SHA256.hexText(verifier.id))+\(Data([verifier.kind.rawValue] + seed).base64EncodedString())\n"
    let folder = try PrivateFolder(in: url.deletingLastPathComponent, beside: url.lastPathComponent)
    try StorePlace.makePrivateFile("\(folder.path)/key", Array(text.utf8))
    try StorePlace.publish("\(folder.path)/key", as: path)
  }

  /// A line below `text`.
  func signed(_ text: String) throws -> SignedNote.Line {
    SignedNote.Line(name: verifier.name, keyID: verifier.id, signature: try signature(Array(text.utf8)))
  }

  /// A witness's line: 8 bytes of the second, then the signature.
  func cosigned(_ text: String, at seconds: UInt64) throws -> SignedNote.Line {
    let time = (0..<8).reversed().map { UInt8(truncatingIfNeeded: seconds >> (8 * UInt64($0))) }
    let signature = try signature(SignedNote.witnessed(text, at: seconds))
    return SignedNote.Line(name: verifier.name, keyID: verifier.id, signature: time + signature)
  }

  private func signature(_ message: [UInt8]) throws -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: 64)
    guard cutline_ed25519_sign(seed, message, message.count, &signature) == 1 else {
      throw Faults.io("libcrypto", "signs nothing", "Check its installation.")
    }
    return signature
  }
}
