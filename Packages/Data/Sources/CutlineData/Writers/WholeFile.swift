internal import CutlineCore

/// Writes a file whole or not at all; through a link, and straight to a device or pipe.
public enum WholeFile {
  /// - Throws: `Faults` (io).
  public static func write(_ text: String, to path: String) throws {
    let file = try AtomicFile(path: path, isCompressed: false)
    var text = text
    try text.withUTF8 { try file.write(UnsafeRawBufferPointer($0)) }
    try file.finish()
  }
}
