import CutlineCompute
import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineRules

/// The grammar, its types and units, and what is said of what does not belong to it.
@Suite struct RuleLanguageTests {
  static let head = """
    name = "t"
    currency = "EUR"
    hit = "priority"
    default = "pass"
    [fields]
    age = { type = "number", unit = "years", domain = [0, 150] }
    income = { type = "number", unit = "money" }
    ratio = { type = "number" }
    loans = { type = "integer", domain = [0, 100] }
    home = { type = "text", levels = ["own", "rent"] }
    city = { type = "text" }
    employed = { type = "bool" }
    since = { type = "date" }
    until = { type = "date" }

    """

  static func table(_ rules: String, head: String = Self.head) throws -> RuleTable {
    try RuleTable(Array((head + rules).utf8), of: "t.toml")
  }

  static func one(_ when: String) throws -> RuleProgram {
    RuleProgram(try table("[[rules]]\nid = \"r\"\nwhen = '\(when)'\naction = \"decline\"\n"))
  }

  private static func said(_ when: String) -> String {
    do {
      _ = try one(when)
      return "nothing"
    } catch let faults as Faults { return faults.text(.full) } catch { return "\(error)" }
  }

  @Test func whatIsWrongHasItsPlace() {
    // The expression begins at line 17, column 9.
    for (when, place, words) in [
      ("age < ", "17:15", "ends too early"), ("age << 3", "17:14", "<"), ("agee < 18", "17:9", "did you mean age"),
      ("age < 18 and", "17:21", "ends too early"), ("age = 18", "17:13", "Write =="),
      ("age < 18 < 20", "17:18", "chain of comparisons"), ("exp(age) > 1", "17:9", "no other function"),
      ("age < 18e3", "17:15", "letters behind it"), ("age < 1234567890123456", "17:15", "more than 15 digits"),
      ("age < \"x", "17:15", "does not end"), ("age + income > 3", "17:9", "adds years and EUR"),
      ("age > income", "17:9", "compares years with EUR"), ("home == \"owned\"", "17:17", "no level of home"),
      ("home < \"own\"", "17:9", "no order"), ("home == city", "17:9", "two texts"),
      ("age == \"x\"", "17:9", "a number with a text"), ("age", "17:9", "is no test"),
      ("age + 1", "17:9", "not a test"),
      ("since > \"2026-02-30\"", "17:17", "is no day"), ("employed < true", "17:9", "there are == and !="),
      ("(age < 3) + 1 > 2", "17:10", "not a number"), ("age in [1, \"a\"]", "17:9", "looks for"),
      ("age is", "17:15", "is missing"), ("5 is missing", "17:9", "never missing"),
      ("age ; 3", "17:13", "does not know"),
      ("not not age", "17:17", "is no test"), ("abs(age, 3) > 1", "17:9", "of one number"),
      ("é > 1", "17:9", "does not know"),
    ] {
      let said = Self.said(when)
      #expect(said.contains("t.toml:\(place):") && said.contains(words), "\(when): \(said)")
    }
  }

