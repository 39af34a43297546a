internal import CFileSystem
public import Foundation

/// The few system calls that durable publishing needs, with errors that name the path.
@_spi(Run) public enum FileSystem {
  public static func failure(
    _ path: String, _ what: String, advice: String = "Check the path, permissions and free space."
  )
    -> Faults
  {
    Faults.io(path, "\(what): \(String(cString: strerror(errno)))", advice)
  }

  public static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Whether `path` itself is a regular file, not a link, folder, pipe or device.
  public static func isRegularFile(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Whether `path` leads to a regular file, through links or not.
  public static func leadsToFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Whether `path` leads to a folder, through links or not.
  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether `path` itself is a link, and leads to a folder.
  public static func isLinkToFolder(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK && isFolder(path)
  }

  public static func makeFolders(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Faults.io(path, "cannot be created: \(error.localizedDescription)", "Check the path and permissions.")
    }
  }

  /// Writes a new file and waits until it is on the disk.
  public static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path, "cannot be created") }
    defer { close(descriptor) }
    try write(bytes, to: descriptor, of: path)
    guard fsync(descriptor) == 0 else { throw failure(path, "cannot be synced to the disk") }
  }

  /// Writes all of `bytes` to an open file; `path` is for the error.
  public static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, of path: String) throws {
    var done = 0
    while done < bytes.count {
      let count = Foundation.write(descriptor, bytes.baseAddress?.advanced(by: done), min(bytes.count - done, 1 << 26))
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(path, "cannot be written")
      }
      done += count
    }
  }

  /// Gives the file `source` a second name; copies it where the file system has no links or not that many.
  public static func linkOrCopy(_ source: String, to path: String) throws {
    if link(source, path) == 0 { return }
    guard [EXDEV, EPERM, EMLINK, ENOTSUP, ENOSYS, EACCES].contains(errno) else {
      throw failure(path, "cannot be linked to \(source)")
    }
    guard isRegularFile(source) else { throw Faults.io(source, "is not a regular file", "Check the run.") }
    let bytes = try read(source, limit: .max)
    try bytes.withUnsafeBytes { try write($0, to: path) }
  }

  public static func syncFolder(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path, "cannot be opened") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(path, "cannot be synced to the disk") }
  }

  public static func read(_ path: String, limit: Int = 1 << 31) throws -> Data {
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
      guard data.count <= limit else { throw Faults.io(path, "is larger than \(limit) bytes", "Check the file.") }
      return data
    } catch let error as Faults where error.code == .io {
      throw error
    } catch {
      throw Faults.io(path, "cannot be read: \(error.localizedDescription)", "Check the path and permissions.")
    }
  }

  public static func remove(_ path: String) throws {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw Faults.io(path, "cannot be removed: \(error.localizedDescription)", "Remove it by hand.")
    }
  }

  /// Paths of all that lies below `folder`, relative to it, sorted: files, and with a slash at the end folders that hold
  /// nothing. A name that is no UTF-8 is given with replacement characters, so that nobody overlooks it.
  public static func filesBelow(_ folder: String) -> [String] {
    var paths: [String] = []
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    walk(descriptor, "", &paths)
    return paths.sorted()
  }

  /// By descriptors and bytes: a path may be longer than the system takes, and a name need not be text.
  private static func walk(_ descriptor: Int32, _ prefix: String, _ paths: inout [String]) {
    guard let stream = fdopendir(descriptor) else {
      close(descriptor)
      return
    }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { name in
          if strcmp(name, ".") == 0 || strcmp(name, "..") == 0 { return }
          let path = prefix + String(cString: name)
          var status = stat()
          let isKnown = fstatat(dirfd(stream), name, &status, AT_SYMLINK_NOFOLLOW) == 0
          guard isKnown, status.st_mode & S_IFMT == S_IFDIR else { return paths.append(path) }
          let inner = openat(dirfd(stream), name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
          let before = paths.count
          if inner >= 0 { walk(inner, path + "/", &paths) }
          if paths.count == before { paths.append(path + "/") }
        }
      }
    }
  }

  /// Exchanges two paths in one step. False where the file system cannot.
  public static func exchange(_ a: String, _ b: String) -> Bool {
    cutline_exchange_paths(a, b) == 0
  }
}
