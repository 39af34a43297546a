public import CutlineRules
internal import CutlineCore

/// Rules as versions: what is kept has been typed, and its gates are its proof.
extension Store.Draft {
  /// - Throws: `Faults` (data) for a table that cannot be written.
  public init(rules table: RuleTable) throws {
    self.init(content: try table.sheet.json)
    mediaType = RuleSheet.mediaType
  }
}

extension Store {
  /// The table of a version of kind `rules`.
  /// - Throws: `Refusal` (not found), `Faults` (data) for content that is no table, (integrity) where it is other bytes.
  public func rules(of name: VersionName) throws -> RuleTable {
    guard name.kind == VersionKind.rules.rawValue else {
      throw Refusal(.invalid, name.description, "is no table of rules", "Name a version of kind rules.")
    }
    return try Self.rules(content(of: name), at: name.description)
  }

  static func rules(_ content: [UInt8], at place: String) throws -> RuleTable {
    do { return try RuleTable(RuleSheet(json: content, of: place)) } catch let faults as Faults {
      // What was given is content here, not a configuration.
      throw faults.recoded(.data)
    }
  }

  /// The proof of what a draft holds, as its gates: nobody gives them, so that none is of another table.
  ///
  /// - Throws: `Refusal` (invalid) for gates that are given, `Faults` (data) for what is no table of rules.
  func proved(_ draft: Draft) throws -> Draft {
    guard !draft.evidence.contains(where: { $0.name == GateReport.evidenceName }) else {
      throw Refusal(
        .invalid, "the evidence", "has gates, and those of rules are their proof",
        "Leave them out: the table is proved here.")
    }
    var own = draft
    own.mediaType = RuleSheet.mediaType
    own.evidence.append(try Self.proof(of: draft.content, at: now))
    return own
  }

  private static func proof(of content: [UInt8], at moment: Instant) throws -> Evidence {
    let proof = RuleProver.proof(of: RuleProgram(try rules(content, at: "the content")))
    return Evidence(
      name: GateReport.evidenceName, bytes: proof.gates(digest: SHA256.hex(content)), madeAt: moment)
  }

  /// Proves a version of rules anew, where its report is too old to be submitted; approvals of the older count no more.
  /// - Throws: as `attach` does.
  public func proveRules(of name: VersionName, by caller: Caller) throws -> VersionSheet {
    _ = try rules(of: name)
    return try attachProof(Self.proof(of: content(of: name), at: now), to: name, by: caller)
  }
}
