/// What was decided of a record.
struct RuleVerdict: Sendable, Hashable {
  /// Among the table's outcomes.
  let outcome: Int32
  /// The rule whose reason is the first; −1: none.
  let rule: Int32
  let cause: Cause

  enum Cause: UInt8, Sendable {
    /// The rule is true.
    case fired
    /// The rule is unknown, and says what that means.
    case unknown
    /// No rule says anything.
    case otherwise
    /// A value may not be, or a number does not fit.
    case failure
    /// Two rules of a table of hit policy unique.
    case overlap
    /// No rule says anything, and the table does not say what that means.
    case gap
  }
}

extension RuleProgram {
  /// Decides about what stands in `scratch`; the lists of rules stay there.
  ///
  /// This function is the evaluator: one record and a million go through it.
  ///
  /// - Complexity: O(fields · log classes + rules looked at).
  func decide(_ scratch: RuleScratch) -> RuleVerdict {
    classify(scratch)
    (scratch.firedCount, scratch.unknownCount, scratch.failedCount) = (0, 0, 0)
    let (classes, stack) = (UnsafePointer(scratch.classes), scratch.stack)
    code.withUnsafeBufferPointer { code in
      bounds.withUnsafeBufferPointer { bounds in
        withTruthsAndStarts { truths, starts in
          guard let code = code.baseAddress else { return }
          // A table without lists of ranges has no bounds, one of many classes no truths; its code never reads them.
          let bounds = bounds.baseAddress ?? classes
          let truths = truths.baseAddress ?? UnsafePointer(stack)
          var (fired, unknown, failed) = (0, 0, 0)
          func look(_ rule: Int) {
            switch truth(starts[rule]..<starts[rule + 1], code, bounds, truths, classes, stack) {
            case RuleTruth.no: break
            case RuleTruth.yes:
              scratch.fired[fired] = Int32(truncatingIfNeeded: rule)
              fired += 1
            case RuleTruth.unknown:
              scratch.unknown[unknown] = Int32(truncatingIfNeeded: rule)
              unknown += 1
            default:
              scratch.failed[failed] = Int32(truncatingIfNeeded: rule)
              failed += 1
            }
          }
          if let index {
            let count = index.candidates(classes, scratch.candidates)
            for place in 0..<count { look(Int(scratch.candidates[place])) }
          } else {
            for rule in 0..<starts.count - 1 { look(rule) }
          }
          (scratch.firedCount, scratch.unknownCount, scratch.failedCount) = (fired, unknown, failed)
        }
      }
    }
    return verdict(scratch)
  }

