import CutlineCompute
import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineFlow
@testable import CutlineRules

/// Features: how they are made, and what of a recipe is refused.
@Suite struct RecipeTests {
  private static let head = """
    name = "r"
    currency = "EUR"
    [fields]
    x = { type = "number", domain = [-1000, 1000] }
    y = { type = "number" }
    cash = { type = "number", unit = "money" }
    level = { type = "text" }

    """

  private static func recipe(_ features: String) throws -> Recipe {
    try Recipe(RecipeSheet(Array((head + features).utf8), of: "recipe.toml"))
  }

  private static func values(_ features: String, x: Double = 1, y: Double = 2, level: String? = "b") throws -> (
    values: [Double], counts: RecipeCounts
  ) {
    let recipe = try recipe(features)
    let columns = try RuleColumns(recipe.formulas.program, rows: 1) { field in
      switch field.name {
      case "level": .text(TextColumn([level]))
      case "x": .number([x])
      case "y": .number([y])
      default: .number([100])
      }
    }
    let evaluator = RecipeEvaluator(recipe)
    evaluator.read(columns)
    evaluator.evaluate(row: 0)
    return (evaluator.values, evaluator.counts)
  }

  @Test func theOrderIsValueMissingClampScale() throws {
    let text = "[[features]]\nname = \"a\"\nvalue = \"x\"\nmissing = 50\nclamp = [0, 10]\nmean = 4\nstd = 2\n"
    #expect(try Self.values(text).values == [-1.5])
    #expect(try Self.values(text, x: 99).values == [3])
    #expect(try Self.values(text, x: .nan).values == [3])
    let own = try Self.values(text, x: 5000)
    #expect(own.values[0].isNaN && own.counts.failed == [1] && own.counts.missing == [0], "outside its domain")
  }

  /// Doubles from left to right, not decimals: what was fitted is what is applied.
  @Test func valuesAreDoublesFromLeftToRight() throws {
    let text = "[[features]]\nname = \"a\"\nvalue = \"x * 0.1 + y * 0.1 - 0.3 / max(x, 3, y) + abs(-y)\"\n"
    let (x, y) = (1.1, 2.3)
    #expect(try Self.values(text, x: x, y: y).values == [x * 0.1 + y * 0.1 - 0.3 / 3 + 2.3])
    #expect(try Self.values("[[features]]\nname = \"a\"\nvalue = \"x / (y - y)\"\n").values[0].isNaN)
    #expect(try Self.values("[[features]]\nname = \"a\"\nvalue = \"y * y\"\n", y: 1e200).counts.failed == [1])
    #expect(try Self.values("[[features]]\nname = \"a\"\nvalue = \"min(x, y)\"\n", y: .nan).counts.missing == [1])
  }

  /// Conditions are exact: 0.1 + 0.2 is 0.3.
  @Test func conditionsAreExact() throws {
    let text = "[[features]]\nname = \"a\"\nwhen = \"x + y == 0.3\"\nmissing = 7\n"
    #expect(try Self.values(text, x: 0.1, y: 0.2).values == [1])
    #expect(try Self.values(text, x: 0.1, y: 0.21).values == [0])
    #expect(try Self.values(text, x: .nan).values == [7])
  }

  @Test func levelsAreCodes() throws {
    let text =
      "[[features]]\nname = \"l\"\nfield = \"level\"\nlevels = [\"a\", \"b\", \"c \\\"d\\\"\"]\nother = -9\nmissing = 4\n"
    #expect(try Self.values(text).values == [1])
    #expect(try Self.values(text, level: "c \"d\"").values == [2])
    let strange = try Self.values(text, level: "z")
    #expect(strange.values == [-9] && strange.counts.unknown == [1])
    let missing = try Self.values(text, level: nil)
    #expect(missing.values == [4] && missing.counts.missing == [1] && missing.counts.unknown == [0])
  }

  @Test(arguments: [
    ("[[features]]\nname = \"a\"\nvalue = \"z\"", "there is no field z"),
    ("[[features]]\nname = \"a\"\nvalue = \"x <\"", "ends too early"),
    ("[[features]]\nname = \"a\"\nwhen = \"x\"", "is no test"),
    ("[[features]]\nname = \"a\"\nvalue = \"x < 1\"", "is a test"),
    ("[[features]]\nname = \"a\"\nvalue = \"x + cash\"", "adds"),
    ("[[features]]\nname = \"a\"\nvalue = \"cash\"\ncases = [{ when = \"x > 1\", value = \"x * x\" }]", "is of"),
    ("[[features]]\nname = \"a\"\nvalue = \"x\"\nwhen = \"x > 1\"", "not one of"),
    ("[[features]]\nname = \"a\"\nvalue = \"x\"\nstd = 1", "one of mean and std"),
    ("[[features]]\nname = \"a\"\nvalue = \"x\"\nmean = 1\nstd = 0", "not above 0"),
    ("[[features]]\nname = \"a\"\nvalue = \"x\"\nclamp = [2, 1]", "ends before it begins"),
    ("[[features]]\nname = \"a\"\nvalue = \"x\"\nclamp = [2]", "two ends"),
    ("[[features]]\nname = \"a\"\nvalue = \"x\"\nclmp = [2]", "did you mean clamp"),
    ("[[features]]\nname = \"a\"\nvalue = \"x\"\n[[features]]\nname = \"a\"\nvalue = \"y\"", "another has"),
    ("[[features]]\nname = \"a\"\nfield = \"levl\"\nlevels = [\"a\"]", "did you mean level"),
    ("[[features]]\nname = \"a\"\nfield = \"level\"\nlevels = [\"a\", \"a\"]", "come twice"),
    ("", "0 features"),
  ])
  func whatIsRefused(_ text: String, _ words: String) throws {
    let faults = expectFaults(.usage) { try Self.recipe(text) }
    #expect(faults?.text(.full).contains(words) == true, "\(faults?.text(.full) ?? "")")
  }

  @Test func jsonIsTheSame() throws {
    let sheet = try FlowFixture.recipe()
    let json = try sheet.json
    let again = try RecipeSheet(json, of: "r.json")
    #expect(again == sheet)
    #expect(try again.json == json)
    #expect(try Recipe(again).names == Recipe(sheet).names)
  }
}
