internal import Foundation

/// What lies below a folder, by descriptors and bytes: a path may be longer than the system takes, and a name need not be
/// text.
extension FileSystem {
  /// The names in a folder, sorted. One that is no UTF-8 is given with replacement characters, so that nobody overlooks it.
  /// - Throws: `Faults` (io) where it cannot be listed: then nothing is known of it, least of all that it is empty.
  public static func names(in folder: String) throws -> [String] {
    var names: [String] = []
    try list(opened(folder), folder) { name, _ in names.append(String(cString: name)) }
    return names.sorted()
  }

  /// Paths of all that lies below `folder`, relative to it, sorted: files, and with a slash at the end folders that hold
  /// nothing.
  /// - Throws: `Faults` (io) where it, or a folder in it, cannot be listed.
  public static func filesBelow(_ folder: String) throws -> [String] {
    var paths: [String] = []
    try walk(opened(folder), folder, "", &paths)
    return paths.sorted()
  }

  private static func walk(_ descriptor: Int32, _ folder: String, _ prefix: String, _ paths: inout [String]) throws {
    try list(descriptor, "\(folder)/\(prefix)") { name, parent in
      let path = prefix + String(cString: name)
      guard isFolder(name, parent) else { return paths.append(path) }
      let before = paths.count
      let inner = SystemCall.repeated { openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) }
      try walk(inner, folder, path + "/", &paths)
      if paths.count == before { paths.append(path + "/") }
    }
  }

  /// Removes a file, or a folder and all in it, also where its owner took their own permissions away.
  /// - Throws: `Faults` (io) where something stays.
  public static func remove(_ path: String) throws {
    var status = stat()
    guard SystemCall.repeated({ lstat(path, &status) }) == 0 else {
      if errno == ENOENT { return }
      throw failure(path, "cannot be removed", advice: "Remove it by hand.")
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      // The owner's own permissions are no reason to keep what is theirs to remove.
      if status.st_mode & 0o700 != 0o700 { chmod(path, 0o700) }
      empty(SystemCall.repeated { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) })
      if SystemCall.repeated({ rmdir(path) }) == 0 { return }
    } else if SystemCall.repeated({ unlink(path) }) == 0 {
      return
    }
    throw failure(path, "cannot be removed", advice: "Remove it by hand.")
  }

  /// Removes what it can.
  private static func empty(_ descriptor: Int32) {
    guard descriptor >= 0 else { return }
    // What cannot be listed stays, and the folder with it, of which the caller speaks.
    try? list(descriptor, "") { name, parent in
      if SystemCall.repeated({ unlinkat(parent, name, 0) }) == 0 { return }
      guard isFolder(name, parent) else { return }
      fchmodat(parent, name, 0o700, 0)
      empty(SystemCall.repeated { openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) })
      SystemCall.repeated { unlinkat(parent, name, AT_REMOVEDIR) }
    }
  }

  private static func isFolder(_ name: UnsafePointer<CChar>, _ parent: Int32) -> Bool {
    var status = stat()
    return SystemCall.repeated { fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) } == 0
      && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func opened(_ folder: String) -> Int32 {
    SystemCall.repeated { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
  }

  /// Gives each name to `take`, with the descriptor of the folder, which is closed at the end.
  private static func list(
    _ descriptor: Int32, _ folder: String, _ take: (UnsafePointer<CChar>, Int32) throws -> Void
  ) throws {
    guard descriptor >= 0, let stream = fdopendir(descriptor) else {
      let fault = failure(folder.trimmedOfSlashes, "cannot be listed", advice: "Check its permissions.")
      if descriptor >= 0 { SystemCall.close(descriptor) }
      throw fault
    }
    defer { closedir(stream) }
    errno = 0
    while let entry = readdir(stream) {
      try withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        try tuple.withMemoryRebound(to: CChar.self, capacity: 256) { name in
          if strcmp(name, ".") != 0, strcmp(name, "..") != 0 { try take(name, dirfd(stream)) }
        }
      }
      errno = 0
    }
    guard errno == 0 else { throw failure(folder.trimmedOfSlashes, "cannot be listed", advice: "Check the disk.") }
  }
}
