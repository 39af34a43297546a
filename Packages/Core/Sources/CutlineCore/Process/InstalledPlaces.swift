internal import Foundation

/// The folders in which optional things of an installation may be.
@_spi(Run) public enum InstalledPlaces {
  /// The folders in which a folder `.dependencies` of `scripts/setup` may be, nearest first: those above the executable, and for
  /// what runs from a build folder the current one and those above it: programs of tests are started by another program.
  public static func roots(
    executable: String = executable, workingFolder: String = workingFolder
  ) -> [String] {
    let isBuilt = (executable as NSString).pathComponents.contains { $0.hasPrefix(".build") }
    return ancestors(of: executable.parentFolder) + (isBuilt ? [workingFolder] + ancestors(of: workingFolder) : [])
  }

  /// The running program. The link is resolved by hand: it names the file even when the program was started by a relative path.
  public static var executable: String {
    // Without /proc the name that the program was started by is the best that there is.
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
  }

  public static var workingFolder: String { FileManager.default.currentDirectoryPath }

  /// The folders above one, nearest first.
  private static func ancestors(of folder: String) -> [String] {
    var folders: [String] = []
    var next = folder.parentFolder
    while next.count > 1, next != folders.last {
      folders.append(next)
      next = next.parentFolder
    }
    return folders
  }
}
