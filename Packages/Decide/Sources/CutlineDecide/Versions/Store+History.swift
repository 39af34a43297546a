internal import CutlineCore

extension Store {
  /// What was in force at a moment.
  public struct Live: Sendable, Encodable {
    public let product, kind, version, sha256: String
    public let since: Instant
    public let activatedBy: String

    enum CodingKeys: String, CodingKey {
      case product, kind, version, sha256, since
      case activatedBy = "activated_by"
    }
  }

  /// What was in force at `instant`, for each product and kind that had something: from the events, to the microsecond. What
  /// happened at that very moment counts.
  ///
  /// - Throws: `Refusal` (not found) for a product that is not known.
  public func live(at instant: Instant, product: String? = nil, kind: VersionKind? = nil) throws -> [Live] {
    if let product { try checkProduct(product) }
    return try database.query(
      """
      SELECT e.* FROM version_events e WHERE e.to_state = 'active' AND e.from_state <> 'active' AND e.seq = (
        SELECT max(l.seq) FROM version_events l WHERE l.product = e.product AND l.kind = e.kind AND l.at <= ?
          AND (l.to_state = 'active') <> (l.from_state = 'active'))
      ORDER BY e.product, e.kind
      """, [.init(instant)]
    ).filter { row in
      (product.map { $0 == row.text("product") } ?? true) && (kind.map { $0.rawValue == row.text("kind") } ?? true)
    }.map {
      Live(
        product: $0.text("product"), kind: $0.text("kind"), version: $0.text("version"),
        sha256: $0.text("object_sha256"),
        since: $0.instant("at"), activatedBy: $0.text("actor"))
    }
  }

  // MARK: Names for versions

  /// The version that a word means: its name, `@active`, `@previous`, or an alias that somebody has set.
  ///
  /// - Throws: `Refusal` (not found).
  public func resolve(_ word: String, product: String, kind: VersionKind) throws -> VersionName {
    let name = VersionName(product: product, kind: kind.rawValue, version: word)
    guard word.hasPrefix("@") else { return name }
    let found: StoredRow?
    switch word {
    case "@active":
      found = try database.first("SELECT version FROM active WHERE product = ? AND kind = ?", name.pair)
    case "@previous":
      // What was in force before that which is, or was last.
      found = try database.query(
        """
        SELECT version FROM version_events WHERE product = ? AND kind = ? AND from_state = 'active' AND to_state = 'retired'
        ORDER BY seq DESC LIMIT 1
        """, name.pair
      ).first
    default:
      found = try database.first(
        "SELECT version FROM aliases WHERE product = ? AND kind = ? AND alias = ?",
        name.pair + [.text(String(word.dropFirst()))])
    }
    guard let found else {
      throw Refusal(
        .notFound, word, "names no version of \(product)/\(kind.rawValue)",
        "See cutline version list, cutline alias list.")
    }
    return VersionName(product: product, kind: kind.rawValue, version: found.text("version"))
  }

  /// An alias and what it points to.
  public struct Alias: Sendable, Encodable {
    public let product, kind, alias, version, actor: String
    public let at: Instant
  }

  public func aliases() throws -> [Alias] {
    try database.query("SELECT * FROM aliases ORDER BY product, kind, alias").map {
      Alias(
        product: $0.text("product"), kind: $0.text("kind"), alias: $0.text("alias"), version: $0.text("version"),
        actor: $0.text("actor"), at: $0.instant("at"))
    }
  }

  /// Points an alias to a version; it is never part of an approval.
  public func setAlias(_ alias: String, to name: VersionName, by caller: Caller) throws {
    guard VersionName.isName(alias), !["active", "previous"].contains(alias) else {
      throw Refusal(
        .invalid, "\"\(alias)\"", "is no name of an alias",
        "\(VersionName.rule) active and previous are the store's own.")
    }
    try write { transaction in
      try transaction.principal(caller, atLeast: .analyst)
      let version = try Self.row(of: name, database)
      try transaction.replace(
        .aliases,
        [
          "product": .text(name.product), "kind": .text(name.kind), "alias": .text(alias),
          "version": .text(name.version),
          "at": .init(transaction.now), "actor": .text(caller.name),
        ])
      try transaction.record(
        "alias.set", by: caller.name, on: "alias", "\(name.product)/\(name.kind)/\(alias)",
        sha256: version.text("object_sha256"))
    }
  }

  // MARK: Waivers

  /// A gate that a version may fail, until when, and who said so.
  public struct Waiver: Sendable, Encodable {
    public let product, kind, version, gate, reason, grantedBy: String
    public let at: Instant
    /// The last day on which it holds.
    public let expiresOn: String
    /// Whether it holds now: its day has not passed, and the report is that which its giver could read.
    public let isValid: Bool

    enum CodingKeys: String, CodingKey {
      case product, kind, version, gate, reason, at
      case grantedBy = "granted_by"
      case expiresOn = "expires_on"
      case isValid = "valid"
    }
  }

  /// All waivers, also those that have ended, in the order in which they were given.
  public func waivers() throws -> [Waiver] {
    try database.snapshot {
      try database.query("SELECT * FROM waivers ORDER BY waiver_id").map { row in
        let own = (gate: row.text("gate"), expiresOn: row.text("expires_on"), at: row.instant("at"))
        return Waiver(
          product: row.text("product"), kind: row.text("kind"), version: row.text("version"), gate: own.gate,
          reason: row.text("reason"), grantedBy: row.text("granted_by"), at: own.at, expiresOn: own.expiresOn,
          isValid: try VersionFacts(VersionName(row), database).holds(own, at: now))
      }
    }
  }

  /// Lets a version pass a gate that it fails, until the end of a day.
  ///
  /// - Throws: `Refusal` (forbidden) for its creator, its submitter and whoever is no approver; (invalid) for a gate that does not fail.
  public func grantWaiver(
    _ gate: String, for name: VersionName, until day: Instant, reason: String, by caller: Caller
  ) throws -> VersionSheet {
    try write { transaction in
      let person = try transaction.principal(caller, atLeast: .approver)
      let facts = try VersionFacts(name, database)
      for condition in [Condition.isPerson, .isNotCreator, .isNotSubmitter, .givesReason] {
        try condition.check(facts, person, reason: reason, at: transaction.now)
      }
      let failed = facts.gates?.report.failed ?? []
      guard failed.contains(gate) else {
        throw Refusal(
          .invalid, "\"\(gate)\"", "is no gate that \(name) fails\(DidYouMean.phrase(for: gate, among: failed))",
          failed.isEmpty ? "It fails no gate." : "It fails \(failed.joined(separator: ", ")).")
      }
      guard day.date >= transaction.now.date else {
        throw Refusal(.invalid, "--expires", "\(day.date) is past", "Give a later day.")
      }
      try transaction.insert(
        .waivers,
        [
          "waiver_id": .init(try transaction.next(.waivers)), "gate": .text(gate), "product": .text(name.product),
          "kind": .text(name.kind), "version": .text(name.version), "granted_by": .text(person.name),
          "reason": .text(reason), "expires_on": .text(day.date), "at": .init(transaction.now),
        ])
      try transaction.record(
        "waiver.grant", by: person.name, on: "version", name.description, sha256: facts.objectSHA256)
      return try sheet(of: name)
    }
  }
}
