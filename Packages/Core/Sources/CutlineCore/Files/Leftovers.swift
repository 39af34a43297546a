internal import Foundation

/// Hidden neighbours of a file or folder that is being made: what they are called, and which of them are of the dead.
///
/// Whoever makes one holds a lock on it (`flock`), which ends with the process, however it ends: a number of a process
/// may come again, a lock cannot. Where the file system has no locks, leftovers stay.
enum Leftovers {
  private static let suffix = ".tmp"

  /// The beginning of what the neighbours of `name` are called; short enough for every file system.
  static func prefix(_ name: some StringProtocol) -> String {
    guard name.utf8.count > 200 else { return ".\(name).cutline-" }
    return ".\(name.prefix(40))-\(Digest.of(Data(name.utf8)).prefix(16)).cutline-"
  }

  /// A name for a neighbour that is a file.
  static func name(_ name: some StringProtocol, _ attempt: Int) -> String {
    "\(prefix(name))\(getpid())-\(attempt)\(suffix)"
  }

  /// Takes the lock that says that the maker of `path` lives.
  /// - Returns: false where somebody took it for a leftover first, and has removed it.
  static func hold(_ descriptor: Int32, _ path: String) -> Bool {
    SystemCall.repeated { flock(descriptor, LOCK_EX | LOCK_NB) }
    var own = stat()
    guard let named = FileSystem.status(path), SystemCall.repeated({ fstat(descriptor, &own) }) == 0 else {
      return false
    }
    return (named.st_dev, named.st_ino) == (own.st_dev, own.st_ino)
  }

  /// Removes the files beside `name` in `folder` that dead processes have left.
  static func removeFiles(beside name: some StringProtocol, in folder: String) {
    remove(in: folder, prefix: prefix(name), suffix: suffix, kind: S_IFREG)
  }

  /// Removes the folders in `folder` that begin with `prefix` and that dead processes of this user have left.
  static func removeFolders(_ prefix: String, in folder: String) {
    remove(in: folder, prefix: prefix, suffix: "", kind: S_IFDIR)
  }

  private static func remove(in folder: String, prefix: String, suffix: String, kind: mode_t) {
    // A place that cannot be listed has nothing that could be cleaned.
    for name in (try? FileSystem.names(in: folder)) ?? [] where name.hasPrefix(prefix) && name.hasSuffix(suffix) {
      let path = "\(folder)/\(name)"
      guard let status = FileSystem.status(path), status.st_mode & S_IFMT == kind, status.st_uid == geteuid() else {
        continue
      }
      if kind == S_IFDIR, status.st_mode & 0o700 != 0o700 { chmod(path, 0o700) }
      let descriptor = SystemCall.repeated { open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW) }
      guard descriptor >= 0 else { continue }
      // What cannot be removed is tried again by the next one.
      if SystemCall.repeated({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 { try? FileSystem.remove(path) }
      SystemCall.close(descriptor)
    }
  }
}
