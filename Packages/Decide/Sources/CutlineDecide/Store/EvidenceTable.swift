/// The tables that the log vouches for: each row that is written is named in the payload of a record, with its digest.
struct EvidenceTable: Sendable, Hashable {
  let name: String
  /// The columns of its key.
  let key: [String]

  static let migrations = EvidenceTable(name: "migrations", key: ["version"])
  static let principals = EvidenceTable(name: "principals", key: ["name"])
  static let products = EvidenceTable(name: "products", key: ["product"])
  static let objects = EvidenceTable(name: "objects", key: ["sha256"])
  static let versions = EvidenceTable(name: "versions", key: ["product", "kind", "version"])
  static let versionEvidence = EvidenceTable(name: "version_evidence", key: ["seq"])
  static let versionEvents = EvidenceTable(name: "version_events", key: ["seq"])
  static let versionState = EvidenceTable(name: "version_state", key: ["product", "kind", "version"])
  static let active = EvidenceTable(name: "active", key: ["product", "kind"])
  static let approvals = EvidenceTable(name: "approvals", key: ["approval_id"])
  static let waivers = EvidenceTable(name: "waivers", key: ["waiver_id"])
  static let aliases = EvidenceTable(name: "aliases", key: ["product", "kind", "alias"])
  static let runs = EvidenceTable(name: "runs", key: ["run_id"])
  // Sets of rows of applications (`RowSet`).
  static let batches = EvidenceTable(name: "batches", key: ["batch_id"])
  static let outcomeReports = EvidenceTable(name: "outcome_reports", key: ["report_id"])
  static let labelSets = EvidenceTable(name: "label_sets", key: ["label_set"])
  static let models = EvidenceTable(name: "models", key: ["model_id"])
  static let modelTrainings = EvidenceTable(name: "model_trainings", key: ["model_id"])
  /// Each with the root of the tree over the receipts of its decisions (`DecisionSeal`).
  static let decisionSeals = EvidenceTable(name: "decision_seals", key: ["seal_id"])
  static let versionModels = EvidenceTable(name: "version_models", key: ["product", "kind", "version"])

  /// All but `meta`, which `init` writes once and verification reads; the log and its tree; and answers that may be repeated.
  static let all = [
    migrations, principals, products, objects, versions, versionEvidence, versionEvents, versionState, active,
    approvals,
    waivers, aliases, runs, batches, outcomeReports, labelSets, models, modelTrainings, versionModels,
    decisionSeals,
  ]

  /// How a row is named in a payload: its key as a JSON array.
  func key(of row: StoredRow) -> String { CanonicalText.array(key.map { row[$0] }) }

  /// What the log keeps of a row.
  func digest(of row: StoredRow) -> String { SHA256.hex(Array(CanonicalText.object(row).utf8)) }
}
