@_spi(Run) internal import CutlineCore
internal import CutlineDecide
internal import CutlineReport
internal import Foundation

extension RunEntry {
  /// The largest manifest, and the largest of the other files that a list needs.
  static let manifestLimit = 1 << 26
  private static let partLimit = 1 << 24

  /// Reads what lists need of a run.
  ///
  /// - Parameter moment: when its manifest was written, for one that does not say so itself.
  /// - Returns: nil where the manifest is not there any more.
  init?(name: String, batch: String?, in folder: FolderHandle, moment: Instant) {
    guard let data = folder.file(FolderNames.manifest)?.data(limit: Self.manifestLimit) else { return nil }
    do {
      try self.init(name, batch, folder, ShelvedManifest.read(data, of: name), moment)
    } catch {
      self.init(damaged: name, batch, Faults(error).masked, moment)
    }
  }

  private init(damaged name: String, _ batch: String?, _ reason: String, _ moment: Instant) {
    (self.name, self.batch, state, self.reason, published) = (name, batch, .damaged, reason, moment)
    (version, configuration, resultsDigest, seconds) = ("", "", "", 0)
    (inputs, rowsRead, rowsUsed, strategies, gates, alerts) = ([], nil, nil, [], nil, [:])
    (files, bytes, personalFiles) = (0, 0, 0)
  }

  private init(
    _ name: String, _ batch: String?, _ folder: FolderHandle, _ manifest: ShelvedManifest, _ moment: Instant
  ) throws {
    /// The bytes of a file of the run, which are those that it wrote; nil where it has none of that name.
    func part(_ path: String?) throws -> [UInt8]? {
      guard let file = manifest.files.first(where: { $0.path == path }) else { return nil }
      guard let data = folder.file(file.path)?.data(limit: Self.partLimit), Digest.of(data) == file.sha256 else {
        throw Faults.integrity("\(name)/\(file.path)", "is not what the run wrote", "Restore it, or run again.")
      }
      return Array(data)
    }
    func path(ending end: String) -> String? {
      manifest.files.first { $0.path == end || $0.path.hasSuffix("/" + end) }?.path
    }
    self.name = name
    self.batch = batch
    let failure = manifest.failures?.first
    state = manifest.failures == nil ? .complete : .failed
    reason = failure.map { "stage \($0.stage): \($0.message)" }
    published = Instant(manifest.created) ?? moment
    (version, configuration) = (manifest.version, manifest.configuration)
    (resultsDigest, seconds) = (manifest.resultsDigest, manifest.seconds)
    inputs = manifest.inputs.reduce(into: []) { all, input in
      if !all.contains(where: { $0.path == input.path }) {
        all.append(Input(path: input.path, sha256: input.sha256, bytes: input.bytes))
      }
    }
    files = manifest.files.count
    bytes = Self.sum(manifest.files.map(\.bytes))
    personalFiles = manifest.files.count { $0.isPersonal }
    func table(_ file: String) throws -> StoredTable? {
      guard let path = path(ending: file), let bytes = try part(path) else { return nil }
      return try StoredTable(path: "\(name)/\(path)", csv: bytes)
    }
    strategies =
      try table("strategies.csv").map { table in
        (0..<table.rowCount).map { row in
          Strategy(
            name: table.text("strategy", row), status: table.text("status", row),
            limitPct: table.number("limit_pct", row), riskPct: table.number("risk_pct", row),
            production: table.number("production", row), keepsLimit: table.text("keeps_limit", row))
        }
      } ?? []
    let gateTable = path(ending: GateTable.fileName)
    gates = try part(gateTable).map { try GateTable(csv: $0, at: "\(name)/\(gateTable ?? "")") }.map { table in
      var gates = Gates()
      for line in table.lines {
        switch line.state {
        case "PASS": gates.pass += 1
        case "WARN": gates.warn += 1
        case "FAIL": gates.fail += 1
        case "WAIVED": gates.waived += 1
        default: gates.skipped += 1
        }
      }
      return gates
    }
    alerts = try AlertCounts.read(manifest.files.map(\.path)) { try part($0) }
    let waterfall = try table("row_waterfall.csv")
    func rows(_ role: String) -> Int? {
      guard let waterfall else { return nil }
      let own = (0..<waterfall.rowCount).filter { waterfall.text("role", $0) == role }
      return own.isEmpty ? nil : Self.sum(own.map { Int(waterfall.text("rows", $0)) ?? 0 })
    }
    (rowsRead, rowsUsed) = (rows("input"), rows("used"))
  }

  /// What no run wrote may be as large as it likes.
  private static func sum(_ numbers: [Int]) -> Int {
    numbers.reduce(0) { total, number in
      let (sum, isTooLarge) = total.addingReportingOverflow(number)
      return isTooLarge ? .max : sum
    }
  }
}

/// Names of files in the folders of runs.
enum FolderNames {
  static let manifest = "manifest.json"
  static let batch = "batch.json"
}

/// How many alerts a run has, by scenario and severity.
enum AlertCounts {
  private struct File: Decodable {
    struct Alert: Decodable { let severity: String }
    let scenario: String
    let alerts: [Alert]
  }

  static let severities = ["info", "warning", "critical"]

  /// - Parameter read: the bytes of a file of the run.
  /// - Throws: `Faults` (integrity) for a file that cannot be read as alerts.
  static func read(_ paths: [String], _ read: (String) throws -> [UInt8]?) throws -> [String: [String: Int]] {
    var counts: [String: [String: Int]] = [:]
    for path in paths {
      let name = path.split(separator: "/").last ?? ""
      guard name.hasPrefix("drift_alerts_"), name.hasSuffix(".json"), let bytes = try read(path) else { continue }
      guard let file = try? CanonicalJSON.decode(File.self, from: Data(bytes)),
        file.alerts.allSatisfy({ severities.contains($0.severity) })
      else { throw Faults.integrity(path, "cannot be read as alerts", "Run again, or verify the folder.") }
      var own = Dictionary(uniqueKeysWithValues: severities.map { ($0, 0) })
      for alert in file.alerts { own[alert.severity, default: 0] += 1 }
      counts[file.scenario] = own
    }
    return counts
  }
}
