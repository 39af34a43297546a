@_spi(Run) internal import CutlineCore
internal import Foundation

/// A folder elsewhere that keeps the last checkpoint of a log, whole, and signs the next one only where a proof shows that the
/// log has grown and nothing else.
///
/// It needs no store: a checkpoint, its proof and the log's key will do, so that it may be on another machine. It holds
/// `checkpoint` (with the log's signature and its own), `log.key` (the key it saw first) and `witness.key` (its own secret).
public struct Witness: Sendable {
  public let folder: String
  /// The last checkpoint; nil at the first time.
  public let last: Checkpoint?
  private let key: SigningKey
  private let known: VerifierKey?

  /// Opens the folder, and makes it with a key of its own where it is not there.
  ///
  /// - Throws: `Faults` (io), (integrity) for files that are not its own.
  public init(_ folder: String) throws {
    self.folder = folder
    if !FileSystem.isFolder(folder) { try FileSystem.makeFolders(folder) }
    let (keyPath, path, logKey) = ("\(folder)/witness.key", "\(folder)/checkpoint", "\(folder)/log.key")
    if FileSystem.exists(keyPath) {
      key = try SigningKey.load(keyPath)
    } else {
      key = try SigningKey.make(name: "cutline.witness/\(SHA256.hexText(Store.randomBytes(8)))", kind: .witness)
      try key.write(to: keyPath)
    }
    guard FileSystem.exists(path) else {
      (last, known) = (nil, nil)
      return
    }
    let checkpoint = try Checkpoint(Self.text(path), at: path)
    guard let logKey = VerifierKey(try Self.text(logKey).trimmingCharacters(in: .newlines)),
      checkpoint.note.isSigned(by: logKey), checkpoint.note.isSigned(by: key.verifier)
    else {
      throw Faults.integrity(path, "is not the checkpoint that this witness signed", "Restore the folder.")
    }
    (last, known) = (checkpoint, logKey)
  }

  public var verifier: VerifierKey { key.verifier }

  private static func text(_ path: String) throws -> String {
    String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
  }

  /// Takes a later checkpoint of the same log and signs it.
  ///
  /// - Parameter proof: from the last one's size to this one's (RFC 6962).
  /// - Returns: the checkpoint with both signatures, as it is kept now.
  /// - Throws: `Faults` (integrity) for a log of another name or key, one that is shorter, or one that is not the continuation of what
  ///   was seen: both roots are named, and what is kept stays.
  public func accept(_ checkpoint: Checkpoint, proof: [[UInt8]], of log: VerifierKey, at now: Instant) throws
    -> Checkpoint
  {
    guard checkpoint.note.isSigned(by: log), log.kind == .log else {
      throw Faults.integrity(folder, "is shown a checkpoint without the log's signature", "Nothing was signed.")
    }
    if let last, let known {
      guard last.origin == checkpoint.origin, known == log else {
        throw Faults.integrity(
          folder, "witnesses \(last.origin) (\(known.text)), and is shown \(checkpoint.origin) (\(log.text))",
          "Nothing was signed. Give each store a witness folder of its own.")
      }
      guard last.size <= checkpoint.size else {
        throw contradiction(checkpoint, "the log is shorter than the one that was seen")
      }
      guard
        MerkleTree.isConsistent(
          old: last.size, oldRoot: last.root, size: checkpoint.size, root: checkpoint.root, proof: proof)
      else { throw contradiction(checkpoint, "the log was rebuilt: it does not begin with what was seen") }
    }
    var signed = checkpoint
    let seconds = UInt64(max(0, now.microseconds / 1_000_000))
    signed.note.lines = [checkpoint.note.lines[0], try key.cosigned(checkpoint.note.text, at: seconds)]
    if known == nil { try PendingFile.write(Data("\(log.text)\n".utf8), to: "\(folder)/log.key") }
    try PendingFile.write(Data(signed.text.utf8), to: "\(folder)/checkpoint")
    return signed
  }

  private func contradiction(_ shown: Checkpoint, _ problem: String) -> Faults {
    let (size, root) = last.map { ($0.size, $0.rootText) } ?? (0, "")
    return Faults.integrity(
      folder, "\(problem): root \(root) of \(size) records was seen, root \(shown.rootText) of \(shown.size) is shown",
      "Nothing was signed. Keep both files: the two signed checkpoints prove it.")
  }
}

extension Store {
  /// Shows the log to a witness.
  ///
  /// - Returns: the checkpoint with both signatures.
  /// - Throws: `Faults` as `Witness.accept` does.
  public func witness(_ folder: String) throws -> Checkpoint {
    let witness = try Witness(folder)
    let checkpoint = try checkpoint()
    let proof = try consistencyProof(from: min(witness.last?.size ?? 0, checkpoint.size), to: checkpoint.size)
    return try witness.accept(checkpoint, proof: proof, of: try verifierKey(), at: now)
  }
}
