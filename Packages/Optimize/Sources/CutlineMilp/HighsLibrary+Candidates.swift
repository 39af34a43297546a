@_spi(Run) internal import CutlineCore
internal import Foundation

extension HighsLibrary {
  private static let fileName = "libhighs.so.1"

  /// Where the library may be, in this order: beside the installed program, beside the executable, where `scripts/setup`
  /// puts it in a folder above the executable, in the system.
  static func candidates(
    executable: String = InstalledPlaces.executable,
    workingFolder: String = InstalledPlaces.workingFolder
  ) -> [String] {
    let folder = executable.parentFolder
    var places = ["\(folder.parentFolder)/lib/cutline/\(fileName)", "\(folder)/\(fileName)"]
    places += InstalledPlaces.roots(executable: executable, workingFolder: workingFolder).map {
      "\($0)/.dependencies/highs/lib/\(fileName)"
    }
    var seen: Set<String> = []
    return (places.map { ($0 as NSString).standardizingPath } + [fileName]).filter { seen.insert($0).inserted }
  }

  /// Whether a candidate is a file, or a name that only the dynamic loader can tell about.
  static func mayBeThere(_ candidate: String) -> Bool {
    !candidate.contains("/") || FileManager.default.fileExists(atPath: candidate)
  }
}
