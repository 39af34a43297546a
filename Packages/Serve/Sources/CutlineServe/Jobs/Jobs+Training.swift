@_spi(Run) internal import CutlineCore
public import CutlineDecide
internal import Foundation

extension Jobs {
  /// Asks for labels of a batch, a model that learns from them, and a draft.
  ///
  /// - Parameters:
  ///   - labels: the file of them (`Store.Label.csv`).
  ///   - active: the content of the version that the model's own card is compared with.
  ///   - configuration: one of the server's own, for `plan = "scorecard"`, with the characteristics and the column id.
  ///   - name: of the folder of results.
  /// - Throws: `JobRefusal` (conflict) where one of that product runs, and as `submit`; what the store throws.
  public func train(
    _ training: JobTraining, labels: [UInt8], active: [UInt8]? = nil, source: String, configuration: String,
    name: String,
    by person: String, caller: Caller
  ) throws -> JobReport {
    let other = queue.withLock { queue in
      queue.open.first { $0.record.training?.product == training.product }
    }
    if let other {
      throw JobRefusal(
        .conflict, "product", "has a training that has not ended: \(other.record.id)", "Wait for it, or cancel it.")
    }
    var request = JobRequest(.run, name: name, configuration: .named(configuration))
    request.training = training
    (request.labels, request.active) = (labels, active)
    request.settings = ["data_path=\(ConfigText.quoted(source))"]
    return try submit(request, by: person, caller: caller)
  }

  /// Registers the model of a training that has succeeded, and makes the draft, in the name of who asked. Done once: what it makes has
  /// names that follow from the job.
  func conclude(_ record: JobRecord) {
    let own = JobFolder(of: record.id, in: folder)
    guard let training = record.training, let store, let run = record.run, own.conclusion == nil else { return }
    var conclusion = JobConclusion(moment: FileStamp.now() / 1_000_000)
    do {
      let caller = try store.caller(whoAskedFor: run)
      var draft = try CardDraft.read(record.target, batch: store.batch(training.batch))
      guard let model = draft.model else {
        throw Faults.data("the run", "made no model that can be kept", "Use plan = \"scorecard\".")
      }
      let sheet = try store.registerModel(model, product: training.product, by: caller)
      (conclusion.modelID, conclusion.area) = (sheet.modelID, sheet.metrics?.area)
      let name = "ml-\(record.id.description.suffix(12))"
      if let base = training.base {
        var request = Store.RefinementRequest(
          model: sheet.modelID,
          base: try store.version(meant: base, product: training.product, kind: .scorecard))
        request.alpha = training.alpha
        request.name = name
        conclusion.version = try store.refine(request, by: caller).version.version
      } else {
        draft.notes = "batch \(training.batch), \(training.windowDays) days"
        draft.baseVersion = training.compared
        conclusion.version =
          try store.create(product: training.product, kind: .scorecard, version: name, draft, by: caller).version
      }
    } catch { conclusion.fault = (error as? any EndingError ?? Faults(error)).masked }
    // Where it cannot be kept it is done again when the folder is opened next, with the same names.
    try? own.conclude(conclusion)
  }
}

/// Words of a setting.
enum ConfigText {
  /// As TOML writes a text.
  static func quoted(_ text: String) -> String { Json.quoted(text) }
}
