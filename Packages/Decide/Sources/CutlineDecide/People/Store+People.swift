internal import CutlineCore

extension Store {
  /// Who a token belongs to.
  ///
  /// - Parameter name: who it must belong to, where somebody says so.
  /// - Throws: `Refusal` (unauthenticated) for a token that nobody has, of somebody else, disabled or expired.
  public func authenticate(_ token: AccessToken, as name: String? = nil) throws -> Caller {
    let digest = token.sha256
    let row = try database.first(
      "SELECT * FROM principals WHERE token_sha256 = ?", [.text(SHA256.hexText(digest))])
    guard let row, let kept = SHA256.bytes(hex: row.text("token_sha256")), SHA256.areEqual(kept, digest),
      name.map({ $0 == row.text("name") }) ?? true
    else {
      throw Refusal(
        .unauthenticated, name.map { "--as \($0)" } ?? "token", "is not the token of \(name ?? "anybody")",
        "Name the file with the token that cutline principal add has given.")
    }
    let caller = Caller(name: row.text("name"), tokenSHA256: row.text("token_sha256"))
    try Self.check(Principal(row), at: now)
    return caller
  }

  fileprivate static func check(_ principal: Principal, at now: Instant) throws {
    if principal.disabledAt != nil {
      throw Refusal(.unauthenticated, principal.name, "is disabled", "Ask an admin.")
    }
    if let end = principal.expiresAt, end <= now {
      throw Refusal(.unauthenticated, principal.name, "had a token until \(end.text)", "Ask an admin for a new one.")
    }
  }

  /// Who calls, as the store knows them now.
  ///
  /// - Throws: `Refusal` (unauthenticated) where they have another token by now, are disabled or expired.
  public func principal(of caller: Caller) throws -> Principal {
    let row = try database.first("SELECT * FROM principals WHERE name = ?", [.text(caller.name)])
    return try Self.principal(of: caller, row, at: now)
  }

  fileprivate static func principal(of caller: Caller, _ row: StoredRow?, at now: Instant) throws -> Principal {
    guard let row, row.text("token_sha256") == caller.tokenSHA256 else {
      throw Refusal(.unauthenticated, caller.name, "has another token by now", "Use the new one.")
    }
    let principal = Principal(row)
    try check(principal, at: now)
    return principal
  }

  /// All people, also disabled ones, by name.
  public func principals() throws -> [Principal] {
    try database.query("SELECT * FROM principals ORDER BY name").map(Principal.init)
  }

  /// Makes somebody known.
  ///
  /// - Returns: the token, which is not shown again.
  /// - Throws: `Refusal` (forbidden) for a caller who is no admin, (conflict) for a name that is taken.
  public func addPrincipal(
    _ name: String, role: Role, isHuman: Bool = true, expires: Instant? = nil, by caller: Caller
  ) throws -> AccessToken {
    try Principal.check(name: name)
    let token = try AccessToken.make()
    return try write { transaction in
      try transaction.principal(caller, atLeast: .admin)
      // Two names that one reads alike would be one person to whoever reads the log.
      let alike = try principals().first { $0.name.lowercased() == name.lowercased() }
      guard alike == nil else {
        throw Refusal(
          .conflict, name, "is known already\(alike?.name == name ? "" : " as \(alike?.name ?? "")")",
          "Names are never used twice. Give another one, or a new token: cutline principal renew.")
      }
      if let expires, expires <= transaction.now {
        throw Refusal(.invalid, "--expires", "\(expires.text) is past", "Give a later day.")
      }
      try Self.insertPrincipal(
        transaction, name: name, role: role, isHuman: isHuman, token: token, by: caller.name, expires: expires)
      return token
    }
  }

  static func insertPrincipal(
    _ transaction: StoreTransaction, name: String, role: Role, isHuman: Bool, token: AccessToken, by: String,
    expires: Instant?
  ) throws {
    try transaction.insert(
      .principals,
      [
        "name": .text(name), "role": .text(role.rawValue), "human": .integer(isHuman ? 1 : 0),
        "token_sha256": .text(SHA256.hexText(token.sha256)), "created_at": .init(transaction.now),
        "created_by": .text(by), "disabled_at": .null, "expires_at": .init(expires),
      ])
    try transaction.record("principal.add", by: by, on: "principal", name)
  }

  /// Gives somebody a new token; the old one ends.
  public func renewPrincipal(_ name: String, expires: Instant? = nil, by caller: Caller) throws -> AccessToken {
    let token = try AccessToken.make()
    return try write { transaction in
      try transaction.principal(caller, atLeast: .admin)
      _ = try transaction.known(name)
      try transaction.update(
        .principals, key: [.text(name)],
        ["token_sha256": .text(SHA256.hexText(token.sha256)), "expires_at": .init(expires)])
      try transaction.record("principal.renew", by: caller.name, on: "principal", name)
      return token
    }
  }

  /// Lets somebody act again who was disabled, with a new token.
  ///
  /// - Throws: `Refusal` (conflict) for one who is not.
  public func enablePrincipal(_ name: String, expires: Instant? = nil, by caller: Caller) throws -> AccessToken {
    let token = try AccessToken.make()
    return try write { transaction in
      try transaction.principal(caller, atLeast: .admin)
      guard try transaction.known(name).disabledAt != nil else {
        throw Refusal(.conflict, name, "is not disabled", "For a new token say cutline principal renew.")
      }
      try transaction.update(
        .principals, key: [.text(name)],
        [
          "token_sha256": .text(SHA256.hexText(token.sha256)), "expires_at": .init(expires), "disabled_at": .null,
        ])
      try transaction.record("principal.enable", by: caller.name, on: "principal", name)
      return token
    }
  }

  /// Lets somebody do nothing any more; what they did stays. Nothing happens where they already are disabled.
  ///
  /// - Throws: `Refusal` (conflict) for the last admin.
  public func disablePrincipal(_ name: String, by caller: Caller) throws {
    try write { transaction in
      try transaction.principal(caller, atLeast: .admin)
      let principal = try transaction.known(name)
      if principal.disabledAt != nil { return }
      if principal.role == .admin {
        let admins = try database.query(
          "SELECT name FROM principals WHERE role = 'admin' AND disabled_at IS NULL AND name <> ?", [.text(name)])
        if admins.isEmpty {
          throw Refusal(.conflict, name, "is the last admin", "Add another one first.")
        }
      }
      try transaction.update(.principals, key: [.text(name)], ["disabled_at": .init(transaction.now)])
      try transaction.record("principal.disable", by: caller.name, on: "principal", name)
    }
  }
}

extension StoreTransaction {
  /// Who calls, as the store knows them now.
  ///
  /// - Throws: `Refusal` (unauthenticated) for one who may no more, (forbidden) for a lower role.
  @discardableResult
  func principal(_ caller: Caller, atLeast role: Role) throws -> Principal {
    let principal = try Store.principal(of: caller, row(.principals, [.text(caller.name)]), at: now)
    try principal.check(atLeast: role)
    return principal
  }

  func known(_ name: String) throws -> Principal {
    guard let row = try row(.principals, [.text(name)]) else {
      let names = try database.query("SELECT name FROM principals").map { $0.text("name") }
      throw Refusal(
        .notFound, name, "is not known\(DidYouMean.phrase(for: name, among: names))", "See cutline principal list.")
    }
    return Principal(row)
  }
}
