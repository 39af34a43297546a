import CutlineCore
import TestSupport
import Testing

/// Entries of a list of stages that stand for several.
@Suite("Grids and searches of settings")
struct HeldManyTests {
  struct Config: StageConfig {
    var parts: [Chosen<Give>] = ["constant"]
    static let fields: [Field<Self>] = [.stages("parts", \.parts, "Several.")]
  }

  /// The settings of each stage that `parts` comes to.
  private func shown(_ entry: String) throws -> String {
    let settings = try ConfigDocument.parse("parts = [\(entry)]", source: "toy.toml").entries
    let read = try Config.read(settings, at: .default, origin: "toy")
    return try #require(read.settings.first).value
  }

  @Test func aGridIsEveryCombination() throws {
    let own = try shown("{ use = \"x\", with = { c = 7 }, grid = { a = [1, 2], b = [0.5, 0.25] } }")
    for (a, b) in [("1", "0.5"), ("1", "0.25"), ("2", "0.5"), ("2", "0.25")] {
      #expect(own.contains("{ c = 7, a = \(a), b = \(b) }"), "\(own)")
    }
    #expect(own.split(separator: "use").count == 5)
  }

  @Test func aSearchIsDrawnByItsSeed() throws {
    func search(_ seed: Int) throws -> String {
      try shown(
        "{ use = \"x\", search = { tries = 40, seed = \(seed), over = { a = { from = 1e-4, to = 1, scale = \"log\" }, "
          + "d = { from = 2, to = 4 }, p = [1.2, 1.8] } } }")
    }
    let own = try search(1)
    #expect(try own == search(1) && own != search(2))
    let entries = own.matches(of: /with = \{ a = ([0-9.e-]+), d = ([0-9]), p = (1\.[28]) \}/)
    #expect(entries.count == 40, "\(own)")
    let small = try entries.count { try #require(Double($0.1)) < 0.01 }
    // Even in logarithms: half of them lie below the middle of 1e-4 and 1.
    #expect((8...32).contains(small))
    #expect(Set(entries.map { String($0.2) }) == ["2", "3", "4"] && Set(entries.map { String($0.3) }) == ["1.2", "1.8"])
    #expect(try entries.allSatisfy { (1e-4...1).contains(try #require(Double($0.1))) })
  }

  @Test(arguments: [
    "{ use = \"x\", grid = {} }", "{ use = \"x\", grid = { a = [] } }", "{ use = \"x\", grid = 3 }",
    "{ use = \"x\", grid = { a = 1 } }", "{ use = \"x\", with = { a = 1 }, grid = { a = [1] } }",
    "{ use = \"x\", grid = { a = [1] }, search = { tries = 1, over = { a = [1] } } }",
    "{ use = \"x\", search = { tries = 0, over = { a = [1] } } }", "{ use = \"x\", search = { tries = 5 } }",
    "{ use = \"x\", search = { tries = 5, over = { a = { from = 2, to = 1 } } } }",
    "{ use = \"x\", search = { tries = 5, over = { a = { from = 0, to = 1, scale = \"log\" } } } }",
    "{ use = \"x\", search = { tries = 5, seed = -1, over = { a = [1] } } }",
    "{ use = \"x\", search = { tries = 2000, over = { a = [1] } } }",
  ])
  func whatCannotBeMeant(entry: String) { expectFaults(.usage) { try shown(entry) } }

  @Test func aGridTooLarge() {
    let values = (0..<40).map(String.init).joined(separator: ", ")
    expectFaults(.usage) { try shown("{ use = \"x\", grid = { a = [\(values)], b = [\(values)] } }") }
  }
}
