@_spi(Run) internal import CutlineCore
internal import Foundation

extension Store {
  /// How the file is, and what waits for somebody.
  public struct Report: Sendable, Encodable {
    public let storeID: String
    public let schema, records, versions, principals: Int
    public let bytes: Int
    /// Bytes a day since it was made; nil in its first day.
    public let growthPerDay: Int?
    /// When the disk is full at that rate; nil where it does not grow.
    public let diskFullOn: String?
    /// What SQLite finds wrong; empty for a sound file.
    public let damage: [String]
    /// Rollbacks that no second person has confirmed within 24 hours, schedules whose time is past or that have lapsed, waivers
    /// that have ended under what is in force, a clock that has gone back, files that others may read.
    public let alerts: [String]

    enum CodingKeys: String, CodingKey {
      case schema, records, versions, principals, bytes, damage, alerts
      case storeID = "store_id"
      case growthPerDay = "growth_per_day"
      case diskFullOn = "disk_full_on"
    }
  }

  /// Looks at the file and at what is overdue; the log is `verifyAudit`'s.
  public func check() throws -> Report {
    try database.snapshot {
      var damage = try database.query("PRAGMA integrity_check(20)").map { $0.text("integrity_check") }.filter {
        $0 != "ok"
      }
      damage += try database.query("PRAGMA foreign_key_check").map { "a row of \($0.text("table")) points to nothing" }
      if try Migration.schema(database) != Migration.newestSchema() {
        damage.append("tables, triggers or views are not those of schema \(Migration.all.count)")
      }
      func count(_ table: String) throws -> Int {
        try database.first("SELECT count(*) AS n FROM \(table)")?.integer("n") ?? 0
      }
      let bytes =
        try (database.first("PRAGMA page_count")?.integer("page_count") ?? 0)
        * (database.first("PRAGMA page_size")?.integer("page_size") ?? 0)
      let days =
        Instant(try meta("created_at")).map { Double(now.microseconds - $0.microseconds) / Double(Instant.day) } ?? 0
      let growth = days >= 1 ? Int(Double(bytes) / days) : nil
      return Report(
        storeID: try id(), schema: try schema(), records: try count("audit"), versions: try count("versions"),
        principals: try count("principals"), bytes: bytes, growthPerDay: growth,
        diskFullOn: growth.flatMap { $0 > 0 ? diskFull($0) : nil }, damage: damage, alerts: try alerts())
    }
  }

  /// Bytes that are free where the store lies; nil where the system does not say.
  public var freeBytes: Int? { Database.fileSystem(of: place.folder)?.free }

  private func diskFull(_ growth: Int) -> String? {
    guard let free = freeBytes else { return nil }
    let days = free / growth
    return days < 36_500 ? now.adding(days: days).date : nil
  }

  /// What waits for somebody, in words.
  public func alerts() throws -> [String] {
    var alerts = try versions(state: .active).filter(\.isConfirmationOverdue).map {
      "\($0.name): rolled back to at \($0.unconfirmedRollbackSince?.text ?? ""), confirmed by no second person within 24 hours"
    }
    alerts += try versions(state: .approved).compactMap { sheet in
      guard let time = sheet.scheduledFor, time <= now else { return nil }
      return "\(sheet.name): scheduled for \(time.text) and not activated; cutline version activate-due does it"
    }
    for sheet in try versions(state: .active) where sheet.gates == "fail" {
      alerts.append(
        "\(sheet.name): in force, and fails \(sheet.failedGates.joined(separator: ", ")) without a waiver that still holds"
      )
    }
    for sheet in try versions(state: .approved) {
      guard let last = try history(of: sheet.name).last, last.action == Transition.Action.lapse.rawValue else {
        continue
      }
      alerts.append("\(sheet.name): its scheduled activation lapsed at \(last.at.text): \(last.reason)")
    }
    let behind = try moment().microseconds - now.microseconds
    if behind > Self.clockTolerance {
      alerts.append(
        "the clock is \(behind / 1_000_000) seconds behind the last record: what is done now gets that record's time")
    }
    for path in [place.file, place.key] {
      if let mode = StorePlace.openness(of: path) {
        alerts.append("\(path): others may use it (mode \(mode)); say chmod 600")
      }
    }
    return alerts
  }

  // Machines that share a store's file one after the other differ by as much.
  private static let clockTolerance: Int64 = 5_000_000

  // MARK: Retention

  /// What was let go.
  public struct Retention: Sendable, Encodable {
    /// Answers to requests older than 24 hours.
    public let answers: Int
  }

  /// Removes what need not be kept. Evidence stays: receipts and keys come with the decisions.
  public func applyRetention(by caller: Caller) throws -> Retention {
    try write { transaction in
      try transaction.principal(caller, atLeast: .admin)
      try database.query("DELETE FROM idempotency WHERE at <= ?", [.init(transaction.now.adding(hours: -24))])
      let count = database.changes
      try transaction.record("retention.apply", by: caller.name, on: "store", try id())
      return Retention(answers: count)
    }
  }
}
