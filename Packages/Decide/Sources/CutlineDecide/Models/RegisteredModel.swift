internal import CutlineCore
internal import Foundation

/// A model of the registry as people and programs see it.
public struct RegisteredModel: Sendable, Encodable {
  public struct Importance: Sendable, Encodable {
    public let feature: String
    public let coefficient: Double
    public let standardError, p: Double?
    /// Of the sum of all sizes.
    public let share: Double

    enum CodingKeys: String, CodingKey {
      case feature, coefficient, p, share
      case standardError = "standard_error"
    }
  }

  /// A line of the table of gates.
  public struct Gate: Sendable, Codable {
    public let gate, state: String
    public let value: Double?
    public let threshold, detail: String
  }

  public let modelID, modelType, product: String
  /// `registered`, or where the latest version stands that was made with it.
  public let status: String
  public let batchID: String?
  public let metrics: CardMetrics?
  public let featureImportance: [Importance]
  public let gates: [Gate]
  public let basis: CardModelFile.Basis
  public let hyperparameters: [String: String]
  public let sha256, dataSHA256, codeVersion, seed, runDigest: String
  /// Whether applications that it did not learn from came with it.
  public let hasSample: Bool
  /// Versions that were made with it.
  public let versions: [String]
  public let createdAt: Instant
  public let createdBy: String

  enum CodingKeys: String, CodingKey {
    case product, status, metrics, gates, basis, hyperparameters, sha256, seed, versions
    case modelID = "model_id"
    case modelType = "model_type"
    case batchID = "batch_id"
    case featureImportance = "feature_importance"
    case dataSHA256 = "data_sha256"
    case codeVersion = "code_version"
    case runDigest = "run_digest"
    case hasSample = "has_sample"
    case createdAt = "created_at"
    case createdBy = "created_by"
  }

  init(_ row: StoredRow, _ file: CardModelFile, versions: [(name: VersionName, state: String)]) {
    (modelID, modelType, product) = (row.text("model_id"), row.text("model_type"), row.text("product"))
    batchID = row.optionalText("batch_id")
    status = versions.last?.state ?? "registered"
    self.versions = versions.map(\.name.description)
    (metrics, basis) = (file.metrics, file.basis)
    featureImportance = file.importance.map { term, share in
      Importance(
        feature: term.feature, coefficient: term.coefficient, standardError: term.standardError, p: term.p,
        share: share)
    }
    // Both were written by this module.
    gates = (try? CanonicalJSON.decode([Gate].self, from: Data(row.text("gates").utf8))) ?? []
    hyperparameters =
      (try? CanonicalJSON.decode([String: String].self, from: Data(row.text("hyperparameters").utf8))) ?? [:]
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
