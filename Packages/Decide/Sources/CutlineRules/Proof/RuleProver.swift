internal import CutlineCore

/// Proves of a table what its hit policy demands, over all that its fields may be, missing values included.
///
/// - Complexity: of tables whose rules are boxes, O(rules · log rules) boxes where these lie side by side; exponential in the number of
///   fields at worst, and given up after `ProofSearch.room` evaluations: what is not decided then fails.
public struct RuleProver {
  private let program: RuleProgram
  private let table: RuleTable
  private var search: ProofSearch
  private var proof: RuleProof

  /// Findings of one kind that are listed.
  static let mostFindings = 100

  public static func proof(of program: RuleProgram, room: Int = 200_000_000) -> RuleProof {
    var prover = RuleProver(program, room)
    prover.total()
    prover.overlaps()
    prover.reachable()
    prover.conditions()
    prover.proof.steps = room - max(0, prover.search.room)
    return prover.proof
  }

  private init(_ program: RuleProgram, _ room: Int) {
    self.program = program
    table = program.table
    search = ProofSearch(program, room: room)
    proof = RuleProof(table: table.name, hitPolicy: table.hit.rawValue, rules: table.rules.count)
  }

  private var deciding: [Int] { table.rules.indices.filter { !table.rules[$0].isFlag } }

  /// Truths of a rule with which it says something.
  private func says(_ rule: RuleTable.Rule) -> UInt8 {
    TruthSet.yes | TruthSet.failed | (rule.onMissing >= 0 ? TruthSet.unknown : 0)
  }

  private mutating func add(_ finding: RuleProof.Finding) {
    guard proof.findings.count(where: { $0.kind == finding.kind }) < Self.mostFindings else {
      proof.leftOut += 1
      return
    }
    proof.findings.append(finding)
  }

  private mutating func check(_ name: String, _ state: RuleProof.State, _ detail: String) {
    proof.checks.append(.init(name: name, state: state, detail: detail))
  }

  private mutating func finding(
    _ kind: String, _ rules: [Int], _ sentence: String, _ record: RuleRecord?, isFault: Bool = true
  ) {
    let decision = record.map(decide)
    add(
      .init(
        kind: kind, rules: rules.map { table.rules[$0].id }, sentence: sentence, record: record.map(told),
        outcome: decision?.outcome, wins: decision?.rule, isFault: isFault))
  }

  private func decide(_ record: RuleRecord) -> RuleDecision {
    program.decide(record)
  }

  private func told(_ record: RuleRecord) -> [String: String?] {
    var found: [String: String?] = [:]
    for (_, field) in program.fieldVariables {
      let own = table.fields[field]
      switch record.values[own.name] {
      case nil: found[own.name] = .some(nil)
      case .text(let text)?: found[own.name] = text
      case .number(let number)?: found[own.name] = RuleNumber(number).map(own.text) ?? "\(number)"
      }
    }
    return found
  }

  // MARK: Total

  private mutating func total() {
    let constraints = deciding.map {
      ProofSearch.Constraint(
        condition: table.rules[$0].condition, allowed: TruthSet.all & ~says(table.rules[$0]))
    }
    if let otherwise = table.otherwise {
      return check("total", .pass, "no rule: \(table.outcomes[otherwise]), as the table declares")
    }
    switch search.record(where: constraints) {
    case .none: check("total", .pass, "every record of the domain meets a rule, missing values included")
    case .open: check("total", .fail, "NOT PROVED: not decided whether every record meets a rule")
    case .found(let record):
      guard decide(record).cause == "gap" else {
        return check("total", .fail, "NOT PROVED: the evaluator does not confirm what was found")
      }
      finding("gap", [], "no rule says anything, and the table has no default", record)
      check("total", .fail, "a record meets no rule, and there is no default")
    }
  }

  // MARK: Overlaps

  private mutating func overlaps() {
    var (found, open) = (0, 0)
    let pairs = RulePairs.candidates(table, deciding)
    guard let pairs else {
      return check(
        "overlap", table.hit == .unique ? .fail : .warn,
        "NOT PROVED: more than \(RulePairs.most) pairs of rules could meet")
    }
    for (a, b) in pairs {
      if table.hit != .unique, found >= Self.mostFindings {
        proof.leftOut += 1
        continue
      }
      let (x, y) = (table.rules[a], table.rules[b])
      switch search.record(where: [
        .init(condition: x.condition, allowed: TruthSet.yes), .init(condition: y.condition, allowed: TruthSet.yes),
      ]) {
      case .none: break
      case .open: open += 1
      case .found(let record):
        let decision = decide(record)
        guard decision.fired.contains(x.id), decision.fired.contains(y.id) else {
          open += 1
          continue
        }
        found += 1
        let isFault = table.hit == .unique
        let end =
          isFault
          ? "the hit policy is unique"
          : table.hit == .collectSum
            ? "both count" : decision.rule.map { "\($0) wins" } ?? "\(decision.outcome)"
        finding("overlap", [a, b], "\(x.id) and \(y.id) are both true; \(end)", record, isFault: isFault)
      }
    }
    let isUnique = table.hit == .unique
    if found > 0 {
      check(
        "overlap", isUnique ? .fail : .pass,
        "\(found) pairs of rules are true together" + (isUnique ? "" : "; \(table.hit.rawValue) says which wins"))
    } else if open > 0 {
      check("overlap", isUnique ? .fail : .warn, "NOT PROVED: not decided of \(open) pairs of rules")
    } else {
      check("overlap", .pass, "no two rules are true together")
    }
  }

