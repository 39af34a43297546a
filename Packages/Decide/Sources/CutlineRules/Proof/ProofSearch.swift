/// Looks for a record of which given conditions are what they should be, or proves that there is none.
///
/// Boxes of classes are split at the bounds of a test that is not certain; what remains is certain for every record in it. Sums of fields
/// are variables of their own, narrowed by interval arithmetic; where a box is right but for them, a record is looked for in it by
/// bisection. So "none" is a proof, "found" has a record that was tried, and all else is said to be open.
struct ProofSearch {
  struct Constraint {
    let condition: RuleCondition
    /// What it may be; bits of `TruthSet`.
    let allowed: UInt8
  }
  enum Answer {
    case found(RuleRecord)
    case none
    /// Neither could be shown.
    case open
  }

  let domain: ProofDomain
  /// Evaluations of conditions that are left.
  private(set) var room: Int
  private let scratch: RuleScratch

  /// Evaluations of conditions for one table.
  static let room = 200_000_000
  /// Boxes that one bisection looks at.
  static let mostBoxes = 400
  /// Parts of a box, by texts and missing values, that a bisection begins with.
  static let mostParts = 256
  /// Boxes without an answer after which a question is given up.
  static let mostOpen = 40

  init(_ program: RuleProgram, room: Int = Self.room) {
    (domain, self.room, scratch) = (ProofDomain(program), room, RuleScratch(program))
  }

  private var table: RuleTable { domain.table }

  private struct Node {
    var box: ProofBox
    var active: [Int32]
  }

  mutating func record(where constraints: [Constraint]) -> Answer {
    var root = ProofBox(table)
    // What must be true narrows the box at once.
    for own in constraints where own.allowed == TruthSet.yes {
      for test in own.condition.needed where test.accepted != .missing {
        guard let first = test.ranges.first, let last = test.ranges.last else { return .none }
        root.low[test.variable] = max(root.low[test.variable], first.lowerBound)
        root.high[test.variable] = min(root.high[test.variable], last.upperBound)
        root.mayMiss[test.variable] = false
        guard root.hasValue(test.variable) else { return .none }
      }
    }
    var stack = [Node(box: root, active: constraints.indices.map(Int32.init))]
    var open = 0
    while var node = stack.popLast() {
      room -= node.active.count + 1
      guard room > 0 else { return .open }
      guard domain.narrow(&node.box, { [box = node.box] in domain.bounds($0, box) }) else { continue }
      var (rest, isPossible): ([Int32], Bool) = ([], true)
      for place in node.active {
        let own = constraints[Int(place)]
        let truth = TruthSet.of(own.condition, in: node.box)
        if truth & own.allowed == 0 {
          isPossible = false
          break
        }
        if truth & ~own.allowed != 0 { rest.append(place) }
      }
      guard isPossible else { continue }
      guard !rest.isEmpty else {
        switch witness(node.box, constraints) {
        case .found(let record): return .found(record)
        case .none: continue
        case .open:
          open += 1
          guard open < Self.mostOpen else { return .open }
          continue
        }
      }
      node.active = rest
      // The middle one: tables are mostly in some order, and halves are then equal.
      split(node, at: constraints[Int(rest[rest.count / 2])].condition, &stack)
    }
    return open > 0 ? .open : .none
  }

  // MARK: Splitting

  private func split(_ node: Node, at condition: RuleCondition, _ stack: inout [Node]) {
    guard let test = uncertain(condition, node.box) else { return }
    let variable = test.variable
    var (a, b) = (node, node)
    if node.box.mayMiss[variable], node.box.hasValue(variable) {
      (a.box.low[variable], a.box.high[variable]) = (1, 0)
      b.box.mayMiss[variable] = false
    } else {
      let (low, high) = (node.box.low[variable], node.box.high[variable])
      var cut = low
      for range in test.ranges {
        if range.lowerBound > low, range.lowerBound <= high {
          cut = range.lowerBound - 1
          break
        }
        if range.upperBound >= low, range.upperBound < high {
          cut = range.upperBound
          break
        }
      }
      a.box.high[variable] = cut
      b.box.low[variable] = cut + 1
    }
    stack.append(a)
    stack.append(b)
  }

  private func uncertain(_ condition: RuleCondition, _ box: ProofBox) -> RuleCondition.Test? {
    switch condition {
    case .test(let test): return TruthSet.of(test, in: box).nonzeroBitCount > 1 ? test : nil
    case .not(let part): return uncertain(part, box)
    case .all(let parts), .any(let parts):
      for part in parts { if let found = uncertain(part, box) { return found } }
      return nil
    }
  }

  // MARK: Records

  /// Whether the evaluator itself finds the conditions of a record as they should be.
  private func holds(_ record: RuleRecord, _ constraints: [Constraint]) -> Bool {
    domain.program.put(record, scratch)
    _ = domain.program.decide(scratch)
    guard scratch.failureCount == 0 else { return false }
    var box = ProofBox(table)
    for variable in table.variables.indices {
      let own = scratch.classes[variable]
      (box.low[variable], box.high[variable], box.mayMiss[variable]) = own > 0 ? (own, own, false) : (1, 0, true)
    }
    return constraints.allSatisfy { TruthSet.of($0.condition, in: box) & ~$0.allowed == 0 }
  }

