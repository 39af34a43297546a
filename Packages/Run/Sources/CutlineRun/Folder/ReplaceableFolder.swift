@_spi(Run) internal import CutlineCore

/// Whether a folder may give way to a run: it is empty, or a run and nothing else.
enum ReplaceableFolder {
  /// - Parameters:
  ///   - shown: as the user calls it.
  ///   - names: what lies in a folder; throws where it cannot be listed.
  ///   - below: what lies below it.
  /// - Throws: `Faults` (io) where it may not, or where that cannot be told: what cannot be listed is not empty.
  static func check(
    _ target: String, shown: String, names: (String) throws -> [String], below: (String) throws -> [String]
  ) throws {
    do {
      let content = try names(target)
      guard content.isEmpty || content.contains(Manifest.fileName) else {
        throw Faults.io(
          shown, "holds files that are not a Cutline run (\(content.sorted().prefix(3).joined(separator: ", ")))",
          "Choose another --output; nothing was touched.")
      }
      guard !content.isEmpty else { return }
      // Of a run that a newer version wrote nothing is known, so it is not replaced.
      let data = try FileSystem.read(target + "/" + Manifest.fileName, limit: 1 << 28)
      if Manifest.format.isNewer(data) { _ = try Manifest.load(from: target) }
      // Without a readable manifest all is foreign.
      let foreign = RunVerification.strangers(try below(target), beside: try? Manifest.load(from: target))
      guard foreign.isEmpty else {
        throw Faults.io(
          shown, "holds files that no run wrote (\(foreign.prefix(3).joined(separator: ", ")))",
          "Move them away or choose another --output; nothing was touched.")
      }
    } catch let error as Faults where error.code == .io && error.problem.hasPrefix("cannot be ") {
      throw Faults.io(
        shown, "what it holds is not known: \(error.location) \(error.problem)",
        "Choose another --output, or see to its permissions; nothing was touched.")
    }
  }
}
