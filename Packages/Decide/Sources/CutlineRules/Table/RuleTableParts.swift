internal import CutlineCore

/// How the parts of a table are made from what is written.
struct RuleTableParts {
  private let sheet: RuleSheet

  init(_ sheet: RuleSheet, _ reading: inout Reading) {
    self.sheet = sheet
    func once(_ names: [RuleSheet.Text], _ what: String) {
      var known: Set<String> = []
      for name in names where !known.insert(name.text).inserted {
        reading.add(Faults.usage(name.place, "\(what) \(name.text) comes twice", "Give each a name of its own."))
      }
    }
    once(sheet.fields.map(\.name) + sheet.derived.map(\.name), "the field")
    once(sheet.rules.map(\.id), "the rule")
    if sheet.rules.isEmpty {
      reading.add(Faults.usage(sheet.place, "holds no rule", "Write at least one [[rules]]."))
    }
    if sheet.rules.count > RuleTable.mostRules {
      reading.add(
        Faults.usage(sheet.place, "has more than \(RuleTable.mostRules) rules", "Make several tables of it."))
    }
    if sheet.fields.count + sheet.derived.count > RuleTable.mostFields {
      reading.add(
        Faults.usage(sheet.place, "has more than \(RuleTable.mostFields) fields", "Make several tables of it."))
    }
    if let currency = sheet.currency, currency.wholeMatch(of: /[A-Z]{3}/) == nil {
      reading.add(Faults.usage(sheet.place, "\"\(currency)\" is no currency", "Write three capitals, such as EUR."))
    }
  }

  private func choice(_ text: RuleSheet.Text, _ names: [String], _ what: String) throws -> Int {
    if let place = names.firstIndex(of: text.text) { return place }
    throw Faults.usage(
      text.place, "\"\(text.text)\" is no \(what)\(DidYouMean.phrase(for: text.text, among: names))",
      "It may be \(names.joined(separator: ", ")).")
  }

  func hit(_ reading: inout Reading) throws -> RuleTable.HitPolicy {
    let all = RuleTable.HitPolicy.allCases
    return try reading.attempt { all[try choice(sheet.hit, all.map(\.rawValue), "hit policy")] } ?? .priority
  }

  func outcomes(_ hit: RuleTable.HitPolicy, _ reading: inout Reading) throws -> [String] {
    let own = sheet.outcomes?.map(\.text) ?? ["decline", RuleTable.manual, "approve", RuleTable.pass]
    for text in sheet.outcomes ?? []
    where text.text.isEmpty || [RuleTable.flag, RuleTable.points].contains(text.text) || text.text.count > 64 {
      reading.add(
        Faults.usage(
          text.place, "\"\(text.text)\" is no name of an outcome", "flag and points have a meaning of their own."))
    }
    if Set(own).count != own.count || own.count > 1000 {
      reading.add(Faults.usage(sheet.place, "an outcome comes twice, or there are too many", "Name each once."))
    }
    // People are always there to be asked.
    let known = own.contains(RuleTable.manual) ? own : own + [RuleTable.manual]
    return hit == .collectSum ? known + [RuleTable.points] : known
  }

  func fields(_ reading: inout Reading) throws -> [RuleField] {
    var fields: [RuleField] = []
    for own in sheet.fields { try reading.attempt { fields.append(try RuleField(own, currency: sheet.currency)) } }
    return fields
  }

  func otherwise(_ hit: RuleTable.HitPolicy, _ outcomes: [String], _ reading: inout Reading) throws -> (
    Int?, RuleNumber
  ) {
    guard let text = sheet.otherwise else { return (nil, .zero) }
    if hit == .collectSum, let points = RuleField.value(text.text, .number) {
      return (outcomes.firstIndex(of: RuleTable.points), points)
    }
    return (try reading.attempt { try choice(text, outcomes, "outcome") }, .zero)
  }

