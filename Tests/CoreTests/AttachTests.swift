import CutlineCore
import CutlineRun
import CutlineTesting
import Foundation
import Synchronization
import TestSupport
import Testing

/// Files that stages attach to a run.
@Suite struct AttachTests {
  private let folder = TemporaryFolder()

  @discardableResult
  private func run(_ requests: [StageRequest], _ name: String = "a", program: String = "p") async throws -> Manifest {
    let plan = try Plan(requests, registry: Toys.attachingRegistry(), seed: 1)
    let options = Runner.Options(
      output: folder.path(name), workers: 2, version: "1", program: program, configuration: "toy.toml")
    return try await Runner(plan: plan, options: options, sink: { _ in }).run().manifest
  }

  private func ran(_ manifest: Manifest) -> [String] { manifest.stages.filter { !$0.reused }.map(\.id).sorted() }

  private func inode(_ name: String) -> Int? {
    (try? FileManager.default.attributesOfItem(atPath: folder.path(name)))?[.systemFileNumber] as? Int
  }

  /// The message of the run's failure, which leaves nothing where nothing was finished.
  private func refusal(_ requests: StageRequest...) async throws -> String {
    do {
      try await run(requests, "refused")
      return "was not refused"
    } catch let error as RunFailure { return "\(error)" }
  }

  @Test func theManifestKnowsWhatIsAttached() async throws {
    let manifest = try await run([Toys.audit(lines: 2)])
    #expect(try folder.read("a/data/audit.csv") == "row,what\n0,nothing\n1,nothing\n")
    let file = try #require(manifest.files.first { $0.path == "data/audit.csv" })
    #expect(file.bytes == 29 && file.columns == AttachConfig.columns)
    #expect(file.sha256 == Digest.of(Data(try folder.read("a/data/audit.csv").utf8)))
    #expect(manifest.stages.first?.files == ["data/audit.csv"])
    #expect(try RunVerification.problems(in: folder.path("a")).problems == [])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == ["a"])
  }

  /// Large files pass through a buffer: what is written in many pieces is what is read back.
  @Test func manyPiecesMakeOneFile() async throws {
    let place = AttachedFiles(in: folder.path("place"))
    let context = RunContext(stageID: "s", seed: 1, files: place)
    try await context.attach("data/large.bin") { writer in
      for piece in 0..<40 {
        try writer.append("piece \(piece)\n")
        try writer.append([UInt8](repeating: UInt8(piece), count: piece * 70_000))
      }
    }
    let record = try #require(place.records.first)
    let (sha256, bytes) = try Digest.ofFile(folder.path("place/data/large.bin"))
    #expect((record.sha256, record.bytes) == (sha256, bytes))
    #expect(bytes == (0..<40).reduce(0) { $0 + "piece \($1)\n".utf8.count + $1 * 70_000 })
  }

  /// A second run with nothing changed runs nothing: outputs are loaded, files are linked.
  @Test func aSecondRunRunsNothing() async throws {
    let requests = Toys.requests() + [Toys.audit(), Toys.audit("word", use: "noting", path: "data/word.csv")]
    let first = try await run(requests)
    let inodes = ["a/data/audit.csv", "a/data/word.csv", "a/data/amount.txt"].map(inode)
    let second = try await run(requests)
    #expect(ran(second) == [])
    #expect(second.resultsDigest == first.resultsDigest)
    #expect(["a/data/audit.csv", "a/data/word.csv", "a/data/amount.txt"].map(inode) == inodes, "linked, not written")
    #expect(second.stages.map(\.files) == first.stages.map(\.files))
    #expect(second.files.map(\.columns) == first.files.map(\.columns))
    #expect(try RunVerification.problems(in: folder.path("a")).problems == [])
    // And a third, from the second.
    #expect(ran(try await run(requests)) == [])
    #expect(ran(try await run(requests, program: "other build")).count == 6)
  }

  @Test func aFileThatIsGoneOrChangedIsMadeAgain() async throws {
    let requests = [Toys.audit(), Toys.audit("word", use: "noting", path: "data/word.csv")] + Toys.requests()
    let first = try await run(requests)
    for (file, stage) in [("data/audit.csv", "audit"), ("data/word.csv", "word"), ("data/amount.txt", "out")] {
      let text = try folder.read("a/\(file)")
      try folder.write("a/\(file)", "9" + text.dropFirst())
      #expect(ran(try await run(requests)) == [stage])
      try FileManager.default.removeItem(atPath: folder.path("a/\(file)"))
      #expect(ran(try await run(requests)) == [stage])
      try FileManager.default.removeItem(atPath: folder.path("a/\(file)"))
      try folder.write("elsewhere", text)
      try FileManager.default.createSymbolicLink(
        atPath: folder.path("a/\(file)"), withDestinationPath: folder.path("elsewhere"))
      let again = try await run(requests)
      #expect(ran(again) == [stage])
      #expect(again.resultsDigest == first.resultsDigest)
      #expect(try RunVerification.problems(in: folder.path("a")).problems == [])
    }
  }

