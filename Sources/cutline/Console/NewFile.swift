@_spi(Run) internal import CutlineCore
internal import CutlineData
internal import CutlineRun
internal import Foundation

/// A small file that is there as a whole or not at all, and never in place of another; nor among the files of a finished run,
/// which its manifest lists one by one: a run with a file more cannot be verified any longer.
enum NewFile {
  /// - Throws: `Faults` (io) where it cannot be written, or its name is taken; (usage) inside a run. Nothing is left then.
  static func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

  static func write(_ data: Data, to path: String) throws {
    try refuse(insideRun: path)
    try PendingFile.write(data, to: path, mayReplace: false)
  }

  /// As `write`, in place of a file of that name: where a user has said so.
  static func replace(_ data: Data, to path: String) throws {
    try refuse(insideRun: path)
    try WholeFile.write(data, to: path)
  }

  static func refuse(insideRun path: String) throws {
    let parent = path.parentFolder.isEmpty ? "." : path.parentFolder
    var folder = URL(fileURLWithPath: parent).resolvingSymlinksInPath().path
    while folder.count > 1 {
      if PathKind.isFile("\(folder)/\(Manifest.fileName)"), PathKind.isFolder("\(folder)/stages") {
        throw Faults.usage(
          path, "lies in \(folder), a run, which is no longer one with a file more", "Name a file elsewhere.")
      }
      folder = URL(fileURLWithPath: folder).deletingLastPathComponent().path
    }
  }
}
