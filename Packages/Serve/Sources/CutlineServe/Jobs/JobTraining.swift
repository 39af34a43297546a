internal import CutlineDecide

/// What the pipeline of requirement 001 is asked for: labels of a batch, a model, a draft.
public struct JobTraining: Codable, Sendable {
  /// Its name in requests.
  public static let pipeline = "ml_training_pipeline"
  /// Its assets, each a group of the stages of `plan = "scorecard"`.
  static let assets: [(name: String, stages: [String])] = [
    ("generate_scorecard_labels", ["source", "labels", "table"]), ("train_model_asset", ["binning", "model"]),
    ("refine_scorecard", ["points", "gates", "files"]),
  ]

  public let batch, product: String
  public let windowDays: Int
  /// The labels' digest, as the store has it.
  public let labelsSHA256: String
  /// The version that the model advises on; nil: the model's own card becomes the draft.
  public let base: String?
  public let alpha: Double
  /// The version in force that the model's own card is compared with; nil where there is none, or a base is advised on.
  public let compared: String?

  public init(
    batch: String, product: String, windowDays: Int, labelsSHA256: String, base: String?, alpha: Double,
    compared: String? = nil
  ) {
    (self.batch, self.product, self.windowDays) = (batch, product, windowDays)
    (self.labelsSHA256, self.base, self.alpha) = (labelsSHA256, base, alpha)
    self.compared = compared
  }
}

/// What came of it: `training.json` in the job's folder.
struct JobConclusion: Codable, Sendable {
  var modelID: String?
  var area: Double?
  var version: String?
  /// Why there is no draft, without any value of an application.
  var fault: String?
  /// In milliseconds since 1970.
  var moment: Int

  enum CodingKeys: String, CodingKey {
    case version, fault, moment
    case modelID = "model_id"
    case area = "auc_roc"
  }
}
