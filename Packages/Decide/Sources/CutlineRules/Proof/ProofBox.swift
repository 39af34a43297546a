/// A part of what applications may be: by variable a range of classes, and whether it may be missing.
struct ProofBox: Sendable {
  /// By variable; empty where the low one is above the high one.
  var low, high: [Int32]
  var mayMiss: [Bool]

  /// All that the fields may be.
  init(_ table: RuleTable) {
    low = [Int32](repeating: 1, count: table.variables.count)
    high = table.classes.map(\.count)
    mayMiss = table.variables.map { variable in
      guard case .field(let field) = variable else { return true }
      return table.fields[field].mayBeMissing
    }
  }

  func hasValue(_ variable: Int) -> Bool { low[variable] <= high[variable] }
}

/// What a condition may be in a box: one bit for each of false, failed, unknown, true. Never too few; exact where each test is certain.
enum TruthSet {
  static let yes = UInt8(1) << RuleTruth.yes
  static let no = UInt8(1) << RuleTruth.no
  static let unknown = UInt8(1) << RuleTruth.unknown
  static let failed = UInt8(1) << RuleTruth.failed
  static let all: UInt8 = 15

  private static func table(_ join: (UInt8, UInt8) -> UInt8) -> [UInt8] {
    (0..<256).map { place in
      var found: UInt8 = 0
      for a in UInt8(0)..<4 where place >> 4 & 1 << Int(a) != 0 {
        for b in UInt8(0)..<4 where place & 1 << Int(b) != 0 { found |= 1 << join(a, b) }
      }
      return found
    }
  }
  private static let ands = table(RuleTruth.and)
  private static let ors = table(RuleTruth.or)
  private static let nots = (0..<16).map { place -> UInt8 in
    var found: UInt8 = 0
    for a in UInt8(0)..<4 where place & 1 << Int(a) != 0 { found |= 1 << RuleTruth.not(a) }
    return found
  }

  /// - Complexity: O(tests).
  static func of(_ condition: RuleCondition, in box: ProofBox) -> UInt8 {
    switch condition {
    case .test(let test): return of(test, in: box)
    case .not(let part): return nots[Int(of(part, in: box))]
    case .all(let parts):
      var found = yes
      for part in parts {
        found = ands[Int(found) << 4 | Int(of(part, in: box))]
        if found == no { return no }
      }
      return found
    case .any(let parts):
      var found = no
      for part in parts {
        found = ors[Int(found) << 4 | Int(of(part, in: box))]
        if found == yes { return yes }
      }
      return found
    }
  }

  static func of(_ test: RuleCondition.Test, in box: ProofBox) -> UInt8 {
    let (low, high) = (box.low[test.variable], box.high[test.variable])
    let hasValue = low <= high
    if test.accepted == .missing { return (box.mayMiss[test.variable] ? yes : 0) | (hasValue ? no : 0) }
    var found: UInt8 = box.mayMiss[test.variable] ? unknown : 0
    guard hasValue else { return found }
    var isCovered = false
    for range in test.ranges where range.lowerBound <= high && range.upperBound >= low {
      found |= yes
      if range.lowerBound <= low, range.upperBound >= high { isCovered = true }
      break
    }
    // Ranges do not touch, so that only one of them covers a box.
    if !isCovered, found & yes != 0 {
      isCovered = test.ranges.contains { $0.lowerBound <= low && $0.upperBound >= high }
    }
    return isCovered ? found : found | no
  }
}
