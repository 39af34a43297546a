internal import CSqlite
internal import CutlineCore
internal import Foundation
internal import Synchronization

/// An open SQLite file: the only place that speaks to SQLite.
///
/// `@unchecked Sendable` as it holds a C handle: SQLite is told to lock it for each call (`SQLITE_OPEN_FULLMUTEX`), prepared
/// statements are used under `lock`, and so are whole transactions.
final class Database: @unchecked Sendable {
  enum Access { case readWrite, readOnly }

  let path: String
  private let handle: OpaquePointer
  private let lock = NSRecursiveLock()
  private var statements: [String: OpaquePointer] = [:]
  private var depth = 0

  /// - Parameters:
  ///   - path: of a file that is there; `:memory:` is a database of its own.
  ///   - waitSeconds: how long another program's transaction is waited for.
  /// - Throws: `Faults` (io) where it cannot be opened, (integrity) where it is no database.
  init(_ path: String, _ access: Access, waitSeconds: Double = 5) throws {
    self.path = path
    var opened: OpaquePointer?
    let mode = access == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
    let flags = mode | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE
    let code = sqlite3_open_v2(path, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      let failure = Self.failure(path, opened, code)
      sqlite3_close_v2(opened)
      throw failure
    }
    handle = opened
    sqlite3_busy_timeout(handle, Int32(waitSeconds * 1000))
    cutline_sqlite_harden(handle)
    try execute(
      "PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON;"
    )
  }

  deinit {
    for statement in statements.values { sqlite3_finalize(statement) }
    sqlite3_close_v2(handle)
  }

  // MARK: Statements

  /// Runs several statements that give nothing.
  func execute(_ sql: String) throws {
    let code = lock.withLock { sqlite3_exec(handle, sql, nil, nil, nil) }
    guard code == SQLITE_OK else { throw failure(code) }
  }

  /// The rows that one statement gives.
  @discardableResult
  func query(_ sql: String, _ values: [StoredValue] = []) throws -> [StoredRow] {
    var rows: [StoredRow] = []
    try each(sql, values) { rows.append($0) }
    return rows
  }

  func first(_ sql: String, _ values: [StoredValue] = []) throws -> StoredRow? { try query(sql, values).first }