  func derived(_ own: RuleSheet.Derived, _ compiler: inout RuleCompiler) throws -> RuleCompiler.Derived {
    guard own.name.text.wholeMatch(of: /[A-Za-z][A-Za-z0-9_]{0,63}/) != nil, !RuleParser.isWord(own.name.text) else {
      throw Faults.usage(
        own.name.place, "\"\(own.name.text)\" is no name of a field", "Use up to 64 letters, digits and underscores.")
    }
    let unit = try RuleField.unit(own.unit, .number, sheet.currency)
    func value(_ text: RuleSheet.Text, _ stated: RuleSheet.Text?) throws -> RuleTerm {
      let (term, found) = try compiler.number(text)
      var read = found ?? unit
      if let stated {
        guard read.isPlain || found == nil else {
          throw Faults.usage(
            stated.place, "\(text.text) is of \(read.text) already", "Only a plain number is read as another unit.")
        }
        read = try RuleField.unit(stated, .number, sheet.currency)
      }
      guard read == unit else {
        throw Faults.usage(
          text.place, "\(own.name.text) is of \(unit.text), and \(text.text) of \(read.text)",
          "Bring it to one unit, or say unit (otherwise_unit) where a plain number is meant as one.")
      }
      return term
    }
    let cases = try own.cases.map { (try compiler.condition($0.when), try value($0.value, $0.unit)) }
    return RuleCompiler.Derived(
      name: own.name.text, unit: unit, cases: cases, otherwise: try value(own.otherwise, own.otherwiseUnit))
  }

  func rule(
    _ own: RuleSheet.Rule, _ hit: RuleTable.HitPolicy, _ outcomes: [String], _ compiler: inout RuleCompiler
  ) throws -> RuleTable.Rule {
    guard own.id.text.wholeMatch(of: /[a-z0-9_]{1,64}/) != nil else {
      throw Faults.usage(
        own.id.place, "\"\(own.id.text)\" is no id of a rule", "Use up to 64 small letters, digits and underscores.")
    }
    var parts: [RuleCondition] = []
    if let validity = try validity(own, &compiler) { parts.append(validity) }
    if let when = own.when { parts.append(try compiler.condition(when)) }
    for cell in own.cells {
      guard compiler.fields.contains(where: { $0.name == cell.field.text && $0.name != RuleField.asOf.name }) else {
        throw Faults.usage(
          cell.field.place,
          "there is no field \(cell.field.text)\(DidYouMean.phrase(for: cell.field.text, among: compiler.fields.map(\.name)))",
          "A cell tests a field.")
      }
      let source = RuleSource(text: cell.test.text, place: cell.test.place)
      if let test = try RuleCell.test(source, of: cell.field.text) {
        parts.append(try compiler.condition(test, source).joined("\(cell.field.text) \(cell.test.text)"))
      }
    }
    let action: Int
    var points = RuleNumber.zero
    if let text = own.points {
      guard hit == .collectSum else {
        throw Faults.usage(
          text.place, "rule \(own.id.text) has points, which \(hit.rawValue) does not add", "Remove them.")
      }
      guard let number = RuleField.value(text.text, .number) else {
        throw Faults.usage(text.place, "\(text.text) is no number of at most 15 digits", "Give the points.")
      }
      guard own.action.text == RuleTable.points else {
        throw Faults.usage(
          own.action.place, "rule \(own.id.text) has points and the action \(own.action.text)", "Keep one.")
      }
      (action, points) = (outcomes.count - 1, number)
    } else if own.action.text == RuleTable.flag {
      action = -1
    } else {
      guard hit != .collectSum else {
        throw Faults.usage(
          own.action.place, "rule \(own.id.text) has no points", "Give its points, or the action flag.")
      }
      action = try choice(own.action, outcomes, "outcome")
    }
    if let queue = own.queue, action < 0 || outcomes[action] != RuleTable.manual {
      throw Faults.usage(queue.place, "rule \(own.id.text) has a queue and sends nobody to people", "Remove it.")
    }
    var onMissing = -1
    if action >= 0 || own.onMissing != nil {
      let text = own.onMissing ?? RuleSheet.Text(RuleTable.manual, own.id.place)
      if text.text != RuleTable.pass { onMissing = try choice(text, outcomes, "answer to a missing value") }
    }
    return RuleTable.Rule(
      id: own.id.text, condition: parts.count == 1 ? parts[0] : .all(parts), outcome: action, points: points,
      queue: own.queue?.text, onMissing: onMissing, reasonCode: own.reason?.code, reasonTexts: own.reason?.texts ?? [:],
      place: own.id.place)
  }

