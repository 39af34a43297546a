public import CutlineFlow
internal import CutlineCore
internal import CutlineFormats
internal import CutlineRules

/// Policies and their models as versions: what is kept has been typed, and a policy names what stands in the store, by digest.
extension Store.Draft {
  /// - Throws: `Faults` (data) for a policy that cannot be written.
  public init(policy sheet: PolicySheet) throws {
    self.init(content: try sheet.json)
    mediaType = PolicySheet.mediaType
  }
}

extension Store {
  /// The policy of a version of kind `policy`, with all its parts as the store keeps them.
  /// - Throws: `Refusal` (not found, conflict), `Faults` (data) for content that is no policy, (integrity) where it is other bytes.
  public func policy(of name: VersionName) throws -> DecisionPolicy {
    guard name.kind == VersionKind.policy.rawValue else {
      throw Refusal(.invalid, name.description, "is no policy", "Name a version of kind policy.")
    }
    return try Self.typed { try policy(content(of: name), product: name.product, at: name.description) }
  }

  /// The model of a version of kind `model-set`.
  /// - Throws: as `policy(of:)`.
  public func scoringModel(of name: VersionName) throws -> ScoringModel {
    guard name.kind == VersionKind.modelSet.rawValue else {
      throw Refusal(.invalid, name.description, "is no model", "Name a version of kind model-set.")
    }
    return try Self.typed { try ScoringModel(json: content(of: name), of: name.description) }
  }

  /// The same policy with the names of versions in the place of aliases, and with their digests where it does not say them.
  /// - Throws: `Refusal` (not found) for a version that is not there.
  public func pinned(_ sheet: PolicySheet, product: String) throws -> PolicySheet {
    var own = sheet
    func pin(_ version: inout PolicySheet.Text?, _ sha256: inout PolicySheet.Text?, _ kind: VersionKind) throws {
      guard let word = version else { return }
      let name = try resolve(word.text, product: product, kind: kind)
      let facts = try VersionFacts(name, database)
      version = PolicySheet.Text(name.version, word.place)
      if sha256 == nil { sha256 = PolicySheet.Text(facts.objectSHA256, word.place) }
    }
    try pin(&own.rules.version, &own.rules.sha256, .rules)
    if var first = own.first {
      try pin(&first.version, &first.sha256, .modelSet)
      own.first = first
    }
    if var second = own.second {
      try pin(&second.version, &second.sha256, .modelSet)
      own.second = second
    }
    return own
  }

  private func policy(_ content: [UInt8], product: String, at place: String) throws -> DecisionPolicy {
    try DecisionPolicy(PolicySheet(json: content, of: place), StoredParts(store: self, product: product))
  }