  // MARK: Reachable

  /// What other rules must not be where this one decides.
  private func others(than rule: Int) -> [ProofSearch.Constraint] {
    let own = table.rules[rule]
    guard !own.isFlag else { return [] }
    switch table.hit {
    case .unique, .collectSum: return []
    case .first:
      return deciding.prefix { $0 < rule }.map {
        .init(condition: table.rules[$0].condition, allowed: TruthSet.all & ~says(table.rules[$0]))
      }
    case .priority:
      return deciding.compactMap { place in
        guard place != rule else { return nil }
        let other = table.rules[place]
        // Of two with the same outcome the first in the table gives the reason.
        func wins(_ outcome: Int) -> Bool { (outcome, place) < (own.outcome, rule) }
        var beats: UInt8 = wins(other.outcome) ? TruthSet.yes : 0
        if other.onMissing >= 0, wins(other.onMissing) { beats |= TruthSet.unknown }
        if table.manual < own.outcome { beats |= TruthSet.failed }
        return beats == 0 ? nil : .init(condition: other.condition, allowed: TruthSet.all & ~beats)
      }
    }
  }

  private mutating func reachable() {
    var (dead, open) = (0, 0)
    for rule in table.rules.indices {
      let own = ProofSearch.Constraint(condition: table.rules[rule].condition, allowed: TruthSet.yes)
      switch search.record(where: [own] + others(than: rule)) {
      case .found(let record) where decide(record).fired.contains(table.rules[rule].id): break
      case .found, .open: open += 1
      case .none:
        dead += 1
        // Where it is true and another wins, that record says which.
        if case .found(let record) = search.record(where: [own]) {
          let winner = decide(record).rule ?? "another"
          finding(
            "unreachable", [rule], "\(table.rules[rule].id) never decides: \(winner) wins wherever it is true", record)
        } else {
          finding("unreachable", [rule], "\(table.rules[rule].id) is true of no record", nil)
        }
      }
    }
    if dead > 0 { return check("reachable", .fail, "\(dead) of \(table.rules.count) rules never decide") }
    if open > 0 { return check("reachable", .fail, "NOT PROVED: not decided of \(open) rules") }
    check("reachable", .pass, "each of \(table.rules.count) rules decides of some record")
  }

  // MARK: Conditions

  /// Tests that could be left out, or that never help.
  private mutating func conditions() {
    var (dead, open) = (0, 0)
    for rule in table.rules.indices {
      let condition = table.rules[rule].condition
      let tests = condition.tests
      guard tests.count > 1,
        !proof.findings.contains(where: { $0.kind == "unreachable" && $0.rules == [table.rules[rule].id] })
      else { continue }
      for place in tests.indices {
        for (value, words) in [
          (RuleCondition.always, "changes nothing: the rule says the same without it"),
          (.any([]), "never helps: it could be false"),
        ] {
          var number = -1
          let other = condition.mapped { test in
            number += 1
            return number == place ? value : .test(test)
          }
          switch differ(condition, other) {
          case .found: break
          case .open: open += 1
          case .none:
            dead += 1
            finding(
              "dead-condition", [rule], "\(tests[place].text) in \(table.rules[rule].id) \(words)", nil, isFault: false)
          }
        }
      }
    }
    if dead > 0 { return check("conditions", .warn, "\(dead) tests change nothing") }
    if open > 0 { return check("conditions", .warn, "not decided of \(open) tests") }
    check("conditions", .pass, "every test can change what its rule says")
  }

  /// A record of which one is true and the other is not.
  private mutating func differ(_ a: RuleCondition, _ b: RuleCondition) -> ProofSearch.Answer {
    var isOpen = false
    for (x, y) in [(a, b), (b, a)] {
      switch search.record(where: [
        .init(condition: x, allowed: TruthSet.yes), .init(condition: y, allowed: TruthSet.all & ~TruthSet.yes),
      ]) {
      case .found(let record): return .found(record)
      case .open: isOpen = true
      case .none: break
      }
    }
    return isOpen ? .open : .none
  }
}
