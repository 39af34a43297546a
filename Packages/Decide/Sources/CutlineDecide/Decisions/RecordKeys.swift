@_spi(Run) internal import CutlineCore
internal import Foundation

/// The keys of sealed records: a file of its own beside the store, which no backup of the store holds, so that a key that is destroyed is
/// gone.
///
/// SQLite overwrites what is deleted (`secure_delete`); what a disk or a snapshot of it keeps is not in its hands.
final class RecordKeys: Sendable {
  enum Found: Sendable {
    case key(RecordKey)
    case destroyed(Instant)
    /// It was never here, or the file is another one.
    case missing
  }

  private let database: Database
  private static let text = """
    CREATE TABLE record_keys (
      key_id TEXT NOT NULL PRIMARY KEY,
      key BLOB CHECK (key IS NULL OR length(key) = 32),
      destroyed_at INTEGER,
      CHECK ((key IS NULL) = (destroyed_at IS NOT NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE store (store_id TEXT NOT NULL PRIMARY KEY) STRICT;
    """

  static func path(of place: StorePlace) -> String { place.file + ".record-keys" }

  /// Opens the file; nil where there is none.
  /// - Throws: `Faults` (integrity) for the keys of another store.
  init?(existing place: StorePlace, of storeID: String, _ access: Database.Access, waitSeconds: Double) throws {
    let path = Self.path(of: place)
    guard FileSystem.exists(path) else { return nil }
    guard FileSystem.isRegularFile(path) else {
      throw Faults.io(path, "is no regular file", "Put the keys of the store back where they were.")
    }
    database = try Database(path, access, waitSeconds: waitSeconds)
    guard try database.first("SELECT 1 AS found FROM sqlite_schema WHERE name = 'record_keys'") != nil,
      try database.first("SELECT store_id FROM store")?.text("store_id") == storeID
    else {
      throw Faults.integrity(
        path, "does not hold the keys of this store", "Put the keys of the store back where they were.")
    }
    try database.execute("PRAGMA secure_delete = ON")
  }

  /// Opens the file, or makes it.
  /// - Parameter isFirst: whether nothing was ever decided, so that there need be none.
  /// - Throws: `Faults` (integrity) where it is gone.
  static func open(_ place: StorePlace, of storeID: String, isFirst: Bool, waitSeconds: Double) throws -> RecordKeys {
    if let keys = try RecordKeys(existing: place, of: storeID, .readWrite, waitSeconds: waitSeconds) { return keys }
    guard isFirst else {
      throw Faults.integrity(
        path(of: place), "is gone, and decisions were kept with its keys",
        "Put the keys of the store back where they were.")
    }
    let folder = try PrivateFolder(in: place.folder, beside: place.name)
    let file = "\(folder.path)/keys"
    try StorePlace.makePrivateFile(file)
    let made = try Database(file, .readWrite)
    try made.execute(text)
    try made.query("INSERT INTO store (store_id) VALUES (?)", [.text(storeID)])
    try StorePlace.publish(file, as: path(of: place))
    guard let keys = try RecordKeys(existing: place, of: storeID, .readWrite, waitSeconds: waitSeconds) else {
      throw Faults.io(path(of: place), "is gone", "Nobody may remove it while the store is used.")
    }
    return keys
  }

  /// Keeps keys, all of them or none; on the disk when it returns.
  func add(_ keys: [(id: String, key: RecordKey)]) throws {
    try database.transaction {
      for (id, key) in keys {
        try database.query(
          "INSERT INTO record_keys (key_id, key, destroyed_at) VALUES (?, ?, NULL)", [.text(id), .bytes(key.bytes)])
      }
    }
  }

  func find(_ id: String) throws -> Found {
    guard let row = try database.first("SELECT key, destroyed_at FROM record_keys WHERE key_id = ?", [.text(id)]) else {
      return .missing
    }
    if let at = row.optionalInstant("destroyed_at") { return .destroyed(at) }
    return RecordKey(row.bytes("key")).map(Found.key) ?? .missing
  }

  /// - Returns: how many were destroyed now.
  func destroy(_ ids: [String], at moment: Instant) throws -> Int {
    try database.transaction {
      var count = 0
      for id in ids {
        try database.query(
          "UPDATE record_keys SET key = NULL, destroyed_at = ? WHERE key_id = ? AND key IS NOT NULL",
          [.init(moment), .text(id)])
        count += database.changes
      }
      return count
    }
  }
}
