import CutlineCompute
import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineRules

/// One evaluator for one record and for many, in any order, with any number of threads, with and without the index.
@Suite struct RuleEvaluationTests {
  /// Rules of all forms over two numbers, a word and a sum.
  static func program(_ rules: Int, seed: UInt64, hit: String = "priority", shuffled: Bool = false) throws
    -> RuleProgram
  {
    var stream = RandomStream(seed: seed)
    var all = (0..<rules).map { place -> String in
      let low = stream.index(below: 900)
      let when =
        switch stream.index(below: 5) {
        case 0: "x >= \(low) and x < \(low + stream.index(below: 40)) and y > 0.\(stream.index(below: 10))"
        case 1: "c in [\"a\", \"b\"] and x > \(low)"
        case 2: "x + 100 * y > \(low) and x < \(low)"
        case 3: "not (y <= 0.5 or x != \(low))"
        default: "x == \(low) or y is missing and x < 20"
        }
      let action = ["decline", "manual", "approve", "flag"][stream.index(below: 4)]
      let answer = ["manual", "pass", "decline"][stream.index(below: 3)]
      return "[[rules]]\nid = \"r\(place)\"\nwhen = '\(when)'\naction = \"\(action)\"\non_missing = \"\(answer)\"\n"
    }
    if shuffled { for place in all.indices.dropFirst() { all.swapAt(place, stream.index(below: place + 1)) } }
    let head = """
      name = "t"
      hit = "\(hit)"
      default = "pass"
      [fields]
      x = { type = "integer", domain = [0, 1000] }
      y = { type = "number", domain = [0, 1] }
      c = { type = "text" }

      """
    return RuleProgram(try RuleTable(Array((head + all.joined()).utf8), of: "t.toml"))
  }

  static func columns(_ program: RuleProgram, rows: Int, seed: UInt64) throws -> (RuleColumns, [RuleRecord]) {
    var stream = RandomStream(seed: seed)
    let x = (0..<rows).map { _ in stream.index(below: 20) == 0 ? Double.nan : Double(stream.index(below: 1003)) }
    let y = (0..<rows).map { _ in stream.index(below: 20) == 0 ? Double.nan : Double(stream.index(below: 1001)) / 1000 }
    let c = (0..<rows).map { _ in [nil, "a", "b", "c"][stream.index(below: 4)] }
    let columns = try RuleColumns(program, rows: rows) { field in
      switch field.name {
      case "x": .number(x)
      case "y": .number(y)
      default: .text(TextColumn(c))
      }
    }
    let records = (0..<rows).map { row in
      var record = RuleRecord()
      if !x[row].isNaN { record.values["x"] = .number(x[row]) }
      if !y[row].isNaN { record.values["y"] = .number(y[row]) }
      if let word = c[row] { record.values["c"] = .text(word) }
      return record
    }
    return (columns, records)
  }

  static func told(_ ruled: RuledRecords, _ program: RuleProgram, _ row: Int) -> [[String]] {
    func ids(_ list: RuledRecords.Lists) -> [String] { list[row].map { program.table.rules[Int($0)].id } }
    return [ids(ruled.fired), ids(ruled.unknown), ids(ruled.failed)]
  }

