import CutlineCompute
import CutlineCore
import Foundation
import Testing

@testable import CutlineRules

/// Tables with and without planted mistakes, against looking at every record there is.
@Suite struct RuleProofTests {
  /// A part of all records: the numbers of a, of b, the words of c; missing is −1, or the empty word.
  struct Box {
    var a, b: [Int]
    var c: [String]

    var isEmpty: Bool { a.isEmpty || b.isEmpty || c.isEmpty }

    private static func cell(_ own: [Int], _ most: Int) -> String? {
      let values = own.filter { $0 >= 0 }
      if own.count == most + 2 { return nil }
      var parts: [String] = []
      if let low = values.first, let high = values.last { parts.append(low == high ? "\(low)" : "[\(low)..\(high)]") }
      if own.contains(-1) { parts.append("null") }
      return parts.joined(separator: ", ")
    }

    var cells: String {
      var parts: [String] = []
      if let a = Self.cell(a, RuleProofTests.mostA) { parts.append("a = '\(a)'") }
      if let b = Self.cell(b, RuleProofTests.mostB) { parts.append("b = '\(b)'") }
      if c.count < 4 {
        let words = c.map { $0.isEmpty ? "null" : "\"\($0)\"" }
        parts.append("c = '\(words.joined(separator: ", "))'")
      }
      return "{ " + parts.joined(separator: ", ") + " }"
    }
  }

  static let (mostA, mostB) = (7, 4)
  static let whole = Box(a: [-1] + Array(0...mostA), b: [-1] + Array(0...mostB), c: ["", "x", "y", "z"])

  /// Everything, cut into boxes that do not meet.
  static func partition(_ stream: inout RandomStream, cuts: Int) -> [Box] {
    var boxes = [whole]
    for _ in 0..<cuts {
      let at = stream.index(below: boxes.count)
      var (x, y) = (boxes[at], boxes[at])
      switch stream.index(below: 3) {
      case 0:
        let cut = stream.index(below: boxes[at].a.count + 1)
        (x.a, y.a) = (Array(boxes[at].a[..<cut]), Array(boxes[at].a[cut...]))
      case 1:
        let cut = stream.index(below: boxes[at].b.count + 1)
        (x.b, y.b) = (Array(boxes[at].b[..<cut]), Array(boxes[at].b[cut...]))
      default:
        let cut = stream.index(below: boxes[at].c.count + 1)
        (x.c, y.c) = (Array(boxes[at].c[..<cut]), Array(boxes[at].c[cut...]))
      }
      if !x.isEmpty, !y.isEmpty { boxes.replaceSubrange(at...at, with: [x, y]) }
    }
    // In no order.
    for place in boxes.indices.dropFirst() { boxes.swapAt(place, stream.index(below: place + 1)) }
    return boxes
  }

  static func table(_ boxes: [Box], hit: String, otherwise: String? = nil) throws -> RuleProgram {
    var text = """
      name = "random"
      hit = "\(hit)"
      \(otherwise.map { "default = \"\($0)\"" } ?? "")
      [fields]
      a = { type = "integer", domain = [0, \(mostA)] }
      b = { type = "integer", domain = [0, \(mostB)] }
      c = { type = "text", levels = ["x", "y", "z"] }

      """
    for (place, box) in boxes.enumerated() {
      let action = ["decline", "manual", "approve"][place % 3]
      text += "[[rules]]\nid = \"r\(place)\"\ncells = \(box.cells)\naction = \"\(action)\"\non_missing = \"pass\"\n"
    }
    return RuleProgram(try RuleTable(Array(text.utf8), of: "random.toml"))
  }

  static let records: [RuleRecord] = whole.a.flatMap { a in
    whole.b.flatMap { b in
      whole.c.map { c in
        var record = RuleRecord()
        if a >= 0 { record.values["a"] = .number(Double(a)) }
        if b >= 0 { record.values["b"] = .number(Double(b)) }
        if !c.isEmpty { record.values["c"] = .text(c) }
        return record
      }
    }
  }

