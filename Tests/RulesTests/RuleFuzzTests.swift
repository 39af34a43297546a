import CutlineCompute
import CutlineCore
import Foundation
import Testing

@testable import CutlineRules

/// Texts of somebody who knows the language: each is read, or refused in a sentence, and nothing ends the process.
/// `CUTLINE_FUZZ=1000000` (`scripts/mutations`) runs longer.
@Suite struct RuleFuzzTests {
  private static let rounds = ProcessInfo.processInfo.environment["CUTLINE_FUZZ"].flatMap(Int.init) ?? 1500

  private static let words = [
    "age", "income", "ratio", "loans", "home", "city", "employed", "since", "until", "and", "or", "not", "in", "is",
    "missing", "min(",
    "max(", "abs(", "(", ")", "[", "]", ",", "..", "<", "<=", ">", ">=", "==", "!=", "+", "-", "*", "/", "0", "1",
    "999999999999999",
    "0.000000000000001", "18", "\"own\"", "\"2026-01-31\"", "\"\"", "true", "false", "null", "date(", " ", "\u{0}", "é",
    "\"",
    "\\", "1e5", "9999999999999999", "__import__", "a.b",
  ]
  private static let values: [Double] = [
    .nan, .infinity, -1, 0, -0.0, 1, 18, 0.1, .leastNonzeroMagnitude, 1e308, 1e15, 1.2345678901234567, 100,
  ]

  private static func record(_ stream: inout RandomStream) -> RuleRecord {
    var record = RuleRecord()
    for name in ["age", "income", "ratio", "loans", "employed", "since", "until"] where stream.index(below: 5) > 0 {
      record.values[name] = .number(values[stream.index(below: values.count)])
    }
    if stream.index(below: 2) == 0 { record.values["home"] = .text(["own", "x", ""][stream.index(below: 3)]) }
    return record
  }

  @Test func expressions() throws {
    let head = try RuleLanguageTests.table("[[rules]]\nid = \"r\"\nwhen = \"age < 18\"\naction = \"decline\"\n").sheet
    var stream = RandomStream(seed: 41)
    let sound = [
      "age < 18 and income > 1000000", "home in [\"own\", \"rent\"] or not (ratio * income / loans >= max(1, income))",
      "until - since > 30",
    ]
    var (read, refused) = (0, 0)
    for round in 0..<Self.rounds {
      var text = sound[round % sound.count]
      if round % 4 == 3 {
        // As it is: the record is what is odd.
      } else if round % 2 == 0 {
        text = (0..<1 + stream.index(below: 12)).map { _ in Self.words[stream.index(below: Self.words.count)] }.joined(
          separator: " ")
      } else {
        for _ in 0...stream.index(below: 3) {
          let characters = Array(text)
          let at = stream.index(below: characters.count + 1)
          text =
            String(characters[..<at]) + Self.words[stream.index(below: Self.words.count)]
            + String(characters[min(characters.count, at + stream.index(below: 4))...])
        }
      }
      var sheet = head
      if round % 5 == 0, round % 4 != 3 {
        sheet.rules[0].when = nil
        sheet.rules[0].cells = [.init(field: .init("age"), test: .init(text))]
      } else {
        sheet.rules[0].when = .init(text, Place(source: "f", line: 1, column: 1))
      }
      do {
        let program = RuleProgram(try RuleTable(sheet))
        let decision = program.decide(Self.record(&stream))
        #expect(program.table.outcomes.contains(decision.outcome))
        read += 1
      } catch is Faults { refused += 1 }
    }
    #expect(
      read + refused == Self.rounds && read > Self.rounds / 5 && refused > Self.rounds / 4, "\(read) \(refused)")
  }

  /// Whole files: TOML, JSON and DMN with a few blows; what is read is asked and proved.
  @Test func tables() throws {
    let table = try DmnRulesTests.lending("post_bureau_risk")
    let originals = [
      Array(try BuiltInRules.table("escalation").sheet.toml.utf8), try BuiltInRules.table("escalation").sheet.json,
      Array(table.sheet.toml.utf8),
      try RuleExchange.dmn(of: table),
    ]
    var stream = RandomStream(seed: 42)
    var (read, refused) = (0, 0)
    for round in 0..<Self.rounds {
      let original = originals[round % originals.count]
      var bytes = original
      for _ in 0...stream.index(below: 3) where !bytes.isEmpty {
        let at = stream.index(below: bytes.count)
        switch stream.index(below: 5) {
        case 0: bytes[at] = UInt8(stream.index(below: 256))
        case 1: bytes.removeSubrange(at..<min(bytes.count, at + 1 + stream.index(below: 40)))
        case 2:
          bytes.insert(contentsOf: Array(bytes[at..<min(bytes.count, at + 60)]), at: stream.index(below: bytes.count))
        case 3: bytes.insert(contentsOf: Self.words[stream.index(below: Self.words.count)].utf8, at: at)
        default: bytes = stream.index(below: 4) == 0 ? Array(bytes[..<at]) : bytes
        }
      }
      do {
        let own =
          round % originals.count == 3
          ? try RuleExchange.table(dmn: bytes, of: "f").table : try RuleTable(bytes, of: "f")
        let program = RuleProgram(own)
        _ = program.decide(Self.record(&stream))
        if round % 16 < 4 { _ = RuleProver.proof(of: program, room: 20_000) }
        read += 1
      } catch is Faults { refused += 1 }
    }
    #expect(read + refused == Self.rounds && read > 0 && refused > Self.rounds / 4, "\(read) \(refused)")
  }
}