  @inline(__always)
  private func withTruthsAndStarts(_ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<Int32>) -> Void) {
    truths.withUnsafeBufferPointer { truths in starts.withUnsafeBufferPointer { body(truths, $0) } }
  }

  // MARK: Classes

  @inline(__always)
  private func classify(_ scratch: RuleScratch) {
    scratch.failureCount = 0
    cuts.withUnsafeBufferPointer { cuts in
      numbers.withUnsafeBufferPointer { numbers in
        looks.withUnsafeBufferPointer { looks in
          for own in looks {
            var found: Int32
            if own.isText {
              found = scratch.texts[Int(own.field)]
            } else {
              let value = scratch.values[Int(own.field)]
              if value.isNaN {
                found = ValueClasses.missing
              } else if !value.isFinite || (own.isWhole && value != value.rounded(.towardZero)) {
                found = ValueClasses.failed
              } else {
                // The first cut that is not below.
                var (low, high) = (Int(own.cuts), Int(own.cuts &+ own.count))
                while low < high {
                  let middle = (low &+ high) >> 1
                  if cuts[middle] < value { low = middle &+ 1 } else { high = middle }
                }
                let isCut = low < Int(own.cuts &+ own.count) && cuts[low] == value
                found = numbers[Int(own.numbers) &+ 2 &* (low &- Int(own.cuts)) &+ (isCut ? 1 : 0)]
              }
            }
            if found == ValueClasses.missing, !own.mayBeMissing { found = ValueClasses.failed }
            if found < 0 { fail(Int(own.variable), scratch) }
            scratch.classes[Int(own.variable)] = found
          }
        }
      }
    }
    guard !termVariables.isEmpty else { return }
    for place in scratch.derived.indices { scratch.derived[place] = nil }
    for (variable, term) in termVariables {
      let found = self.value(term, scratch)
      switch found {
      case .missing: scratch.classes[variable] = ValueClasses.missing
      case .number(let number): scratch.classes[variable] = table.classes[variable].number(of: number)
      case .failed:
        scratch.classes[variable] = ValueClasses.failed
        fail(variable, scratch)
      }
    }
  }

  private func fail(_ variable: Int, _ scratch: RuleScratch) {
    scratch.failures[scratch.failureCount] = Int32(truncatingIfNeeded: variable)
    scratch.failureCount += 1
  }

  func value(_ term: RuleTerm, _ scratch: RuleScratch) -> RuleTerm.Value {
    // Two fields are compared as doubles, which are in the order of the decimals that they stand for.
    if case .order(.field(let a), .field(let b)) = term {
      switch (field(a, scratch), field(b, scratch)) {
      case (.failed, _), (_, .failed): return .failed
      case (.missing, _), (_, .missing): return .missing
      default:
        let (x, y) = (scratch.values[a], scratch.values[b])
        return .number(RuleNumber(small: x == y ? 0 : x < y ? -1 : 1))
      }
    }
    return term.value(
      { index in
        guard case .number = field(index, scratch) else { return field(index, scratch) }
        return RuleNumber(scratch.values[index]).map(RuleTerm.Value.number) ?? .failed
      }, { derived($0, scratch) })
  }

  private func field(_ index: Int, _ scratch: RuleScratch) -> RuleTerm.Value {
    let own = scratch.classes[variableOfField[index]]
    return own > 0 ? .number(.zero) : own == 0 ? .missing : .failed
  }

  /// Of the first case that is true.
  private func derived(_ index: Int, _ scratch: RuleScratch) -> RuleTerm.Value {
    if let known = scratch.derived[index] { return known }
    let own = table.derived[index]
    guard let chosen = chosenCase(index, scratch) else {
      scratch.derived[index] = .failed
      return .failed
    }
    let found = value(chosen < own.cases.count ? own.cases[chosen].value : own.otherwise, scratch)
    scratch.derived[index] = found
    return found
  }

  /// The first case of a derived field that is true; as many as there are where none is; nil where a condition has failed.
  func chosenCase(_ index: Int, _ scratch: RuleScratch) -> Int? {
    for (place, part) in derivedStarts[index].enumerated() {
      let found = code.withUnsafeBufferPointer { code in
        bounds.withUnsafeBufferPointer { bounds -> UInt8 in
          guard let code = code.baseAddress else { return RuleTruth.yes }
          let classes = UnsafePointer(scratch.classes)
          return truths.withUnsafeBufferPointer { truths in
            truth(
              part, code, bounds.baseAddress ?? classes, truths.baseAddress ?? UnsafePointer(scratch.stack), classes,
              scratch.stack)
          }
        }
      }
      if found == RuleTruth.failed { return nil }
      if found == RuleTruth.yes { return place }
    }
    return derivedStarts[index].count
  }

  // MARK: Outcome

  private func verdict(_ scratch: RuleScratch) -> RuleVerdict {
    let manual = Int32(table.manual)
    let hasFailed = scratch.failureCount > 0 || scratch.failedCount > 0
    let failure = RuleVerdict(
      outcome: manual, rule: scratch.failedCount > 0 ? scratch.failed[0] : -1, cause: .failure)
    // The first true one, and the first unknown one that says something.
    func first(_ list: UnsafeMutablePointer<Int32>, _ count: Int, _ says: [Int32]) -> (Int32, Int32)? {
      for place in 0..<count {
        let outcome = says[Int(list[place])]
        if outcome >= 0 { return (list[place], outcome) }
      }
      return nil
    }
    let fired = first(scratch.fired, scratch.firedCount, outcomes)
    let unknown = first(scratch.unknown, scratch.unknownCount, answers)
    switch table.hit {
    case .priority:
      var best: RuleVerdict? = hasFailed ? failure : nil
      func offer(
        _ list: UnsafeMutablePointer<Int32>, _ count: Int, _ cause: RuleVerdict.Cause, _ says: [Int32]
      ) {
        for place in 0..<count {
          let outcome = says[Int(list[place])]
          guard outcome >= 0 else { continue }
          let isBetter =
            best.map { outcome < $0.outcome || (outcome == $0.outcome && $0.rule > list[place]) } ?? true
          if isBetter { best = RuleVerdict(outcome: outcome, rule: list[place], cause: cause) }
        }
      }
      offer(scratch.fired, scratch.firedCount, .fired, outcomes)
      offer(scratch.unknown, scratch.unknownCount, .unknown, answers)
      return best ?? nothing
    case .first:
      if hasFailed { return failure }
      switch (fired, unknown) {
      case (let (rule, outcome)?, let (other, answer)?):
        return rule < other
          ? RuleVerdict(outcome: outcome, rule: rule, cause: .fired)
          : RuleVerdict(outcome: answer, rule: other, cause: .unknown)
      case (let (rule, outcome)?, nil): return RuleVerdict(outcome: outcome, rule: rule, cause: .fired)
      case (nil, let (rule, answer)?): return RuleVerdict(outcome: answer, rule: rule, cause: .unknown)
      case (nil, nil): return nothing
      }
    case .unique:
      if hasFailed { return failure }
      if let (rule, outcome) = fired {
        for place in 0..<scratch.firedCount
        where scratch.fired[place] != rule && outcomes[Int(scratch.fired[place])] >= 0 {
          return RuleVerdict(outcome: manual, rule: rule, cause: .overlap)
        }
        guard unknown != nil else { return RuleVerdict(outcome: outcome, rule: rule, cause: .fired) }
      }
      return unknownVerdict(scratch) ?? nothing
    case .collectSum:
      scratch.points = .zero
      if hasFailed { return failure }
      if let unknown = unknownVerdict(scratch) { return unknown }
      guard let (rule, outcome) = fired else {
        scratch.points = table.otherwisePoints
        return nothing
      }
      for place in 0..<scratch.firedCount {
        guard let sum = scratch.points.adding(table.rules[Int(scratch.fired[place])].points) else { return failure }
        scratch.points = sum
      }
      return RuleVerdict(outcome: outcome, rule: rule, cause: .fired)
    }
  }

  private var nothing: RuleVerdict {
    table.otherwise.map { RuleVerdict(outcome: Int32($0), rule: -1, cause: .otherwise) }
      ?? RuleVerdict(outcome: Int32(table.manual), rule: -1, cause: .gap)
  }

  /// The strongest answer of unknown rules.
  private func unknownVerdict(_ scratch: RuleScratch) -> RuleVerdict? {
    var best: RuleVerdict?
    for place in 0..<scratch.unknownCount {
      let answer = answers[Int(scratch.unknown[place])]
      if answer >= 0, best.map({ answer < $0.outcome }) ?? true {
        best = RuleVerdict(outcome: answer, rule: scratch.unknown[place], cause: .unknown)
      }
    }
    return best
  }
}
