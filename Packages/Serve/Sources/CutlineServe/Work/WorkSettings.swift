@_spi(Run) public import CutlineCore
internal import CutlineDecide
internal import Foundation

/// The folders and the registry of a server that lists runs and takes jobs.
public struct WorkSettings: Sendable {
  /// Of runs and batches; or one of these itself.
  public var runs: String
  /// Of jobs; nil for a server that only lists.
  public var jobs: String?
  /// Of data that a request may name.
  public var data: [String] = []
  /// Of configurations that the operator wrote.
  public var configurations: String?
  public var atOnce = 1
  public var registry: Registry

  public init(runs: String, registry: Registry) { (self.runs, self.registry) = (runs, registry) }
}

/// Runs and jobs as a server has them.
final class Work: Sendable {
  let shelf: RunShelf
  let jobs: Jobs?
  /// The run or the batch that was named; nil where a folder of them was.
  let only: String?

  /// - Throws: `Faults` (io) where the folder of runs cannot be opened, (integrity) where another server has the jobs, (usage).
  init(_ settings: WorkSettings, store: Store?) throws {
    let path =
      settings.runs.count > 1 && settings.runs.hasSuffix("/") ? String(settings.runs.dropLast()) : settings.runs
    let isOne = [FolderNames.manifest, FolderNames.batch].contains { FileSystem.isRegularFile("\(path)/\($0)") }
    let slash = path.lastIndex(of: "/")
    let parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    only = isOne ? slash.map { String(path[path.index(after: $0)...]) } ?? path : nil
    let root = isOne ? parent : path
    shelf = try RunShelf(root)
    jobs = try settings.jobs.map { folder in
      let folders = try DeclaredFolders(
        data: settings.data, configurations: settings.configurations, runs: root)
      var options = Jobs.Options()
      options.atOnce = settings.atOnce
      return try Jobs(folder, folders: folders, registry: settings.registry, store: store, options: options)
    }
  }

  /// Whether a run is one of those that were named.
  func shows(_ name: String) -> Bool { only.map { name == $0 || name.hasPrefix($0 + "/") } ?? true }
}
