import CutlineCore
import Foundation
import Testing

/// `--events`: what happens, while it happens.
@Suite struct EventFileTests {
  private struct Line: Decodable {
    let kind: String
    var stage, message, unit: String?
    var code, signal: Int32?
    var fraction: Double?
  }

  private func lines(_ place: Workplace, _ name: String) throws -> [Line] {
    try place.read(name).split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
  }

  @Test func aRunSaysWhatItsLogWillSay() throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    #expect(try place.tool("run", "-o", "out", "--events", "e.jsonl").code == 0)
    let all = try lines(place, "e.jsonl")
    let last = try #require(all.last)
    #expect(last.kind == "ended" && last.code == 0 && last.message == "" && all.count { $0.kind == "ended" } == 1)
    // But for progress and the end, it is the log of the run, line by line.
    let log = try lines(place, "out/events.jsonl")
    #expect(all.filter { !["progress", "ended"].contains($0.kind) }.map(\.kind) == log.map(\.kind))
    #expect(all.allSatisfy { $0.fraction.map { (0...1).contains($0) } ?? true })
    // Never over what is there.
    let again = try place.tool("run", "-o", "out", "--events", "e.jsonl")
    #expect(again.code == ExitCode.io.rawValue && again.err.contains("e.jsonl: cannot be created"))
    // Why it fails, without a value of an application.
    try place.write("applications.csv", "authorization_id,mis_date\nanna-4711,x\n")
    #expect(try place.tool("run", "-o", "other", "--events", "f.jsonl").code == ExitCode.data.rawValue)
    let end = try #require(try lines(place, "f.jsonl").last)
    #expect(end.kind == "ended" && end.code == ExitCode.data.rawValue && end.message?.contains("stage") == true)
    #expect(try !place.read("f.jsonl").contains("anna-4711"))
  }

  @Test func aSignalIsSaid() throws {
    let place = try Workplace()
    try place.simulate(rows: 9000)
    try place.write("config.toml", place.read("config.toml").replacing("resamples = 0", with: "resamples = 20000"))
    let process = try place.tool.start(["run", "-o", "out", "--events", "e.jsonl"])
    while try place.exists("e.jsonl") ? place.read("e.jsonl").split(separator: "\n").count < 8 : true { usleep(20_000) }
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    let last = try #require(try lines(place, "e.jsonl").last)
    #expect(last.kind == "ended" && last.signal == SIGTERM && last.code == nil)
    #expect(try place.names(except: "e.jsonl") == ["applications.csv", "config.toml"])
  }
}