  private func validity(_ own: RuleSheet.Rule, _ compiler: inout RuleCompiler) throws -> RuleCondition? {
    guard own.validFrom != nil || own.validTo != nil else { return nil }
    let days = try [own.validFrom, own.validTo].map { text -> RuleNumber? in
      guard let text else { return nil }
      guard let day = RuleField.value(text.text, .date) else {
        throw Faults.usage(text.place, "\"\(text.text)\" is no day", "Write it as 2026-01-31.")
      }
      return day
    }
    if let from = days[0], let to = days[1], to < from {
      throw Faults.usage(
        own.validTo?.place ?? .default, "rule \(own.id.text) ends before it begins", "Turn its days round.")
    }
    let interval = ValueClasses.Interval(low: days[0], high: days[1], hasLow: days[0] != nil, hasHigh: days[1] != nil)
    return .test(
      .init(
        variable: compiler.variable(.field(compiler.fields.count - 1)), accepted: .numbers([interval]),
        text: "valid \(own.validFrom?.text ?? "") to \(own.validTo?.text ?? "")"))
  }

  // MARK: Classes

  /// The classes of each variable, by all tests of it.
  static func classes(
    _ variables: [RuleCompiler.Variable], _ fields: [RuleField], _ conditions: [RuleCondition]
  ) -> [ValueClasses] {
    var cuts = [Set<RuleNumber>](repeating: [], count: variables.count)
    var levels = [[String]](repeating: [], count: variables.count)
    var known = [Set<String>](repeating: [], count: variables.count)
    for condition in conditions {
      condition.visit { test in
        switch test.accepted {
        case .numbers(let all):
          for own in all { cuts[test.variable].formUnion([own.low, own.high].compactMap { $0 }) }
        case .levels(let own):
          for level in own where known[test.variable].insert(level).inserted { levels[test.variable].append(level) }
        case .missing: break
        }
      }
    }
    return variables.indices.map { index in
      switch variables[index] {
      case .field(let field) where fields[field].kind == .text:
        return ValueClasses(levels: fields[field].levels ?? levels[index], isOpen: fields[field].levels == nil)
      case .field(let field):
        return ValueClasses(
          cuts: cuts[index], low: fields[field].low, high: fields[field].high, isWhole: fields[field].isWhole)
      case .term(.order):
        return ValueClasses(cuts: [.zero], low: RuleNumber(small: -1), high: RuleNumber(small: 1), isWhole: true)
      case .term: return ValueClasses(cuts: cuts[index], low: nil, high: nil, isWhole: false)
      }
    }
  }

  /// The same with the ranges of each test.
  static func resolved(_ condition: RuleCondition, _ classes: [ValueClasses]) -> RuleCondition {
    condition.mapped { test in
      var own = test
      let known = classes[test.variable]
      switch test.accepted {
      case .numbers(let all): own.ranges = ValueClasses.merged(all.compactMap(known.range))
      case .levels(let levels):
        own.ranges = ValueClasses.merged(
          levels.compactMap { level in known.levelNumbers[level].map { $0...$0 } })
      case .missing: break
      }
      return .test(own)
    }
  }

  /// The fields that anything reads.
  static func read(_ compiler: RuleCompiler) -> Set<Int> {
    var found: Set<Int> = []
    var open: [Int] = []
    var known: Set<Int> = []
    func visit(_ term: RuleTerm) { term.visit({ found.insert($0) }, { open.append($0) }) }
    for variable in compiler.variables {
      switch variable {
      case .field(let field): found.insert(field)
      case .term(let term): visit(term)
      }
    }
    while let next = open.popLast() {
      guard known.insert(next).inserted else { continue }
      for own in compiler.derived[next].cases { visit(own.value) }
      visit(compiler.derived[next].otherwise)
    }
    return found
  }
}