  private mutating func witness(_ box: ProofBox, _ constraints: [Constraint]) -> Answer {
    var record = RuleRecord()
    for (_, field) in domain.program.fieldVariables {
      record.values[table.fields[field].name] = domain.value(field, box)
    }
    room -= constraints.count
    if holds(record, constraints) { return .found(record) }
    let fields = Set(domain.fieldsOfTerm.values.joined()).sorted()
    // Without sums a record of the box is right, or the table has changed under us.
    guard !fields.isEmpty else { return .open }
    return bisect(record, box, fields, constraints)
  }

  private struct Part {
    var box: ProofBox
    /// By place among the fields.
    var bounds: [TermBounds]
  }

  private mutating func bisect(_ start: RuleRecord, _ box: ProofBox, _ fields: [Int], _ constraints: [Constraint])
    -> Answer
  {
    let places = Dictionary(uniqueKeysWithValues: fields.enumerated().map { ($1, $0) })
    var parts = [Part(box: box, bounds: fields.map { domain.bounds($0, box) })]
    // Texts are one in each part.
    for (place, field) in fields.enumerated() where isText(field) && parts[0].bounds[place].hasValue {
      let variable = domain.program.variableOfField[field]
      let numbers = box.low[variable]...box.high[variable]
      guard numbers.count * parts.count <= Self.mostParts else { return .open }
      parts = parts.flatMap { part in
        numbers.map { number in
          var own = part
          (own.box.low[variable], own.box.high[variable]) = (number, number)
          return own
        }
      }
    }
    // A field that may be missing is so in one half.
    for (place, field) in fields.enumerated() where parts[0].bounds[place].mayMiss && parts[0].bounds[place].hasValue {
      guard 2 * parts.count <= Self.mostParts else { return .open }
      let variable = domain.program.variableOfField[field]
      parts = parts.flatMap { part -> [Part] in
        var (with, without) = (part, part)
        with.bounds[place].mayMiss = false
        with.box.mayMiss[variable] = false
        without.bounds[place] = .missing
        (without.box.low[variable], without.box.high[variable]) = (1, 0)
        return [without, with]
      }
    }
    var boxes = 0
    while var part = parts.popLast() {
      boxes += 1
      guard boxes <= Self.mostBoxes else { return .open }
      room -= constraints.count
      for (place, field) in fields.enumerated() where part.bounds[place].hasValue && !isText(field) {
        let variable = domain.program.variableOfField[field]
        let classes = table.classes[variable]
        if part.bounds[place].low.isFinite {
          part.box.low[variable] = max(part.box.low[variable], classes.number(of: part.bounds[place].low))
        }
        if part.bounds[place].high.isFinite {
          part.box.high[variable] = min(part.box.high[variable], classes.number(of: part.bounds[place].high))
        }
      }
      let bounds = part.bounds
      guard domain.narrow(&part.box, { places[$0].map { bounds[$0] } ?? .anything }) else { continue }
      if let found = tried(start, part, fields, constraints) { return .found(found) }
      // The widest interval is halved; where all are points, the point was tried.
      let widest = bounds.indices.filter { bounds[$0].low < bounds[$0].high }
        .max { Self.width(bounds[$0]) < Self.width(bounds[$1]) }
      guard let widest else { continue }
      let cut = Self.middle(bounds[widest])
      let isWhole = table.classes[domain.program.variableOfField[fields[widest]]].isWhole
      var (a, b) = (part, part)
      a.bounds[widest].high = isWhole ? cut.rounded(.down) : cut
      b.bounds[widest].low = isWhole ? cut.rounded(.down) + 1 : cut.nextUp
      if a.bounds[widest].hasValue { parts.append(a) }
      if b.bounds[widest].hasValue { parts.append(b) }
    }
    return .none
  }

  private func isText(_ field: Int) -> Bool { table.fields[field].kind == .text }

  private static func width(_ own: TermBounds) -> Double {
    let width = own.high - own.low
    return width.isFinite ? width / max(1, min(abs(own.low), abs(own.high))) : .infinity
  }

  private static func middle(_ own: TermBounds) -> Double {
    switch (own.low.isFinite, own.high.isFinite) {
    case (false, false): return 0
    case (false, true): return own.high > 0 ? 0 : 2 * own.high - 1
    case (true, false): return own.low < 0 ? 0 : 2 * own.low + 1
    case (true, true):
      let middle = own.low + (own.high - own.low) / 2
      return middle < own.high ? middle : own.low
    }
  }

  /// Ends and a middle of each field, all together while they are few.
  private func tried(_ start: RuleRecord, _ part: Part, _ fields: [Int], _ constraints: [Constraint]) -> RuleRecord? {
    let choices = part.bounds.enumerated().map { place, own -> [RuleRecord.Value?] in
      guard own.hasValue else { return [nil] }
      if isText(fields[place]) { return [domain.value(fields[place], part.box)] }
      let isWhole = table.classes[domain.program.variableOfField[fields[place]]].isWhole
      let middle = ProofDomain.simple(own.low, own.high)
      let all = [isWhole ? middle.rounded() : middle, own.low, own.high].filter {
        $0.isFinite && $0 >= own.low && $0 <= own.high
      }
      return Array(Set(all)).sorted { abs($0 - middle) < abs($1 - middle) }.map { .number($0) }
    }
    let count = choices.reduce(1) { min(1000, $0 * max(1, $1.count)) }
    for number in 0..<(count <= 81 ? count : 3) {
      var (record, rest) = (start, number)
      for (place, field) in fields.enumerated() where !choices[place].isEmpty {
        let own = choices[place]
        record.values[table.fields[field].name] = count <= 81 ? own[rest % own.count] : own[min(number, own.count - 1)]
        rest /= own.count
      }
      if holds(record, constraints) { return record }
    }
    return nil
  }
}