  @Test func limitsAreKept() {
    #expect(
      Self.said(String(repeating: "(", count: 33) + "age < 1" + String(repeating: ")", count: 33)).contains("32 deep"))
    #expect(Self.said(String(repeating: "(", count: 32) + "age < 1" + String(repeating: ")", count: 32)) == "nothing")
    #expect(Self.said(String(repeating: "not ", count: 100) + "employed").contains("32 deep"))
    #expect(Self.said((0..<90).map { "age < \($0)" }.joined(separator: " or ")).contains("256 parts"))
    #expect(Self.said("age < 1" + String(repeating: " ", count: 2000)).contains("2000 characters"))
    #expect(Self.said("age" + String(repeating: "+1", count: 130) + " > 3").contains("256 parts"))
  }

  /// Every tree is written in one way, and read again it is the same.
  @Test func textsComeBack() throws {
    var stream = RandomStream(seed: 3)
    func sum(_ depth: Int) -> RuleExpression {
      if depth == 0 || stream.index(below: 3) == 0 {
        return stream.index(below: 2) == 0
          ? RuleExpression(.field(["age", "ratio"][stream.index(below: 2)]))
          : RuleExpression(.literal(.number(RuleNumber(small: stream.index(below: 40) - 20))))
      }
      switch stream.index(below: 6) {
      case 0: return RuleExpression(.negated(RuleExpression(.field("age"))))
      case 1: return RuleExpression(.call(.max, [sum(depth - 1), sum(depth - 1)]))
      default:
        let sign: RuleExpression.Operation = [.plus, .minus, .times, .over][stream.index(below: 4)]
        return RuleExpression(.sum(sign, sum(depth - 1), sum(depth - 1)))
      }
    }
    func rule(_ depth: Int) -> RuleExpression {
      if depth == 0 || stream.index(below: 3) == 0 {
        switch stream.index(below: 3) {
        case 0: return RuleExpression(.isMissing(sum(0)))
        case 1: return RuleExpression(.isIn(RuleExpression(.field("home")), [.text("a\"\\b"), .text("c")]))
        default:
          let sign = RuleExpression.Comparison.allCases[stream.index(below: 6)]
          return RuleExpression(.compare(sign, sum(2), sum(2)))
        }
      }
      switch stream.index(below: 3) {
      case 0: return RuleExpression(.not(rule(depth - 1)))
      case 1: return RuleExpression(.all([rule(depth - 1), rule(depth - 1)]))
      default: return RuleExpression(.any([rule(depth - 1), rule(depth - 1)]))
      }
    }
    for _ in 0..<2000 {
      let text = rule(4).text
      let read = try? RuleParser.rule(RuleSource(text: text, place: "x"))
      // Too deep or too large is refused; what is read is written as it was.
      if let read { #expect(read.text == text) }
    }
  }

  /// false < failed < unknown < true in `and`; in `or` true, failed, unknown, false.
  @Test func logicIsKleenes() {
    let (no, failed, unknown, yes) = (RuleTruth.no, RuleTruth.failed, RuleTruth.unknown, RuleTruth.yes)
    for a in [no, unknown, yes] {
      #expect(
        RuleTruth.and(a, no) == no && RuleTruth.or(a, yes) == yes && RuleTruth.and(a, yes) == a
          && RuleTruth.or(a, no) == a)
    }
    #expect(RuleTruth.and(unknown, failed) == failed && RuleTruth.or(unknown, failed) == failed)
    #expect(RuleTruth.and(no, failed) == no && RuleTruth.or(yes, failed) == yes)
    for a in [no, failed, unknown, yes] {
      for b in [no, failed, unknown, yes] {
        #expect(RuleTruth.and(a, b) == RuleTruth.and(b, a) && RuleTruth.or(a, b) == RuleTruth.or(b, a))
        #expect(RuleTruth.not(RuleTruth.and(a, b)) == RuleTruth.or(RuleTruth.not(a), RuleTruth.not(b)))
      }
    }
  }

  private func fires(_ when: String, _ values: [String: RuleRecord.Value]) throws -> String {
    let decision = try Self.one(when).decide(RuleRecord(values))
    return decision.fired.isEmpty
      ? decision.unknown.isEmpty ? decision.failed.isEmpty ? "no" : "failed" : "unknown" : "yes"
  }

  @Test func testsSayWhatTheyMean() throws {
    for (when, values, truth) in [
      ("age < 18", ["age": .number(17)], "yes"), ("age < 18", ["age": .number(18)], "no"), ("age < 18", [:], "unknown"),
      ("not (age < 18)", [:], "unknown"), ("age is missing", [:], "yes"), ("age is not missing", [:], "no"),
      ("age < 18 or loans > 3", ["loans": .number(4)], "yes"), ("age < 18 and loans > 3", ["loans": .number(3)], "no"),
      ("0.1 + 0.2 == 0.3", [:], "yes"), ("ratio + 0.2 == 0.3", ["ratio": .number(0.1)], "yes"),
      ("ratio / 0 > 1", ["ratio": .number(1)], "unknown"),
      ("ratio / loans is missing", ["ratio": .number(1), "loans": .number(0)], "yes"),
      ("ratio * income > 1", ["ratio": .number(.infinity), "income": .number(1)], "failed"),
      ("age > 3", ["age": .number(151)], "failed"), ("loans > 3", ["loans": .number(3.5)], "failed"),
      ("home in [\"own\"]", ["home": .text("own")], "yes"), ("home == \"own\"", ["home": .text("Own")], "failed"),
      ("city != \"Bonn\"", ["city": .text("Köln")], "yes"),
      ("city not in [\"Bonn\", \"Köln\"]", ["city": .text("Köln")], "no"),
      ("employed", ["employed": .number(1)], "yes"), ("employed == false", ["employed": .number(1)], "no"),
      ("since < \"2026-01-31\"", ["since": .number(24136)], "yes"),
      ("until - since > 30", ["since": .number(0), "until": .number(31)], "yes"),
      ("min(ratio, 2, -ratio) == -5", ["ratio": .number(5)], "yes"),
      ("abs(ratio - 3) <= 1", ["ratio": .number(2)], "yes"),
      ("18 > age", ["age": .number(17)], "yes"), ("since <= until", ["since": .number(2), "until": .number(2)], "yes"),
      ("income > 1000000", ["income": .number(1_000_000.01)], "yes"),
      ("income > 1000000", ["income": .number(1_000_000)], "no"),
      ("ratio > 2", ["ratio": .number(2.0000001)], "yes"), ("ratio != 2", ["ratio": .number(-0.0)], "yes"),
    ] as [(String, [String: RuleRecord.Value], String)] {
      #expect(try fires(when, values) == truth, "\(when) \(values)")
    }
    // Numbers of 17 digits each do not fit into 127 bits together.
    let wide = try Self.one("ratio * ratio * ratio > 1").decide(RuleRecord(["ratio": .number(1.2345678901234567)]))
    #expect(wide.outcome == "manual" && wide.cause == "failure" && wide.failures.first?.contains("127 bits") == true)
  }

  @Test func allMistakesOfATableAreSaid() {
    let text =
      Self.head + """
        [derived]
        twice = { unit = "EUR", value = "age * 2" }
        [[rules]]
        id = "a"
        when = "age < 18"
        action = "declin"
        [[rules]]
        id = "a"
        wen = "age < 18"
        action = "manual"
        [[rules]]
        id = "B C"
        action = "decline"
        queue = "expert"
        on_missing = "maybe"
        """
    #expect(refusal(of: text).contains("unknown key wen; did you mean when"))
    let twice = refusal(of: text.replacing("wen", with: "when"))
    #expect(twice.contains("t.toml:22:7") && twice.contains("the rule a comes twice"), "\(twice)")
    let rest = refusal(
      of: text.replacing("wen", with: "when").replacing(
        "id = \"a\"\nwhen = \"age < 18\"\naction = \"manual\"", with: "id = \"b\"\naction = \"manual\""))
    #expect(rest.contains("twice is of EUR, and age * 2 of years"), "\(rest)")
    let last = refusal(
      of: text.replacing("wen", with: "when").replacing("age * 2", with: "income * 2")
        .replacing("id = \"a\"\nwhen = \"age < 18\"\naction = \"manual\"", with: "id = \"b\"\naction = \"manual\""))
    for words in ["no outcome; did you mean decline", "no id of a rule"] { #expect(last.contains(words), "\(last)") }
    #expect(refusal(of: "hit = 3").contains("hit is the number 3"))
    #expect(refusal(of: "{\"format\": \"x\"}").contains("format x"))
  }

  private func refusal(of text: String) -> String {
    do {
      _ = try RuleTable(Array(text.utf8), of: "t.toml")
      return "nothing"
    } catch let faults as Faults { return faults.text(.full) } catch { return "\(error)" }
  }

  @Test func jsonAndTomlAreTheSameTable() throws {
    for name in BuiltInRules.names {
      let table = try BuiltInRules.table(name)
      let (json, toml) = (try table.sheet.json, table.sheet.toml)
      #expect(try RuleSheet(json: json, of: "j") == table.sheet && RuleSheet(toml: toml, of: "t") == table.sheet)
      #expect(try RuleSheet(toml: toml, of: "t").json == json)
    }
  }
}
