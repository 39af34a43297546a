internal import Synchronization

/// Which stage gives which file of a run: no file is given twice, and none lies in another.
@_spi(Run) public final class FileClaims: Sendable {
  private struct State {
    /// Path → the stage that gives it.
    var files: [String: String] = [:]
    /// Folder → how many files lie below it.
    var folders: [String: Int] = [:]
  }

  private let state = Mutex(State())

  public init() {}

  /// - Throws: `Faults` (usage) that name the stage that has the path, or is in its way.
  func claim(_ path: String, for stage: String) throws(Faults) {
    let place = "file \(path.debugDescription)"
    guard RunPath.isFree(path) else {
      throw Faults.usage(
        place, "is no place for a result in the run folder",
        "Use a path like data/name.csv; the run keeps \(RunPath.reserved.joined(separator: ", ")) for itself.")
    }
    let folders = Self.folders(of: path)
    let fault: Faults? = state.withLock { state in
      if let other = state.files[path] {
        return Faults.usage(
          "file \(path)", other == stage ? "is given twice" : "is given by stage \(other), too",
          "Write it under another name, such as data/\(stage)/…; stages with a key folder take another one.")
      }
      if let file = folders.first(where: { state.files[$0] != nil }) {
        return Faults.usage(
          "file \(path)", "lies in \(file), which is a file of stage \(state.files[file] ?? "")", "Use another folder.")
      }
      if state.folders[path] != nil {
        let inner = state.files.filter { $0.key.hasPrefix(path + "/") }.min { $0.key < $1.key }
        return Faults.usage(
          "file \(path)", "is a folder, in which stage \(inner?.value ?? "") gives \(inner?.key ?? "")",
          "Write it under another name.")
      }
      state.files[path] = stage
      for folder in folders { state.folders[folder, default: 0] += 1 }
      return nil
    }
    if let fault { throw fault }
  }

  func release(_ path: String) {
    state.withLock { state in
      guard state.files.removeValue(forKey: path) != nil else { return }
      for folder in Self.folders(of: path) {
        state.folders[folder, default: 1] -= 1
        if state.folders[folder] == 0 { state.folders[folder] = nil }
      }
    }
  }

  private static func folders(of path: String) -> [String] {
    path.indices.filter { path[$0] == "/" }.map { String(path[..<$0]) }
  }
}
