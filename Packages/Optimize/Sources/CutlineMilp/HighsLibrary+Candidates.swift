internal import Foundation

extension HighsLibrary {
  private static let fileName = "libhighs.so.1"

  /// Where the library may be, in this order: beside the installed program, beside the executable, where `scripts/setup`
  /// puts it in a folder above the executable, in the system.
  ///
  /// Test programs are started by another program, out of the build folder; for what runs from there, the folders above
  /// the current one count, too.
  static func candidates(
    executable: String = executable, workingFolder: String = FileManager.default.currentDirectoryPath
  ) -> [String] {
    let folder = executable.parentFolder
    let prefix = folder.parentFolder
    var places = ["\(prefix)/lib/cutline/\(fileName)", "\(folder)/\(fileName)"]
    places += ancestors(of: folder).map { "\($0)/.dependencies/highs/lib/\(fileName)" }
    if (executable as NSString).pathComponents.contains(where: { $0.hasPrefix(".build") }) {
      places += ([workingFolder] + ancestors(of: workingFolder)).map { "\($0)/.dependencies/highs/lib/\(fileName)" }
    }
    var seen: Set<String> = []
    return (places.map { ($0 as NSString).standardizingPath } + [fileName]).filter { seen.insert($0).inserted }
  }

  /// Whether a candidate is a file, or a name that only the dynamic loader can tell about.
  static func mayBeThere(_ candidate: String) -> Bool {
    !candidate.contains("/") || FileManager.default.fileExists(atPath: candidate)
  }

  /// The link is resolved by hand: it names the file even when the program was started by a relative path.
  static var executable: String {
    // Without /proc the name that the program was started by is the best that there is.
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
  }

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
