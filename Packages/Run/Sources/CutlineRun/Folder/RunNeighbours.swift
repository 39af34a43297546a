@_spi(Run) internal import CutlineCore
internal import Foundation

/// The hidden neighbours of a run's folder, by their names, and what may be done with them.
///
/// `.NAME.cutline-lock` is held while a run goes on; `-PID` is a run that is being made, `-PID-files` the files of its
/// stages; `-PID-whole` is a complete run on its way to the target, and what had stood there afterwards; `-old` is a run
/// that had to step aside.
struct RunNeighbours {
  let parent: String
  private let name: String
  private let target: String

  /// - Throws: `Faults` (io) for a target without a name of its own, or one that leaves no room for its neighbours' names.
  init(of target: String, shown: String) throws {
    self.target = target
    parent = target.parentFolder
    name = (target as NSString).lastPathComponent
    guard !parent.isEmpty, name != "/", name != "..", !name.isEmpty else {
      throw Faults.io(shown, "is no folder that a run could take the place of", "Choose another --output.")
    }
    guard name.utf8.count <= 210, target.utf8.count <= Int(PATH_MAX) - 200 else {
      throw Faults.io(shown.prefix(60) + "…", "is too long a path for a run", "Choose a shorter --output.")
    }
  }

  private var prefix: String { ".\(name).cutline-" }
  var lock: String { "\(parent)/\(prefix)lock" }
  var aside: String { "\(parent)/\(prefix)old" }
  func files(of staging: String) -> String { staging + "-files" }
  func whole(_ staging: String) -> String { staging + "-whole" }

  /// A name for a run that is to be made: what an earlier process of the same number has left may not go.
  var free: String {
    let first = "\(parent)/\(prefix)\(getpid())"
    func isFree(_ path: String) -> Bool {
      ![path, files(of: path), whole(path)].contains(where: FileSystem.exists)
    }
    if isFree(first) { return first }
    return (2...).lazy.map { "\(first)-\($0)" }.first(where: isFree) ?? first
  }

  /// What a neighbour is, by what follows the prefix in its name; nil for what no run makes.
  enum Kind { case made, whole, aside }

  static func kind(_ rest: some StringProtocol) -> Kind? {
    if rest == "old" { return .aside }
    var parts = rest.split(separator: "-", omittingEmptySubsequences: false)
    var kind = Kind.made
    if parts.last == "whole" { kind = .whole }
    if parts.last == "whole" || parts.last == "files" { parts.removeLast() }
    let areNumbers = parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
    return (1...2).contains(parts.count) && areNumbers ? kind : nil
  }

  /// Removes what killed runs left and brings back a run that had stepped aside. To be called under the lock: no run is
  /// going on.
  /// - Returns: what could not be removed.
  /// - Throws: `Faults` (io) where a run cannot be brought back.
  func clean() throws -> [Remark] {
    if FileSystem.exists(aside), !FileSystem.exists(target) {
      guard FileSystem.move(aside, to: target) else { throw FileSystem.failure(aside, "cannot be restored") }
    }
    // A folder that cannot be listed has nothing that could be cleaned; writing to it fails with its own error.
    let entries = (try? FileSystem.names(in: parent)) ?? []
    return entries.filter { $0.hasPrefix(prefix) }.compactMap { entry in
      let path = "\(parent)/\(entry)"
      switch Self.kind(entry.dropFirst(prefix.count)) {
      case .made?:
        do { try FileSystem.remove(path) } catch { return Self.stays(path, error) }
        return nil
      case .whole?, .aside?: return removeOrKeep(path)
      case nil: return nil
      }
    }
  }

  /// Removes a run that has stood at the target, and nothing but what it wrote; where somebody has put more into it, it is
  /// kept under a name that is seen.
  /// - Returns: what is to be said; nil where all went.
  func removeOrKeep(_ old: String) -> Remark? {
    do {
      let manifest = try? Manifest.load(from: old)  // Without one that can be read all is foreign.
      guard try RunVerification.strangers(FileSystem.filesBelow(old), beside: manifest).isEmpty else {
        return try keep(old)
      }
      var folders: Set<String> = []
      for file in (manifest?.files.map(\.path) ?? []).filter(RunPath.isInside) {
        let path = "\(old)/\(file)"
        try Self.gone(path, unlink)
        var folder = path.parentFolder
        while folder.utf8.count > old.utf8.count, folders.insert(folder).inserted { folder = folder.parentFolder }
      }
      for folder in folders.sorted(by: >) { try Self.gone(folder, rmdir) }
      // The manifest last: a removal that is interrupted can then be gone on with.
      try Self.gone("\(old)/\(Manifest.fileName)", unlink)
      try Self.gone(old, rmdir)
      return nil
    } catch is SomethingCame {
      do { return try keep(old) } catch { return Self.stays(old, error) }
    } catch { return Self.stays(old, error) }
  }

  /// Somebody has put a file into the folder while it was removed.
  private struct SomethingCame: Error {}

  private static func gone(_ path: String, _ call: (UnsafePointer<CChar>) -> Int32) throws {
    if SystemCall.repeated({ call(path) }) == 0 || errno == ENOENT || errno == ENOTDIR { return }
    if errno == ENOTEMPTY || errno == EEXIST { throw SomethingCame() }
    throw FileSystem.failure(path, "cannot be removed", advice: "Remove it by hand.")
  }

  private func keep(_ old: String) throws -> Remark {
    for number in 1... {
      let kept = "\(target).kept-\(number)"
      if FileSystem.exists(kept) { continue }
      guard FileSystem.move(old, to: kept) else { throw FileSystem.failure(old, "cannot be renamed to \(kept)") }
      return
        "files were put into \(word: target) while the run went on; the folder as it was is kept in \(word: kept)"
    }
    return ""
  }

  private static func stays(_ path: String, _ error: any Error) -> Remark {
    "what an earlier run left in \(word: path) stays, and the next run tries again: " + Remark(Faults(error))
  }
}
