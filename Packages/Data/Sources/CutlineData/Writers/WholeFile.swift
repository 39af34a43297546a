internal import CutlineCore
public import Foundation

/// Writes a file whole or not at all; through a link, and straight to a device or pipe.
public enum WholeFile {
  /// - Throws: `Faults` (io).
  public static func write(_ text: String, to path: String) throws {
    let file = try AtomicFile(path: path, isCompressed: false)
    var text = text
    try text.withUTF8 { try file.write(UnsafeRawBufferPointer($0)) }
    try file.finish()
  }

  /// - Throws: `Faults` (io).
  public static func write(_ data: Data, to path: String) throws {
    let file = try AtomicFile(path: path, isCompressed: false)
    try data.withUnsafeBytes { try file.write($0) }
    try file.finish()
  }
}
