/// A condition after types: tests of variables, each a list of ranges of classes, joined by and, or and not.
indirect enum RuleCondition: Sendable, Hashable {
  case all([RuleCondition])
  case any([RuleCondition])
  case not(RuleCondition)
  case test(Test)

  struct Test: Sendable, Hashable {
    /// By index among the table's variables.
    let variable: Int
    /// Where it is true; missing makes it unknown.
    var accepted: Accepted
    /// In classes, once all tests are known.
    var ranges: [ClosedRange<Int32>] = []
    /// How it is written, and where.
    let text: String

    static func == (a: Self, b: Self) -> Bool { a.variable == b.variable && a.accepted == b.accepted }
    func hash(into hasher: inout Hasher) {
      hasher.combine(variable)
      hasher.combine(accepted)
    }
  }
  enum Accepted: Sendable, Hashable {
    case numbers([ValueClasses.Interval])
    case levels([String])
    /// True of missing ones, false of all others.
    case missing
  }

  static let always = RuleCondition.all([])

  /// The same with each test changed.
  func mapped(_ change: (Test) -> RuleCondition) -> RuleCondition {
    switch self {
    case .all(let parts): .all(parts.map { $0.mapped(change) })
    case .any(let parts): .any(parts.map { $0.mapped(change) })
    case .not(let part): .not(part.mapped(change))
    case .test(let test): change(test)
    }
  }

  /// The same with intervals of one variable that are joined by `and` as one test: what a cell `[18..21]` says.
  func joined(_ text: String) -> RuleCondition {
    switch self {
    case .any(let parts): return .any(parts.map { $0.joined(text) })
    case .not(let part): return .not(part.joined(text))
    case .test: return self
    case .all(let parts):
      var whole: ValueClasses.Interval?
      var variable: Int?
      for part in parts {
        guard case .test(let test) = part, case .numbers(let all) = test.accepted, all.count == 1,
          variable == nil || variable == test.variable
        else { return self }
        (whole, variable) = (whole.map { $0.met(all[0]) } ?? all[0], test.variable)
      }
      guard let whole, let variable else { return self }
      return .test(.init(variable: variable, accepted: .numbers([whole]), text: text))
    }
  }

  func visit(_ body: (Test) -> Void) {
    switch self {
    case .all(let parts), .any(let parts): for part in parts { part.visit(body) }
    case .not(let part): part.visit(body)
    case .test(let test): body(test)
    }
  }

  var tests: [Test] {
    var all: [Test] = []
    visit { all.append($0) }
    return all
  }

  /// Tests that must all be true for it to be: those that stand at its top, joined by and.
  var needed: [Test] {
    switch self {
    case .test(let test): [test]
    case .all(let parts): parts.flatMap(\.needed)
    case .any(let parts): parts.count == 1 ? parts[0].needed : []
    case .not: []
    }
  }
}

/// What a condition may be: false, failed (a value that may not be, a number that does not fit), unknown, true.
///
/// In `and` the least decides; in `or` true, then failed, then unknown: Kleene's logic, with a failure that only a certain answer hides.
enum RuleTruth {
  static let no: UInt8 = 0
  static let failed: UInt8 = 1
  static let unknown: UInt8 = 2
  static let yes: UInt8 = 3

  @inline(__always)
  static func and(_ a: UInt8, _ b: UInt8) -> UInt8 { min(a, b) }

  @inline(__always)
  static func or(_ a: UInt8, _ b: UInt8) -> UInt8 {
    // Failed and unknown change places.
    swapped(max(swapped(a), swapped(b)))
  }

  @inline(__always)
  private static func swapped(_ a: UInt8) -> UInt8 { a == 1 ? 2 : a == 2 ? 1 : a }

  @inline(__always)
  static func not(_ a: UInt8) -> UInt8 { a == no ? yes : a == yes ? no : a }
}
