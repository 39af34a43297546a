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
    draft.evidence = try RunEvidence.all(of: run.manifest, in: folder)
    return draft
  }
}

/// The scorecard of a finished run as a draft, with the run's manifest and gates.
enum ScorecardDraft {
  /// - Throws: `Faults` (integrity) for a folder that is not what its run wrote, (usage) for a run that made no scorecard.
  static func read(_ folder: String) throws -> Store.Draft {
    let (manifest, problems) = try RunVerification.problems(in: folder)
    guard problems.isEmpty else {
      throw Faults.integrity(
        folder, "\(problems.count) of its files are not what the run wrote: \(problems[0])",
        "Restore them or run again; cutline verify lists all.")
    }
    if let failure = manifest.failures?.first {
      throw Faults.usage(
        folder, "is what a failed run had finished (stage \(failure.stage))", "Name the folder of a finished run.")
    }
    guard let file = RunEvidence.file(Scorecard.fileName, of: manifest) else {
      throw Faults.usage(folder, "has no \(Scorecard.fileName)", "Name a run with plan = \"scorecard\".")
    }
    let path = "\(folder)/\(file)"
    _ = try Scorecard.read(path)
    var draft = Store.Draft(content: Array(try OpenedFile.read(path, limit: 64 << 20)))
    draft.mediaType = Scorecard.mediaType
    draft.source = "run"
    draft.runDigest = manifest.resultsDigest
    draft.evidence = try RunEvidence.all(of: manifest, in: folder)
    return draft
  }
}

/// What a run brings as evidence for what it made.
enum RunEvidence {
  /// Its manifest and its gates.
  /// - Throws: `Faults` (data) for a run without a table of gates.
  static func all(of manifest: Manifest, in folder: String) throws -> [Store.Evidence] {
    let made = Instant(manifest.created) ?? Instant(microseconds: 0)
    return [
      try read("manifest", "\(folder)/\(Manifest.fileName)", made),
      try read(GateReport.evidenceName, "\(folder)/\(gates(manifest, folder))", made),
    ]
  }

  /// The place of a file in the run's folder, by its name.
  static func file(_ name: String, of manifest: Manifest) -> String? {
    manifest.files.first { $0.path.split(separator: "/").last == name[...] }?.path
  }

  private static func gates(_ manifest: Manifest, _ folder: String) throws -> String {
    guard let file = file(GateTable.fileName, of: manifest) else {
      throw Faults.data(
        folder, "has no \(GateTable.fileName): nothing says what was checked", "Run with the stage report.")
    }
    return file
  }

  static func read(_ name: String, _ path: String, _ madeAt: Instant) throws -> Store.Evidence {
    Store.Evidence(name: name, bytes: Array(try OpenedFile.read(path, limit: 64 << 20)), madeAt: madeAt)
  }
}
