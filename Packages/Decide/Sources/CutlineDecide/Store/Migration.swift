internal import CMigrations
internal import CutlineCore

/// One numbered text that leads from a schema to the next one.
struct Migration: Sendable {
  /// The schema that it makes.
  let version: Int
  let name: String
  let text: String

  /// What a store remembers: another text under an old number is refused.
  var sha256: String { SHA256.hex(Array(text.utf8)) }

  /// All that this program knows, in their order.
  static let all: [Migration] = {
    var count = 0
    guard let texts = cutline_migrations(&count) else { return [] }
    return (0..<count).map { index in
      let text = texts[index]
      let bytes = UnsafeRawBufferPointer(start: text.text, count: text.length)
      return Migration(
        version: index + 1, name: String(cString: text.name), text: String(decoding: bytes, as: UTF8.self))
    }
  }()

  /// The schema of a file; 0 for an empty one.
  static func version(of database: Database) throws -> Int {
    try database.first("PRAGMA user_version")?.integer("user_version") ?? 0
  }

  /// - Throws: `Faults` (integrity) for a file of a newer schema, or whose migrations had other texts; nothing is changed.
  static func check(_ database: Database, _ known: [Migration], at path: String) throws {
    let version = try version(of: database)
    guard version > 0, try database.first("SELECT 1 AS found FROM sqlite_schema WHERE name = 'migrations'") != nil
    else {
      throw Faults.integrity(
        path, "is a database, but no store of cutline", "Name another file; cutline store init makes one.")
    }
    guard version <= known.count else {
      throw Faults.integrity(
        path, "has schema \(version), and this cutline knows \(known.count): a newer one wrote it",
        "Use that cutline; nothing was changed.")
    }
    let applied = try database.query("SELECT version, sha256 FROM migrations ORDER BY version")
    guard applied.map({ $0.integer("version") }) == Array(1...version) else {
      throw Faults.integrity(
        path, "has schema \(version), and its list of migrations says otherwise", "Restore a backup.")
    }
    for (row, migration) in zip(applied, known) where row.text("sha256") != migration.sha256 {
      throw Faults.integrity(
        path, "was made by another text of migration \(migration.name)",
        "Use the cutline that made it, or restore a backup.")
    }
  }

  /// The schema as SQLite keeps it: what a store of this version must hold.
  static func schema(_ database: Database) throws -> [String] {
    try database.query(
      "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"
    )
    .map(CanonicalText.object)
  }

  /// The schema that all of them make.
  static func newestSchema() throws -> [String] { try newest.get() }
  private static let newest = Result { try schema(of: all) }

  private static func schema(of migrations: [Migration]) throws -> [String] {
    let database = try Database(":memory:", .readWrite)
    for migration in migrations { try database.execute(migration.text) }
    return try schema(database)
  }
}
