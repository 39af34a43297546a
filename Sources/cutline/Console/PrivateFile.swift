@_spi(Run) internal import CutlineCore
internal import Foundation

/// A small new file that only its owner reads, there as a whole or not at all.
enum PrivateFile {
  /// - Throws: `Faults` (io) where it cannot be written, or its name is taken.
  static func write(_ text: String, to path: String) throws {
    // The mode is the process's for the moment of the making; nothing else is written meanwhile.
    let mask = umask(0o077)
    defer { umask(mask) }
    try NewFile.write(text, to: path)
  }
}