  /// What was given is content here, not a configuration.
  private static func typed<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let faults as Faults where faults.code == .usage { throw faults.recoded(.data) }
  }

  // MARK: Making

  /// What a draft of a policy holds, with its gates, which are what is found here: nobody gives them.
  ///
  /// - Throws: `Refusal` (invalid) for gates that are given; as `policy(of:)` for what is no policy, or names what is not there.
  func checked(policy draft: Draft, product: String) throws -> Draft {
    guard !draft.evidence.contains(where: { $0.name == GateReport.evidenceName }) else {
      throw Refusal(
        .invalid, "the evidence", "has gates, and those of a policy are what the store finds in it",
        "Leave them out: the policy is looked at here.")
    }
    try checkProduct(product)
    let policy = try Self.typed { try self.policy(draft.content, product: product, at: "the content") }
    var own = draft
    own.mediaType = PolicySheet.mediaType
    var csv = CsvText(["gate", "state", "detail", "source"])
    let source = "sha256 \(SHA256.hex(draft.content))"
    csv.add(["policy-references", "PASS", "rules and models are in the store, by digest", source])
    csv.add([
      "policy-probability", policy.isRaw ? "WARN" : "PASS",
      policy.isRaw ? "probabilities are taken raw" : "every probability is said to be calibrated", source,
    ])
    let notes = policy.notes.filter { $0.contains("never") }
    csv.add([
      "policy-sides", notes.isEmpty ? "PASS" : "WARN",
      notes.isEmpty ? "both sides of every model decide somewhere" : notes.joined(separator: "; "), source,
    ])
    own.evidence.append(Evidence(name: GateReport.evidenceName, bytes: csv.bytes, madeAt: now))
    return own
  }

  /// Looks at a policy anew, where its gates are too old to be submitted; approvals of the older count no more.
  /// - Throws: as `attach` does, and as `policy(of:)`.
  public func checkPolicy(of name: VersionName, by caller: Caller) throws -> VersionSheet {
    _ = try policy(of: name)
    let checked = try checked(policy: Draft(content: content(of: name)), product: name.product)
    guard let gates = checked.evidence.last else {
      throw Refusal(.invalid, name.description, "has no gates", "Make it anew.")
    }
    return try attachProof(gates, to: name, by: caller)
  }

  /// A draft of a model, typed.
  /// - Throws: `Faults` (data) for what is no model with its recipe.
  func checked(model draft: Draft) throws -> Draft {
    _ = try Self.typed { try ScoringModel(json: draft.content, of: "the content") }
    var own = draft
    own.mediaType = ScoringModel.mediaType
    return own
  }
}

/// The parts of a policy that stand in a store.
private struct StoredParts: PolicyParts {
  let store: Store
  let product: String

  func rules(_ reference: PolicyReference) throws -> (table: RuleTable, sha256: String) {
    let (name, sha256) = try version(reference, .rules)
    return (try store.rules(of: name), sha256)
  }

  func model(_ reference: PolicyReference, recipe _: String?) throws -> (model: ScoringModel, sha256: String) {
    let (name, sha256) = try version(reference, .modelSet)
    return (try store.scoringModel(of: name), sha256)
  }

  private func version(_ reference: PolicyReference, _ kind: VersionKind) throws -> (VersionName, String) {
    guard case .version(let word, let sha256?) = reference else {
      throw Faults.data(
        "a policy of the store", "names its \(kind.rawValue) not as a version with its sha256",
        "Make a version of it, and name that: version = \"…\", sha256 = \"…\".")
    }
    let name = VersionName(product: product, kind: kind.rawValue, version: word)
    let facts = try VersionFacts(name, store.database)
    guard facts.objectSHA256 == sha256 else {
      throw Refusal(
        .conflict, name.description, "has another content than the policy names by its sha256",
        "Name the version that is meant, with the digest that cutline version show prints.")
    }
    return (name, sha256)
  }
}

extension VersionFacts {
  /// Rules and models that a policy names are approved, active or retired.
  ///
  /// - Throws: `Refusal` (not approved) for one that is not; what is missing, or has another digest, as reading the policy does.
  func checkReferences(_ content: [UInt8], _ database: Database) throws {
    guard name.kind == VersionKind.policy.rawValue else { return }
    let sheet = try PolicySheet(json: content, of: name.description)
    let named: [(PolicySheet.Text?, PolicySheet.Text?, VersionKind)] = [
      (sheet.rules.version, sheet.rules.sha256, .rules), (sheet.first?.version, sheet.first?.sha256, .modelSet),
      (sheet.second?.version, sheet.second?.sha256, .modelSet),
    ]
    for (version, sha256, kind) in named {
      guard let version else { continue }
      let other = VersionName(product: name.product, kind: kind.rawValue, version: version.text)
      let facts = try VersionFacts(other, database)
      guard facts.objectSHA256 == sha256?.text else {
        throw Refusal(
          .conflict, name.description, "names \(other) with another digest than it has",
          "Make a policy that names it anew.")
      }
      try facts.checkBytes()
      guard [.approved, .active, .retired].contains(facts.state) else {
        throw Refusal(
          .notApproved, name.description, "names \(other), which is \(facts.state.rawValue)",
          "Have it approved first.")
      }
    }
  }
}
