@_spi(Run) internal import CutlineCore
public import Foundation

/// Writes a file whole or not at all; through a link, and straight to a device or pipe.
public enum WholeFile {
  /// - Throws: `Faults` (io).
  public static func write(_ text: String, to path: String) throws {
    try write(Data(text.utf8), to: path)
  }

  /// - Throws: `Faults` (io).
  public static func write(_ data: Data, to path: String) throws {
    try PendingFile.write(data, to: path)
  }
}
