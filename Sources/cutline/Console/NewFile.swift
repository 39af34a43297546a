@_spi(Run) internal import CutlineCore
internal import Foundation

/// A small file that is there as a whole or not at all, and never in place of another.
enum NewFile {
  /// - Throws: `Faults` (io) where it cannot be written, or its name is taken; nothing is left then.
  static func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

  static func write(_ data: Data, to path: String) throws {
    try PendingFile.write(data, to: path, mayReplace: false)
  }
}
