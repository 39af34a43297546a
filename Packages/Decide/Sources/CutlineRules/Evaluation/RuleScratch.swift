/// The memory of one evaluation after the other: what a record holds, and what was found about it. One a thread.
final class RuleScratch {
  /// By field: the number, NaN where missing.
  let values: UnsafeMutablePointer<Double>
  /// By field, of texts: the class.
  let texts: UnsafeMutablePointer<Int32>
  /// By variable.
  let classes: UnsafeMutablePointer<Int32>
  let stack: UnsafeMutablePointer<UInt8>
  let candidates: UnsafeMutablePointer<Int32>
  /// Rules that are true, unknown, failed; ascending.
  let fired, unknown, failed: UnsafeMutablePointer<Int32>
  var (firedCount, unknownCount, failedCount) = (0, 0, 0)
  /// Variables whose value may not be.
  let failures: UnsafeMutablePointer<Int32>
  var failureCount = 0
  var derived: [RuleTerm.Value?]
  /// Of the last record.
  var points = RuleNumber.zero

  private let sizes: (fields: Int, variables: Int, rules: Int)

  init(_ program: RuleProgram) {
    let table = program.table
    sizes = (table.fields.count, table.variables.count, table.rules.count)
    values = .allocate(capacity: sizes.fields)
    values.initialize(repeating: .nan, count: sizes.fields)
    texts = .allocate(capacity: sizes.fields)
    texts.initialize(repeating: ValueClasses.missing, count: sizes.fields)
    classes = .allocate(capacity: sizes.variables + 1)
    classes.initialize(repeating: 0, count: sizes.variables + 1)
    stack = .allocate(capacity: program.mostStack)
    stack.initialize(repeating: 0, count: program.mostStack)
    func list(_ count: Int) -> UnsafeMutablePointer<Int32> {
      // Written before it is read: what is read is counted.
      .allocate(capacity: max(1, count))
    }
    (candidates, fired, unknown, failed) = (list(sizes.rules), list(sizes.rules), list(sizes.rules), list(sizes.rules))
    failures = list(sizes.variables)
    derived = [RuleTerm.Value?](repeating: nil, count: table.derived.count)
  }

  deinit {
    values.deallocate()
    texts.deallocate()
    classes.deallocate()
    stack.deallocate()
    for list in [candidates, fired, unknown, failed, failures] { list.deallocate() }
  }
}
