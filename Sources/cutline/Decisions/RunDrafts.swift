@_spi(Run) internal import CutlineCore
internal import CutlineDecide
internal import CutlineFormats
internal import CutlineReport
internal import CutlineRun
internal import CutlineServe
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
    draft.evidence = try RunEvidence.all(of: run.manifest, in: folder)
    return draft
  }
}
