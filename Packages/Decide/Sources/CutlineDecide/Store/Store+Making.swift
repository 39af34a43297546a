@_spi(Run) internal import CutlineCore
internal import Foundation

extension Store {
  /// What a new store gives to whoever made it.
  public struct Made: Sendable {
    public let storeID: String
    /// The first admin's: shown once, kept as a digest only.
    public let token: String
    /// With which checkpoints are verified, in the form of signed notes.
    public let verifierKey: String
  }

  /// Makes a store, with its first admin and the key that signs its checkpoints, all of it or nothing.
  ///
  /// A key that stands there already (of an earlier attempt, or brought) is used.
  ///
  /// - Throws: `Faults` (io) where it is there already or cannot be made, `Refusal` for a name that is none.
  public static func make(_ path: String, admin: String, options: Options = Options()) throws -> Made {
    try make(path, admin: admin, options: options, migrations: Migration.all)
  }

  static func make(_ path: String, admin: String, options: Options, migrations: [Migration]) throws -> Made {
    let place = try StorePlace(path, allowsNetwork: options.allowsNetwork)
    try Principal.check(name: admin)
    let isThere = Faults.io(path, "is there already", "Name another file, or use that one.")
    if FileSystem.exists(place.file) { throw isThere }
    let storeID = try SHA256.hexText(randomBytes(16))
    let key =
      try FileSystem.exists(place.key)
      ? SigningKey.load(place.key) : SigningKey.make(name: "cutline.audit/\(storeID)")
    let token = try AccessToken.make()

    let folder = try PrivateFolder(in: place.folder, beside: place.name)
    let file = "\(folder.path)/store"
    try StorePlace.makePrivateFile(file)
    // Closed when it returns, so that all of it stands in the one file.
    try fill(file, storeID, admin: admin, token: token, key: key.verifier, now: options.clock(), migrations)
    if !FileSystem.exists(place.key) { try key.write(to: place.key) }
    try StorePlace.publish(file, as: place.file)
    return Made(storeID: storeID, token: token.text, verifierKey: key.verifier.text)
  }

  private static func fill(
    _ file: String, _ storeID: String, admin: String, token: AccessToken, key: VerifierKey, now: Instant,
    _ migrations: [Migration]
  ) throws {
    let database = try Database(file, .readWrite)
    try database.transaction {
      for migration in migrations { try database.execute(migration.text) }
      try database.execute("PRAGMA user_version = \(migrations.count)")
      for (key, value) in [
        ("store_id", storeID), ("created_at", now.text), ("audit_key", key.text),
      ] {
        try database.query("INSERT INTO meta (key, value) VALUES (?, ?)", [.text(key), .text(value)])
      }
      let transaction = StoreTransaction(database, now: now)
      for migration in migrations { try insert(migration, transaction) }
      try transaction.record(
        "migrate", by: Principal.tool, on: "store", storeID, sha256: SHA256.hex(Array(key.text.utf8)))
      try insertPrincipal(
        transaction, name: admin, role: .admin, isHuman: true, token: token, by: Principal.tool, expires: nil)
    }
    // Kept in the file, for whoever opens it.
    try database.execute("PRAGMA journal_mode = WAL")
  }

  static func randomBytes(_ count: Int) throws -> [UInt8] {
    guard let bytes = SHA256.random(count) else {
      throw Faults.io("random numbers", "cannot be had from the system", "Check the machine.")
    }
    return bytes
  }

  static func insert(_ migration: Migration, _ transaction: StoreTransaction) throws {
    try transaction.insert(
      .migrations,
      [
        "version": .init(migration.version), "name": .text(migration.name), "sha256": .text(migration.sha256),
        "applied_at": .init(transaction.now),
      ])
  }

  // MARK: Migrations

  public struct Migrated: Sendable, Encodable {
    public let from, to: Int
    /// The copy of the file as it was; nil where nothing was to do.
    public let backup: String?
  }

  /// Brings a store to this program's schema, one transaction for each step, after a backup beside it.
  ///
  /// - Throws: `Faults` as opening does.
  public static func migrate(_ path: String, options: Options = Options()) throws -> Migrated {
    try migrate(path, options: options, known: Migration.all)
  }

  static func migrate(_ path: String, options: Options, known: [Migration]) throws -> Migrated {
    let place = try StorePlace(path, allowsNetwork: options.allowsNetwork)
    let store = try Store(place, .writing, options, known: known)
    let from = try Migration.version(of: store.database)
    guard from < known.count else { return Migrated(from: from, to: from, backup: nil) }
    let stamp = options.clock().text.filter { $0.isNumber }
    let backup = "\(place.file).schema-\(from)-\(stamp)"
    try store.copy(to: backup)
    for migration in known[from...] {
      try store.write { transaction in
        try store.database.execute(migration.text)
        try insert(migration, transaction)
        try transaction.record("migrate", by: Principal.tool, on: "store", try store.id(), sha256: migration.sha256)
        try store.database.execute("PRAGMA user_version = \(migration.version)")
      }
    }
    return Migrated(from: from, to: known.count, backup: backup)
  }

  // MARK: Backups

  /// Copies the store to a new file through SQLite's backup, while others read and write. The signing key is not in it.
  ///
  /// - Returns: whether the log says so; one that was opened for reading, as another process writes, has no say in it.
  /// - Throws: `Refusal` for a caller who may not, `Faults` (io) where the file is there already or cannot be written.
  @discardableResult
  public func backup(to path: String, by caller: Caller) throws -> Bool {
    if lock == nil {
      try principal(of: caller).check(atLeast: .analyst)
    } else {
      try write { transaction in
        try transaction.principal(caller, atLeast: .analyst)
        try transaction.record("backup.make", by: caller.name, on: "store", try id())
      }
    }
    let target = try StorePlace(path, allowsNetwork: true)
    try copy(to: target.file)
    return lock != nil
  }

  func copy(to path: String) throws {
    if FileSystem.exists(path) { throw Faults.io(path, "is there already", "Name a new file.") }
    let url = path as NSString
    let folder = try PrivateFolder(in: url.deletingLastPathComponent, beside: url.lastPathComponent)
    let file = "\(folder.path)/copy"
    try StorePlace.makePrivateFile(file)
    try database.backup(to: file)
    try StorePlace.publish(file, as: path)
  }
}
