internal import CutlineCore
internal import CutlineFormats
internal import Foundation

extension Store {
  /// What a version is made of.
  public struct Draft: Sendable {
    public var content: [UInt8]
    public var mediaType = "application/json"
    /// Who or what made it: expert, ml_refined, manual, imported, run.
    public var source = "manual"
    /// The version that it was made from.
    public var baseVersion: String?
    /// The results digest of the run that made it.
    public var runDigest: String?
    /// At least this many approvals; the product may ask for more.
    public var approvalsRequired = 1
    public var notes = ""
    /// What speaks for it, by name.
    public var evidence: [Evidence] = []
    /// The model that it was made with, which is remembered in the same transaction; nil where there is none, or it is known.
    public var model: ModelDraft?
    /// The model that it was made with, where it is known.
    public var modelID: String?

    public init(content: [UInt8]) { self.content = content }
  }

  /// A file that speaks for a version.
  public struct Evidence: Sendable {
    public let name: String
    public let bytes: [UInt8]
    public let madeAt: Instant
    public init(name: String, bytes: [UInt8], madeAt: Instant) {
      (self.name, self.bytes, self.madeAt) = (name, bytes, madeAt)
    }
  }

  /// Where a version is made from a run, and what that run brings.
  static let runSource = "run"
  private static let sourcesOfTools: Set<String> = [runSource, "ml_refined"]
  static let evidenceOfRuns: Set<String> = [GateReport.evidenceName, "manifest"]

  /// Whether what is asked for is what stands there, made by the same person.
  private func isSame(_ draft: Draft, _ name: VersionName, _ row: StoredRow, by person: String) throws -> Bool {
    let facts = try VersionFacts(name, database)
    return facts.createdBy == person && row.text("source") == draft.source && row.text("notes") == draft.notes
      && row.optionalText("base_version") == draft.baseVersion && row.optionalText("run_digest") == draft.runDigest
      && row.integer("approvals_required") == draft.approvalsRequired
      && draft.evidence.allSatisfy { facts.evidence[$0.name] == SHA256.hex($0.bytes) }
  }

  /// The most that one object holds.
  static let objectLimit = 64 << 20

  // MARK: Making

  /// Makes a draft. The same content under the same name again is no mistake and changes nothing.
  ///
  /// - Parameter version: nil for the next of `v1`, `v2`, …
  /// - Throws: `Refusal` (conflict) for other content under a name that is taken, (forbidden, invalid, not found); `Faults` (data) for
  ///   content that is no JSON.
  public func create(product: String, kind: VersionKind, version: String?, _ draft: Draft, by caller: Caller) throws
    -> VersionSheet
  {
    if let version, !VersionName.isName(version) {
      throw Refusal(.invalid, "\"\(version)\"", "is no name of a version", VersionName.rule)
    }
    try Self.check(content: draft.content)
    if kind == .scorecard { _ = try DecidingCard(draft.content, at: "the content") }
    let draft =
      switch kind {
      case .rules: try proved(draft)
      case .modelSet: try checked(model: draft)
      case .policy: try checked(policy: draft, product: product)
      case .scorecard, .strategy: draft
      }
    for evidence in draft.evidence { try Self.check(evidence) }
    guard Set(draft.evidence.map(\.name)).count == draft.evidence.count else {
      throw Refusal(
        .invalid, "the evidence", "has a name twice: what a run brings, gates and manifest, is not replaced",
        "Give each name once.")
    }
    return try write { transaction in
      let person = try transaction.principal(caller, atLeast: .analyst)
      try checkProduct(product)
      let name = VersionName(
        product: product, kind: kind.rawValue, version: try version ?? nextName(product, kind))
      let model = draft.model.map { Self.modelID($0, product: product) } ?? draft.modelID
      let sha256 = SHA256.hex(draft.content)
      if let row = try transaction.row(.versions, name.key) {
        guard row.text("object_sha256") == sha256, try isSame(draft, name, row, by: person.name),
          try self.model(of: name) == model
        else {
          throw Refusal(
            .conflict, name.description, "is there already with other content, evidence, approvals, base or notes",
            "Versions do not change: give another name.")
        }
        return try sheet(of: name)
      }
      if let base = draft.baseVersion {
        _ = try Self.row(of: VersionName(product: product, kind: kind.rawValue, version: base), database)
      }
      guard (1...9).contains(draft.approvalsRequired) else {
        throw Refusal(
          .invalid, "--approvals", "\(draft.approvalsRequired) is not in 1...9", "Give how many others must approve.")
      }
      if let own = draft.model { _ = try transaction.register(own, product: product, by: person.name, self) }
      let object = try transaction.keep(draft.content, mediaType: draft.mediaType)
      try transaction.insert(
        .versions,
        [
          "product": .text(product), "kind": .text(kind.rawValue), "version": .text(name.version),
          "object_sha256": .text(object), "base_version": .init(draft.baseVersion),
          "run_digest": .init(draft.runDigest), "source": .text(draft.source),
          "approvals_required": .init(draft.approvalsRequired), "parameters": "{}", "notes": .text(draft.notes),
          "created_at": .init(transaction.now), "created_by": .text(person.name),
        ])
      if let model {
        try transaction.insert(
          .versionModels,
          [
            "product": .text(product), "kind": .text(kind.rawValue), "version": .text(name.version),
            "model_id": .text(model),
          ])
      }
      for evidence in draft.evidence { try transaction.attach(evidence, to: name, by: person.name) }
      try transaction.move(
        name, from: nil, to: .draft, .create, by: person.name, reason: "", facts: nil, sha256: object)
      try transaction.record("version.create", by: person.name, on: "version", name.description, sha256: object)
      return try sheet(of: name)
    }
  }

