@_spi(Run) internal import CutlineCore
internal import Foundation

/// What somebody outside knows of a log: the hash of a record, or the root of its tree.
public struct KnownHead: Sendable {
  /// `store_id` of the log, where it says.
  let storeID: String?
  let seq: Int
  let hash: String?
  let root: [UInt8]?
  /// The checkpoint that said it.
  let note: SignedNote?
  /// Where it stands, for sentences.
  let place: String

  /// All heads of a file: a checkpoint, or lines of JSON as `cutline audit head --json` prints them.
  ///
  /// - Throws: `Faults` (io), (integrity) for a line that is neither, or a file that holds none.
  public static func read(_ path: String) throws -> [KnownHead] {
    let text = String(decoding: try FileSystem.read(path, limit: 1 << 28), as: UTF8.self)
    if text.hasPrefix("cutline.audit/") { return [KnownHead(try Checkpoint(text, at: path), path)] }
    struct Line: Decodable {
      let storeID: String
      let seq: Int
      let hash: String
      enum CodingKeys: String, CodingKey {
        case storeID = "store_id"
        case seq, hash
      }
    }
    let heads = try text.split(separator: "\n").enumerated().map { index, line in
      guard let head = try? CanonicalJSON.decode(Line.self, from: Data(line.utf8)) else {  // said in the next line
        throw Faults.integrity("\(path):\(index + 1)", "is no head of a log", "Name a file of cutline audit head.")
      }
      return KnownHead(
        storeID: head.storeID, seq: head.seq, hash: head.hash, root: nil, note: nil, place: "\(path):\(index + 1)")
    }
    guard !heads.isEmpty else {
      throw Faults.integrity(
        path, "holds no head of a log: there is nothing to compare", "Name a file of cutline audit head.")
    }
    return heads
  }

  init(_ checkpoint: Checkpoint, _ place: String) {
    self.init(
      storeID: String(checkpoint.origin.dropFirst("cutline.audit/".count)), seq: checkpoint.size, hash: nil,
      root: checkpoint.root, note: checkpoint.note, place: place)
  }

  init(storeID: String?, seq: Int, hash: String?, root: [UInt8]?, note: SignedNote?, place: String) {
    (self.storeID, self.seq, self.hash, self.root) = (storeID, seq, hash, root)
    (self.note, self.place) = (note, place)
  }
}
