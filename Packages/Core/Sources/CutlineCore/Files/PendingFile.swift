internal import CFileSystem
public import Foundation

/// A file that appears under its name whole and synced, or not at all.
///
/// It is written without a name where the file system has such files, else beside its place under a hidden one, and gets
/// its name in one step; what killed writers of the same name have left is removed. A device or pipe is written to directly.
@_spi(Run) public final class PendingFile {
  private let path: String
  /// Where it will stand, links followed.
  private let target: String
  private let mayReplace: Bool
  /// Its name until then; nil where it has none.
  private var temporary: String?
  private let isDirect: Bool
  private var descriptor: Int32 = -1

  /// - Parameters:
  ///   - mayReplace: whether a file of that name gives way.
  ///   - patience: for a pipe that nobody reads from yet.
  /// - Throws: `Faults` (io) when it cannot be made, `Faults` (usage) for a name that is none.
  public init(_ path: String, mayReplace: Bool = true, patience: Duration = .seconds(10)) throws {
    self.path = path
    self.mayReplace = mayReplace
    guard !path.isEmpty else {
      throw Faults.usage("the name of a file to write", "is empty", "Give a path, such as result.csv.")
    }
    let status = FileSystem.status(path, followsLinks: true)
    let kind = (status?.st_mode ?? S_IFREG) & S_IFMT
    guard kind != S_IFDIR, !path.hasSuffix("/"), !["..", "."].contains(path.fileName) else {
      throw Faults.io(path, "is a folder", "Name a file to write to.")
    }
    isDirect = kind != S_IFREG
    let resolved = mayReplace ? realpath(path, nil) : nil
    let reason = errno
    target = resolved.map { String(cString: $0) } ?? path
    free(resolved)
    if mayReplace, resolved == nil, FileSystem.exists(path) {
      errno = reason
      throw Faults.io(
        path, reason == ENOENT ? "is a link that leads nowhere" : "cannot be written: \(SystemCall.reason())",
        "Name the file itself, or remove the link.")
    }
    if !mayReplace, FileSystem.exists(path) {
      errno = EEXIST
      throw failure()
    }
    if isDirect {
      descriptor = try openDirectly(patience)
      return
    }
    // A nameless file would meet that at its end only.
    guard target.fileName.utf8.count <= Int(NAME_MAX) else {
      errno = ENAMETOOLONG
      throw failure()
    }
    let folder = target.folderOfFile
    Leftovers.removeFiles(beside: target.fileName, in: folder)
    descriptor = Unfinished.undisturbed { cutline_open_nameless(folder) }
    if descriptor < 0 { try openNamed(in: folder) }
  }

  deinit {
    if descriptor >= 0 { SystemCall.close(descriptor) }
    if let temporary { giveUp(temporary) }
  }

  /// A device or pipe. Nobody may read from the pipe yet, and perhaps nobody ever will.
  private func openDirectly(_ patience: Duration) throws -> Int32 {
    let start = ContinuousClock.now
    while true {
      let opened = SystemCall.repeated { open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) }
      if opened >= 0 {
        // From here on it waits for its reader.
        let flags = fcntl(opened, F_GETFL)
        if flags >= 0 { _ = fcntl(opened, F_SETFL, flags & ~O_NONBLOCK) }
        return opened
      }
      guard errno == ENXIO else { throw failure() }
      guard start.duration(to: .now) < patience else {
        throw Faults.io(
          path, "is a pipe that nobody has opened for reading in \(patience.components.seconds) seconds",
          "Start its reader first, or name a file.")
      }
      usleep(50_000)
    }
  }

  /// Where the file system has no nameless files.
  private func openNamed(in folder: String) throws {
    for attempt in 0..<1000 {
      let name = "\(folder)/\(Leftovers.name(target.fileName, attempt))"
      // One step: a signal finds no file, or one that goes with the program.
      let opened = Unfinished.undisturbed {
        let opened = FileSystem.create(name, mode: 0o666)
        if opened >= 0 { Unfinished.add(name) }
        return opened
      }
      guard opened >= 0 || errno == EEXIST else { throw failure() }
      if opened >= 0, Leftovers.hold(opened, name) {
        descriptor = opened
        temporary = name
        return
      }
      if opened >= 0 { Unfinished.remove(name) }
      SystemCall.close(opened)
    }
    throw failure()
  }

  /// - Throws: `Faults` (io).
  public func append(_ bytes: UnsafeRawBufferPointer) throws {
    guard SystemCall.write(bytes, to: descriptor) else { throw failure() }
  }

  /// Puts the file in its place.
  /// - Throws: `Faults` (io); what stood there still does then.
  public func publish() throws {
    defer {
      SystemCall.close(descriptor)
      descriptor = -1
    }
    if isDirect { return }
    guard SystemCall.repeated({ fsync(descriptor) }) == 0 else { throw failure() }
    try Unfinished.undisturbed { try place() }
    // It is in its place; that its name may not survive a power failure does not make it fail.
    try? FileSystem.syncFolder(target.folderOfFile)
  }

  private func place() throws {
    if temporary == nil {
      if cutline_name_file(descriptor, target) == 0 { return }
      guard errno == EEXIST, mayReplace else { throw failure() }
      // No call puts a nameless file in another's place: it gets a name first.
      SystemCall.repeated { flock(descriptor, LOCK_EX | LOCK_NB) }
      for attempt in 0..<1000 where temporary == nil {
        let name = "\(target.folderOfFile)/\(Leftovers.name(target.fileName, attempt))"
        if cutline_name_file(descriptor, name) == 0 { temporary = name } else if errno != EEXIST { throw failure() }
      }
    }
    guard let name = temporary else { throw failure() }
    let code =
      mayReplace
      ? SystemCall.repeated { rename(name, target) } : SystemCall.repeated { link(name, target) }
    if code != 0, mayReplace || ![EPERM, ENOTSUP, ENOSYS].contains(errno) || !placed(name) { throw failure() }
    if !mayReplace { unlink(name) }
    Unfinished.remove(name)
    temporary = nil
  }

  /// Where the file system has no links.
  private func placed(_ name: String) -> Bool { !FileSystem.exists(target) && FileSystem.move(name, to: target) }

  private func giveUp(_ name: String) {
    SystemCall.repeated { unlink(name) }
    Unfinished.remove(name)
  }

  private func failure() -> Faults {
    let advice =
      errno == EEXIST
      ? "Name another file, or say --force where the command has it."
      : "Check the folder, the permissions and the room on the disk."
    return Faults.io(path, "cannot be written: \(SystemCall.reason())", advice)
  }

  /// Writes a file whole or not at all.
  /// - Throws: as above.
  public static func write(_ data: some ContiguousBytes, to path: String, mayReplace: Bool = true) throws {
    let file = try PendingFile(path, mayReplace: mayReplace)
    try data.withUnsafeBytes { try file.append($0) }
    try file.publish()
  }
}

extension String {
  fileprivate var fileName: Substring { self[(lastIndex(of: "/").map { index(after: $0) } ?? startIndex)...] }

  fileprivate var folderOfFile: String {
    guard let slash = lastIndex(of: "/") else { return "." }
    return slash == startIndex ? "/" : String(self[..<slash])
  }
}
