@_spi(Run) internal import CutlineCore
internal import Foundation

/// A folder of small files that is there as a whole or not at all, and never in place of another.
enum NewFolder {
  /// Writes files whose paths share the folder that is made.
  ///
  /// - Parameter parent: where the paths begin; made where it is not there.
  /// - Throws: `Faults` (io) where it cannot be written, or is there already; nothing is left then.
  static func write(_ files: [ResultFile], below parent: String) throws {
    guard let first = files.first else { return }
    let target = parent + "/" + (first.path as NSString).deletingLastPathComponent
    guard !FileSystem.exists(target) else {
      throw Faults.io(target, "is there already", "The folder is named by what it holds: it is the same model.")
    }
    try FileSystem.makeFolders(target.parentFolder)
    let place = try PrivateFolder(in: target.parentFolder, beside: (target as NSString).lastPathComponent)
    let temporary = try place.folder("whole")
    for file in files {
      let name = (file.path as NSString).lastPathComponent
      try NewFile.write(String(decoding: file.bytes, as: UTF8.self), to: "\(temporary)/\(name)")
    }
    guard FileSystem.move(temporary, to: target) else { throw FileSystem.failure(target, "cannot be made") }
  }
}
