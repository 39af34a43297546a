internal import Foundation

/// The files themselves, under the paths that they have in the run folder.
extension FileSet: ExchangedArtifact {
  private static let fileCount = 10_000

  public func write(to folder: String) throws {
    for file in files {
      let path = folder + "/" + file.path
      try FileSystem.makeFolders(path.parentFolder)
      try file.bytes.withUnsafeBytes { try ExchangeFolder.write($0, to: path) }
    }
  }

  public init(readingFrom folder: ExchangeFolder) throws {
    guard folder.names.count <= Self.fileCount else {
      throw Faults.data("output", "holds \(folder.names.count) files", "Write at most \(Self.fileCount).")
    }
    var total = 0
    let files = try folder.names.map { name in
      guard RunPath.isFree(name) else {
        throw Faults.data(name, "is a name that the run keeps for itself", "Write it under another name, as data/….")
      }
      let data = try folder.data(name)
      total += data.count
      guard total <= ExchangeFolder.fileLimit else {
        throw Faults.data("output", "holds more than \(ExchangeFolder.fileLimit >> 20) MiB", "Write less.")
      }
      // Nobody knows whether a program's file holds rows of applications.
      return ResultFile(path: name, bytes: Array(data), isPersonal: true)
    }
    self.init(files: files)
  }
}
