import CutlineCore
import CutlineRun
import Foundation
import Synchronization
import TestSupport
import Testing

/// Gives the mean of what the stages give that its setting holds; a stage that fails is left out and said.
private struct Mean: Stage {
  typealias Kind = Give
  static let name = "mean"
  static let summary = "The mean of other numbers."
  struct Config: StageConfig {
    var parts: [Chosen<Give>] = ["constant"]
    var base: Chosen<Give> = "constant"
    static let fields: [Field<Self>] = [
      .stages("parts", \.parts, "Whose mean it is."), .stage("base", \.base, "What is added."),
    ]
  }
  let config: Config

  func run(_ input: NoInput, in context: RunContext) async throws -> Quantity {
    var values: [Double] = []
    for (index, part) in config.parts.enumerated() {
      do { values.append(try await part(input, in: context.inner("toys/part", index % 2)).value) } catch let failure
        as InnerFailure
      { context.warn("left out: \(word: failure.masked)") }
    }
    guard !values.isEmpty else { throw Faults.data("mean", "every part failed", "Correct one.") }
    let base = try await config.base(input, in: context.inner("toys/base")).value
    return Quantity(value: values.reduce(0, +) / Double(values.count) + base)
  }
}

private struct Unlucky: Stage {
  typealias Kind = Give
  static let name = "unlucky"
  static let summary = "Always fails."
  init(config: NoConfig) {}
  func run(_ input: NoInput, in context: RunContext) async throws -> Quantity {
    throw Faults.data(Place(column: "luck", row: 6), "is missing", found: .personal("secret"), "Take another.")
  }
}

@Suite struct HeldStageTests {
  private let folder = TemporaryFolder()

  private static func registry() throws -> Registry {
    var registry = try Toys.registry()
    try registry.register(Mean.self)
    try registry.register(Unlucky.self)
    return registry
  }

  private static func plan(_ toml: String, seed: UInt64 = 1, id: String = "mean") throws -> Plan {
    let settings = try ConfigDocument.parse(toml, source: "toy.toml").entries
    let requests = [
      StageRequest(id: id, kind: "give", use: "mean", settings: settings, place: Place(source: "toy.toml", line: 1)),
      StageRequest(id: "out", kind: "write", use: "file", from: ["amount": PortSource([id])]),
    ]
    return try Plan(requests, registry: registry(), seed: seed)
  }

  private func value(_ plan: Plan, _ name: String = "run", sink: @escaping EventSink = { _ in }) async throws -> Double
  {
    let options = Runner.Options(
      output: folder.path(name), workers: 2, fresh: true, version: "1", program: "p", configuration: "toy.toml")
    _ = try await Runner(plan: plan, options: options, sink: sink).run()
    let text = try folder.read("\(name)/data/amount.txt").trimmingCharacters(in: .whitespacesAndNewlines)
    return try #require(Double(text))
  }

  @Test func stagesInSettingsRun() async throws {
    let toml = """
      parts = ["constant", { use = "constant", with = { value = 4 } }, { use = "mean", with = { parts = ["fixed"] } }]
      base = { use = "constant", with = { value = 10 } }
      """
    // 1, 4, and inside the mean of 1 with the base 1: 2.
    #expect(try await value(Self.plan(toml)) == (1 + 4 + 2) / 3.0 + 10)
  }

  /// A draw depends on the purpose and the indices, not on ids, names or places in a list.
  @Test func drawsArePaired() async throws {
    let twice = try await value(Self.plan("parts = [\"draw\", \"constant\", \"draw\"]"), "a")
    let once = try await value(Self.plan("parts = [\"draw\", \"constant\"]"), "b")
    let drawn = (once - 1) * 2 - 1
    #expect(abs((twice - 1) * 3 - (2 * drawn + 1)) < 1e-12, "places 1 and 3 have the same index")
    #expect(try await value(Self.plan("parts = [\"draw\", \"constant\"]", id: "other"), "c") == once)
    #expect(try await value(Self.plan("parts = [\"draw\", \"constant\"]", seed: 2), "d") != once)
  }

