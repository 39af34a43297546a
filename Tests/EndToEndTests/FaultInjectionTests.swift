import Foundation
import Testing

/// The tool killed, and its calls made to fail, at the n-th call that could leave something half done: what it writes is
/// old or new and whole, and after the next good call nothing else is there. `CUTLINE_FAULT_POINTS=all` tries every n.
@Suite struct FaultInjectionTests {
  /// The commands that write files.
  static let writers: [[String]] = [
    ["simulate", "-n", "300", "--seed", "6", "-o", "made.csv", "--truth", "truth.csv", "-c", "made.toml"],
    ["table", "applications.csv", "-o", "table.csv.gz"],
    [
      "frontier", "--cells", "cells.csv", "--grid", "i,j", "--directions", "higher-is-safer,higher-is-safer", "-o",
      "frontier.csv", "--certificate", "proof.json",
    ],
  ]

  static func prepared() throws -> Workplace {
    let place = try Workplace()
    try place.simulate(rows: 300)
    let cells = (0..<16).map { "\($0 / 4 + 1),\($0 % 4 + 1),\(100 + 7 * $0),\(40 - 2 * $0),\(900 + $0)" }
    try place.write("cells.csv", (["i,j,amount,todu30,pile"] + cells).joined(separator: "\n") + "\n")
    return place
  }

  @Test(arguments: writers.indices) func aKilledWriterLeavesOldOrNew(which: Int) throws {
    let place = try Self.prepared()
    guard let shim = try FaultShim(place) else { return }
    let before = try place.names()
    let command = Self.writers[which]
    let whole = try shim.run(command, .none, at: 0)
    #expect(whole.code == 0, "\(whole.err)")
    let made = try place.names().filter { !before.contains($0) && $0 != "tmp" }
    #expect(!made.isEmpty)
    let new = try made.map { try Data(contentsOf: URL(fileURLWithPath: place.path($0))) }
    for point in FaultShim.points(whole.calls, few: 6, last: 6) {
      for fault in [FaultShim.Fault.kill, .error(ENOSPC), .error(EINTR)] {
        let old = Data("old\n".utf8)
        for name in made { try old.write(to: URL(fileURLWithPath: place.path(name))) }
        let outcome = try shim.run(command, fault, at: point)
        switch fault {
        case .kill: #expect(outcome.code == 137, "\(point): \(outcome.code) \(outcome.err)")
        case .error(EINTR): #expect(outcome.code == 0, "\(point): \(outcome.err)")
        default: #expect([0, 7].contains(outcome.code), "\(point): \(outcome.code) \(outcome.err)")
        }
        for (name, whole) in zip(made, new) {
          let found = try Data(contentsOf: URL(fileURLWithPath: place.path(name)))
          #expect(found == old || found == whole, "\(fault) at \(point): \(name)")
          if outcome.code == 0 { #expect(found == whole, "\(fault) at \(point): \(name)") }
        }
        #expect(try shim.run(command, .none, at: 0).code == 0)
        #expect(try shim.leftovers(besides: before + made) == [], "\(fault) at \(point)")
      }
    }
  }

  /// With a program among its stages, whose folder holds rows.
  @Test func aRunKilledOrFailingAtACallLeavesOneWholeRun() throws {
    let place = try Self.prepared()
    guard let shim = try FaultShim(place) else { return }
    try place.write(
      "noting.sh",
      "echo '{\"checks\": [], \"skipped\": false, \"duplicateRows\": []}' "
        + "> $CUTLINE_FOLDER/output/quality-report.json\n")
    try place.write(
      "process.toml",
      "extends = \"config.toml\"\n[stages.quality]\nuse = \"process\"\nwith = { command = [\"sh\", \"noting.sh\"] }\n")
    let run = ["run", "-c", "process.toml", "--until", "cells", "-o"]
    let before = try place.names()
    #expect(try shim.run(run + ["old", "--set", "date_fin_book_obs=2022-11-01"], .none, at: 0).code == 0)
    let whole = try shim.run(run + ["new"], .none, at: 0)
    #expect(whole.code == 0, "\(whole.err)")
    let digests = try Set([place.digest("old"), place.digest("new")])
    #expect(digests.count == 2)
    for fault in [FaultShim.Fault.kill, .error(EIO), .error(EINTR)] {
      for point in FaultShim.points(whole.calls, few: 4, last: 4) {
        try? FileManager.default.removeItem(atPath: place.path("out"))  // the first time there is none
        try FileManager.default.copyItem(atPath: place.path("old"), toPath: place.path("out"))
        let outcome = try shim.run(run + ["out", "--fresh"], fault, at: point)
        #expect(digests.contains(try place.digest("out")), "\(fault) at \(point)")
        switch fault {
        case .error(EINTR): #expect(outcome.code == 0, "\(point): \(outcome.err)")
        case .error: #expect([0, 7].contains(outcome.code), "\(point): \(outcome.code) \(outcome.err)")
        default: #expect(outcome.code == 137)
        }
        if outcome.code == 0 { #expect(try place.digest("out") == place.digest("new"), "\(fault) at \(point)") }
        #expect(try place.tool("verify", "out").code == 0, "\(fault) at \(point)")
        let next = try shim.run(run + ["out"], .none, at: 0)
        #expect(next.code == 0, "\(next.err)")
        #expect(try place.digest("out") == place.digest("new"))
        #expect(try shim.leftovers(besides: before + ["old", "new", "out"]) == [], "\(fault) at \(point)")
      }
    }
  }

  /// By SIGTERM a run leaves nothing, not even for a moment.
  @Test(arguments: [SIGTERM, SIGINT]) func aSignalCleansAtOnce(number: Int32) throws {
    let place = try Self.prepared()
    try place.write("slow.sh", "touch started; sleep 30\n")
    try place.write(
      "process.toml",
      "extends = \"config.toml\"\n[stages.quality]\nuse = \"process\"\nwith = { command = [\"sh\", \"slow.sh\"] }\n")
    let before = try place.names() + ["started"]
    let temporary = place.path("tmp")
    try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
    let process = Process()
    // Whoever runs the tests may ignore signals, which the tool then does, too.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "--default-signal=INT,TERM", Tool.executable, "run", "-c", "process.toml", "-o", "deep/er/out",
    ]
    process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": temporary]) { $1 }
    process.currentDirectoryURL = URL(fileURLWithPath: place.root)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while !place.exists("started"), process.isRunning { usleep(10_000) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary).count == 1)
    kill(process.processIdentifier, number)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == number)
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary) == [])
    #expect(try place.names() == (before + ["tmp"]).sorted())
  }
}
