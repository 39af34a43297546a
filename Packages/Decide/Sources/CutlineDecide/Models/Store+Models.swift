internal import CutlineCore
internal import Foundation

extension Store {
  /// A model that is to be remembered, with what it was made of.
  public struct ModelDraft: Sendable {
    /// A `CardModelFile`.
    public var file: [UInt8]
    /// A `CardSample` as CSV; nil where there is none.
    public var sample: [UInt8]?
    public var batch: String?
    /// Of the data that it was learnt from.
    public var dataSHA256: String
    /// Of the program that learnt it.
    public var codeVersion: String
    public var seed = ""
    public var hyperparameters: [String: String] = [:]
    /// The run's table of gates; empty where there is none.
    public var gates: [UInt8] = []
    public var runDigest = ""

    public init(file: [UInt8], dataSHA256: String, codeVersion: String) {
      (self.file, self.dataSHA256, self.codeVersion) = (file, dataSHA256, codeVersion)
    }
  }

  /// Remembers a model. The same again changes nothing.
  ///
  /// - Throws: `Faults` (data) for what is no model, `Refusal` (forbidden, not found).
  public func registerModel(_ draft: ModelDraft, product: String, by caller: Caller) throws -> RegisteredModel {
    try write { transaction in
      let person = try transaction.principal(caller, atLeast: .analyst)
      try checkProduct(product)
      return try model(transaction.register(draft, product: product, by: person.name, self))
    }
  }

  static func modelID(_ draft: ModelDraft, product: String) -> String {
    let words = [
      product, SHA256.hex(draft.file), draft.dataSHA256, draft.codeVersion, draft.runDigest, draft.batch ?? "",
    ]
    return "model_\(SHA256.hex(Array(words.joined(separator: "\n").utf8)).prefix(16))"
  }

  // MARK: Looking

  /// - Throws: `Refusal` (not found) with the nearest name.
  public func model(_ id: String) throws -> RegisteredModel {
    try database.snapshot { try sheet(modelRow(id)) }
  }

  func modelRow(_ id: String) throws -> StoredRow {
    if let row = try database.first("\(Self.rows) WHERE model_id = ?", [.text(id)]) { return row }
    let names = try database.query("SELECT model_id FROM models").map { $0.text("model_id") }
    throw Refusal(
      .notFound, "model", "is not known\(DidYouMean.phrase(for: id, among: names))", "See cutline models list --store.")
  }

  /// The file of a model, as it came in.
  public func modelFile(_ id: String) throws -> CardModelFile {
    let sha256 = try modelRow(id).text("object_sha256")
    return try CardModelFile.read(verified(sha256, "model \(id)"), at: "model \(id)")
  }

  /// The applications that a model did not learn from; nil where none came with it.
  public func modelSample(_ id: String) throws -> CardSample? {
    guard let sha256 = try modelRow(id).optionalText("sample_sha256") else { return nil }
    return try CardSample(csv: verified(sha256, "sample of \(id)"), at: "sample of \(id)")
  }

  private func verified(_ sha256: String, _ place: String) throws -> [UInt8] {
    let bytes = try Self.bytes(of: sha256, database)
    guard SHA256.hex(bytes) == sha256 else {
      throw Faults.integrity(place, "is not what its digest says", "Run cutline audit verify.")
    }
    return bytes
  }

  private func sheet(_ row: StoredRow) throws -> RegisteredModel {
    let versions = try database.query(
      """
      SELECT m.*, s.state FROM version_models m JOIN version_state s USING (product, kind, version)
      JOIN versions v USING (product, kind, version) WHERE m.model_id = ? ORDER BY v.created_at, m.version
      """, [row["model_id"]])
    let id = row.text("model_id")
    return try RegisteredModel(
      row, CardModelFile.read(verified(row.text("object_sha256"), "model \(id)"), at: "model \(id)"),
      versions: versions.map { .init(version: VersionName($0).description, state: $0.text("state")) })
  }

