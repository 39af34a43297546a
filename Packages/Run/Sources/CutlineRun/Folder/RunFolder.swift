@_spi(Run) internal import CutlineCore
internal import Foundation

/// The folder of a run while it is being made: a hidden neighbour of the target, exchanged with it in one step.
///
/// A reader of the target sees the old complete run or the new one. One writer at a time: a lock file beside the
/// target is held as long as this value lives. What a killed run left behind is removed by the next one.
final class RunFolder {
  let target: String
  let staging: String
  /// Beside `staging`: files of stages, which come into the run when it is published.
  private let unfinished: String
  private let lockPath: String
  private let lock: Int32
  private var published = false

  /// - Throws: `Faults` (io) when the target is not ours to replace, is in use by another run, or cannot be made.
  init(target: String) throws {
    // A link to a folder stands for the folder: the run is published there, and the link stays.
    var target = target
    while target.count > 1, target.hasSuffix("/") { target.removeLast() }
    let isLink = FileSystem.isLinkToFolder(target)
    let url =
      isLink
      ? URL(fileURLWithPath: target).resolvingSymlinksInPath() : URL(fileURLWithPath: target).standardizedFileURL
    let parent = url.deletingLastPathComponent().path
    let name = url.lastPathComponent
    self.target = url.path
    try FileSystem.makeFolders(parent)
    lockPath = "\(parent)/.\(name).cutline-lock"
    lock = try Self.acquire(lockPath, target: target)
    staging = "\(parent)/.\(name).cutline-\(getpid())"
    unfinished = staging + "-files"
    do {
      try Self.clean(parent: parent, name: name, target: self.target)
      try Self.checkReplaceable(self.target, shown: target)
      try FileSystem.makeFolders(staging)
    } catch {
      unlink(lockPath)
      close(lock)
      throw error
    }
  }

  deinit {
    // Best effort: what cannot be removed now is removed by the next run, which looks for it.
    if !published { try? FileSystem.remove(staging) }
    if FileSystem.exists(unfinished) { try? FileSystem.remove(unfinished) }
    unlink(lockPath)
    close(lock)
  }

  /// Writes one file below the staging folder and syncs it.
  /// - Throws: `Faults` (io); also when `path` would leave the folder.
  func write(_ path: String, _ bytes: UnsafeRawBufferPointer) throws {
    try FileSystem.write(bytes, to: place(of: path))
  }

  /// Where the files of stage number `index` lie until the run is published.
  func stageFolder(_ index: Int) -> String { "\(unfinished)/\(index)" }

  /// Moves a finished file of a stage into the run; it has been synced.
  /// - Throws: `Faults` (io).
  func take(_ file: String, as path: String) throws {
    guard rename(file, try place(of: path)) == 0 else { throw FileSystem.failure(path, "cannot be put in place") }
  }

  private func place(of path: String) throws -> String {
    guard RunPath.isInside(path) else {
      throw Faults.io(path, "is not a path inside the run folder", "This is a fault of the stage that wrote it.")
    }
    let place = staging + "/" + path
    if path.contains("/") { try FileSystem.makeFolders(place.parentFolder) }
    return place
  }

  /// Syncs all folders and puts the new run in the target's place.
  ///
  /// - Returns: where the folder that stood there is kept, as somebody had put files of their own into it while the run
  ///   went on; nil where it was an earlier run and nothing else, and is gone.
  func publish() throws -> String? {
    var folders: Set<String> = [staging]
    for path in FileSystem.filesBelow(staging) {
      folders.insert((staging + "/" + path).parentFolder)
    }
    for folder in folders.sorted(by: >) { try FileSystem.syncFolder(folder) }
    let parent = target.parentFolder
    if FileSystem.exists(target) {
      if FileSystem.exchange(staging, target) {
        published = true
        try FileSystem.syncFolder(parent)
        return try removeOrKeep(staging)
      }
      // No exchange on this file system: the old run steps aside under a name that `clean` knows how to restore.
      let aside = "\(parent)/.\((target as NSString).lastPathComponent).cutline-old"
      guard rename(target, aside) == 0 else { throw FileSystem.failure(target, "cannot be moved aside") }
      guard rename(staging, target) == 0 else {
        let error = FileSystem.failure(target, "cannot be put in place")
        rename(aside, target)
        throw error
      }
      published = true
      try FileSystem.syncFolder(parent)
      return try removeOrKeep(aside)
    }
    guard rename(staging, target) == 0 else { throw FileSystem.failure(target, "cannot be put in place") }
    published = true
    try FileSystem.syncFolder(parent)
    return nil
  }

