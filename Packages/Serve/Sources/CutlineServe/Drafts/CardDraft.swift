@_spi(Run) internal import CutlineCore
public import CutlineDecide
internal import CutlineRun
internal import Foundation

/// The scorecard of a finished run as a draft, with the run's manifest and gates, and the model that it was made with.
public enum CardDraft {
  /// - Parameters:
  ///   - batch: the batch whose applications it was learnt from; the run must have read that batch's file.
  /// - Throws: `Faults` (integrity) for a folder that is not what its run wrote, (usage) for a run that made no scorecard.
  public static func read(_ folder: String, batch: ApplicationBatch? = nil) throws -> Store.Draft {
    let manifest = try RunVerification.finished(folder)
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
    draft.model = try model(manifest, folder, batch)
    return draft
  }

  /// Nil for a run of an earlier version, which wrote no model to be kept.
  private static func model(_ manifest: Manifest, _ folder: String, _ batch: ApplicationBatch?) throws
    -> Store.ModelDraft?
  {
    func bytes(_ name: String) throws -> [UInt8]? {
      try RunEvidence.file(name, of: manifest).map { Array(try OpenedFile.read("\(folder)/\($0)", limit: 64 << 20)) }
    }
    guard let file = try bytes(CardModelFile.fileName) else { return nil }
    if let batch, !manifest.inputs.contains(where: { $0.sha256 == batch.sourceSHA256 }) {
      throw Faults.integrity(
        folder, "did not read the file of batch \(batch.batchID) as it was when the batch was made known",
        "Run on that file, or make a new batch known.")
    }
    let inputs = manifest.inputs.map(\.sha256).sorted()
    var draft = Store.ModelDraft(
      file: file, dataSHA256: inputs.count == 1 ? inputs[0] : Digest.of(Data(inputs.joined(separator: "\n").utf8)),
      codeVersion: "cutline \(manifest.version) \(manifest.program)")
    draft.sample = try bytes(CardSample.fileName)
    draft.batch = batch?.batchID
    draft.seed = "\(manifest.seed)"
    let learning: Set<String> = ["label", "assemble", "card-binning", "card-model", "scale-points"]
    for stage in manifest.stages where learning.contains(stage.kind) {
      draft.hyperparameters[stage.id] = stage.use
      // Where files lie says nothing of a model.
      for setting in stage.settings where !setting.key.hasSuffix("path") {
        draft.hyperparameters["\(stage.id).\(setting.key)"] = setting.value
      }
    }
    draft.gates = draft.gates.isEmpty ? try bytes("gates.csv") ?? [] : draft.gates
    draft.runDigest = manifest.resultsDigest
    return draft
  }
}
