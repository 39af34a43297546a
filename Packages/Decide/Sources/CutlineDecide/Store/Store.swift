@_spi(Run) internal import CutlineCore
internal import Foundation

/// What people decided: one SQLite file with a log of everything that was written to it.
///
/// One process writes; any number read. All actions are functions of this type, which the command line and the server call.
public final class Store: Sendable {
  public enum Access: Sendable {
    /// Sees what is there; takes no lock.
    case reading
    case writing
  }

  public struct Options: Sendable {
    /// How long another process or transaction is waited for.
    public var waitSeconds = 5.0
    /// Whether a file on a network file system is opened.
    public var allowsNetwork = false
    /// What time it is.
    public var clock: @Sendable () -> Instant = {
      Instant(microseconds: Int64(FileStamp.now() / 1000))
    }
    public init() {}
  }

  let place: StorePlace
  let options: Options
  let database: Database
  let lock: StoreLock?

  /// The path as it was given.
  public var path: String { place.stated }
  public var now: Instant { options.clock() }

  /// Opens a store of this program's schema.
  ///
  /// - Throws: `Faults` (io) where there is none or it cannot be read, (integrity) where another process writes, or it is of a newer
  ///   schema or damaged, (usage) where it is of an older schema.
  public convenience init(_ path: String, _ access: Access, options: Options = Options()) throws {
    let place = try StorePlace(path, allowsNetwork: options.allowsNetwork)
    try self.init(place, access, options, known: Migration.all)
    let version = try Migration.version(of: database)
    guard version == Migration.all.count else {
      throw Faults.usage(
        path, "has schema \(version), and this cutline works with \(Migration.all.count)",
        "Bring it there: cutline store migrate --store \(path). A backup is made first.")
    }
  }

  /// Opens a store of any schema up to this program's.
  init(_ place: StorePlace, _ access: Access, _ options: Options, known: [Migration]) throws {
    self.place = place
    self.options = options
    guard FileSystem.exists(place.file) else {
      throw Faults.io(
        place.stated, "is not there", "Make one: cutline store init --store \(place.stated) --admin NAME.")
    }
    // What is no store gets no lock beside it.
    if access == .writing {
      try Migration.check(
        Database(place.file, .readOnly, waitSeconds: options.waitSeconds), known, at: place.stated)
    }
    lock = access == .writing ? try StoreLock(place, waitSeconds: options.waitSeconds) : nil
    database = try Database(
      place.file, access == .writing ? .readWrite : .readOnly, waitSeconds: options.waitSeconds)
    try Migration.check(database, known, at: place.stated)
  }

  // MARK: Transactions

  /// All of what an action writes with its records, or nothing.
  func write<Result>(_ body: (StoreTransaction) throws -> Result) throws -> Result {
    try database.transaction {
      let transaction = StoreTransaction(database, now: try moment())
      let result = try body(transaction)
      guard transaction.isRecorded else {
        throw Faults.integrity(
          path, "an action left rows without a record", "This is a fault of the program; please report it.")
      }
      return result
    }
  }

  /// The clock's time; that of the last record where the clock has gone back.
  public func moment() throws -> Instant {
    let last = try database.first("SELECT time FROM audit ORDER BY seq DESC LIMIT 1").flatMap {
      Instant($0.text("time"))
    }
    return max(now, last ?? now)
  }

  func meta(_ key: String) throws -> String {
    try database.first("SELECT value FROM meta WHERE key = ?", [.text(key)])?.text("value") ?? ""
  }

  /// What tells this store from every other one: 128 random bits.
  public func id() throws -> String { try meta("store_id") }

  /// The schema that it has.
  public func schema() throws -> Int { try Migration.version(of: database) }
}
