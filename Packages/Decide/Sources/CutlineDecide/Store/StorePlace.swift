@_spi(Run) internal import CutlineCore
internal import Foundation

/// Where a store lies: its file, and what belongs to it beside it.
struct StorePlace: Sendable {
  /// With the folder's links followed.
  let file: String
  let folder: String
  let name: String
  /// The path as it was given, for sentences.
  let stated: String

  /// The lock that says who writes.
  var lock: String { file + ".lock" }
  /// The key that signs checkpoints.
  var key: String { file + ".key" }

  /// - Throws: `Faults` (io) where the folder is not there or the path is a link, a folder, a pipe or a device; `Faults` (usage)
  ///   for an empty path.
  init(_ path: String, allowsNetwork: Bool) throws {
    guard !path.isEmpty, !path.hasSuffix("/") else {
      throw Faults.usage("--store", "names no file, found \"\(path)\"", "Give one, such as decisions.sqlite.")
    }
    // Foundation's own way to take a path apart traps on ".".
    let slash = path.lastIndex(of: "/")
    let stated = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard let real = realpath(stated, nil) else {
      throw FileSystem.failure(stated, "cannot be used as a store's folder")
    }
    defer { free(real) }
    folder = String(cString: real)
    name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    file = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
    self.stated = path
    guard ![".", ".."].contains(name), name.utf8.count <= 200 else {
      throw Faults.usage(path, "is no name for a store", "Give one, such as decisions.sqlite.")
    }
    for path in [file, file + "-wal", file + "-shm", lock, key] where FileSystem.exists(path) {
      guard FileSystem.isRegularFile(path) else {
        throw Faults.io(
          path, "is \(FileSystem.isLink(path) ? "a link" : "no regular file"), and a store is opened where it lies",
          "Name the file itself.")
      }
    }
    // Under two names it would have two locks and two write-ahead logs.
    var status = stat()
    if SystemCall.repeated({ lstat(file, &status) }) == 0, status.st_nlink > 1 {
      throw Faults.io(path, "has another name, too (a hard link)", "Remove the other name: a store has one.")
    }
    if !allowsNetwork, let kind = Self.networkFileSystem(of: folder) {
      throw Faults.io(
        folder, "lies on a network file system (\(kind)), whose locks cannot be relied on",
        "Keep the store on a disk of this machine, or say --allow-network-store where nobody else writes to it.")
    }
  }

  /// The magic numbers of `statfs`, from linux/magic.h.
  private static let networks: [Int: String] = [
    0x6969: "NFS", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB2", 0x517B: "SMB", 0x5346_414F: "AFS", 0x00C3_6400: "Ceph",
    0x0102_1997: "9P", 0x0BD0_0BD0: "Lustre", 0x4750_4653: "GPFS", 0x6573_5546: "FUSE", 0x7375_7245: "Coda",
  ]

  private static func networkFileSystem(of folder: String) -> String? {
    Database.fileSystem(of: folder).flatMap { networks[$0.kind & 0xFFFF_FFFF] }
  }

  /// Makes a file that only its owner reads.
  /// - Throws: `Faults` (io).
  static func makePrivateFile(_ path: String, _ bytes: [UInt8] = []) throws {
    let descriptor = Unfinished.undisturbed {
      SystemCall.repeated { open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600) }
    }
    guard descriptor >= 0 else { throw FileSystem.failure(path, "cannot be created") }
    defer { SystemCall.close(descriptor) }
    try bytes.withUnsafeBytes { try FileSystem.write($0, to: descriptor, of: path) }
    guard SystemCall.repeated({ fsync(descriptor) }) == 0 else {
      throw FileSystem.failure(path, "cannot be synced to the disk")
    }
  }

  /// Gives a finished file its name, which must be free.
  static func publish(_ source: String, as path: String) throws {
    try Unfinished.undisturbed {
      guard SystemCall.repeated({ link(source, path) }) == 0 else {
        if errno == EEXIST { throw Faults.io(path, "is there already", "Name another file, or use that one.") }
        throw FileSystem.failure(path, "cannot be made")
      }
    }
    try FileSystem.syncFolder((path as NSString).deletingLastPathComponent)
  }

  /// What others may do with a private file, where they may do anything: `rw-r--r--` is 0644.
  static func openness(of path: String) -> String? {
    var status = stat()
    guard SystemCall.repeated({ lstat(path, &status) }) == 0, status.st_mode & 0o077 != 0 else { return nil }
    return "0" + String(status.st_mode & 0o777, radix: 8)
  }
}
