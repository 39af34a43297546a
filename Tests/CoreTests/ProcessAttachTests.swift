import CutlineCore
import CutlineRun
import Foundation
import TestSupport
import Testing

/// Files that programs leave in `output/files/`.
@Suite struct ProcessAttachTests {
  private let folder = TemporaryFolder()
  private static let amount = "cd $CUTLINE_FOLDER/output; echo '{\"value\":7}' > amount.json; mkdir -p files/data; "

  private func stage<K: ExchangedKind>(_ id: String, _ kind: K.Type, _ script: String, from: String? = nil)
    -> StageRequest
  {
    let place = Place(source: "toy.toml")
    let words = ["/bin/sh", "-c", script].map { ConfigValue(.string($0), at: place) }
    return StageRequest(
      id: id, kind: K.name, use: "process", from: from.map { ["amount": PortSource([$0])] } ?? [:],
      settings: [.init(key: "command", place: place, value: ConfigValue(.array(words), at: place))])
  }

  private func run(_ requests: [StageRequest]) async throws -> Manifest {
    var registry = try Toys.attachingRegistry()
    try registry.register(ProcessStage<Give>.self)
    try registry.register(ProcessStage<Write>.self)
    let options = Runner.Options(
      output: folder.path("a"), workers: 1, version: "1", program: "p", configuration: "toy.toml")
    let plan = try Plan(requests, registry: registry, seed: 1)
    return try await Runner(plan: plan, options: options, sink: { _ in }).run().manifest
  }

  private func refusal(_ script: String) async throws -> String {
    do { _ = try await run([stage("left", Give.self, Self.amount + script)]) } catch let error as RunFailure {
      return "\(error)"
    }
    return "was not refused"
  }

  @Test func theyBecomeAttachedFiles() async throws {
    let script = Self.amount + "head -c 3000000 /dev/zero > files/data/zeros; echo x > files/report.txt; : > files/none"
    let first = try await run([stage("left", Give.self, script)])
    #expect(first.files.map(\.path) == ["data/zeros", "none", "report.txt", "stages/left.json", "events.jsonl"])
    #expect(first.files[0].bytes == 3_000_000)
    #expect(first.files[0].sha256 == Digest.of(Data(count: 3_000_000)))
    #expect(first.stages.first?.files == ["data/zeros", "none", "report.txt"])
    #expect(try RunVerification.problems(in: folder.path("a")).problems == [])
    let second = try await run([stage("left", Give.self, script)])
    #expect(second.stages.filter { !$0.reused }.isEmpty)
    #expect(second.resultsDigest == first.resultsDigest)
    let names = try FileManager.default.contentsOfDirectory(atPath: NSTemporaryDirectory())
    #expect(!names.contains { $0.hasPrefix("cutline-process-") && $0.hasSuffix("zeros") })
  }

  @Test func theyAreCheckedAsResultsAre() async throws {
    for name in ["manifest.json", "events.jsonl", "stages/left.json"] {
      let said = try await refusal("mkdir files/stages; touch files/\(name)")
      #expect(said.contains("files/\(name): is a name that the run keeps for itself"), "\(said)")
    }
    #expect(try await refusal("ln -s /etc/passwd files/data/x").contains("files/data/x: is no regular file"))
    #expect(try await refusal("mkfifo files/data/x").contains("files/data/x: is no regular file"))
    #expect(try await refusal("rm -r files; ln -s /etc files").contains("files: is not part of"))
    #expect(try await refusal("rm -r files; touch files").contains("files: is not part of"))
    #expect(try await refusal("rm amount.json; touch files/data/x").contains("amount.json: was not written"))
    #expect(try await refusal("cd files/data; seq 10001 | xargs touch").contains("holds 10001 files"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root).isEmpty)
    let twice = Self.amount + "touch files/data/amount.txt"
    await #expect(throws: RunFailure.self) {
      try await run([
        stage("left", Give.self, twice), StageRequest(id: "out", kind: "write", use: "file", from: ["amount": "left"]),
      ])
    }
  }

  /// Where files are the output itself, `files/` is a folder like others.
  @Test func aSetOfFilesKeepsItsPaths() async throws {
    let manifest = try await run([
      Toys.audit("left"),
      stage("out", Write.self, "cd $CUTLINE_FOLDER/output; mkdir files; echo x > files/x", from: "left"),
    ])
    #expect(manifest.files.contains { $0.path == "files/x" })
  }
}
