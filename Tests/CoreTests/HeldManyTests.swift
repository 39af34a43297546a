import CutlineCore
import CutlineRun
import TestSupport
import Testing

/// A number with several settings.
private struct Knobs: Stage {
  typealias Kind = Give
  static let name = "knobs"
  static let summary = "A number with several settings."
  struct Config: StageConfig {
    var a = 0.0
    var b = 0.0
    var d = 0
    static let fields: [Field<Self>] = [
      .double("a", \.a, in: 0...10, "One."), .double("b", \.b, in: 0...10, "Another."),
      .int("d", \.d, in: 0...10, "A whole one."),
    ]
  }
  let config: Config
  func run(_ input: NoInput, in context: RunContext) async throws -> Quantity { Quantity(value: config.a) }
}

private struct Several: Stage {
  typealias Kind = Give
  static let name = "several"
  static let summary = "Holds several."
  struct Config: StageConfig {
    var parts: [Chosen<Give>] = ["knobs"]
    static let fields: [Field<Self>] = [.stages("parts", \.parts, "Several.")]
  }
  let config: Config
  func run(_ input: NoInput, in context: RunContext) async throws -> Quantity {
    Quantity(value: Double(config.parts.count))
  }
}

/// Entries of a list of stages that stand for several.
@Suite("Grids and searches of settings")
struct HeldManyTests {
  /// The settings of each stage that an entry comes to.
  private func shown(_ entry: String) throws -> String {
    var registry = try Toys.registry()
    try registry.register(Knobs.self)
    try registry.register(Several.self)
    let settings = try ConfigDocument.parse("parts = [\(entry)]", source: "toy.toml").entries
    let request = StageRequest(
      id: "s", kind: "give", use: "several", settings: settings, place: Place(source: "toy.toml", line: 1))
    let out = StageRequest(id: "out", kind: "write", use: "file", from: ["amount": PortSource(["s"])])
    let plan = try Plan([request, out], registry: registry, seed: 1)
    return try #require(plan["s"]?.settings.first { $0.key == "parts" }).value
  }

  @Test func aGridIsEveryCombination() throws {
    let own = try shown("{ use = \"knobs\", with = { d = 7 }, grid = { a = [1, 2], b = [0.5, 0.25] } }")
    let found = own.matches(of: /a = ([0-9.]+), b = ([0-9.]+), d = 7/).map { "\($0.1) \($0.2)" }
    #expect(found == ["1.0 0.5", "1.0 0.25", "2.0 0.5", "2.0 0.25"], "\(own)")
  }

  @Test func aSearchIsDrawnByItsSeed() throws {
    func search(_ seed: Int) throws -> String {
      try shown(
        "{ use = \"knobs\", search = { tries = 40, seed = \(seed), over = { a = { from = 1e-4, to = 1, scale = \"log\" }, "
          + "d = { from = 2, to = 4 }, b = [1.2, 1.8] } } }")
    }
    let own = try search(1)
    #expect(try own == search(1) && own != search(2))
    let entries = own.matches(of: /a = ([0-9.e-]+), b = (1\.[28]), d = ([0-9])/)
    #expect(entries.count == 40, "\(own)")
    let drawn = try entries.map { try #require(Double($0.1)) }
    // Even in logarithms: half of them lie below the middle of 1e-4 and 1.
    #expect((8...32).contains(drawn.count { $0 < 0.01 }) && drawn.allSatisfy { (1e-4...1).contains($0) })
    #expect(
      Set(entries.map { String($0.3) }) == ["2", "3", "4"] && Set(entries.map { String($0.2) }) == ["1.2", "1.8"])
  }

  @Test(arguments: [
    "grid = {}", "grid = { a = [] }", "grid = 3", "grid = { a = 1 }", "with = { a = 1 }, grid = { a = [1] }",
    "grid = { a = [11] }", "grid = { c = [1] }",
    "grid = { a = [1] }, search = { tries = 1, over = { a = [1] } }", "search = { tries = 0, over = { a = [1] } }",
    "search = { tries = 5 }", "search = { tries = 5, over = { a = { from = 2, to = 1 } } }",
    "search = { tries = 5, over = { a = { from = 0, to = 1, scale = \"log\" } } }",
    "search = { tries = 5, seed = -1, over = { a = [1] } }", "search = { tries = 2000, over = { a = [1] } }",
  ])
  func whatCannotBeMeant(entry: String) { expectFaults(.usage) { try shown("{ use = \"knobs\", \(entry) }") } }

  @Test func aGridTooLarge() {
    let values = (0..<40).map { "\(Double($0) / 8)" }.joined(separator: ", ")
    expectFaults(.usage) { try shown("{ use = \"knobs\", grid = { a = [\(values)], b = [\(values)] } }") }
  }
}
