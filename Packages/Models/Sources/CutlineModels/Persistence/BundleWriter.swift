internal import CutlineCore
internal import CutlineCredit

/// Writes the models of a run, each with what people want to know of it.
struct BundleWriter: Stage {
  typealias Kind = ModelFiles
  static let name = "bundle"
  static let summary =
    "Writes models/model_<digest>/ and models/todu_model/, each with model.json and metadata.json, and SHA256SUMS."
  init(config: NoConfig) {}

  func run(_ input: ModelFiles.Input, in context: RunContext) async throws -> FileSet {
    FileSet(files: try StoredModel.files(input.surface, input.exposure))
  }
}
