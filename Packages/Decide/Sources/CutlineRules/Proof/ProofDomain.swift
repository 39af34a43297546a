/// From boxes of classes to numbers and back: what sums may be in a box, and records that lie in it.
struct ProofDomain: Sendable {
  let program: RuleProgram
  var table: RuleTable { program.table }
  /// Variable → fields that its sum reads, with those of derived fields.
  let fieldsOfTerm: [Int: [Int]]

  init(_ program: RuleProgram) {
    self.program = program
    let table = program.table
    fieldsOfTerm = Dictionary(
      uniqueKeysWithValues: program.termVariables.map { variable, term in
        var (found, open, known): (Set<Int>, [Int], Set<Int>) = ([], [], [])
        func visit(_ term: RuleTerm) { term.visit({ found.insert($0) }, { open.append($0) }) }
        visit(term)
        while let next = open.popLast() {
          guard known.insert(next).inserted else { continue }
          for own in table.derived[next].cases {
            visit(own.value)
            for test in own.when.tests {
              if case .field(let field) = table.variables[test.variable] { found.insert(field) }
              if case .term(let inner) = table.variables[test.variable] { visit(inner) }
            }
          }
          visit(table.derived[next].otherwise)
        }
        return (variable, found.sorted())
      })
  }

  /// The numbers of a field in a box.
  func bounds(_ field: Int, _ box: ProofBox) -> TermBounds {
    let variable = program.variableOfField[field]
    guard box.hasValue(variable) else { return .missing }
    let classes = table.classes[variable]
    // A text is no number: a sum reads it in the conditions of derived fields alone.
    guard !classes.isOfText else { return TermBounds(low: 0, high: 0, mayMiss: box.mayMiss[variable]) }
    let (low, high) = (classes.interval(box.low[variable]), classes.interval(box.high[variable]))
    // Doubles are in the order of the decimals that they stand for, so that an open end is the next one.
    let from = low.low.map { low.hasLow ? $0.double : $0.double.nextUp } ?? -.infinity
    let to = high.high.map { high.hasHigh ? $0.double : $0.double.nextDown } ?? .infinity
    return TermBounds(
      low: classes.isWhole && from.isFinite ? from.rounded(.up) : from,
      high: classes.isWhole && to.isFinite ? to.rounded(.down) : to, mayMiss: box.mayMiss[variable])
  }

  func bounds(_ term: RuleTerm, _ box: ProofBox, _ field: (Int) -> TermBounds) -> TermBounds {
    TermBounds.of(term, field) { derived($0, box, field) }
  }

  private func derived(_ index: Int, _ box: ProofBox, _ field: (Int) -> TermBounds) -> TermBounds {
    let own = table.derived[index]
    var found = TermBounds(low: .infinity, high: -.infinity, mayMiss: false)
    func add(_ other: TermBounds) {
      found = TermBounds(
        low: min(found.low, other.low), high: max(found.high, other.high), mayMiss: found.mayMiss || other.mayMiss)
    }
    for part in own.cases {
      let truth = TruthSet.of(part.when, in: box)
      if truth & TruthSet.yes != 0 { add(bounds(part.value, box, field)) }
      if truth == TruthSet.yes { return found }
    }
    add(bounds(own.otherwise, box, field))
    return found
  }

  /// Narrows sums to what their fields allow.
  /// - Returns: false where nothing lies in the box.
  func narrow(_ box: inout ProofBox, _ field: (Int) -> TermBounds) -> Bool {
    for (variable, term) in program.termVariables {
      let own = bounds(term, box, field)
      if !own.mayMiss { box.mayMiss[variable] = false }
      if own.hasValue {
        let classes = table.classes[variable]
        if own.low.isFinite { box.low[variable] = max(box.low[variable], classes.number(of: own.low)) }
        if own.high.isFinite { box.high[variable] = min(box.high[variable], classes.number(of: own.high)) }
      } else {
        (box.low[variable], box.high[variable]) = (1, 0)
      }
      if !box.hasValue(variable), !box.mayMiss[variable] { return false }
    }
    return true
  }

  // MARK: Records

  /// A short number of an interval of doubles.
  static func simple(_ low: Double, _ high: Double) -> Double {
    if low <= 0, high >= 0 { return 0 }
    if low == -.infinity { return (high - 1).rounded(.down) }
    if high == .infinity { return low.magnitude < 1e15 ? (low.rounded(.down) + 1) : low }
    let middle = low + (high - low) / 2
    for places in 0...15 {
      let power = Double("1e\(places)") ?? 1
      for candidate in [(middle * power).rounded() / power, (low * power).rounded(.up) / power]
      where candidate >= low && candidate <= high { return candidate }
    }
    return middle
  }

  /// A value of a field in a box; nil = missing.
  func value(_ field: Int, _ box: ProofBox) -> RuleRecord.Value? {
    let variable = program.variableOfField[field]
    guard box.hasValue(variable) else { return nil }
    let classes = table.classes[variable]
    if classes.isOfText {
      let number = Int(box.low[variable])
      return .text(number <= classes.levels.count ? classes.levels[number - 1] : other(than: classes.levels))
    }
    // Of the first class alone: what is in between differs for tests.
    var own = box
    own.high[variable] = box.low[variable]
    let bounds = bounds(field, own)
    return .number(Self.simple(bounds.low, bounds.high))
  }

  private func other(than levels: [String]) -> String {
    var word = "other"
    while levels.contains(word) { word += "_" }
    return word
  }
}
