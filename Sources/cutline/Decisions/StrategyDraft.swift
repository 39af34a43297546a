@_spi(Run) internal import CutlineCore
internal import CutlineDecide
internal import CutlineFormats
internal import CutlineReport
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

/// A strategy of a finished run as a draft: its rules in raw scores, and as evidence the run's manifest and its gates.
enum StrategyDraft {
  /// - Throws: `Faults` (integrity) for a folder that is not what its run wrote, (usage) for a scenario that it does not have, (data) for
  ///   a run without a table of gates.
  static func read(_ folder: String, scenario: String) throws -> Store.Draft {
    let run = try VerifiedRun(folder)
    let strategy = try StoredStrategy(run, scenario: scenario, name: nil, columns: [:])
    let text = try StrategyExport.text(of: strategy.rules, as: .json, options: StrategyExport.Options())
    var draft = Store.Draft(content: Array(text.utf8))
    draft.mediaType = "application/vnd.cutline.strategy+json"
    draft.source = "run"
    draft.runDigest = run.manifest.resultsDigest
    let made = Instant(run.manifest.created) ?? Instant(microseconds: 0)
    draft.evidence = [
      try evidence("manifest", "\(folder)/\(Manifest.fileName)", made),
      try evidence(GateReport.evidenceName, "\(folder)/\(gates(run, folder))", made),
    ]
    return draft
  }

  private static func gates(_ run: VerifiedRun, _ folder: String) throws -> String {
    guard let file = run.manifest.files.first(where: { $0.path.split(separator: "/").last == GateTable.fileName[...] })
    else {
      throw Faults.data(
        folder, "has no \(GateTable.fileName): nothing says what was checked", "Run with the stage report.")
    }
    return file.path
  }

  static func evidence(_ name: String, _ path: String, _ madeAt: Instant) throws -> Store.Evidence {
    Store.Evidence(name: name, bytes: Array(try OpenedFile.read(path, limit: 64 << 20)), madeAt: madeAt)
  }
}
