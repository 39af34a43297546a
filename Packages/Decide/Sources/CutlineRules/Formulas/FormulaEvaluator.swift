/// Asks formulas about one record after the other, with the memory of the first; one a thread.
package final class FormulaEvaluator {
  /// What a condition may be.
  package enum Truth: UInt8, Sendable { case no, failed, unknown, yes }

  package let formulas: RuleFormulas
  private let scratch: RuleScratch
  private let truths: UnsafeMutablePointer<Truth>
  private let missing: UnsafeMutablePointer<Bool>
  private let values: UnsafeMutablePointer<Double>
  private let failed, isOther: UnsafeMutablePointer<Bool>
  private let stack: UnsafeMutablePointer<Double>
  private let size: (tests: Int, fields: Int, numbers: Int)
  private var columns: RuleColumns?
  private var rows = RuleColumns.Rows()

  package init(_ formulas: RuleFormulas) {
    self.formulas = formulas
    scratch = RuleScratch(formulas.program)
    func memory<Value>(_ count: Int, _ value: Value) -> UnsafeMutablePointer<Value> {
      let own = UnsafeMutablePointer<Value>.allocate(capacity: max(1, count))
      own.initialize(repeating: value, count: max(1, count))
      return own
    }
    size = (formulas.testCount, formulas.fields.count, formulas.steps.count)
    (truths, missing) = (memory(size.tests, .no), memory(size.fields, false))
    values = memory(size.numbers, .nan)
    (failed, isOther) = (memory(size.numbers, false), memory(size.numbers, false))
    stack = memory(formulas.mostStack, 0)
  }

  deinit {
    truths.deallocate()
    missing.deallocate()
    values.deallocate()
    failed.deallocate()
    isOther.deallocate()
    stack.deallocate()
  }

  /// Takes rows from these columns from now on.
  package func read(_ columns: RuleColumns) { (self.columns, rows) = (columns, columns.addresses) }

  /// Evaluates all tests and numbers of a row of the columns.
  /// - Complexity: O(fields · log classes + steps); no memory.
  package func evaluate(row: Int) {
    rows.put(row, scratch)
    let program = formulas.program
    _ = program.decide(scratch)
    for test in 0..<size.tests { truths[test] = .no }
    for field in 0..<size.fields { missing[field] = false }
    func take(_ list: UnsafeMutablePointer<Int32>, _ count: Int, _ truth: Truth) {
      for place in 0..<count {
        let rule = Int(list[place])
        if rule < size.tests { truths[rule] = truth } else if truth == .yes { missing[rule - size.tests] = true }
      }
    }
    take(scratch.fired, scratch.firedCount, .yes)
    take(scratch.unknown, scratch.unknownCount, .unknown)
    take(scratch.failed, scratch.failedCount, .failed)
    // Each is made of fields and of those before it.
    for number in 0..<size.numbers {
      let found = program.chosenCase(number, scratch)
      isOther[number] = found == formulas.steps[number].count - 1
      if let found {
        run(formulas.steps[number][found], number)
      } else {
        (values[number], failed[number]) = (.nan, true)
      }
    }
  }

  /// Number 0 is the first that was given; NaN where a value is missing or something is divided by 0, and where it failed.
  package func number(_ number: Int) -> Double { values[formulas.inputCount + number] }
  /// Whether a value may not be, or a number does not fit into a double.
  package func hasFailed(number: Int) -> Bool { failed[formulas.inputCount + number] }
  /// Whether none of its cases was true.
  package func isOtherwise(number: Int) -> Bool { isOther[formulas.inputCount + number] }
  package func truth(of test: Int) -> Truth { truths[test] }
  package func isMissing(field: Int) -> Bool { missing[field] }

  private func run(_ steps: [RuleFormulas.Step], _ number: Int) {
    var top = -1
    var isFailed = false
    for step in steps {
      switch step.kind {
      case .constant: push(step.constant)
      case .field:
        let field = Int(step.place)
        if scratch.classes[formulas.program.variableOfField[field]] < 0 { isFailed = true }
        push(scratch.values[field])
      case .derived:
        if failed[Int(step.place)] { isFailed = true }
        push(values[Int(step.place)])
      case .plus: join { $0 + $1 }
      case .minus: join { $0 - $1 }
      case .times: join { $0 * $1 }
      case .over: join { $1 == 0 ? .nan : $0 / $1 }
      case .negate: stack[top] = -stack[top]
      case .magnitude: stack[top] = stack[top].magnitude
      case .least, .most:
        let count = Int(step.place)
        var found = stack[top - count + 1]
        for place in top - count + 2..<top + 1 {
          let next = stack[place]
          if found.isNaN || next.isNaN {
            found = .nan
          } else if step.kind == .least ? next < found : next > found {
            found = next
          }
        }
        top -= count - 1
        stack[top] = found
      }
    }
    failed[number] = isFailed
    values[number] = isFailed ? .nan : stack[0]

    func push(_ value: Double) {
      top += 1
      stack[top] = value
    }
    func join(_ body: (Double, Double) -> Double) {
      let (a, b) = (stack[top - 1], stack[top])
      let made = body(a, b)
      if made.isInfinite { isFailed = true }
      top -= 1
      stack[top] = made
    }
  }
}