  /// Removes what stands at the target: out of the way in one step first, so that nobody sees half of it.
  func removeTarget() throws {
    guard rename(target, unfinished) == 0 else { throw FileSystem.failure(target, "cannot be removed") }
    try FileSystem.syncFolder(target.parentFolder)
    try FileSystem.remove(unfinished)
  }

  /// Removes the folder that has stood at the target, where no file in it is somebody's.
  private func removeOrKeep(_ old: String) throws -> String? {
    if Self.foreign(in: old).isEmpty {
      try FileSystem.remove(old)
      return nil
    }
    for number in 1... {
      let kept = "\(target).kept-\(number)"
      if FileSystem.exists(kept) { continue }
      guard rename(old, kept) == 0 else { throw FileSystem.failure(old, "cannot be renamed to \(kept)") }
      return kept
    }
    return nil
  }

  /// What lies in a folder and no run has written, empty folders included.
  private static func foreign(in folder: String) -> [String] {
    // Without a readable manifest all is foreign.
    RunVerification.strangers(in: folder, beside: try? Manifest.load(from: folder))
  }

  private static func acquire(_ path: String, target: String) throws -> Int32 {
    for _ in 0..<100 {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw FileSystem.failure(target, "the folder beside it cannot be written") }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        throw Faults.io(target, "another run is writing there", "Wait for it, or choose another --output.")
      }
      // The holder before us may have removed the file between our open and our lock.
      var held = stat()
      var named = stat()
      if fstat(descriptor, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino { return descriptor }
      close(descriptor)
    }
    throw Faults.io(target, "its lock cannot be taken", "Remove \(path) if no run is going on.")
  }

  /// Removes what killed runs left and brings back a run that had stepped aside. We hold the lock: no run is going on.
  private static func clean(parent: String, name: String, target: String) throws {
    let aside = "\(parent)/.\(name).cutline-old"
    if FileSystem.exists(aside), !FileSystem.exists(target) {
      guard rename(aside, target) == 0 else { throw FileSystem.failure(aside, "cannot be restored") }
    }
    // A folder that cannot be listed has nothing that could be cleaned; writing to it fails with its own error.
    guard let entries = try? FileManager.default.contentsOfDirectory(atPath: parent) else { return }
    for entry in entries where entry.hasPrefix(".\(name).cutline-") && !entry.hasSuffix("-lock") {
      try FileSystem.remove(parent + "/" + entry)
    }
  }

  private static func checkReplaceable(_ target: String, shown: String) throws {
    guard FileSystem.exists(target) else { return }
    var status = stat()
    guard lstat(target, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      let isLink = status.st_mode & S_IFMT == S_IFLNK
      throw Faults.io(
        shown, isLink ? "is a link to no folder that is there" : "exists and is not a folder",
        "Choose another --output.")
    }
    let content = (try? FileManager.default.contentsOfDirectory(atPath: target)) ?? []  // unreadable: refused below
    guard content.isEmpty || content.contains(Manifest.fileName) else {
      throw Faults.io(
        shown, "holds files that are not a Cutline run (\(content.sorted().prefix(3).joined(separator: ", ")))",
        "Choose another --output; nothing was touched.")
    }
    if content.contains(Manifest.fileName) {
      // Of a run that a newer version wrote nothing is known, so it is not replaced.
      let data = try FileSystem.read(target + "/" + Manifest.fileName, limit: 1 << 28)
      if Manifest.format.isNewer(data) { _ = try Manifest.load(from: target) }
      let foreign = foreign(in: target)
      guard foreign.isEmpty else {
        throw Faults.io(
          shown, "holds files that no run wrote (\(foreign.prefix(3).joined(separator: ", ")))",
          "Move them away or choose another --output; nothing was touched.")
      }
    }
  }
}