  @Test func allMistakesAtAllDepthsAreSaid() throws {
    let toml = """
      parts = [
        "constnat",
        { use = "constant", with = { value = 1000 } },
        { use = "mean", with = { parts = ["draww"] } },
        { use = "constant", wiht = { value = 1 } },
      ]
      base = 3
      """
    let faults = expectFaults(.usage) { try Self.plan(toml) }
    let text = faults.map(String.init(describing:)) ?? ""
    #expect(text.contains("unknown key wiht of a stage; did you mean with") && text.contains("base holds the number 3"))
    let rest = expectFaults(.usage) {
      try Self.plan(
        "parts = [\"constnat\",\n{ use = \"constant\", with = { value = 1000 } },\n{ use = \"mean\", with = { parts = [\"draww\"] } }]"
      )
    }
    #expect(rest?.all.map(\.place.line) == [1, 2, 3])
    let sentences = rest.map(String.init(describing:)) ?? ""
    #expect(sentences.contains("there is no give called constnat; did you mean constant"))
    #expect(sentences.contains("value is the number 1000") && sentences.contains("called draww; did you mean draw"))
  }

  @Test func theKeyCoversWhatIsInside() throws {
    func setting(_ toml: String) throws -> String? {
      try Self.plan(toml)["mean"]?.settings.first { $0.key == "parts" }?.value
    }
    let plain = try setting("parts = [\"constant\"]")
    #expect(plain == "[{ use = \"constant\", with = { value = 1.0 } }]")
    #expect(try setting("parts = [{ use = \"constant\", with = { value = 2 } }]") != plain)
    #expect(try setting("parts = [{ use = \"constant\", with = { value = 1 } }]") == plain)
    try folder.write("number.txt", "1")
    let file = folder.path("number.txt")
    let plan = try Self.plan("parts = [{ use = \"constant\", with = { file = \"\(file)\" } }]")
    #expect(plan["mean"]?.externalInputs == [file])
  }

  @Test func stagesAreAtMostEightDeep() throws {
    func nested(_ depth: Int) -> String {
      depth == 0 ? "[\"constant\"]" : "[{ use = \"mean\", with = { parts = \(nested(depth - 1)) } }]"
    }
    #expect(throws: Never.self) { try Self.plan("parts = \(nested(7))") }
    let faults = expectFaults(.usage) { try Self.plan("parts = \(nested(9))") }
    #expect(faults?.problem == "stages hold stages more than 8 deep")
  }

  @Test func aFailureCarriesItsPath() async throws {
    let kept = Mutex<[RunEvent]>([])
    let plan = try Self.plan("parts = [\"constant\", { use = \"mean\", with = { parts = [\"unlucky\"] } }]")
    _ = try await value(plan) { event in kept.withLock { $0.append(event) } }
    let said = kept.withLock { $0 }.filter { $0.kind == .warning }.map(\.message)
    #expect(said.contains { $0.hasPrefix("left out: parts[2] mean: mean: every part failed") })
    #expect(said.contains { $0.hasPrefix("left out: parts[1] unlucky: column luck, row 7: is missing") })
    #expect(said.allSatisfy { !$0.contains("secret") })
    do {
      _ = try await value(Self.plan("parts = [\"constant\"]\nbase = \"unlucky\""), "b")
      Issue.record("the run did not fail")
    } catch let failure as RunFailure {
      #expect("\(failure)".hasPrefix("stage mean › base unlucky: column luck, row 7: is missing, found \"secret\"."))
      #expect(failure.exitCode == .data && !failure.masked.contains("secret"))
    }
  }

  /// The same words from several inner stages are one remark with its count.
  @Test func equalRemarksAreCounted() async throws {
    let kept = Mutex<[RunEvent]>([])
    _ = try await value(Self.plan("parts = [\"constant\", \"constant\", \"fixed\"]")) { event in
      kept.withLock { $0.append(event) }
    }
    let said = kept.withLock { $0 }.filter { $0.kind == .warning }.map(\.message)
    #expect(said == ["the number is 1.0 (4 times)"])
  }
}