  @Test(arguments: [20, 300]) func oneRecordAndManyAreTheSame(rules: Int) throws {
    for hit in ["priority", "first", "unique"] {
      let program = try Self.program(rules, seed: 5, hit: hit)
      #expect((program.index != nil) == (rules == 300))
      let (columns, records) = try Self.columns(program, rows: 6000, seed: 6)
      let (one, two) = (program.decide(columns, workers: 1), program.decide(columns, workers: 2))
      #expect(
        one.verdicts == two.verdicts && one.fired == two.fired && one.unknown == two.unknown && one.failed == two.failed
      )
      #expect(one.failures == two.failures && one.count == records.count)
      for (row, record) in records.enumerated() {
        let decision = program.decide(record)
        #expect(decision.outcome == program.table.outcomes[Int(one.verdicts[row].outcome)])
        #expect(decision.cause == one.verdicts[row].cause.word)
        #expect([decision.fired, decision.unknown, decision.failed] == Self.told(one, program, row))
      }
      #expect(Set(one.verdicts.map(\.outcome)).count > 2, "the records are of several outcomes")
    }
  }

  /// Each rule asked by itself, without the index and the table around it.
  @Test func theIndexLeavesNothingOut() throws {
    let program = try Self.program(300, seed: 7)
    let scratch = RuleScratch(program)
    let (_, records) = try Self.columns(program, rows: 2000, seed: 8)
    for record in records {
      program.put(record, scratch)
      _ = program.decide(scratch)
      var box = ProofBox(program.table)
      for variable in program.table.variables.indices {
        let own = scratch.classes[variable]
        guard own >= 0 else { continue }
        (box.low[variable], box.high[variable], box.mayMiss[variable]) = own > 0 ? (own, own, false) : (1, 0, true)
      }
      guard scratch.failureCount == 0 else { continue }
      let fired = program.table.rules.indices.filter {
        TruthSet.of(program.table.rules[$0].condition, in: box) == TruthSet.yes
      }
      #expect((0..<scratch.firedCount).map { Int(scratch.fired[$0]) } == fired)
    }
  }

  @Test func orderOfRulesAndRowsChangesNoOutcome() throws {
    let (a, b) = (try Self.program(80, seed: 9), try Self.program(80, seed: 9, shuffled: true))
    let (_, records) = try Self.columns(a, rows: 3000, seed: 10)
    for record in records {
      let (x, y) = (a.decide(record), b.decide(record))
      #expect(x.outcome == y.outcome && Set(x.fired) == Set(y.fired) && Set(x.unknown) == Set(y.unknown))
    }
    let (columns, _) = try Self.columns(a, rows: 3000, seed: 10)
    let ruled = a.decide(columns)
    let order = (0..<3000).map { ($0 * 7) % 3000 }
    for (place, row) in order.enumerated() where place % 97 == 0 {
      #expect(a.decide(records[row]).outcome == a.table.outcomes[Int(ruled.verdicts[row].outcome)])
    }
  }

  @Test func hitPoliciesMakeOneOutcome() throws {
    func program(_ hit: String, _ rules: [(String, String)], otherwise: String? = nil) throws -> RuleProgram {
      let head = RuleLanguageTests.head.replacing("hit = \"priority\"", with: "hit = \"\(hit)\"")
        .replacing("default = \"pass\"", with: otherwise.map { "default = \($0)" } ?? "")
      let text = rules.enumerated().map { place, rule in
        "[[rules]]\nid = \"r\(place)\"\nwhen = '\(rule.0)'\n\(rule.1)\n"
      }.joined()
      return RuleProgram(try RuleLanguageTests.table(text, head: head))
    }
    let age = { (value: Double) in RuleRecord(["age": .number(value), "loans": .number(5)]) }
    let overlapping = [("age < 20", "action = \"approve\""), ("age < 18", "action = \"decline\"")]
    #expect(try program("first", overlapping).decide(age(17)).outcome == "approve")
    #expect(try program("priority", overlapping).decide(age(17)).outcome == "decline")
    let unique = try program("unique", overlapping)
    #expect(unique.decide(age(17)).cause == "overlap" && unique.decide(age(17)).outcome == "manual")
    #expect(unique.decide(age(19)).outcome == "approve" && unique.decide(age(30)).cause == "gap")
    #expect(unique.decide(age(30)).outcome == "manual", "nobody is decided by silence")
    let sum = try program(
      "collect-sum",
      [
        ("age < 20", "points = 0.1"), ("loans > 3", "points = 0.2"), ("age > 100", "points = 1\non_missing = \"pass\""),
      ],
      otherwise: "7")
    #expect(sum.decide(age(17)).points?.text == "0.3" && sum.decide(age(17)).outcome == "points")
    #expect(sum.decide(RuleRecord(["age": .number(30), "loans": .number(0)])).points?.text == "7")
    #expect(sum.decide(RuleRecord(["loans": .number(5)])).outcome == "manual")
    // An unknown rule above a true one cannot be passed over.
    let first = try program("first", [("loans > 3", "action = \"decline\""), ("age < 20", "action = \"approve\"")])
    #expect(first.decide(RuleRecord(["age": .number(17)])).outcome == "manual")
    #expect(
      try program("priority", [("age < 20", "action = \"flag\"")], otherwise: "\"pass\"").decide(age(3)).fired == ["r0"]
    )
  }

  /// The boundaries of requirement 002, rows K01 to K06 and K08.
  @Test func edgesOfTheRequirement() throws {
    let program = RuleProgram(try BuiltInRules.table("escalation"))
    let sound: [String: Double] = [
      "age": 40, "late_30_59": 0, "late_60_89": 0, "late_90": 0, "monthly_income": 5000, "debt_ratio": 0.3,
      "utilization": 0.3, "real_estate_loans": 1,
    ]
    func decision(_ changes: [String: Double?]) -> RuleDecision {
      var values = sound.mapValues { RuleRecord.Value.number($0) }
      for (name, value) in changes { values[name] = value.map { .number($0) } }
      return program.decide(RuleRecord(values))
    }
    #expect(decision([:]).outcome == "pass" && decision([:]).cause == "default")
    #expect(decision(["age": 17]).outcome == "decline" && decision(["age": 18]).outcome == "pass")
    #expect(decision(["age": 80]).outcome == "pass" && decision(["age": 81]).outcome == "manual")
    let missing = decision(["age": nil])
    #expect(missing.outcome == "manual" && missing.unknown == ["age_under_18", "age_over_80"])
    for counter in ["late_30_59", "late_60_89", "late_90"] {
      for code in [96.0, 98] {
        let own = decision([counter: code])
        #expect(own.outcome == "manual" && own.queue == "expert" && own.rule == "code_\(Int(code))")
      }
      for count in [95.0, 97] { #expect(decision([counter: count]).outcome == "pass") }
    }
    #expect(decision(["monthly_income": 1_000_000]).outcome == "pass")
    #expect(decision(["monthly_income": 1_000_000.01]).rule == "income_over_1m")
    #expect(decision(["monthly_income": nil]).outcome == "pass", "income may be missing")
    #expect(decision(["monthly_income": nil, "debt_ratio": 1_000_000.01]).rule == "debt_over_1m")
    #expect(decision(["monthly_income": 1_000_000, "debt_ratio": 1]).outcome == "pass")
    #expect(decision(["monthly_income": 1_000_000, "debt_ratio": 1.00000001]).rule == "debt_over_1m")
    #expect(decision(["utilization": 2]).outcome == "pass" && decision(["utilization": 2.0000001]).outcome == "manual")
    #expect(
      decision(["real_estate_loans": 20]).outcome == "pass" && decision(["real_estate_loans": 21]).outcome == "manual")
    let both = decision(["age": 17, "late_90": 98])
    #expect(both.outcome == "decline" && both.fired == ["age_under_18", "code_98"] && both.rule == "age_under_18")
    #expect(
      decision(["age": 151]).outcome == "manual" && decision(["age": 151]).failures == ["age: outside its domain"])
  }

  /// Adding a rule needs no build: a line of the table is enough.
  @Test func aRuleIsALine() throws {
    let more =
      try BuiltInRules.table("escalation").sheet.toml
      + "[[rules]]\nid = \"late_more\"\nwhen = \"late_90 >= 5 and late_90 < 96\"\naction = \"manual\"\n"
    let program = RuleProgram(try RuleTable(Array(more.utf8), of: "more.toml"))
    #expect(program.decide(RuleRecord(["late_90": .number(7), "age": .number(40)])).fired == ["late_more"])
  }
}