  private static func check(content: [UInt8]) throws {
    let data = Data(content)
    let place = "the content"
    guard content.count <= objectLimit else {
      throw Faults.data(place, "has \(content.count) bytes, more than 64 MiB", "Give a smaller one.")
    }
    // Any value of JSON; nesting is bounded before anything follows it down.
    do { _ = try CanonicalJSON.decode(AnyJSON.self, from: data) } catch {
      throw Faults.data(place, "is no JSON, or nests deeper than \(CanonicalJSON.depthLimit)", "Give JSON.")
    }
    if DuplicateKeys.first(in: data) != nil {
      throw Faults.data(place, "has a key twice in one object: readers would differ", "Keep one of them.")
    }
  }

  /// JSON that is looked at only for being some.
  private struct AnyJSON: Decodable {
    private struct Key: CodingKey {
      let stringValue: String
      let intValue: Int? = nil
      init?(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }
    init(from decoder: any Decoder) throws {
      // Whatever it is, the decoder has parsed the whole text by now.
      if let container = try? decoder.container(keyedBy: Key.self) { _ = container.allKeys }
    }
  }

  static func check(_ evidence: Evidence) throws {
    guard VersionName.isName(evidence.name) else {
      throw Refusal(.invalid, "\"\(evidence.name)\"", "is no name of evidence", VersionName.rule)
    }
    guard evidence.bytes.count <= objectLimit else {
      throw Faults.data("evidence \(evidence.name)", "is larger than 64 MiB", "Give a smaller file.")
    }
    if evidence.name == GateReport.evidenceName { _ = try GateReport(evidence.bytes, at: "evidence gates") }
  }

  func checkProduct(_ product: String) throws {
    let known = try database.query("SELECT product FROM products").map { $0.text("product") }
    guard !known.contains(product) else { return }
    throw Refusal(
      .notFound, "product \(product)", "is not known\(DidYouMean.phrase(for: product, among: known))",
      known.isEmpty ? "Add it: cutline product add." : "Known are \(known.sorted().joined(separator: ", ")).")
  }

  private func nextName(_ product: String, _ kind: VersionKind) throws -> String {
    let names = try database.query(
      "SELECT version FROM versions WHERE product = ? AND kind = ?", [.text(product), .text(kind.rawValue)])
    let numbers = names.compactMap { $0.text("version").wholeMatch(of: /v(\d{1,9})/).flatMap { Int($0.1) } }
    return "v\((numbers.max() ?? 0) + 1)"
  }

  /// Adds what speaks for a version, or replaces what did: approvals of the old evidence count no more.
  ///
  /// - Throws: `Refusal` (conflict) for a version that is decided on.
  public func attach(_ evidence: Evidence, to name: VersionName, by caller: Caller) throws -> VersionSheet {
    try Self.check(evidence)
    if name.kind == VersionKind.rules.rawValue, evidence.name == GateReport.evidenceName {
      throw Refusal(
        .conflict, name.description, "has its proof as gates, which no file replaces",
        "Prove it anew: cutline rules check \(name.version) --attach.")
    }
    if name.kind == VersionKind.policy.rawValue, evidence.name == GateReport.evidenceName {
      throw Refusal(
        .conflict, name.description, "has as gates what the store found in it, which no file replaces",
        "Check it anew: cutline decide check \(name.version) --attach.")
    }
    return try attachProof(evidence, to: name, by: caller)
  }

  /// As `attach`, of what the store has found itself.
  func attachProof(_ evidence: Evidence, to name: VersionName, by caller: Caller) throws -> VersionSheet {
    return try write { transaction in
      let person = try transaction.principal(caller, atLeast: .analyst)
      let facts = try VersionFacts(name, database)
      guard [.draft, .inReview, .approved].contains(facts.state) else {
        throw Refusal(
          .conflict, name.description, "is \(facts.state.rawValue)",
          "Evidence is attached before something is in force.")
      }
      // What a run has found is not replaced by a file: its digest would stand for what it never said.
      if try Self.sourcesOfTools.contains(Self.row(of: name, database).text("source")),
        facts.evidence[evidence.name] != nil,
        Self.evidenceOfRuns.contains(evidence.name)
      {
        throw Refusal(
          .conflict, name.description, "has its \(evidence.name) from the run that made it",
          "Make a version of another run, or have another person waive what fails.")
      }
      try transaction.attach(evidence, to: name, by: person.name)
      try transaction.record(
        "version.attach", by: person.name, on: "version", name.description, sha256: facts.objectSHA256)
      return try sheet(of: name)
    }
  }