  /// Rows of models with the status that follows from their versions, as the view `model_registry` says.
  private static let rows = "SELECT m.*, r.status FROM models m JOIN model_registry r USING (model_id)"

  /// Models, the latest first.
  ///
  /// - Parameters:
  ///   - oldestFirst: the other way round.
  ///   - last: the one that a list before has ended with.
  public func models(
    type: String? = nil, product: String? = nil, batch: String? = nil, oldestFirst: Bool = false,
    after last: String? = nil, limit: Int = .max
  ) throws -> [RegisteredModel] {
    try database.snapshot {
      if let product { try checkProduct(product) }
      let order = oldestFirst ? "ASC" : "DESC"
      let rows = try database.query("\(Self.rows) ORDER BY m.created_at \(order), model_id \(order)").filter { row in
        (type.map { $0 == row.text("model_type") } ?? true) && (product.map { $0 == row.text("product") } ?? true)
          && (batch.map { $0 == row.text("batch_id") } ?? true)
      }
      let start = last.flatMap { last in rows.firstIndex { $0.text("model_id") == last } }.map { $0 + 1 } ?? 0
      return try rows[start...].prefix(limit).map(sheet)
    }
  }

  /// The model that a version was made with; nil where none is known.
  public func model(of name: VersionName) throws -> String? {
    try database.first(
      "SELECT model_id FROM version_models WHERE product = ? AND kind = ? AND version = ?", name.key
    )?.text("model_id")
  }
}

extension StoreTransaction {
  /// Writes a model where it is new, with its record in the log.
  /// - Returns: its id.
  func register(_ draft: Store.ModelDraft, product: String, by person: String, _ store: Store) throws -> String {
    let file = try CardModelFile.read(draft.file, at: CardModelFile.fileName)
    if let sample = draft.sample { _ = try CardSample(csv: sample, at: CardSample.fileName) }
    let gates = try draft.gates.isEmpty ? [] : RegisteredModel.gates(draft.gates, at: "gates.csv")
    let id = Store.modelID(draft, product: product)
    guard try row(.models, [.text(id)]) == nil else { return id }
    if let batch = draft.batch {
      guard try store.batch(batch).product == product else {
        throw Refusal(.conflict, "batch", "is of another product", "Name the batch that the model was learnt from.")
      }
    }
    func json(_ value: some Encodable) throws -> StoredValue {
      .text(String(decoding: try CanonicalJSON.encode(value), as: UTF8.self))
    }
    let object = try keep(draft.file, mediaType: CardModelFile.mediaType)
    let sample = try draft.sample.map { try keep($0, mediaType: "text/csv") }
    let importance = Dictionary(file.importance.map { ($0.term.feature, $0.share) }, uniquingKeysWith: { a, _ in a })
    try insert(
      .models,
      [
        "model_id": .text(id), "product": .text(product), "model_type": .text(file.modelType),
        "object_sha256": .text(object), "sample_sha256": .init(sample), "batch_id": .init(draft.batch),
        "data_sha256": .text(draft.dataSHA256), "code_version": .text(draft.codeVersion), "seed": .text(draft.seed),
        "hyperparameters": try json(draft.hyperparameters), "metrics": try json(file.metrics),
        "importance": try json(importance), "gates": try json(gates), "run_digest": .text(draft.runDigest),
        "created_at": .init(now), "created_by": .text(person),
      ])
    if let training = file.training {
      try insert(
        .modelTrainings,
        [
          "model_id": .text(id), "outcome_type": .text(training.outcomeType), "labels": .text(training.labels),
          "window_days": .init(training.windowDays), "as_of": .init(training.asOf),
          "period_start": .init(training.periodStart), "period_end": .init(training.periodEnd),
          "rows": .init(training.rows), "bad": .init(training.bad),
        ])
    }
    try record("model.register", by: person, on: "model", id, sha256: object)
    return id
  }
}
