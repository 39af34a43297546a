import CutlineCore
import CutlineRun
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct RunnerTests {
  private let folder = TemporaryFolder()

  private func options(_ name: String, workers: Int = 2, fresh: Bool = false, program: String = "p") -> Runner.Options {
    Runner.Options(
      output: folder.path(name), workers: workers, fresh: fresh, version: "1", program: program,
      configuration: "toy.toml")
  }

  private func run(_ plan: Plan, _ options: Runner.Options, sink: @escaping EventSink = { _ in }) async throws
    -> Manifest
  {
    try await Runner(plan: plan, options: options, sink: sink).run().manifest
  }

  private func reused(_ manifest: Manifest) -> [String] { manifest.stages.filter(\.reused).map(\.id).sorted() }

  @Test func aRunLeavesWhatItsManifestSays() async throws {
    let manifest = try await run(Toys.plan(value: 2), options("a"))
    let (loaded, problems) = try RunVerification.problems(in: folder.path("a"))
    #expect(problems == [])
    #expect(loaded.resultsDigest == manifest.resultsDigest)
    #expect(
      loaded.files.map(\.path) == [
        "data/amount.txt", "stages/both.json", "stages/left.json", "stages/right.json", "events.jsonl",
      ])
    #expect(loaded.stages.first { $0.id == "left" }?.settings.first?.origin == "toy.toml:3:5")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == ["a"])
  }

  @Test func workersDoNotChangeTheBytes() async throws {
    let one = try await run(Toys.plan(), options("one", workers: 1))
    let many = try await run(Toys.plan(), options("many", workers: 8))
    #expect(one.resultsDigest == many.resultsDigest)
    let other = try await run(Toys.plan(seed: 2), options("seed"))
    #expect(other.resultsDigest != one.resultsDigest)
  }

  @Test func unchangedStagesAreTakenFromTheRunBefore() async throws {
    let first = try await run(Toys.plan(), options("a"))
    #expect(reused(first) == [])
    #expect(reused(try await run(Toys.plan(), options("a"))) == ["both", "left", "out", "right"])
    #expect(reused(try await run(Toys.plan(value: 3), options("a"))) == ["right"])
    #expect(try folder.read("a/data/amount.txt").hasPrefix("3."))
    #expect(reused(try await run(Toys.plan(value: 3), options("a", fresh: true))) == [])
    #expect(reused(try await run(Toys.plan(value: 3), options("a", program: "other build"))) == [])
    #expect(try RunVerification.problems(in: folder.path("a")).problems == [])
  }

  @Test func aChangedInputFileRunsItsStagesAgain() async throws {
    try folder.write("input.txt", "one")
    let plan = try Toys.plan(file: folder.path("input.txt"))
    _ = try await run(plan, options("a"))
    #expect(reused(try await run(plan, options("a"))).contains("left"))
    try folder.write("input.txt", "two")
    #expect(reused(try await run(plan, options("a"))) == ["right"])
  }

  @Test func aDamagedStoredOutputIsMadeAgain() async throws {
    _ = try await run(Toys.plan(), options("a"))
    try folder.write("a/stages/left.json", "{\"type\":\"amount\",\"value\":{\"value\":99},\"version\":1}")
    let manifest = try await run(Toys.plan(), options("a"))
    #expect(!reused(manifest).contains("left"))
    #expect(try folder.read("a/data/amount.txt").hasPrefix("1."))
  }

  @Test func warningsOfReusedStagesAreRepeated() async throws {
    _ = try await run(Toys.plan(), options("a"))
    let warnings = Mutex<[String]>([])
    _ = try await run(Toys.plan(), options("a")) { event in
      if event.kind == .warning { warnings.withLock { $0.append(event.message) } }
    }
    #expect(warnings.withLock { $0 } == ["the number is 1.0"])
  }

  @Test func aFailureNamesItsStageAndLeavesTheOldRun() async throws {
    let before = try await run(Toys.plan(), options("a"))
    do {
      _ = try await run(Toys.plan(join: "failing"), options("a"))
      Issue.record("the run did not fail")
    } catch let error as RunFailure {
      #expect("\(error)".hasPrefix("stage both: row 7: is unlucky. Take another.\nNot run, as they depend on it: out."))
      #expect(error.exitCode == .data)
    }
    let (after, problems) = try RunVerification.problems(in: folder.path("a"))
    #expect(problems == [])
    #expect(after.resultsDigest == before.resultsDigest)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == ["a"], "nothing new was finished")
  }

  /// What does not depend on the failure is finished, kept beside the target, and taken from there.
  @Test func whatAFailedRunFinishedIsKept() async throws {
    var requests = Toys.requests(join: "failing")
    requests.append(StageRequest(id: "alone", kind: "list", use: "plain", from: ["amounts": "left"]))
    var registry = try Toys.registry()
    try registry.register(Listing.self)
    let plan = try Plan(requests, registry: registry, seed: 1)
    do {
      _ = try await run(plan, options("a"))
      Issue.record("the run did not fail")
    } catch let error as RunFailure {
      #expect(error.failures.map(\.stage) == ["both"] && error.skipped == ["out"] && error.finished == 3)
      #expect("\(error)".contains("The results of 3 other stages are kept in"))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == ["a.failed"])
    let (kept, problems) = try RunVerification.problems(in: folder.path("a.failed"))
    #expect(problems == [] && kept.failures?.map(\.stage) == ["both"])
    #expect(try folder.read("a.failed/data/list.txt") == "left 1.0\n")
    // Repaired, the run takes the rest from there and tidies up.
    requests[3].use = "sum"
    let repaired = try await run(Plan(requests, registry: registry, seed: 1), options("a"))
    #expect(reused(repaired) == ["alone", "left", "right"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == ["a"])
  }

  @Test func severalFailuresAreAllNamed() async throws {
    var requests = Toys.requests(join: "failing")
    requests.append(StageRequest(id: "again", kind: "join", use: "failing", from: ["a": "left", "b": "left"]))
    do {
      _ = try await run(Plan(requests, registry: Toys.registry(), seed: 1), options("a"))
      Issue.record("the run did not fail")
    } catch let error as RunFailure {
      #expect(Set(error.failures.map(\.stage)) == ["both", "again"])
      #expect("\(error)".contains("Also stage"))
    }
  }

  @Test func partsOfAPlan() async throws {
    let plan = try Toys.plan()
    let place = Place(source: "--until")
    #expect(try plan.until(["both"], at: place).nodes.map(\.id).sorted() == ["both", "left", "right"])
    #expect(try plan.downstream(of: ["right"], at: place) == ["right", "both", "out"])
    expectFaults(.usage) { try plan.until(["bot"], at: place) }
    _ = try await run(plan, options("a"))
    var anew = options("a")
    anew.anew = ["both", "out"]
    #expect(reused(try await run(plan, anew)) == ["left", "right"])
  }

  @Test func aPortMayTakeManyInTheirOrder() async throws {
    var registry = try Toys.registry()
    try registry.register(Listing.self)
    var requests = Array(Toys.requests(value: 3)[1...])
    requests.append(StageRequest(id: "list", kind: "list", use: "plain", from: ["amounts": ["both", "left"]]))
    _ = try await run(Plan(requests, registry: registry, seed: 1), options("a"))
    let text = try folder.read("a/data/list.txt").split(separator: "\n")
    #expect(text.count == 2 && text[0].hasPrefix("both 3.") && text[1] == "left 3.0")
    requests[3].from["amounts"] = ["left", "left"]
    expectFaults(.usage) { try Plan(requests, registry: registry, seed: 1) }
    requests[3].from["amounts"] = []
    expectFaults(.usage) { try Plan(requests, registry: registry, seed: 1) }
    requests[3].from["amounts"] = ["left"]
    requests[2].from["a"] = ["left", "right"]
    expectFaults(.usage) { try Plan(requests, registry: registry, seed: 1) }
  }

  @Test func everyChangeOfARunIsFound() async throws {
    _ = try await run(Toys.plan(), options("a"))
    func problems() throws -> [String] { try RunVerification.problems(in: folder.path("a")).problems }
    let text = try folder.read("a/data/amount.txt")
    try folder.write("a/data/amount.txt", "9" + text.dropFirst())
    #expect(try problems() == ["data/amount.txt was changed: its digest does not match"])
    try folder.write("a/data/amount.txt", text + " ")
    #expect(try problems().first?.contains("bytes, the run wrote") == true)
    try FileManager.default.removeItem(atPath: folder.path("a/data/amount.txt"))
    #expect(try problems() == ["data/amount.txt is missing"])
    try folder.write("a/data/amount.txt", text)
    try folder.write("a/notes.txt", "mine")
    #expect(try problems() == ["notes.txt is not part of the run"])
    try folder.write("a/manifest.json", folder.read("a/manifest.json").replacing("\"toy.toml\"", with: "\"toy2.toml\""))
    expectFaults(.integrity) { try problems() }
    expectFaults(.io) { try RunVerification.problems(in: folder.root) }
  }

  @Test func foreignFilesAreNeverReplaced() async throws {
    try folder.write("mine/letter.txt", "dear")
    await expectFaults(.io) { try await run(Toys.plan(), options("mine")) }
    #expect(try folder.read("mine/letter.txt") == "dear")
    _ = try await run(Toys.plan(), options("a"))
    try folder.write("a/letter.txt", "dear")
    await expectFaults(.io) { try await run(Toys.plan(value: 5), options("a")) }
    #expect(try folder.read("a/letter.txt") == "dear")
    try folder.write("file", "x")
    await expectFaults(.io) { try await run(Toys.plan(), options("file")) }
  }

  @Test func whatAKilledRunLeftIsRemoved() async throws {
    try folder.write(".a.cutline-99999/data/half.txt", "half")
    _ = try await run(Toys.plan(), options("a"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == ["a"])
  }

  @Test func storedOutputsCanBeRead() async throws {
    _ = try await run(Toys.plan(value: 4), options("a"))
    #expect(try RunArtifact.load(Quantity.self, stage: "left", from: folder.path("a")) == Quantity(value: 4))
    expectFaults(.io) { try RunArtifact.load(Quantity.self, stage: "none", from: folder.path("a")) }
  }

  /// Beside the target may lie anything: only what a failed run left, untouched and made again, is removed.
  @Test func nothingOfOthersIsRemovedBesideTheTarget() async throws {
    try folder.write("a.failed/letter.txt", "dear")
    let warnings = Mutex<[String]>([])
    _ = try await run(Toys.plan(), options("a")) { event in
      if event.kind == .warning { warnings.withLock { $0.append(event.remark.shown) } }
    }
    #expect(try folder.read("a.failed/letter.txt") == "dear")
    #expect(warnings.withLock { $0 }.contains { $0.contains("a.failed") && $0.contains("holds no manifest.json") })
    _ = try await run(Toys.plan(), options("b.failed"))
    _ = try await run(Toys.plan(), options("b"))
    #expect(try RunVerification.problems(in: folder.path("b.failed")).problems == [])
    // A part of the plan does not make the rest again.
    _ = try? await run(Toys.plan(join: "failing"), options("c"))
    let part = try Toys.plan().until(["left"], at: .default)
    _ = try await run(part, options("c"))
    #expect(FileManager.default.fileExists(atPath: folder.path("c.failed/manifest.json")))
    try folder.write("c.failed/mine.txt", "x")
    _ = try await run(Toys.plan(), options("c"))
    #expect(try folder.read("c.failed/mine.txt") == "x")
  }

  /// Somebody may put files into the old run while the new one is made: they are nobody's to remove.
  @Test func whatIsPutIntoTheFolderMeanwhileIsKept() async throws {
    _ = try await run(Toys.plan(), options("a"))
    let warnings = Mutex<[String]>([])
    _ = try await run(Toys.plan(value: 2), options("a")) { [folder] event in
      if event.kind == .stageFinished, event.stage == "both" {
        // A failure shows below.
        try? folder.write("a/notes/mine.txt", "dear")
      }
      if event.kind == .warning { warnings.withLock { $0.append(event.remark.shown) } }
    }
    #expect(try folder.read("a.kept-1/notes/mine.txt") == "dear")
    #expect(try RunVerification.problems(in: folder.path("a")).problems == [])
    #expect(warnings.withLock { $0 }.contains { $0.contains("a.kept-1") })
    _ = try await run(Toys.plan(value: 3), options("a"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root).sorted() == ["a", "a.kept-1"])
  }

  /// A name need not be text, and a folder need not hold anything, to be somebody's.
  @Test func namesOfBytesAndEmptyFoldersAreSeen() async throws {
    _ = try await run(Toys.plan(), options("a"))
    let odd: [CChar] = Array(folder.path("a/data/r").utf8CString.dropLast()) + [CChar(bitPattern: 0xE9), 0]
    close(open(odd, O_CREAT | O_WRONLY, 0o644))
    #expect(mkdir(folder.path("a/mine"), 0o755) == 0)
    let problems = try RunVerification.problems(in: folder.path("a")).problems
    #expect(problems == ["data/r\u{FFFD} is not part of the run", "mine/ is not part of the run"])
    await expectFaults(.io) { _ = try await run(Toys.plan(value: 2), options("a")) }
    #expect(access(odd, F_OK) == 0)
  }

  /// Why a run failed is said, whatever lies where its results would be kept.
  @Test func theReasonOutlivesAFolderThatCannotBeWritten() async throws {
    try folder.write("a.failed/letter.txt", "dear")
    let warnings = Mutex<[String]>([])
    do {
      _ = try await run(Toys.plan(join: "failing"), options("a")) { event in
        if event.kind == .warning { warnings.withLock { $0.append(event.remark.shown) } }
      }
      Issue.record("it did not fail")
    } catch let failure as RunFailure {
      #expect(failure.failures.map(\.stage) == ["both"] && failure.kept == nil && failure.exitCode == .data)
    }
    #expect(
      warnings.withLock { $0 }.contains { $0.contains("what was finished is not kept") && $0.contains("letter.txt") })
    #expect(try folder.read("a.failed/letter.txt") == "dear")
  }

  @Test func idsAreNames() throws {
    for id in ["", "../x", "a/b", ".", "x\ny", "\u{1B}[31m", "-a", String(repeating: "a", count: 101)] {
      expectFaults(.usage, "\(id)") {
        try Plan([StageRequest(id: id, kind: "give", use: "draw")], registry: Toys.registry(), seed: 1)
      }
    }
    #expect(throws: Never.self) {
      try Plan([StageRequest(id: "größe_2.b-c", kind: "give", use: "draw")], registry: Toys.registry(), seed: 1)
    }
  }

  /// A stage whose output nobody takes is wanted for itself, stored or not.
  @Test func leavesRun() async throws {
    let said = Mutex<[String]>([])
    let plan = try Plan([StageRequest(id: "word", kind: "say", use: "hello")], registry: Toys.registry(), seed: 1)
    _ = try await run(plan, options("a")) { event in
      if event.kind == .stageFinished { said.withLock { $0.append(event.stage) } }
    }
    #expect(said.withLock { $0 } == ["word"])
  }
}
