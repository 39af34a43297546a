@_spi(Run) internal import CutlineCore
internal import Foundation

/// The folders of which somebody who asks over a network may name files. All else does not exist for them.
public struct DeclaredFolders: Sendable {
  /// Of data, and of models and runs that a configuration may take something from.
  public let data: [String]
  /// Of configurations that the operator wrote: only they may name programs and plugins. Nil where there is none.
  public let configurations: String?
  /// Where results go.
  public let runs: String

  /// - Throws: `Faults` (usage) for what is no folder, and where what is asked for could write among the configurations.
  public init(data: [String], configurations: String?, runs: String) throws {
    self.data = try data.map { try Self.folder($0, "--data") }
    self.configurations = try configurations.map { try Self.folder($0, "--configurations") }
    self.runs = try Self.folder(runs, "--runs")
    guard let own = self.configurations else { return }
    // What a run writes must never be read as the operator's word.
    guard !Self.isBelow(own, self.runs), !Self.isBelow(self.runs, own) else {
      throw Faults.usage(
        "--configurations", "lies in the folder of runs, or holds it", "Give the two folders apart from each other.")
    }
  }

  private static func folder(_ path: String, _ option: String) throws -> String {
    guard let real = real(path), FileSystem.isFolder(real), real != "/" else {
      throw Faults.usage(option, "there is no folder \(path)", "Name a folder that is there, and not the root.")
    }
    return real
  }

  /// Where a path leads, through all links; nil where it leads nowhere, or is no path.
  static func real(_ path: String) -> String? {
    // A zero byte would end the path for the system and nobody else.
    guard !path.isEmpty, path.utf8.count < Int(PATH_MAX), !path.utf8.contains(0),
      let found = realpath(path, nil)
    else { return nil }
    defer { free(found) }
    return String(validatingCString: found)
  }

  static func isBelow(_ path: String, _ folder: String) -> Bool {
    path.utf8.elementsEqual(folder.utf8) || path.utf8.starts(with: (folder + "/").utf8)
  }

  /// Whether a path leads to a file or a folder of data or of runs.
  ///
  /// - Parameter folders: from which a relative path is tried, in order, as a run does; each that leads somewhere must lead inside.
  func isData(_ path: String, from folders: [String]) -> Bool {
    leads(path, from: folders, into: data + [runs] + [configurations].compactMap { $0 })
  }

  /// Whether a path leads to a file of the folder of configurations.
  func isConfiguration(_ path: String, from folders: [String]) -> Bool {
    guard let configurations else { return false }
    return leads(path, from: folders, into: [configurations])
  }

  /// Where a name of a configuration leads; nil where it leads out of the folder or is no file.
  func configuration(named name: String) -> String? {
    guard let configurations, !name.hasPrefix("/"), let real = Self.real("\(configurations)/\(name)"),
      Self.isBelow(real, configurations), FileSystem.isRegularFile(real)
    else { return nil }
    return real
  }

  /// The most names that are listed.
  static let mostNames = 10_000

  /// Names of files in TOML that `configuration(named:)` takes, sorted; at most `mostNames`.
  /// - Complexity: O(what lies in the folder).
  func configurationNames() -> [String] {
    guard let configurations, let all = FileManager.default.enumerator(atPath: configurations) else { return [] }
    var names: [String] = []
    for case let name as String in all where name.hasSuffix(".toml") && configuration(named: name) != nil {
      names.append(name)
      if names.count == Self.mostNames { break }
    }
    return names.sorted()
  }

  private func leads(_ path: String, from folders: [String], into roots: [String]) -> Bool {
    let candidates = path.hasPrefix("/") ? [path] : folders.map { "\($0)/\(path)" }
    let real = candidates.compactMap(Self.real)
    return !real.isEmpty
      && real.allSatisfy { place in
        // No pipe, no device, no socket: opening one may wait for ever, or do something.
        roots.contains { Self.isBelow(place, $0) } && (FileSystem.isRegularFile(place) || FileSystem.isFolder(place))
      }
  }
}
