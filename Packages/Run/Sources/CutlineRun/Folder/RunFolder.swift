@_spi(Run) internal import CutlineCore
internal import Foundation

/// The folder of a run while it is being made: a hidden neighbour of the target, exchanged with it in one step.
///
/// A reader of the target sees the old complete run or the new one. One writer at a time: a lock file beside the
/// target is held as long as this value lives. What a killed run left behind is removed by the next one.
final class RunFolder {
  let target: String
  let staging: String
  /// What could not be cleaned when it was made: no reason not to run.
  let warnings: [Remark]
  private let neighbours: RunNeighbours
  private let lock: Int32
  /// Folders above the target that were made for it.
  private let made: [String]
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
    self.target = url.path
    neighbours = try RunNeighbours(of: url.path, shown: target)
    made = try FileSystem.makeFolders(neighbours.parent)
    // A signal that ends the program takes with it what was made for the run, the innermost first.
    for folder in made { Unfinished.addFolder(folder) }
    do { lock = try Self.acquire(neighbours.lock, target: target) } catch {
      Self.remove(made: made)
      throw error
    }
    staging = neighbours.free
    do {
      warnings = try neighbours.clean()
      try Self.checkReplaceable(self.target, shown: target)
      Unfinished.add(neighbours.files(of: staging))
      Unfinished.add(staging)
      try FileSystem.makeFolders(staging)
    } catch {
      Self.release(lock, neighbours.lock)
      Unfinished.remove(staging)
      Unfinished.remove(neighbours.files(of: staging))
      Self.remove(made: made)
      throw error
    }
  }

  deinit {
    // Best effort: what cannot be removed now is removed by the next run, which looks for it.
    for folder in [published ? nil : staging, neighbours.files(of: staging)].compactMap({ $0 }) {
      try? FileSystem.remove(folder)
    }
    Unfinished.remove(staging)
    Unfinished.remove(neighbours.files(of: staging))
    Self.release(lock, neighbours.lock)
    Self.remove(made: made)
  }

  /// Writes one file below the staging folder and syncs it.
  /// - Throws: `Faults` (io); also when `path` would leave the folder.
  func write(_ path: String, _ bytes: UnsafeRawBufferPointer) throws {
    try FileSystem.write(bytes, to: place(of: path))
  }

  /// Where the files of stage number `index` lie until the run is published.
  func stageFolder(_ index: Int) -> String { "\(neighbours.files(of: staging))/\(index)" }

  /// Moves a finished file of a stage into the run; it has been synced.
  /// - Throws: `Faults` (io).
  func take(_ file: String, as path: String) throws {
    guard FileSystem.move(file, to: try place(of: path)) else {
      throw FileSystem.failure(path, "cannot be put in place")
    }
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
  /// - Returns: what could not be done once the new run was in place, which does not make it fail: an old run that cannot be
  ///   removed, or is kept as somebody had put files of their own into it while the run went on.
  /// - Throws: `Faults` (io); what stood at the target still does then.
  func publish() throws -> [Remark] {
    var folders: Set<String> = [staging]
    for path in try FileSystem.filesBelow(staging) { folders.insert((staging + "/" + path).parentFolder) }
    for folder in folders.sorted(by: >) { try FileSystem.syncFolder(folder) }
    return try Unfinished.undisturbed {
      let old = try exchange()
      var warnings: [Remark] = []
      do { try FileSystem.syncFolder(neighbours.parent) } catch {
        warnings.append("the new run is in place, but may be lost by a power failure: " + Remark(Faults(error)))
      }
      if let old, let warning = neighbours.removeOrKeep(old) { warnings.append(warning) }
      return warnings
    }
  }

  /// - Returns: where that lies what had stood at the target.
  private func exchange() throws -> String? {
    // From here on the neighbour is whole, and then what stood at the target: not to be removed unseen.
    let whole = neighbours.whole(staging)
    guard FileSystem.move(staging, to: whole) else { throw FileSystem.failure(target, "cannot be put in place") }
    do {
      let old = try exchange(whole)
      published = true
      Unfinished.remove(staging)
      return old
    } catch {
      // What cannot be named back is removed by the next run, as it is a run and nothing else.
      _ = FileSystem.move(whole, to: staging)
      throw error
    }
  }

  private func exchange(_ whole: String) throws -> String? {
    if FileSystem.exists(target) {
      if FileSystem.exchange(whole, target) { return whole }
      // No exchange on this file system: the old run steps aside under a name that `clean` knows how to restore.
      guard FileSystem.move(target, to: neighbours.aside) else {
        throw FileSystem.failure(target, "cannot be moved aside")
      }
      guard FileSystem.move(whole, to: target) else {
        let error = FileSystem.failure(target, "cannot be put in place")
        _ = FileSystem.move(neighbours.aside, to: target)
        throw error
      }
      return neighbours.aside
    }
    guard FileSystem.move(whole, to: target) else { throw FileSystem.failure(target, "cannot be put in place") }
    return nil
  }

  /// Removes the run that stands at the target: out of the way in one step first, so that nobody sees half of it.
  func removeTarget() throws {
    let aside = neighbours.whole(staging)
    guard FileSystem.move(target, to: aside) else { throw FileSystem.failure(target, "cannot be removed") }
    try FileSystem.syncFolder(neighbours.parent)
    if let problem = neighbours.removeOrKeep(aside) {
      throw Faults.io(target, problem.masked, "Remove it by hand.")
    }
  }

  private static func acquire(_ path: String, target: String) throws -> Int32 {
    for _ in 0..<100 {
      // One step: a signal finds no lock, or one that goes with the program.
      if let descriptor = try Unfinished.undisturbed({ try hold(path, target: target) }) { return descriptor }
    }
    throw Faults.io(target, "its lock cannot be taken", "Remove \(path) if no run is going on.")
  }

  /// - Returns: nil where the holder before us has removed the file between our open and our lock.
  private static func hold(_ path: String, target: String) throws -> Int32? {
    let descriptor = SystemCall.repeated { open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644) }
    guard descriptor >= 0 else { throw FileSystem.failure(target, "the folder beside it cannot be written") }
    guard SystemCall.repeated({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 else {
      SystemCall.close(descriptor)
      throw Faults.io(target, "another run is writing there", "Wait for it, or choose another --output.")
    }
    var held = stat()
    var named = stat()
    guard SystemCall.repeated({ fstat(descriptor, &held) }) == 0, SystemCall.repeated({ stat(path, &named) }) == 0,
      held.st_ino == named.st_ino
    else {
      SystemCall.close(descriptor)
      return nil
    }
    Unfinished.add(path)
    return descriptor
  }

  private static func release(_ lock: Int32, _ path: String) {
    SystemCall.repeated { unlink(path) }
    Unfinished.remove(path)
    SystemCall.close(lock)
  }

  /// Removes the folders that were made, as far as nothing lies in them.
  private static func remove(made: [String]) {
    for folder in made.reversed() {
      SystemCall.repeated { rmdir(folder) }
      Unfinished.remove(folder)
    }
  }

  private static func checkReplaceable(_ target: String, shown: String) throws {
    guard FileSystem.exists(target) else { return }
    var status = stat()
    guard SystemCall.repeated({ lstat(target, &status) }) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      let isLink = status.st_mode & S_IFMT == S_IFLNK
      throw Faults.io(
        shown, isLink ? "is a link to no folder that is there" : "exists and is not a folder",
        "Choose another --output.")
    }
    try ReplaceableFolder.check(target, shown: shown, names: FileSystem.names(in:), below: FileSystem.filesBelow)
  }
}