  /// Gives each row to `take`, one at a time.
  func each(_ sql: String, _ values: [StoredValue] = [], _ take: (StoredRow) throws -> Void) throws {
    lock.lock()
    defer { lock.unlock() }
    let statement = try taken(sql)
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
      statements[sql] = statement
    }
    try bind(values, to: statement)
    var columns: [String] = []
    while true {
      let code = sqlite3_step(statement)
      if code == SQLITE_DONE { return }
      guard code == SQLITE_ROW else { throw failure(code) }
      if columns.isEmpty {
        columns = (0..<sqlite3_column_count(statement)).map { String(cString: sqlite3_column_name(statement, $0)) }
      }
      try take(
        StoredRow(columns: columns, values: columns.indices.map { Self.value(statement, Int32($0)) }))
    }
  }

  /// How many rows the last statement has changed.
  var changes: Int { lock.withLock { Int(sqlite3_changes(handle)) } }

  /// A prepared statement that nobody else uses.
  private func taken(_ sql: String) throws -> OpaquePointer {
    if let statement = statements.removeValue(forKey: sql) { return statement }
    var statement: OpaquePointer?
    let code = sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
    guard code == SQLITE_OK, let statement else { throw failure(code) }
    return statement
  }

  private func bind(_ values: [StoredValue], to statement: OpaquePointer) throws {
    for (index, value) in values.enumerated() {
      let place = Int32(index + 1)
      let code =
        switch value {
        case .null: sqlite3_bind_null(statement, place)
        case .integer(let number): sqlite3_bind_int64(statement, place, number)
        case .text(let text): cutline_sqlite_bind_text(statement, place, text, Int32(text.utf8.count))
        case .bytes(let bytes): cutline_sqlite_bind_blob(statement, place, bytes, Int32(bytes.count))
        }
      guard code == SQLITE_OK else { throw failure(code) }
    }
  }

  private static func value(_ statement: OpaquePointer, _ column: Int32) -> StoredValue {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_NULL: return .null
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
    case SQLITE_BLOB:
      let bytes = UnsafeRawBufferPointer(
        start: sqlite3_column_blob(statement, column), count: Int(sqlite3_column_bytes(statement, column)))
      return .bytes(Array(bytes))
    default:
      let start = sqlite3_column_text(statement, column)
      let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
      return .text(String(decoding: bytes, as: UTF8.self))
    }
  }

  // MARK: Transactions

  /// All of what `body` writes, or nothing: the write lock is taken at once, so that what is read in it stays true.
  func transaction<Result>(_ body: () throws -> Result) throws -> Result { try inside("BEGIN IMMEDIATE", body) }

  /// All reads of `body` see one state.
  func snapshot<Result>(_ body: () throws -> Result) throws -> Result { try inside("BEGIN", body) }

  /// Keeps the pages of a transaction of many rows in memory, up to 256 MiB: with the usual 2 MiB the indexes, whose keys come in
  /// no order, would be written and read again page by page.
  func holding<Result>(rows: Int, _ body: () throws -> Result) throws -> Result {
    let usual = try first("PRAGMA cache_size")?.integer("cache_size") ?? -2000
    guard rows > 5000 else { return try body() }
    let kibibytes = min(256 << 10, max(16 << 10, rows))
    try execute("PRAGMA cache_size = -\(kibibytes)")
    defer { try? execute("PRAGMA cache_size = \(usual)") }  // room is no promise
    return try body()
  }

  private func inside<Result>(_ begin: String, _ body: () throws -> Result) throws -> Result {
    lock.lock()
    defer { lock.unlock() }
    if depth > 0 { return try body() }
    try execute(begin)
    depth += 1
    defer { depth -= 1 }
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // A commit that failed may have rolled back already.
      if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
      throw error
    }
  }

  // MARK: Whole files

  /// Copies all of it to a new database in `path`, a file that is there and empty.
  func backup(to path: String) throws {
    let copy = try Database(path, .readWrite)
    guard let work = sqlite3_backup_init(copy.handle, "main", handle, "main") else {
      throw copy.failure(sqlite3_extended_errcode(copy.handle))
    }
    let code = sqlite3_backup_step(work, -1)
    let end = sqlite3_backup_finish(work)
    guard code == SQLITE_DONE, end == SQLITE_OK else { throw copy.failure(end == SQLITE_OK ? code : end) }
    // The copy is one file, without a log of its own.
    try copy.execute("PRAGMA journal_mode = DELETE")
  }

  /// The kind of file system that a folder lies on, and the bytes that are free there; nil where it does not say.
  static func fileSystem(of folder: String) -> (kind: Int, free: Int)? {
    var (kind, free): (Int, Int64) = (0, 0)
    return cutline_file_system(folder, &kind, &free) == 0 ? (kind, Int(free)) : nil
  }

  // MARK: Errors

  private func failure(_ code: Int32) -> Faults { Self.failure(path, handle, code) }

  private static func failure(_ path: String, _ handle: OpaquePointer?, _ code: Int32) -> Faults {
    let reason = handle.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
    switch code & 0xFF {
    case SQLITE_FULL:
      return Faults.io(path, "cannot be written: the disk is full", "Free room and try again; nothing was changed.")
    case SQLITE_BUSY, SQLITE_LOCKED:
      return Faults.io(path, "is in use by another program's transaction", "Try again when that has ended.")
    case SQLITE_CORRUPT, SQLITE_NOTADB:
      return Faults.integrity(
        path, "is no sound database: \(reason)", "Restore a backup; cutline store check FILE looks at one.")
    case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_NOMEM:
      return Faults.io(path, "cannot be used: \(reason)", "Check the path, the permissions and the disk.")
    case SQLITE_CONSTRAINT:
      return Faults.integrity(
        path, "refuses what contradicts it: \(reason)", "Nothing was changed. Run cutline audit verify.")
    case SQLITE_TOOBIG: return Faults.data(path, "a value is too large", "The most is 64 MiB.")
    default: return Faults.integrity(path, "cannot be used: \(reason)", "Run cutline store check.")
    }
  }
}
