import CutlineCore
import CutlineRun
import Foundation
import Synchronization
import TestSupport
import Testing

/// A word that is read from a file; whoever reads counts it.
struct ReadWord: Stage {
  static let reads = Mutex<[String: Int]>([:])
  typealias Kind = Say
  static let name = "read"
  static let summary = "Says what a file holds."
  struct Config: StageConfig {
    var file = ""
    var attaches = false
    static let fields: [Field<Self>] = [
      .text("file", \.file, "The file."), .bool("attaches", \.attaches, "Gives a file of its own."),
    ]
  }
  let config: Config
  var externalInputs: [String] { [config.file] }

  func run(_ input: NoInput, in context: RunContext) async throws -> Word {
    Self.reads.withLock { $0[config.file, default: 0] += 1 }
    // Long enough for others to ask meanwhile.
    try await Task.sleep(for: .milliseconds(30))
    let text = try String(contentsOfFile: config.file, encoding: .utf8)
    guard text != "bad" else { throw Faults.data("file", "is bad", "Correct it.") }
    context.warn("read \(text.count) letters")
    if config.attaches { try await context.attach("data/word.txt", columns: []) { try $0.append(Array(text.utf8)) } }
    return Word(text: text)
  }
}

enum Keep: Kind {
  struct Input: Sendable { let word: Word }
  static let ports = Ports(Input.init, .one("word", \.word))
  typealias Output = Quantity
  static let name = "keep"
  static let summary = "Keeps the length of a word."
}

struct Length: Stage {
  typealias Kind = Keep
  static let name = "length"
  static let summary = "Its length."
  init(config: NoConfig) {}
  func run(_ input: Keep.Input, in context: RunContext) async throws -> Quantity {
    Quantity(value: Double(input.word.text.count))
  }
}

/// The runs of a batch read a source once, and leave what each would leave alone.
@Suite struct SharedInputsTests {
  private let folder = TemporaryFolder()

  private func plan(_ file: String, attaches: Bool = false, twice: Bool = false) throws -> Plan {
    var registry = try Toys.registry()
    try registry.register(ReadWord.self)
    try registry.register(Length.self)
    var requests = [
      StageRequest(
        id: "word", kind: "say", use: "read",
        settings: [
          Toys.setting("file", .string(folder.path(file))), Toys.setting("attaches", .boolean(attaches)),
        ]), StageRequest(id: "length", kind: "keep", use: "length", from: ["word": "word"]),
    ]
    if twice { requests.append(StageRequest(id: "again", kind: "keep", use: "length", from: ["word": "word"])) }
    return try Plan(requests, registry: registry, seed: 1)
  }

  private func runner(_ plan: Plan, _ name: String, _ shared: SharedInputs?, program: String = "p") -> Runner {
    var options = Runner.Options(
      output: folder.path(name), workers: 2, version: "1", program: program, configuration: "toy.toml")
    options.shared = shared
    return Runner(plan: plan, options: options) { _ in }
  }

  private func reads(_ file: String) -> Int { ReadWord.reads.withLock { $0[folder.path(file)] ?? 0 } }

  @Test func aSourceIsReadOnceForAllRuns() async throws {
    try folder.write("input.txt", "seven!!")
    let shared = SharedInputs()
    let plans = try [plan("input.txt"), plan("input.txt", twice: true)]
    let manifests = try await withThrowingTaskGroup(of: Manifest.self) { group in
      for index in 0..<6 {
        let runner = runner(plans[index % 2], "run\(index)", shared)
        group.addTask { try await runner.run().manifest }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(reads("input.txt") == 1 && shared.heldCount == 1)
    let alone = try await runner(plans[0], "alone", nil).run().manifest
    #expect(manifests.count { $0.resultsDigest == alone.resultsDigest } == 3)
    for manifest in manifests {
      #expect(manifest.stages.first { $0.id == "word" }?.remarks.map(\.message) == ["read 7 letters"])
    }
    // One looked at its digest.
    let digests = try (0..<6).reduce(0) {
      $0 + (try folder.read("run\($1)/events.jsonl").components(separatedBy: "read for its digest").count - 1)
    }
    #expect(digests == 1)
  }

  /// What fails, fails for each run, and is tried once; what gives files is each run's own.
  @Test func failuresAndFilesAreEachRunsOwn() async throws {
    try folder.write("bad.txt", "bad")
    let shared = SharedInputs()
    for index in 0..<3 {
      let runner = try runner(plan("bad.txt"), "bad\(index)", shared)
      await #expect(throws: RunFailure.self) { _ = try await runner.run() }
    }
    #expect(reads("bad.txt") == 1)
    try folder.write("good.txt", "good")
    for index in 0..<2 {
      _ = try await runner(plan("good.txt", attaches: true), "own\(index)", shared).run()
      #expect(try folder.read("own\(index)/data/word.txt") == "good")
      #expect(try RunVerification.problems(in: folder.path("own\(index)")).problems == [])
    }
    #expect(reads("good.txt") == 2 && shared.heldCount == 0)
  }

  /// A run stands where nothing of it would be another: files, settings, inputs, build.
  @Test func aRunStandsUntilSomethingChanges() async throws {
    try folder.write("input.txt", "one")
    let first = try runner(plan("input.txt"), "a", nil)
    #expect(try first.standing() == nil, "nothing is there")
    let manifest = try await first.run().manifest
    #expect(try first.standing()?.resultsDigest == manifest.resultsDigest)
    #expect(try runner(plan("input.txt"), "a", nil, program: "other").standing() == nil)
    #expect(try runner(plan("input.txt", twice: true), "a", nil).standing() == nil)
    let stored = try folder.read("a/stages/length.json")
    try folder.write("a/stages/length.json", stored + " ")
    #expect(try first.standing() == nil)
    try folder.write("a/stages/length.json", stored)
    #expect(try first.standing() != nil)
    try folder.write("input.txt", "two!")
    #expect(try first.standing() == nil)
    try FileManager.default.removeItem(atPath: folder.path("input.txt"))
    #expect(throws: StageFailure.self) { _ = try first.standing() }
  }

  @Test func onlyRunsAreRemoved() async throws {
    try folder.write("input.txt", "one")
    #expect(try RunRemoval.remove(folder.path("a")) == false)
    _ = try await runner(plan("input.txt"), "a", nil).run()
    try folder.write("a/mine.txt", "mine")
    #expect(throws: Faults.self) { try RunRemoval.remove(folder.path("a")) }
    try FileManager.default.removeItem(atPath: folder.path("a/mine.txt"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: folder.path("a"))
    #expect(throws: Faults.self) { try RunRemoval.remove(folder.path("link")) }
    try folder.write("empty/other.txt", "x")
    #expect(throws: Faults.self) { try RunRemoval.remove(folder.path("empty")) }
    #expect(try RunRemoval.remove(folder.path("a")))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.root).sorted() == ["empty", "input.txt", "link"])
  }
}