  /// What looking at every record says.
  struct Brute {
    var hasGap = false
    var pairs: Set<[String]> = []
    var deciding: Set<String> = []

    init(_ program: RuleProgram) {
      for record in RuleProofTests.records {
        let decision = program.decide(record)
        if decision.cause == "gap" { hasGap = true }
        for (place, a) in decision.fired.enumerated() {
          for b in decision.fired[(place + 1)...] { pairs.insert([a, b]) }
        }
        switch program.table.hit {
        case .unique, .collectSum: deciding.formUnion(decision.fired)
        case .first, .priority: if let rule = decision.rule, decision.cause == "fired" { deciding.insert(rule) }
        }
      }
    }
  }

  private static func agree(_ program: RuleProgram, _ proof: RuleProof, _ words: String) {
    let brute = Brute(program)
    #expect(
      proof.findings.contains { $0.kind == "gap" } == (brute.hasGap && program.table.otherwise == nil), "\(words)")
    let pairs = Set(proof.findings.filter { $0.kind == "overlap" }.map(\.rules))
    #expect(pairs == brute.pairs || proof.leftOut > 0, "\(words)")
    let dead = Set(proof.findings.filter { $0.kind == "unreachable" }.map { $0.rules[0] })
    #expect(dead == Set(program.table.rules.map(\.id)).subtracting(brute.deciding), "\(words)")
    #expect(
      !proof.checks.contains { $0.detail.contains("NOT PROVED") || $0.detail.contains("not decided") }, "\(words)")
  }

  @Test func soundTablesHaveNothing() throws {
    var stream = RandomStream(seed: 1901)
    for round in 0..<200 {
      let boxes = Self.partition(&stream, cuts: 3 + stream.index(below: 14))
      let program = try Self.table(boxes, hit: ["unique", "priority", "first"][round % 3])
      let proof = RuleProver.proof(of: program)
      #expect(proof.isProved && !proof.findings.contains(where: \.isFault), "\(round): \(proof.findings)")
      #expect(proof.checks.map(\.name) == ["total", "overlap", "reachable", "conditions"])
      if round % 10 == 0 { Self.agree(program, proof, "sound \(round)") }
    }
  }

  @Test func plantedMistakesAreFoundWithARecord() throws {
    var stream = RandomStream(seed: 1902)
    var planted: [String: Int] = [:]
    for round in 0..<200 {
      var boxes = Self.partition(&stream, cuts: 6 + stream.index(below: 12))
      let kind = ["gap", "overlap", "unreachable", "missing"][round % 4]
      var hit = "unique"
      switch kind {
      case "gap": boxes.remove(at: stream.index(below: boxes.count))
      case "overlap":
        // A part of one rule once more.
        var own = boxes[stream.index(below: boxes.count)]
        own.a = [own.a[stream.index(below: own.a.count)]]
        boxes.insert(own, at: stream.index(below: boxes.count + 1))
      case "unreachable":
        // All is covered, so that a last rule never decides.
        hit = "first"
        boxes.append(Box(a: Array(2...4), b: Array(1...3), c: ["x", "z"]))
      default:
        guard let at = boxes.firstIndex(where: { $0.a.contains(-1) && $0.a.count > 1 }) else { continue }
        boxes[at].a.removeAll { $0 == -1 }
      }
      planted[kind, default: 0] += 1
      let program = try Self.table(boxes, hit: hit)
      let proof = RuleProver.proof(of: program)
      let word = kind == "missing" ? "gap" : kind
      let found = try #require(proof.findings.first { $0.kind == word && $0.isFault }, "\(round) \(kind)")
      #expect(!proof.isProved)
      // The record shows it, asked anew.
      let record = RuleRecord(
        try #require(found.record).reduce(into: [:]) { values, own in
          guard let text = own.value else { return }
          values[own.key] = own.key == "c" ? .text(text) : .number(try #require(Double(text)))
        })
      let decision = program.decide(record)
      switch kind {
      case "gap", "missing": #expect(decision.cause == "gap")
      case "overlap": #expect(decision.cause == "overlap" && Set(found.rules).isSubset(of: decision.fired))
      default: #expect(decision.fired.contains(found.rules[0]) && decision.rule != found.rules[0])
      }
      if kind == "missing" { #expect(record.values["a"] == nil) }
      Self.agree(program, proof, "\(kind) \(round)")
    }
    #expect(planted.count == 4 && planted.values.allSatisfy { $0 >= 40 }, "\(planted)")
  }

  /// Conditions of any form, sums among them, with every hit policy: what is proved is so, what is found is there.
  @Test func anyConditionsAgreeWithEveryRecord() throws {
    var stream = RandomStream(seed: 1903)
    func test() -> String {
      switch stream.index(below: 7) {
      case 0: return "a \(["<", "<=", ">", ">=", "==", "!="][stream.index(below: 6)]) \(stream.index(below: 8))"
      case 1: return "b in [\(stream.index(below: 5)), \(stream.index(below: 5))]"
      case 2: return "c == \"\(["x", "y", "z"][stream.index(below: 3)])\""
      case 3: return "\(["a", "b", "c"][stream.index(below: 3)]) is \(stream.index(below: 2) == 0 ? "not " : "")missing"
      case 4: return "a + b > \(stream.index(below: 10))"
      case 5: return "a \(["<", ">=", "=="][stream.index(below: 3)]) b"
      default: return "a * b - 2 * a <= \(stream.index(below: 9))"
      }
    }
    func condition(_ depth: Int) -> String {
      if depth == 0 || stream.index(below: 3) == 0 { return test() }
      switch stream.index(below: 4) {
      case 0: return "not (\(condition(depth - 1)))"
      case 1: return "(\(condition(depth - 1)) or \(condition(depth - 1)))"
      default: return "(\(condition(depth - 1)) and \(condition(depth - 1)))"
      }
    }
    var (open, gaps, dead) = (0, 0, 0)
    for round in 0..<150 {
      let hit = ["unique", "priority", "first"][round % 3]
      var text = """
        name = "random"
        hit = "\(hit)"
        \(round % 2 == 0 ? "default = \"pass\"" : "")
        [fields]
        a = { type = "integer", domain = [0, \(Self.mostA)] }
        b = { type = "integer", domain = [0, \(Self.mostB)] }
        c = { type = "text", levels = ["x", "y", "z"] }

        """
      for place in 0..<(1 + stream.index(below: 4)) {
        let answer = ["manual", "decline", "pass"][stream.index(below: 3)]
        text +=
          "[[rules]]\nid = \"r\(place)\"\nwhen = '\(condition(2))'\naction = \"\(["decline", "manual", "approve"][stream.index(below: 3)])\"\non_missing = \"\(answer)\"\n"
      }
      let program = RuleProgram(try RuleTable(Array(text.utf8), of: "random.toml"))
      let proof = RuleProver.proof(of: program)
      let brute = Brute(program)
      let isOpen = proof.checks.contains { $0.detail.contains("ot decided") || $0.detail.contains("NOT PROVED") }
      if isOpen { open += 1 }
      let gap = proof.findings.contains { $0.kind == "gap" }
      gaps += gap ? 1 : 0
      let pairs = Set(proof.findings.filter { $0.kind == "overlap" }.map(\.rules))
      let lost = Set(proof.findings.filter { $0.kind == "unreachable" }.map { $0.rules[0] })
      dead += lost.count
      // Nothing is claimed that is not so.
      if gap { #expect(brute.hasGap, "\(text)") }
      #expect(pairs.isSubset(of: brute.pairs) && lost.isDisjoint(with: brute.deciding), "\(lost) \(text)")
      guard !isOpen else { continue }
      #expect(gap == (brute.hasGap && program.table.otherwise == nil), "\(text)")
      #expect(pairs == brute.pairs, "\(text)")
      #expect(
        lost == Set(program.table.rules.map(\.id)).subtracting(brute.deciding), "\(lost) \(brute.deciding) \(text)")
    }
    #expect(open < 30 && gaps > 20 && dead > 5, "open \(open), gaps \(gaps), dead \(dead)")
  }

  @Test func whatIsNotDecidedIsSaid() throws {
    let program = try RuleLanguageTests.one("ratio * income > 5")
    let proof = RuleProver.proof(of: program, room: 10)
    #expect(!proof.isProved && proof.checks.contains { $0.detail.hasPrefix("NOT PROVED") && $0.state == .fail })
  }

  /// A derived field whose case reads a text, so that a sum depends on it.
  @Test func textsInDerivedFieldsAreLookedAtOneByOne() throws {
    func proof(_ when: String, _ comparison: String, _ levels: String) throws -> RuleProof {
      let text = """
        name = "t"
        hit = "priority"
        default = "pass"
        [fields.x]
        type = "integer"
        domain = [1, 9]
        [fields.p]
        type = "text"
        \(levels)
        [derived.w]
        cases = [{ when = '\(when)', value = "0" }]
        otherwise = "x"
        [[rules]]
        id = "r"
        when = "\(comparison)"
        action = "decline"
        """
      return RuleProver.proof(of: RuleProgram(try RuleTable(Array(text.utf8), of: "t.toml")))
    }
    let levels = "levels = [\"a\", \"b\"]"
    #expect(try proof("p == \"b\"", "w < x", levels).isProved && proof("p is missing", "w < x", "").isProved)
    // w is 0 or x.
    let never = try proof("p == \"b\"", "w > x", levels)
    #expect(!never.isProved && !never.checks.contains { $0.name == "reachable" && $0.state == .pass })
  }

  @Test func deadTestsAreNamed() throws {
    for (when, words) in [
      ("age < 18 and age < 20", "age < 20"), ("age > 10 or age >= 11", "age >= 11"),
      ("age >= 0 and age < 50", "age >= 0"), ("loans > 100 or age < 18", "loans > 100"),
    ] {
      let proof = RuleProver.proof(of: try RuleLanguageTests.one(when))
      #expect(
        proof.findings.contains { $0.kind == "dead-condition" && $0.sentence.hasPrefix(words) },
        "\(when): \(proof.findings)")
      #expect(proof.isProved, "a warning")
    }
    let proof = RuleProver.proof(of: try RuleLanguageTests.one("age < 18 and loans > 3"))
    #expect(!proof.findings.contains { $0.kind == "dead-condition" })
    let never = RuleProver.proof(of: try RuleLanguageTests.one("age < 18 and age > 20"))
    #expect(never.findings.contains { $0.kind == "unreachable" } && !never.isProved)
  }

  /// Rules of a time: a gap between two of them is a day.
  @Test func daysArePartOfTheProof() throws {
    func table(_ from: String) throws -> RuleProgram {
      RuleProgram(
        try RuleLanguageTests.table(
          """
          [[rules]]
          id = "old"
          when = "age >= 0 or age is missing"
          action = "approve"
          valid_to = 2026-06-30
          [[rules]]
          id = "new"
          when = "age >= 0 or age is missing"
          action = "decline"
          valid_from = \(from)
          """,
          head: RuleLanguageTests.head.replacing("hit = \"priority\"\ndefault = \"pass\"", with: "hit = \"unique\"")))
    }
    #expect(RuleProver.proof(of: try table("2026-07-01")).isProved)
    let gap = RuleProver.proof(of: try table("2026-07-02")).findings.first { $0.kind == "gap" }
    #expect(gap?.record?["as_of"] == "2026-07-01")
    let overlap = RuleProver.proof(of: try table("2026-06-30")).findings.first { $0.kind == "overlap" }
    #expect(overlap?.record?["as_of"] == "2026-06-30")
  }

  @Test func theTableOfTheRequirementIsProved() throws {
    let proof = RuleProver.proof(of: RuleProgram(try BuiltInRules.table("escalation")))
    #expect(
      proof.isProved && proof.checks.allSatisfy { $0.state == .pass },
      "\(proof.checks) \(proof.findings.filter(\.isFault))")
    let pair = try #require(proof.findings.first { $0.rules == ["age_under_18", "code_98"] })
    #expect(pair.wins == "age_under_18" && pair.outcome == "decline")
  }
}
