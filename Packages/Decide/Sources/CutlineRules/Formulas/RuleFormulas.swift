internal import CutlineCore

/// Tests and numbers made of fields for others than rules, typed as those of a table are: tests are exact, numbers are computed in doubles.
///
/// A number's operations run in the order in which they are written, from left to right, products before sums; each is one of IEEE 754's.
package struct RuleFormulas: Sendable {
  /// Of the first case whose condition is true, else `otherwise`, also where one is unknown.
  package struct Number: Sendable {
    package typealias Text = RuleSheet.Text
    package let name: Text
    package let cases: [(when: Text, value: Text)]
    package let otherwise: Text

    package init(name: Text, cases: [(when: Text, value: Text)] = [], otherwise: Text) {
      (self.name, self.cases, self.otherwise) = (name, cases, otherwise)
    }
  }

  /// One step of a number; a stack holds what the steps before have made.
  struct Step: Sendable {
    enum Kind: UInt8, Sendable {
      case constant, field, derived, plus, minus, times, over, negate, least, most, magnitude
    }
    let kind: Kind
    /// The field or derived field, or how many values are compared.
    var place: Int32 = 0
    var constant = 0.0
  }

  package let program: RuleProgram
  /// What every record must be asked for.
  package var fields: [RuleField] { program.table.fields }
  let testCount: Int
  let numberCount: Int
  /// By derived field, those of the inputs first: the steps of each case, then of `otherwise`.
  let steps: [[[Step]]]
  let inputCount: Int
  let mostStack: Int

  /// - Parameters:
  ///   - inputs: fields and derived fields.
  ///   - tests: conditions.
  /// - Throws: `Faults` (usage) with all mistakes, each with line and column.
  package init(inputs: RuleSheet, numbers: [Number], tests: [RuleSheet.Text]) throws {
    var sheet = inputs
    sheet.hit = .init(RuleTable.HitPolicy.priority.rawValue)
    sheet.otherwise = .init(RuleTable.pass)
    (sheet.rules, sheet.outcomes) = ([], nil)
    var reading = Reading()
    var compiler = try Self.compiler(inputs, &reading)
    try reading.finish()
    for (place, own) in numbers.enumerated() {
      var derived = RuleSheet.Derived(
        name: .init(Self.name(own.name.text, place, inputs), own.name.place), otherwise: own.otherwise)
      derived.cases = own.cases.map { .init(when: $0.when, value: $0.value, unit: nil) }
      // Its unit is that of its values, which nobody has to say again.
      try reading.attempt {
        let units = try (own.cases.map(\.value) + [own.otherwise]).compactMap { try compiler.number($0).unit }
        derived.unit = units.first { !$0.isPlain }.map { .init($0.text) }
      }
      sheet.derived.append(derived)
    }
    for (place, test) in tests.enumerated() {
      sheet.rules.append(.init(id: .init("test_\(place)", test.place), when: test, action: .init(RuleTable.flag)))
    }
    // Each field is looked at, so that one that only numbers read has its domain, too.
    for (place, field) in sheet.fields.enumerated() {
      sheet.rules.append(
        .init(
          id: .init("missing_\(place)", field.name.place),
          when: .init("\(field.name.text) is missing", field.name.place),
          action: .init(RuleTable.flag)))
    }
    try reading.finish()
    let program = RuleProgram(try RuleTable(sheet))
    (self.program, testCount, numberCount, inputCount) = (program, tests.count, numbers.count, inputs.derived.count)
    steps = program.table.derived.map { ($0.cases.map(\.value) + [$0.otherwise]).map(Self.steps) }
    mostStack = max(1, steps.joined().map(\.count).max() ?? 1)
  }

  private static func compiler(_ inputs: RuleSheet, _ reading: inout Reading) throws -> RuleCompiler {
    // A table is not without rules, and this one is looked at for its fields only.
    var sheet = inputs
    sheet.rules = [.init(id: .init("none"), action: .init(RuleTable.flag))]
    let parts = RuleTableParts(sheet, &reading)
    let fields = try parts.fields(&reading)
    var compiler = RuleCompiler(fields: fields, derived: inputs.derived.map(\.name.text))
    for own in inputs.derived { try reading.attempt { try compiler.add(parts.derived(own, &compiler)) } }
    return compiler
  }

  /// A name that no field has, for errors.
  private static func name(_ text: String, _ place: Int, _ inputs: RuleSheet) -> String {
    let plain = "feature_" + String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }.prefix(40))
    return "\(plain)_\(place + 1)"
  }

  private static func steps(_ term: RuleTerm) -> [Step] {
    switch term {
    case .number(let number): return [Step(kind: .constant, constant: number.double)]
    case .field(let field): return [Step(kind: .field, place: Int32(field))]
    case .derived(let own): return [Step(kind: .derived, place: Int32(own))]
    case .negated(let part): return steps(part) + [Step(kind: .negate)]
    case .sum(let sign, let a, let b):
      let kind: Step.Kind =
        switch sign {
        case .plus: .plus
        case .minus: .minus
        case .times: .times
        case .over: .over
        }
      return steps(a) + steps(b) + [Step(kind: kind)]
    case .call(.abs, let parts): return parts.flatMap(steps) + [Step(kind: .magnitude)]
    case .call(let function, let parts):
      return parts.flatMap(steps) + [Step(kind: function == .min ? .least : .most, place: Int32(parts.count))]
    // An order of two is what tests make; numbers are not written with it.
    case .order(let a, let b): return steps(a) + steps(b) + [Step(kind: .minus)]
    }
  }
}
