internal import CutlineCore
internal import Foundation

/// A model of the registry as people and programs see it.
public struct RegisteredModel: Sendable, Encodable {
  public struct Importance: Sendable, Encodable {
    public let feature: String
    public let coefficient: Double
    public let standardError, p: Double?
    /// Of the sum of all sizes (`importanceMeasure`).
    public let share: Double
    /// Of the feature alone, on the training rows.
    public let informationValue: Double?

    enum CodingKeys: String, CodingKey {
      case feature, coefficient, p, share
      case standardError = "standard_error"
      case informationValue = "information_value"
    }
  }

  /// A version that was made with it.
  public struct Use: Sendable, Encodable {
    public let version: String
    public let state: String
  }

  /// A line of the table of gates.
  public struct Gate: Sendable, Codable {
    public let gate, state: String
    public let value: Double?
    public let threshold, detail: String
  }

  public let modelID, modelType, product: String
  /// `active` where a version in force was made with it, else where the latest of them stands, `registered` without any.
  public let status: String
  public let batchID: String?
  /// What it foretells; nil where nobody says so.
  public let training: CardTraining?
  public let metrics: CardMetrics?
  public let importanceMeasure: CardModelFile.Importance
  public let featureImportance: [Importance]
  public let gates: [Gate]
  public let basis: CardModelFile.Basis
  public let hyperparameters: [String: String]
  public let sha256, dataSHA256, codeVersion, seed, runDigest: String
  /// Whether applications that it did not learn from came with it.
  public let hasSample: Bool
  /// Versions that were made with it, the first one first.
  public let versions: [Use]
  public let createdAt: Instant
  public let createdBy: String

  enum CodingKeys: String, CodingKey {
    case product, status, training, metrics, gates, basis, hyperparameters, sha256, seed, versions
    case modelID = "model_id"
    case modelType = "model_type"
    case batchID = "batch_id"
    case importanceMeasure = "importance_measure"
    case featureImportance = "feature_importance"
    case dataSHA256 = "data_sha256"
    case codeVersion = "code_version"
    case runDigest = "run_digest"
    case hasSample = "has_sample"
    case createdAt = "created_at"
    case createdBy = "created_by"
  }

  /// - Throws: `Faults` (integrity) where the row's gates or settings are not as this module writes them: a model that had failed
  ///   would look like one without gates.
  init(_ row: StoredRow, _ file: CardModelFile, versions: [Use]) throws {
    (modelID, modelType, product) = (row.text("model_id"), row.text("model_type"), row.text("product"))
    batchID = row.optionalText("batch_id")
    status = row.text("status")
    self.versions = versions
    (training, metrics, basis) = (file.training, file.metrics, file.basis)
    importanceMeasure = file.importanceMeasure
    featureImportance = file.importance.map { term, share in
      Importance(
        feature: term.feature, coefficient: term.coefficient, standardError: term.standardError, p: term.p,
        share: share, informationValue: term.informationValue)
    }
    let place = "model \(modelID)"
    func stored<Value: Decodable>(_ column: String, _: Value.Type) throws -> Value {
      do { return try CanonicalJSON.decode(Value.self, from: Data(row.text(column).utf8)) } catch {
        throw Faults.integrity(place, "its \(column) are not those that were registered", "Run cutline audit verify.")
      }
    }
    gates = try stored("gates", [Gate].self)
    hyperparameters = try stored("hyperparameters", [String: String].self)
    (sha256, dataSHA256) = (row.text("object_sha256"), row.text("data_sha256"))
    (codeVersion, seed, runDigest) = (row.text("code_version"), row.text("seed"), row.text("run_digest"))
    hasSample = row.optionalText("sample_sha256") != nil
    (createdAt, createdBy) = (row.instant("created_at"), row.text("created_by"))
  }

  /// The lines of a table of gates.
  /// - Throws: `Faults` (data) for what is none.
  static func gates(_ csv: [UInt8], at place: String) throws -> [Gate] {
    _ = try GateReport(csv, at: place)
    let csv = try CsvRecords(csv, at: place)
    func text(_ name: String, _ record: CsvRecords.Record) -> String {
      csv.header.firstIndex(of: name).map { record.fields[$0] } ?? ""
    }
    return csv.records.map { record in
      Gate(
        gate: text("gate", record), state: text("state", record), value: Double(text("value", record)),
        threshold: text("threshold", record), detail: text("detail", record))
    }
  }
}
