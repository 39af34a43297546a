import Foundation
import Testing

/// The store from the command line: from a run's strategy to what is in force, and what stands after a kill.
@Suite struct StoreTests {
  static let gates = "gate,state,detail,source\nproof,PASS,,\ndrift_alerts,FAIL,,\n"

  /// A store with an admin, an analyst and two approvers, whose tokens lie in files of their names.
  static func people(_ place: Workplace) throws {
    try #require(place.tool("store", "init", "--admin", "root", "--write-token", "root").code == 0)
    try #require(place.tool("product", "add", "loan", "--token-file", "root").code == 0)
    for (name, role) in [("anna", "analyst"), ("boris", "approver"), ("cora", "approver")] {
      let added = try place.tool(
        "principal", "add", name, "--role", role, "--write-token", name, "--token-file", "root")
      try #require(added.code == 0, "\(added.err)")
    }
    try place.write("gates.csv", "gate,state\nproof,PASS\n")
  }

  /// A version of a file, approved.
  static func approved(_ version: String, _ place: Workplace) throws {
    try place.write("\(version).json", "{\"name\": \"\(version)\"}")
    let steps = [
      [
        "create", version, "--kind", "strategy", "--content", "\(version).json", "--evidence", "gates=gates.csv",
        "--token-file", "anna",
      ],
      ["submit", version, "--token-file", "anna"], ["approve", version, "--reason", "seen", "--token-file", "boris"],
    ]
    for step in steps {
      let outcome = try place.tool.run(["version"] + step)
      try #require(outcome.code == 0, "\(step): \(outcome.err)")
    }
  }

