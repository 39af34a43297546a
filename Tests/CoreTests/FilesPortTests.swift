@_spi(Run) import CutlineCore
import CutlineRun
import Foundation
import TestSupport
import Testing

/// A kind that looks at what others have left.
private enum Look: Kind {
  struct Input: Sendable {
    let files: [NamedArtifact<StageFiles>]
  }
  static let ports = Ports(Input.init, .many("files", \.files))
  typealias Output = FileSet
  static let name = "look"
  static let summary = "Looks at files."
}

/// Repeats the files and remarks that it finds, as a page.
private struct Repeat: Stage {
  typealias Kind = Look
  static let name = "repeat"
  static let summary = "Repeats what it finds."
  init(config: NoConfig) {}
  func run(_ input: Look.Input, in context: RunContext) async throws -> FileSet {
    var text = ""
    for (stage, files) in input.files.map({ ($0.stage, $0.artifact) }) {
      for said in files.said { text += "\(stage) said \(said.text)\n" }
      for record in files.records {
        text += "\(stage) \(record.path) \(String(decoding: try files.bytes(of: record), as: UTF8.self))"
      }
    }
    return FileSet(files: [ResultFile(path: "look.html", bytes: Array(text.utf8))])
  }
}

/// Stages that read the files of others.
@Suite struct FilesPortTests {
  private let folder = TemporaryFolder()

  private func plan(value: Double = 1, join: String = "sum", alone: Bool = false) throws -> Plan {
    var registry = try Toys.registry()
    try registry.register(Repeat.self)
    let look = StageRequest(
      id: "look", kind: "look", use: "repeat", from: ["files": alone ? ["left"] : ["out", "left", "right"]])
    return try Plan([look] + Toys.requests(value: value, join: join), registry: registry, seed: 1)
  }

  private func run(_ plan: Plan, workers: Int = 2, _ name: String = "a") async throws -> Manifest {
    let options = Runner.Options(
      output: folder.path(name), workers: workers, version: "1", program: "p", configuration: "toy.toml")
    return try await Runner(plan: plan, options: options) { _ in }.run().manifest
  }

  private func reused(_ manifest: Manifest) -> [String] { manifest.stages.filter(\.reused).map(\.id).sorted() }

  @Test(arguments: [1, 4]) func theySeeFilesAndRemarksOfAnyStage(workers: Int) async throws {
    let manifest = try await run(plan(), workers: workers)
    let text = try folder.read("a/look.html")
    let amount = try folder.read("a/data/amount.txt")
    #expect(text == "out data/amount.txt \(amount)left said the number is 1.0\n")
    #expect(manifest.stages.last?.id == "look" && RunPath.isView("look.html"))
    #expect(try RunVerification.problems(in: folder.path("a")).problems == [])
  }

  @Test func unchangedOnesAreTakenOverAndChangedOnesReadAgain() async throws {
    _ = try await run(plan())
    #expect(reused(try await run(plan())) == ["left", "look", "out", "right", "both"].sorted())
    let changed = try await run(plan(value: 3))
    #expect(reused(changed) == ["right"])
    #expect(try folder.read("a/look.html").contains("the number is 3.0"))
    // A page that was changed is made again, and nothing else for it.
    try folder.write("a/look.html", "forged")
    #expect(reused(try await run(plan(value: 3))) == ["both", "left", "out", "right"])
    #expect(try folder.read("a/look.html").contains("the number is 3.0"))
  }

  @Test func aStageThatOnlyPagesReadIsWantedForItself() async throws {
    let manifest = try await run(plan(alone: true))
    #expect(manifest.stages.map(\.id).sorted() == ["both", "left", "look", "out", "right"])
    #expect(try folder.read("a/look.html") == "left said the number is 1.0\n")
  }

  /// Whatever draws pictures may be another one elsewhere; the results are the same.
  @Test func pagesAreNoResults() async throws {
    let with = try await run(plan())
    let without = try await run(Toys.plan(), "b")
    #expect(with.resultsDigest == without.resultsDigest)
    #expect(with.files.contains { $0.path == "look.html" })
    try folder.write("a/look.html", "forged")
    #expect(
      try RunVerification.problems(in: folder.path("a")).problems.contains { $0.hasPrefix("look.html has 6 bytes") })
  }

  @Test func whatFailsIsNotReadAndTheRestIsKept() async throws {
    do {
      _ = try await run(plan(join: "failing"))
      Issue.record("the run did not fail")
    } catch let error as RunFailure {
      #expect(error.failures.map(\.stage) == ["both"] && error.skipped.sorted() == ["look", "out"])
    }
  }

  @Test func bytesOfAFileThatWasChangedAreRefused() throws {
    let record = FileRecord(path: "data/a.csv", sha256: Digest.of([1, 2]), bytes: 2, columns: [])
    let files = StageFiles([record]) { _ in [1, 3] }
    expectFaults(.integrity) { try files.bytes(of: record) }
    #expect(try StageFiles([record]) { _ in [1, 2] }.bytes(of: record) == [1, 2])
  }
}
