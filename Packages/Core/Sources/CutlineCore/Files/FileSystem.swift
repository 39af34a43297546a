internal import CFileSystem
public import Foundation

/// The few system calls that durable publishing needs, each repeated when a signal interrupts it, with errors that name the
/// path.
@_spi(Run) public enum FileSystem {
  public static func failure(
    _ path: String, _ what: String, advice: String = "Check the path, permissions and free space."
  )
    -> Faults
  {
    Faults.io(path, "\(what): \(SystemCall.reason())", advice)
  }

  // MARK: What is there

  public static func exists(_ path: String) -> Bool { status(path) != nil }

  /// Whether `path` itself is a regular file, not a link, folder, pipe or device.
  public static func isRegularFile(_ path: String) -> Bool { kind(status(path)) == S_IFREG }

  /// Whether `path` leads to a regular file, through links or not.
  public static func leadsToFile(_ path: String) -> Bool { kind(status(path, followsLinks: true)) == S_IFREG }

  /// Whether `path` leads to a folder, through links or not.
  public static func isFolder(_ path: String) -> Bool { kind(status(path, followsLinks: true)) == S_IFDIR }

  /// Whether `path` itself is a link.
  public static func isLink(_ path: String) -> Bool { kind(status(path)) == S_IFLNK }

  /// Whether `path` itself is a link, and leads to a folder.
  public static func isLinkToFolder(_ path: String) -> Bool { isLink(path) && isFolder(path) }

  static func status(_ path: String, followsLinks: Bool = false) -> stat? {
    var status = stat()
    let code = SystemCall.repeated { followsLinks ? stat(path, &status) : lstat(path, &status) }
    return code == 0 ? status : nil
  }

  private static func kind(_ status: stat?) -> mode_t { (status?.st_mode ?? 0) & S_IFMT }

  // MARK: Folders

  /// Makes a folder and those above it that are not there; where that fails none of them stays.
  /// - Returns: those that were made, the outermost first.
  @discardableResult
  public static func makeFolders(_ path: String) throws -> [String] {
    Unfinished.undisturbed {}
    var made: [String] = []
    func make(_ path: String) -> Int32 {
      if SystemCall.repeated({ mkdir(path, 0o777) }) == 0 {
        made.append(path)
        return 0
      }
      let code = errno
      if code == EEXIST { return isFolder(path) ? 0 : ENOTDIR }
      let parent = path.trimmedOfSlashes.parentFolder
      guard code == ENOENT, !parent.isEmpty, parent != path else { return code }
      let above = make(parent)
      guard above == 0 else { return above }
      if SystemCall.repeated({ mkdir(path, 0o777) }) == 0 {
        made.append(path)
      } else {
        return isFolder(path) ? 0 : errno
      }
      return 0
    }
    let code = make(path)
    guard code == 0 else {
      for folder in made.reversed() { rmdir(folder) }
      throw Faults.io(path, "cannot be created: \(SystemCall.reason(code))", "Check the path and permissions.")
    }
    return made
  }

  public static func syncFolder(_ path: String) throws {
    let descriptor = SystemCall.repeated { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw failure(path, "cannot be opened") }
    defer { SystemCall.close(descriptor) }
    guard SystemCall.repeated({ fsync(descriptor) }) == 0 else { throw failure(path, "cannot be synced to the disk") }
  }

  /// Exchanges two paths in one step. False where the file system cannot.
  public static func exchange(_ a: String, _ b: String) -> Bool { cutline_exchange_paths(a, b) == 0 }

  /// Whether `path` has the name `other` now; otherwise errno says why.
  public static func move(_ path: String, to other: String) -> Bool {
    SystemCall.repeated { rename(path, other) } == 0
  }

  // MARK: Files

  /// Writes a new file and waits until it is on the disk.
  public static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
    let descriptor = create(path)
    guard descriptor >= 0 else { throw failure(path, "cannot be created") }
    defer { SystemCall.close(descriptor) }
    try write(bytes, to: descriptor, of: path)
    guard SystemCall.repeated({ fsync(descriptor) }) == 0 else { throw failure(path, "cannot be synced to the disk") }
  }

  /// A descriptor of a new file; −1 with errno where there is none to be had.
  static func create(_ path: String, mode: mode_t = 0o644) -> Int32 {
    Unfinished.undisturbed {
      SystemCall.repeated { open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode) }
    }
  }

  /// Writes all of `bytes` to an open file; `path` is for the error.
  public static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, of path: String) throws {
    guard SystemCall.write(bytes, to: descriptor) else { throw failure(path, "cannot be written") }
  }

  /// Gives the file `source` a second name; copies it where the file system has no links or not that many.
  public static func linkOrCopy(_ source: String, to path: String) throws {
    if SystemCall.repeated({ link(source, path) }) == 0 { return }
    guard [EXDEV, EPERM, EMLINK, ENOTSUP, ENOSYS, EACCES].contains(errno) else {
      throw failure(path, "cannot be linked to \(source)")
    }
    guard isRegularFile(source) else { throw Faults.io(source, "is not a regular file", "Check the run.") }
    let bytes = try read(source, limit: .max)
    try bytes.withUnsafeBytes { try write($0, to: path) }
  }

  public static func read(_ path: String, limit: Int = 1 << 31) throws -> Data {
    try OpenedFile.read(path, limit: limit)
  }

  /// A nameless file in the temporary place, which ends with its descriptor.
  public static func temporaryFile(_ what: String) throws -> Int32 {
    let descriptor = SystemCall.repeated { cutline_temporary_file(temporaryFolder) }
    guard descriptor >= 0 else { throw temporaryFailure(what) }
    return descriptor
  }

  public static func temporaryFailure(_ what: String) -> Faults {
    failure(temporaryFolder, "\(what) cannot be kept there", advice: "Set TMPDIR to a folder with enough room.")
  }

  /// `TMPDIR`, or `/tmp`; absolute.
  public static var temporaryFolder: String {
    guard let folder = getenv("TMPDIR").map({ String(cString: $0) })?.trimmedOfSlashes, !folder.isEmpty else {
      return "/tmp"
    }
    return folder.hasPrefix("/") ? folder : "\(FileManager.default.currentDirectoryPath)/\(folder)"
  }
}

extension String {
  /// Without slashes at the end, but for the root.
  var trimmedOfSlashes: String {
    var path = self[...]
    while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }
}
