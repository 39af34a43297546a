@_spi(Run) internal import CutlineCore
internal import Foundation

/// A folder that was opened once, and what lies below it: no link is followed, and nothing but folders and regular files is opened.
final class FolderHandle: Sendable {
  let descriptor: Int32

  /// Opens a folder by its path, whose last part may be a link: the operator named it.
  ///
  /// - Throws: `Faults` (io).
  init(_ path: String) throws {
    descriptor = SystemCall.repeated { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw FileSystem.failure(path, "cannot be opened") }
  }

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { SystemCall.close(descriptor) }

  /// A folder below, by a path of plain names; nil where there is none.
  func folder(_ path: some StringProtocol) -> FolderHandle? {
    var handle: FolderHandle?
    for name in path.split(separator: "/", omittingEmptySubsequences: false) {
      guard Self.isPlain(name) else { return nil }
      let next = SystemCall.repeated {
        openat((handle ?? self).descriptor, String(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
      }
      guard next >= 0 else { return nil }
      handle = FolderHandle(next)
    }
    return handle
  }

  /// A regular file below, opened for reading; nil where there is none.
  func file(_ path: String) -> FileHandleBelow? {
    guard !path.utf8.contains(0) else { return nil }
    let folder: FolderHandle? = path.parentFolder.isEmpty ? self : folder(path.parentFolder)
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    guard let folder, Self.isPlain(name[...]) else { return nil }
    let descriptor = SystemCall.repeated {
      openat(folder.descriptor, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    }
    guard descriptor >= 0 else { return nil }
    return FileHandleBelow(descriptor)
  }

  private static func isPlain(_ name: Substring) -> Bool {
    !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(0)
  }
  private static func isPlain(_ name: some StringProtocol) -> Bool { isPlain(Substring(name)) }

  /// What is told of an entry without opening it.
  struct Mark: Sendable, Hashable {
    let inode: UInt64
    let size, modified: Int
  }

  /// Nil where `name` is no regular file of this folder itself.
  func mark(_ name: String) -> Mark? {
    var status = stat()
    guard SystemCall.repeated({ fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) }) == 0,
      status.st_mode & S_IFMT == S_IFREG
    else { return nil }
    return Mark(
      inode: UInt64(status.st_ino), size: Int(status.st_size),
      modified: Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec))
  }

  /// The folders in it by name, unsorted: those whose names are text that can be said and do not begin with a dot.
  ///
  /// - Returns: also how many folders have other names: a page cannot show them, and nobody can ask for them.
  func folders() -> (names: [String], unsayable: Int) {
    var names: [String] = []
    var unsayable = 0
    // A descriptor of its own: the place in the list belongs to it.
    let own = SystemCall.repeated { openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard own >= 0, let stream = fdopendir(own) else {
      if own >= 0 { SystemCall.close(own) }
      return ([], 0)
    }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let type = entry.pointee.d_type
      guard type == UInt8(DT_DIR) || type == UInt8(DT_UNKNOWN) else { continue }
      let name: String?? = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { bytes in
          bytes[0] == CChar(UInt8(ascii: ".")) ? .none : .some(String(validatingCString: bytes))
        }
      }
      guard let name else { continue }
      // Where the file system does not say what it is.
      if type == UInt8(DT_UNKNOWN), let name, !isFolder(name) { continue }
      guard let name, !name.unicodeScalars.contains(where: Self.steers) else {
        unsayable += 1
        continue
      }
      names.append(name)
    }
    return (names, unsayable)
  }

  /// Whether `name` is a folder itself, and no link to one.
  private func isFolder(_ name: String) -> Bool {
    var status = stat()
    return SystemCall.repeated { fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) } == 0
      && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func steers(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
      || (0x2028...0x2029).contains(scalar.value)
  }
}

/// A regular file that was opened below a folder.
final class FileHandleBelow: Sendable {
  let descriptor: Int32
  let size: Int
  private let stamp: stat

  /// Takes the descriptor over; nil for what is no regular file.
  init?(_ descriptor: Int32) {
    var status = stat()
    guard SystemCall.repeated({ fstat(descriptor, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else {
      SystemCall.close(descriptor)
      return nil
    }
    (self.descriptor, size, stamp) = (descriptor, Int(status.st_size), status)
  }

  deinit { SystemCall.close(descriptor) }

  /// Reads in pieces of 1 MiB.
  ///
  /// - Returns: whether all of it was read, and nobody wrote to it meanwhile.
  func pieces(_ take: (UnsafeRawBufferPointer) -> Void) -> Bool {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, min(size, 1 << 20)), alignment: 16)
    defer { buffer.deallocate() }
    var done = 0
    while done < size {
      let count = SystemCall.read(descriptor, into: buffer, at: done)
      guard count > 0 else { return false }
      take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      done += count
    }
    return isUnchanged
  }

  var isUnchanged: Bool {
    var now = stat()
    return SystemCall.repeated({ fstat(descriptor, &now) }) == 0 && now.st_size == stamp.st_size
      && now.st_mtim.tv_sec == stamp.st_mtim.tv_sec && now.st_mtim.tv_nsec == stamp.st_mtim.tv_nsec
  }

  /// All of it; nil where it is larger than `limit`, cannot be read, or was written to meanwhile.
  func data(limit: Int) -> Data? {
    guard size <= limit else { return nil }
    var data = Data(capacity: size)
    return pieces { data.append(contentsOf: $0) } ? data : nil
  }
}
