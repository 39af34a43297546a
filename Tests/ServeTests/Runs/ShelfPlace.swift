import CutlineCore
import Foundation

/// A folder of small runs that were never run: manifests as a run writes them, with their checksums.
final class ShelfPlace: Sendable {
  let root: String

  init() throws {
    root = NSTemporaryDirectory() + "cutline-shelf-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }  // best effort in a temporary place

  func path(_ name: String) -> String { "\(root)/\(name)" }
  func folder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
  }
  func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path(name))) }
  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

  static let strategies = """
    strategy,limit_pct,status,production,risk_pct,keeps_limit
    actual,,,53665050,5.574004440696724,
    base,5,optimal,55569152.99,4.995580064090488,yes

    """
  static let gates = "gate,state,detail,source\ndata_quality,PASS,\"a, b\",x\nproof,WARN,y,z\nrecent,SKIPPED,,\n"
  static func alerts(_ scenario: String, critical: Int, warning: Int) -> String {
    let own = Array(repeating: "critical", count: critical) + Array(repeating: "warning", count: warning)
    let all = own.map {
      "{\"severity\":\"\($0)\",\"variable\":\"x\",\"status\":\"x\",\"message\":\"x\",\"period\":\"x\"}"
    }
    return
      "{\"scenario\":\"\(scenario)\",\"not_looked_at\":[],\"alerts\":[\(all.joined(separator: ","))],\"summary\":{\"critical\":\(critical),\"info\":0,\"warning\":\(warning)}}"
  }

  /// Writes a run.
  /// - Parameter created: `2026-01-31T09:30:00Z`.
  func run(
    _ name: String, created: String, failure: String? = nil, alerts: (critical: Int, warning: Int) = (0, 0),
    input: String = "applications.csv", personal: Bool = true
  ) throws {
    try folder("\(name)/data")
    var files = [
      ("data/drift_alerts_base.json", Self.alerts("base", critical: alerts.critical, warning: alerts.warning)),
      ("data/gates.csv", Self.gates), ("data/strategies.csv", Self.strategies),
    ]
    if personal { files.insert(("data/audit_base.csv", "authorization_id\n1\n"), at: 0) }
    var records: [String] = []
    for (path, text) in files {
      try write("\(name)/\(path)", text)
      let mark = path.hasPrefix("data/audit") ? "\"personal\":true," : ""
      records.append(
        "{\"bytes\":\(text.utf8.count),\"columns\":[],\"path\":\"\(path)\",\(mark)\"sha256\":\"\(Digest.of(Data(text.utf8)))\"}"
      )
    }
    let failures = failure.map { "\"failures\":[{\"message\":\"\($0)\",\"stage\":\"search\"}]," } ?? ""
    let rest =
      "\"configuration\":\"config.toml\",\"created\":\"\(created)\",\"device\":\"auto\",\(failures)"
      + "\"files\":[\(records.joined(separator: ","))],\"format\":\"cutline-run-3\",\"inputs\":[{\"bytes\":12,\"path\":\"\(input)\","
      + "\"sha256\":\"aa\",\"stage\":\"source\"}],\"program\":\"p\",\"resultsDigest\":\"r-\(name)\",\"seconds\":1.5,\"seed\":42,"
      + "\"stages\":[],\"version\":\"0.2.0\",\"workers\":1}"
    let checksum = Digest.of(Data("{\"checksum\":\"\",\(rest)".utf8))
    // As it is written: with blanks that mean nothing, and one inside a text that does.
    let text = "{\"checksum\":\"\(checksum)\",\(rest)".replacing("\",\"", with: "\",\n  \"").replacing(
      "\":", with: "\" : ")
    try write("\(name)/manifest.json", text)
  }
}
