internal import Foundation

/// A folder in the temporary place, or beside what is made in it, that lives as long as this value, readable by this user
/// only.
///
/// A lock on it says that its maker lives; folders of killed programs are removed by the next one, also of the moment
/// between its making and its lock.
@_spi(Run) public final class PrivateFolder: Sendable {
  private static let prefix = "cutline-process-"
  public let path: String
  private let lock: Int32

  /// In the temporary place.
  /// - Throws: `Faults` (io).
  public convenience init() throws { try self.init(in: FileSystem.temporaryFolder, prefix: Self.prefix) }

  /// Beside the folder `name` of `place`, to become it.
  /// - Throws: `Faults` (io).
  public convenience init(in place: String, beside name: String) throws {
    try self.init(in: place, prefix: Leftovers.prefix(name))
  }

  private init(in place: String, prefix: String) throws {
    Leftovers.removeFolders(prefix, in: place)
    for _ in 0..<100 {
      var template = Array("\(place)/\(prefix)XXXXXX".utf8CString)
      // One step: a signal finds no folder, or one that goes with the program.
      let made = Unfinished.undisturbed { () -> String? in
        guard template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } != nil }) else {
          return nil
        }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        Unfinished.add(path)
        return path
      }
      guard made != nil || errno == EINTR else { break }
      guard let path = made else { continue }
      let lock = SystemCall.repeated { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
      if lock >= 0, Leftovers.hold(lock, path) {
        (self.path, self.lock) = (path, lock)
        return
      }
      SystemCall.close(lock)
      Unfinished.remove(path)
    }
    throw FileSystem.failure(place, "no folder can be made there", advice: "Check TMPDIR and the free space.")
  }

  deinit {
    // What still stays is swept by the next run.
    try? FileSystem.remove(path)
    Unfinished.remove(path)
    SystemCall.close(lock)
  }

  /// Makes a folder inside.
  public func folder(_ name: String) throws -> String {
    let folder = path + "/" + name
    try FileSystem.makeFolders(folder)
    return folder
  }

  /// Removes what killed programs have left in the temporary place: it may hold applications.
  public static func sweep() { Leftovers.removeFolders(prefix, in: FileSystem.temporaryFolder) }
}