  @Test func aStrategyOfARunComesIntoForce() throws {
    let place = try Workplace()
    try place.simulate(rows: 4000)
    let run = try place.tool("run", "-o", "out")
    try #require(run.code == 0, "\(run.err)")
    try Self.people(place)
    func version(_ words: String...) throws -> Tool.Outcome { try place.tool.run(["version"] + words) }
    let made = try version("create", "--kind", "strategy", "--from-run", "out", "--token-file", "anna")
    #expect(made.code == 0 && made.out.contains("loan/strategy/v1: draft"), "\(made.err)")
    #expect(try place.tool("export", "out", "--format", "json", "-o", "exported.json").code == 0)
    #expect(try version("content", "v1", "-o", "kept.json").code == 0)
    #expect(try place.read("kept.json") == place.read("exported.json"))
    #expect(try version("show", "v1", "--json").out.contains(place.digest("out")))
    // Gates that fail refuse with exit 4 until somebody else waives them.
    let failed = try place.read("out/data/gates.csv").split(separator: "\n").filter { $0.contains(",FAIL,") }
      .compactMap { $0.split(separator: ",").first.map(String.init) }
    let submitted = try version("submit", "v1", "--token-file", "anna")
    #expect(submitted.code == (failed.isEmpty ? 0 : 4), "\(submitted.err)")
    for gate in failed {
      let waived = try place.tool(
        "waiver", "grant", gate, "v1", "--reason", "known", "--expires", "2999-01-01", "--token-file", "cora")
      #expect(waived.code == 0, "\(waived.err)")
    }
    if !failed.isEmpty { #expect(try version("submit", "v1", "--token-file", "anna").code == 0) }
    let own = try version("approve", "v1", "--reason", "fine", "--token-file", "anna")
    #expect(own.code == 2 && own.err.contains("needs approver"), "\(own.err)")
    let early = try version("activate", "v1", "--token-file", "boris")
    #expect(early.code == 2 && early.err.contains("in_review"), "\(early.err)")
    #expect(try version("approve", "v1", "--reason", "fine", "--token-file", "boris").code == 0)
    #expect(try version("activate", "v1", "--token-file", "cora", "--as", "boris").code == 2)
    #expect(try version("activate", "v1", "--token-file", "cora").code == 0)
    #expect(try version("live", "--json").out.contains("\"version\" : \"v1\""))
    #expect(try version("live", "--at", "2020-01-01").out.contains("Nothing was in force at 2020-01-01T23:59:59.999Z"))
    #expect(try version("evidence", "v1", "gates").out == place.read("out/data/gates.csv"))
    #expect(try place.tool("waiver", "list").out.components(separatedBy: "known").count == failed.count + 1)
    #expect(try version("show", "v7").err.contains("v7"))
    #expect(try place.tool("audit", "verify").code == 0)
    #expect(try place.tool("store", "check").code == 0)
    #expect(try place.tool("version").out.hasPrefix("cutline "))
    // The page has the table that the store works by.
    let page = BuiltModules.root.appendingPathComponent("docs/store.md")
    #expect(try String(contentsOf: page, encoding: .utf8).contains(version("states").out))
  }

  @Test func aCutLogAndARebuiltOneAreRefused() throws {
    let place = try Workplace()
    try Self.people(place)
    try Self.approved("v1", place)
    #expect(try place.tool("audit", "witness", "elsewhere").code == 0)
    #expect(try place.tool("audit", "prove", "3", "-o", "proof.json").code == 0)
    #expect(try place.tool("audit", "verify", "proof.json").code == 0)
    try place.write("wrong.json", place.read("proof.json").replacing("\"index\" : 2", with: "\"index\" : 3"))
    #expect(try place.tool("audit", "verify", "wrong.json").code == 6)
    #expect(try place.tool("audit", "prove", "--from", "2", "-o", "growth.json").code == 0)
    #expect(try place.tool("audit", "verify", "growth.json").out.contains("continues that of 2"))
    try place.write("shorter.json", place.read("growth.json").replacing("\"old\" : 2", with: "\"old\" : 1"))
    #expect(try place.tool("audit", "verify", "shorter.json").code == 6)
    // By the key that one was given; another one's proof is none.
    let proof = try JSONSerialization.jsonObject(with: Data(place.read("proof.json").utf8)) as? [String: Any]
    let key = try #require(proof?["key"] as? String)
    let other = try place.tool("store", "init", "--store", "other.sqlite", "--admin", "root", "--write-token", "other")
    let otherKey = try #require(other.err.split(separator: "verified by ").last?.split(separator: "\n").first)
    for file in ["proof.json", "growth.json"] {
      let own = try place.tool("audit", "verify", file, "--key", key)
      #expect(own.code == 0 && !own.err.contains("--key"), "\(own.err)")
      #expect(try place.tool("audit", "verify", file, "--key", String(otherKey)).code == 6)
      #expect(try place.tool("audit", "verify", file, "--key", "x").code == 2)
    }
    #expect(try place.tool("audit", "verify", "--head", "elsewhere/checkpoint").code == 0)
    #expect(try place.tool("version", "activate", "v1", "--token-file", "boris").code == 0)
    #expect(try place.tool("audit", "witness", "elsewhere").code == 0)
    #expect(try Self.openssl(place) ?? true)
    // The end is cut, with all that belongs to it, by somebody with SQLite.
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/sqlite3") else { return }
    try Self.sqlite(
      place,
      """
      DROP TRIGGER audit_remain; DROP TRIGGER audit_nodes_remain;
      DELETE FROM audit_nodes WHERE ((position + 1) << level) > 4; DELETE FROM audit WHERE seq > 4;
      """)
    let found = try place.tool("audit", "verify", "--head", "elsewhere/checkpoint")
    #expect(found.code == 6 && found.err.contains("record"), "\(found.err)")
    let seen = try place.tool("audit", "witness", "elsewhere")
    #expect(seen.code == 6 && seen.err.contains("shorter"), "\(seen.err)")
  }

  private static func sqlite(_ place: Workplace, _ sql: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
    process.arguments = [place.path("decisions.sqlite"), sql]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  /// The signature of a checkpoint by openssl alone; nil where there is none.
  private static func openssl(_ place: Workplace) throws -> Bool? {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl") else { return nil }
    let lines = try place.read("elsewhere/checkpoint").components(separatedBy: "\n")
    try place.write("note", lines.prefix(3).joined(separator: "\n") + "\n")
    let signature = try #require(Data(base64Encoded: lines[4].components(separatedBy: " ")[2])).dropFirst(4)
    try Data(signature).write(to: URL(fileURLWithPath: place.path("signature")))
    let key =
      try place.read("elsewhere/log.key").trimmingCharacters(in: .newlines)
      .split(separator: "+", maxSplits: 2).last.map(String.init) ?? ""
    let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
    let der = try Data(prefix) + #require(Data(base64Encoded: key)).dropFirst(1)
    try der.write(to: URL(fileURLWithPath: place.path("key.der")))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments =
      [
        "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der", "-rawin", "-in", "note", "-sigfile",
        "signature",
      ]
    process.currentDirectoryURL = URL(fileURLWithPath: place.root)
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  /// Killed, or out of room, at the n-th call that writes: old or new, and the next call works.
  @Test(arguments: ["activate", "migrate"]) func aKillLeavesOldOrNew(what: String) throws {
    let place = try Workplace()
    let files: [String]
    let command: [String]
    if what == "activate" {
      try Self.people(place)
      try Self.approved("v1", place)
      try Self.approved("v2", place)
      command = ["version", "activate", "v1", "--token-file", "boris"]
    } else {
      let fixture = BuiltModules.root.appendingPathComponent("Tests/Fixtures/stores/schema-1.sqlite")
      try FileManager.default.copyItem(atPath: fixture.path, toPath: place.path("decisions.sqlite"))
      command = ["store", "migrate"]
    }
    files = try place.names()
    guard let shim = try FaultShim(place) else { return }
    for file in files { try FileManager.default.copyItem(atPath: place.path(file), toPath: place.path("kept-\(file)")) }
    func restore() throws {
      for file in try place.names() where file.hasPrefix("decisions") || file.hasPrefix(".decisions") {
        try FileManager.default.removeItem(atPath: place.path(file))
      }
      for file in files where file.hasPrefix("decisions") {
        try FileManager.default.copyItem(atPath: place.path("kept-\(file)"), toPath: place.path(file))
      }
    }
    let whole = try shim.run(command, .none, at: 0)
    #expect(whole.code == 0 && whole.calls > 5, "\(whole.err)")
    for point in FaultShim.points(whole.calls, few: 7, last: 4) {
      for fault in [FaultShim.Fault.kill, .error(ENOSPC)] {
        try restore()
        let outcome = try shim.run(command, fault, at: point)
        switch fault {
        case .kill: #expect(outcome.code == 137, "\(point): \(outcome.code) \(outcome.err)")
        default: #expect([0, 7].contains(outcome.code), "\(point): \(outcome.code) \(outcome.err)")
        }
        if what == "activate" {
          let live = try place.tool("version", "live", "--json").out
          let isNew = live.contains("\"v1\"")
          #expect(isNew || live.contains("\"items\" : [\n\n  ]"), "\(point): \(live)")
          if outcome.code == 0 { #expect(isNew) }
        }
        let again = try place.tool.run(command)
        #expect(again.code == 0, "\(fault) at \(point): \(again.err)")
        let verified = try place.tool("audit", "verify")
        #expect(verified.code == 0, "\(fault) at \(point): \(verified.err)")
        #expect(try place.tool("store", "check").code != 6)
      }
    }
  }
}
