@_spi(Run) internal import CutlineCore
internal import Foundation

/// Removes the folder of a run, and nothing else.
public enum RunRemoval {
  /// Removes `folder` where it bears a manifest and holds nothing but what its run wrote.
  ///
  /// - Returns: false where there is nothing.
  /// - Throws: `Faults` (io) for a link, which is not followed; for a folder without a manifest that can be read, or with
  ///   files that no run wrote; and where another run is writing there. Nothing is touched then.
  @discardableResult
  public static func remove(_ folder: String) throws -> Bool {
    guard FileSystem.exists(folder) else { return false }
    let advice = "Nothing in it was touched; remove it by hand if nobody needs it."
    var status = stat()
    guard SystemCall.repeated({ lstat(folder, &status) }) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      let isLink = status.st_mode & S_IFMT == S_IFLNK
      throw Faults.io(folder, isLink ? "is a link, which is not followed" : "is not a folder", advice)
    }
    let manifest: Manifest
    do { manifest = try Manifest.load(from: folder) } catch {
      throw Faults.io(folder, "bears no manifest of a run that can be read", advice)
    }
    let strangers = try RunVerification.strangers(FileSystem.filesBelow(folder), beside: manifest)
    guard strangers.isEmpty else {
      throw Faults.io(
        folder, "holds files that no run wrote (\(strangers.prefix(3).joined(separator: ", ")))",
        "Nothing in it was touched; move them away.")
    }
    // Takes the lock, so that no run is writing there.
    let place = try RunFolder(target: folder)
    try place.removeTarget()
    return true
  }
}
