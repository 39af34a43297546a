@_spi(Run) internal import CutlineCore
internal import Foundation

/// Compares a run folder with its manifest.
public enum RunVerification {
  /// What lies in a folder and is not of its run: files, and folders that hold nothing. A folder that has lost the run's
  /// files is none of them.
  /// - Parameter found: what `FileSystem.filesBelow` found in it.
  static func strangers(_ found: [String], beside manifest: Manifest?) -> [String] {
    let known = Set((manifest?.files.map(\.path) ?? []) + [Manifest.fileName])
    return found.filter { path in
      !known.contains(path) && !(path.hasSuffix("/") && known.contains { $0.hasPrefix(path) })
    }
  }

  /// The manifest of a run that has ended well, whose files are those that it wrote.
  ///
  /// - Throws: `Faults` (integrity) with the first file that is another one, (usage) for what a failed run had finished.
  public static func finished(_ folder: String) throws -> Manifest {
    let (manifest, problems) = try problems(in: folder)
    guard problems.isEmpty else {
      throw Faults.integrity(
        folder, "\(problems.count) of its files are not what the run wrote: \(problems[0])",
        "Restore them or run again; cutline verify lists all.")
    }
    if let failure = manifest.failures?.first {
      throw Faults.usage(
        folder, "is what a failed run had finished (stage \(failure.stage))", "Name the folder of a finished run.")
    }
    return manifest
  }

  /// - Returns: the manifest and one sentence a file that is missing, changed or not part of the run; none when all match.
  /// - Throws: as `Manifest.load`.
  public static func problems(in folder: String) throws -> (manifest: Manifest, problems: [String]) {
    let manifest = try Manifest.load(from: folder)
    var problems: [String] = []
    for file in manifest.files {
      let path = folder + "/" + file.path
      guard FileSystem.exists(path) else {
        problems.append("\(file.path) is missing")
        continue
      }
      guard FileSystem.isRegularFile(path) else {
        problems.append("\(file.path) is not a regular file")
        continue
      }
      let (sha256, bytes) = try Digest.ofFile(path)
      if bytes != file.bytes {
        problems.append("\(file.path) has \(bytes) bytes, the run wrote \(file.bytes)")
      } else if sha256 != file.sha256 {
        problems.append("\(file.path) was changed: its digest does not match")
      }
    }
    for path in try strangers(FileSystem.filesBelow(folder), beside: manifest) {
      problems.append("\(path) is not part of the run")
    }
    if Manifest.resultsDigest(of: manifest.files, hasViews: manifest.countsViews) != manifest.resultsDigest {
      problems.append("the results digest does not follow from the files")
    }
    return (manifest, problems)
  }
}
