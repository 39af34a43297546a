import CutlineCore
import CutlineRun
import Foundation
import Synchronization
import TestSupport
import Testing

/// Digests of the files that stages read.
@Suite struct FingerprintTests {
  private let folder = TemporaryFolder()

  private func plan(_ use: String = "constant", value: Double = 1, file: String = "input.txt") throws -> Plan {
    let settings = [
      Toys.setting("value", .float(value)), Toys.setting("file", .string(folder.path(file))),
    ]
    let requests = ["one", "two"].map { StageRequest(id: $0, kind: "give", use: use, settings: settings) }
    return try Plan(requests, registry: Toys.attachingRegistry(), seed: 1)
  }

  /// Runs, and gives what the log says about inputs: a word a file.
  private func inputs(_ plan: Plan, rehash: Bool = false, fresh: Bool = false) async throws -> [String] {
    var options = Runner.Options(
      output: folder.path("a"), workers: 2, fresh: fresh, version: "1", program: "p", configuration: "toy.toml")
    options.rehash = rehash
    let said = Mutex<[String]>([])
    _ = try await Runner(plan: plan, options: options) { event in
      if event.kind == .input { said.withLock { $0.append(event.message) } }
    }.run()
    #expect(try folder.read("a/events.jsonl").contains("\"kind\":\"input\""))
    return said.withLock { $0 }.map { $0.hasSuffix("read for its digest") ? "read" : "taken" }
  }

  /// Whether the file was younger than 2 s when the last run read it.
  private func isYoung() throws -> Bool {
    let input = try #require(try Manifest.load(from: folder.path("a")).inputs.first)
    let stamp = try #require(input.stamp)
    return try #require(input.readAt) - max(stamp.modified, stamp.changed) <= 2_000_000_000
  }

  @Test func aSettledFileIsReadOnce() async throws {
    try folder.write("input.txt", "one")
    #expect(try await inputs(plan()) == ["read"], "once for both stages")
    // Too young to be trusted, as long as this test is not held up between writing and running.
    var expected = try isYoung() ? "read" : "taken"
    #expect(try await inputs(plan()) == [expected])
    try await Task.sleep(for: .seconds(2.2))
    expected = try isYoung() ? "read" : "taken"
    #expect(try await inputs(plan()) == [expected])
    #expect(try await inputs(plan()) == ["taken"])
    #expect(try await inputs(plan(value: 2)) == ["taken"])
    #expect(try await inputs(plan(), rehash: true) == ["read"])
    #expect(try await inputs(plan(), fresh: true) == ["read"])
    #expect(try await inputs(plan()) == ["taken"])
    let input = try #require(try Manifest.load(from: folder.path("a")).inputs.first)
    #expect(input.stamp?.size == 3 && input.sha256 == Digest.of(Data("one".utf8)))
    // The same size, and the old modification time put back: the ctime tells.
    let old = try FileManager.default.attributesOfItem(atPath: folder.path("input.txt"))[.modificationDate]
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path("input.txt")))
    try handle.write(contentsOf: Data("two".utf8))
    try handle.close()
    try FileManager.default.setAttributes([.modificationDate: old as Any], ofItemAtPath: folder.path("input.txt"))
    #expect(try await inputs(plan()) == ["read"])
    #expect(try Manifest.load(from: folder.path("a")).inputs.first?.sha256 == Digest.of(Data("two".utf8)))
  }

  @Test func aFileThatChangesWhileItIsReadFailsTheRun() async throws {
    try folder.write("input.txt", "one")
    _ = try await inputs(plan("meddling", value: 0))
    let before = try folder.read("a/manifest.json")
    do {
      _ = try await inputs(plan("meddling", value: 1))
      Issue.record("the change was not seen")
    } catch let error as RunFailure {
      #expect(error.exitCode == .io)
      #expect("\(error)".contains("input.txt: changed while it was read. Nothing was published."))
    }
    #expect(try folder.read("a/manifest.json") == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root).sorted() == ["a", "input.txt"])
  }

  /// What changes after its stage has ended does no harm, and what a failed run has read need not be read again.
  @Test func aFailedRunKeepsItsDigests() async throws {
    try folder.write("input.txt", "one")
    try folder.write("other.txt", "one")
    try await Task.sleep(for: .seconds(2.2))
    func plan(_ value: Double) throws -> Plan {
      let requests = [("one", "constant", "input.txt", 1), ("two", "meddling", "other.txt", value)].map {
        StageRequest(
          id: $0, kind: "give", use: $1,
          settings: [Toys.setting("value", .float($3)), Toys.setting("file", .string(folder.path($2)))])
      }
      return try Plan(requests, registry: Toys.attachingRegistry(), seed: 1)
    }
    await #expect(throws: RunFailure.self) { try await inputs(plan(1)) }
    #expect(try Manifest.load(from: folder.path("a.failed")).failures?.map(\.stage) == ["two"])
    #expect(try await inputs(plan(0)) == ["taken", "read"], "the second has just been changed")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.root).sorted() == ["a", "input.txt", "other.txt"])
  }
}