  // MARK: Looking

  static func row(of name: VersionName, _ database: Database) throws -> StoredRow {
    let found = try database.first(
      """
      SELECT v.*, s.state, p.approvals_required AS product_approvals
      FROM versions v JOIN version_state s USING (product, kind, version) JOIN products p USING (product)
      WHERE v.product = ? AND v.kind = ? AND v.version = ?
      """, name.key)
    if let found { return found }
    let names = try database.query(
      "SELECT version FROM versions WHERE product = ? AND kind = ?", name.pair
    ).map { $0.text("version") }
    throw Refusal(
      .notFound, name.description, "is not known\(DidYouMean.phrase(for: name.version, among: names))",
      "See cutline version list.")
  }

  static func bytes(of sha256: String, _ database: Database) throws -> [UInt8] {
    guard let row = try database.first("SELECT bytes FROM objects WHERE sha256 = ?", [.text(sha256)]) else {
      throw Faults.integrity(database.path, "object \(sha256) is missing", "Run cutline audit verify.")
    }
    return row.bytes("bytes")
  }

  public func sheet(of name: VersionName) throws -> VersionSheet {
    try database.snapshot {
      let facts = try VersionFacts(name, database)
      let size = try database.first("SELECT size FROM objects WHERE sha256 = ?", [.text(facts.objectSHA256)])
      return VersionSheet(
        facts, try Self.row(of: name, database), size: size?.integer("size") ?? 0, model: try model(of: name), at: now)
    }
  }

  /// The bytes of a version, as they came in.
  /// - Throws: `Faults` (integrity) where they are others.
  public func content(of name: VersionName) throws -> [UInt8] {
    try database.snapshot {
      let facts = try VersionFacts(name, database)
      try facts.checkBytes()
      return try Self.bytes(of: facts.objectSHA256, database)
    }
  }

  /// The bytes of what speaks for a version, as they came in; the latest of that name.
  /// - Throws: `Refusal` (not found), `Faults` (integrity) where they are others.
  public func evidence(_ evidence: String, of name: VersionName) throws -> [UInt8] {
    try database.snapshot {
      let facts = try VersionFacts(name, database)
      guard let sha256 = facts.evidence[evidence] else {
        let names = facts.evidence.keys.sorted()
        throw Refusal(
          .notFound, name.description,
          "has no evidence \"\(evidence)\"\(DidYouMean.phrase(for: evidence, among: names))",
          names.isEmpty ? "It has none." : "It has \(names.joined(separator: ", ")).")
      }
      let bytes = try Self.bytes(of: sha256, database)
      guard SHA256.hex(bytes) == sha256 else {
        throw Faults.integrity(
          name.description, "its evidence \(evidence) is not what its digest says", "Run cutline audit verify.")
      }
      return bytes
    }
  }

  /// Versions by product, kind and time; archived ones only where they are asked for.
  ///
  /// - Parameters:
  ///   - last: where a list goes on: the version that it stopped at.
  ///   - limit: the most that are given.
  /// - Complexity: O(versions), and O(events) for each that is given.
  public func versions(
    product: String? = nil, kind: VersionKind? = nil, state: VersionState? = nil, withArchived: Bool = false,
    after last: VersionName? = nil, limit: Int = .max
  ) throws -> [VersionSheet] {
    try database.snapshot {
      let rows = try database.query(
        """
        SELECT v.product, v.kind, v.version, s.state FROM versions v JOIN version_state s USING (product, kind, version)
        ORDER BY v.product, v.kind, v.created_at, v.version
        """)
      // Versions are never removed, so that the last one is there whatever its state has become.
      let start = last.flatMap { last in rows.firstIndex { VersionName($0) == last } }.map { $0 + 1 } ?? 0
      return try rows[start...].lazy.filter { row in
        (product.map { $0 == row.text("product") } ?? true) && (kind.map { $0.rawValue == row.text("kind") } ?? true)
          && (state.map { $0.rawValue == row.text("state") }
            ?? (withArchived || row.text("state") != VersionState.archived.rawValue))
      }.prefix(limit).map { try sheet(of: VersionName($0)) }
    }
  }

  /// What happened to a version, in its order.
  public func history(of name: VersionName) throws -> [VersionEvent] {
    _ = try Self.row(of: name, database)
    return try database.query(
      "SELECT * FROM version_events WHERE product = ? AND kind = ? AND version = ? ORDER BY seq", name.key
    ).map(VersionEvent.init)
  }
}

extension StoreTransaction {
  func attach(_ evidence: Store.Evidence, to name: VersionName, by actor: String) throws {
    let sha256 = try keep(evidence.bytes, mediaType: "application/octet-stream")
    try insert(
      .versionEvidence,
      [
        "seq": .init(try next(.versionEvidence)), "product": .text(name.product), "kind": .text(name.kind),
        "version": .text(name.version), "name": .text(evidence.name), "object_sha256": .text(sha256),
        "made_at": .init(evidence.madeAt), "attached_at": .init(now), "attached_by": .text(actor),
      ])
  }
}
