internal import Foundation

/// A folder in the temporary place that lives as long as this value, readable by this user only.
///
/// A lock held on a file in it says that its maker lives; folders of killed runs are removed by the next one.
final class PrivateFolder: Sendable {
  private static let prefix = "cutline-process-"
  private static let lockName = "lock"
  let path: String
  private let lock: Int32

  /// - Throws: `Faults` (io).
  init() throws {
    let place = FileManager.default.temporaryDirectory.standardizedFileURL.path
    Self.sweep(place)
    // Under its final name only when it is locked: until then nobody looks at it.
    var template = Array("\(place)/.cutline-new-XXXXXX".utf8CString)
    guard template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } != nil }) else {
      throw FileSystem.failure(place, "no folder can be made there", advice: "Check TMPDIR and the free space.")
    }
    let made = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let path = "\(place)/\(Self.prefix)\(made.suffix(6))"
    lock = open("\(made)/\(Self.lockName)", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    self.path = path
    guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0, rename(made, path) == 0 else {
      let error = FileSystem.failure(place, "no folder can be made there", advice: "Check TMPDIR and the free space.")
      Self.remove(made)
      throw error
    }
  }

  deinit {
    Self.remove(path)
    close(lock)
  }

  /// Makes a folder inside.
  func folder(_ name: String) throws -> String {
    let folder = path + "/" + name
    try FileSystem.makeFolders(folder)
    return folder
  }

  /// Removes a folder and all in it, also where its owner took their own permissions away, and where paths are longer than
  /// the system takes. What still stays is swept by the next run.
  static func remove(_ path: String) {
    chmod(path, 0o700)
    empty(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW))
    rmdir(path)
  }

  private static func empty(_ descriptor: Int32) {
    guard descriptor >= 0, let stream = fdopendir(descriptor) else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { name in
          if strcmp(name, ".") == 0 || strcmp(name, "..") == 0 { return }
          if unlinkat(descriptor, name, 0) == 0 { return }
          var status = stat()
          let isKnown = fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0
          guard isKnown, status.st_mode & S_IFMT == S_IFDIR else { return }
          fchmodat(descriptor, name, 0o700, 0)
          empty(openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW))
          unlinkat(descriptor, name, AT_REMOVEDIR)
        }
      }
    }
  }

  private static func sweep(_ place: String) {
    // A place that cannot be listed has nothing that could be cleaned.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [] where name.hasPrefix(prefix) {
      let path = "\(place)/\(name)"
      var status = stat()
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid() else { continue }
      let lock = open("\(path)/\(lockName)", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
      guard lock >= 0 else { continue }
      if flock(lock, LOCK_EX | LOCK_NB) == 0 { remove(path) }
      close(lock)
    }
  }
}