  @Test func oneFileHasOneStage() async throws {
    #expect(try await refusal(Toys.audit(end: "twice")).hasPrefix("stage audit: file data/audit.csv: is given twice."))
    let both = try await refusal(Toys.audit("one"), Toys.audit("two", use: "noting"))
    #expect(both.contains("file data/audit.csv: is given by stage one, too.") || both.contains("by stage two, too."))
    let within = try await refusal(Toys.audit("one", path: "data/x"), Toys.audit("two", path: "data/x/y.csv"))
    #expect(within.contains("is a file of stage one") || within.contains("is a folder, in which stage two gives"))
    let set = try await refusal(
      Toys.audit("one", path: "data/amount.txt", lines: 0, end: "well"), Toys.requests()[0], Toys.requests()[1],
      Toys.requests()[2], Toys.requests()[3])
    #expect(set.contains("file data/amount.txt: is given by stage one, too."))
    for path in [
      "manifest.json", "stages/x.json", "../x", "/etc/x", "data//x", "data/./x", "events.jsonl/x", "a\nb",
    ] {
      #expect(try await refusal(Toys.audit(path: path)).contains("is no place for a result"), "\(path)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("refused")))
  }

  @Test func aFailedStageLeavesNothing() async throws {
    let message = try await refusal(Toys.audit(lines: 100_000, end: "badly"))
    #expect(message.hasPrefix("stage audit: line 100000: is unlucky."))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == [])
    // What others finished is kept, and taken from there.
    let others = [Toys.audit("good", path: "data/good.csv"), Toys.audit("word", use: "noting", path: "data/word.csv")]
    await #expect(throws: RunFailure.self) { try await run(others + [Toys.audit(end: "badly")]) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == ["a.failed"])
    let (kept, problems) = try RunVerification.problems(in: folder.path("a.failed"))
    #expect(problems == [])
    #expect(kept.files.map(\.path) == ["data/good.csv", "data/word.csv", "stages/good.json", "events.jsonl"])
    #expect(ran(try await run(others + [Toys.audit()])) == ["audit"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == ["a"])
    #expect(try RunVerification.problems(in: folder.path("a")).problems == [])
  }

  @Test func aFileMayBeTriedAgain() async throws {
    try await run([Toys.audit(end: "retry")])
    #expect(try folder.read("a/data/audit.csv") == "again\n")
  }

  @Test func whatAWriterMustNotDo() async throws {
    #expect(try await refusal(Toys.audit(end: "escaping")).contains("was written to after it had ended"))
    #expect(try await refusal(Toys.audit(end: "open")).contains("is still being written when its stage ends"))
    #expect(try await refusal(Toys.audit(end: "header")).contains("has other columns than it describes"))
  }

  @Test func onlyStagesOfThePlanAttach() async throws {
    #expect(try await refusal(Toys.audit(use: "inner")).contains("attached by a stage that runs inside another one"))
    let stage = try Toys.attachingRegistry().stage(kind: "give", name: "auditing", at: .default).instance()
    do {
      _ = try await stage.run([:], in: RunContext(stageID: "s", seed: 1))
      Issue.record("attached to nothing")
    } catch let error as Faults { #expect("\(error)".contains("is attached outside a run")) }
    let place = AttachedFiles(in: folder.path("place"))
    _ = try await stage.run([:], in: RunContext(stageID: "s", seed: 1, files: place))
    #expect(place.records.map(\.path) == ["data/audit.csv"])
    #expect(try folder.read("place/data/audit.csv").hasPrefix("row,what\n0,"))
  }

  /// The conformance kit gives stages a place, and compares what they attach.
  @Test func attachedFilesAreTheSameWithAnyWorkers() async throws {
    let registry = try Toys.attachingRegistry()
    func broken(_ name: String) async throws -> [String] {
      let stage = try registry.stage(kind: "give", name: name, at: .default)
      return try await StageConformance.deterministic(stage, inputs: PortValues([:])).broken
    }
    #expect(try await broken("auditing") == [])
    #expect(try await broken("counting") == ["give.counting: another result with 3 workers"])
  }
}
