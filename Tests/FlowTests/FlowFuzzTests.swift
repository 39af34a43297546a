import CutlineCompute
import CutlineCore
import Foundation
import Testing

@testable import CutlineFlow
@testable import CutlineRules

/// Damaged policies, recipes and models: each is read, or refused in a sentence, and nothing ends the process.
/// `CUTLINE_FUZZ=1000000` (`scripts/mutations`) runs longer.
@Suite struct FlowFuzzTests {
  private static let rounds = ProcessInfo.processInfo.environment["CUTLINE_FUZZ"].flatMap(Int.init) ?? 1500
  private static let words = [
    "0.5", "nan", "inf", "-1", "1e400", "\"\"", "null", "{", "}", "[", "]", ",", "=", ":", "\n", "\"", "true",
    "[first]",
    "sha256", "\u{0}", "é", "99999999999999999999", "x + ", "\"x\": 1,", "features", "[[features]]", "field = ",
    "levels",
  ]

  private static func damaged(_ text: [UInt8], _ random: inout RandomStream) -> [UInt8] {
    var own = text
    for _ in 0...random.index(below: 3) {
      let at = random.index(below: own.count + 1)
      switch random.index(below: 4) {
      case 0: own.insert(contentsOf: Array(words[random.index(below: words.count)].utf8), at: at)
      case 1: own.removeSubrange(at..<min(own.count, at + random.index(below: 20)))
      case 2: if at < own.count { own[at] = UInt8(random.index(below: 256)) }
      default:
        let word = Array(words[random.index(below: words.count)].utf8)
        own.replaceSubrange(at..<min(own.count, at + word.count), with: word)
      }
    }
    return own
  }

  @Test func damagedFiles() throws {
    var random = RandomStream(seed: 77)
    var fixture = try FlowFixture()
    let recipe = try FlowFixture.recipe()
    let model = try FlowFixture.model(recipe.features.prefix(3).map(\.name.text), &random, recipe: recipe)
    fixture.models["a"] = model
    let policy = try PolicySheet(Array(FlowFixture.policy(second: "model = \"a\"").utf8), of: "p")
    let sound: [[UInt8]] = [Array(policy.toml.utf8), try policy.json, try recipe.json, try model.json]
    var (read, refused) = (0, 0)
    for round in 0..<Self.rounds {
      let kind = round % sound.count
      let text = Self.damaged(sound[kind], &random)
      do {
        switch kind {
        case 0, 1: _ = try DecisionFlow(DecisionPolicy(PolicySheet(text, of: "p"), fixture))
        case 2: _ = try Recipe(RecipeSheet(text, of: "r"))
        default: _ = try ScoringModel(json: text, of: "m")
        }
        read += 1
      } catch let faults as Faults {
        #expect([.usage, .data].contains(faults.code) && !faults.text(.full).contains("fault of the program"))
        refused += 1
      }
    }
    #expect(read > 0 && refused > Self.rounds / 3, "\(read) read, \(refused) refused")
  }
}
