/// A table made ready to be asked: conditions as instructions for a stack, and an index of large tables. The same for one record and for
/// a million.
public struct RuleProgram: Sendable {
  struct Instruction: Sendable {
    enum Kind: Int32 { case range, ranges, missing, all, any, not }
    let kind: Kind
    /// The variable, or how many are joined.
    let place: Int32
    /// The range, or where the ranges begin and how many there are.
    let low, high: Int32
  }

  public let table: RuleTable
  private(set) var code: [Instruction] = []
  /// Of each rule, one more than there are.
  private(set) var starts: [Int32] = [0]
  /// From and to, in pairs.
  private(set) var bounds: [Int32] = []
  let mostStack: Int
  /// Variables that are fields, with their field; and those that are numbers made of fields.
  let fieldVariables: [(variable: Int, field: Int)]
  let termVariables: [(variable: Int, term: RuleTerm)]
  /// Field → variable; −1: it is not read.
  let variableOfField: [Int]
  /// Conditions of derived fields, by derived field, as instructions.
  private(set) var derivedStarts: [[Range<Int32>]] = []
  let index: RuleIndex?

  /// - Complexity: O(tests), and O(rules · classes) at most, 4 million, for the index.
  public init(_ table: RuleTable) {
    self.table = table
    var variableOfField = [Int](repeating: -1, count: table.fields.count)
    var fields: [(Int, Int)] = []
    var terms: [(Int, RuleTerm)] = []
    for (variable, own) in table.variables.enumerated() {
      switch own {
      case .field(let field):
        variableOfField[field] = variable
        fields.append((variable, field))
      case .term(let term): terms.append((variable, term))
      }
    }
    (self.variableOfField, fieldVariables, termVariables) = (variableOfField, fields, terms)
    index = RuleIndex(table)
    var emitter = Emitter()
    for rule in table.rules {
      emitter.emit(rule.condition)
      starts.append(Int32(emitter.code.count))
    }
    for derived in table.derived {
      derivedStarts.append(
        derived.cases.map { own in
          let start = Int32(emitter.code.count)
          emitter.emit(own.when)
          return start..<Int32(emitter.code.count)
        })
    }
    (code, bounds, mostStack) = (emitter.code, emitter.bounds, max(1, emitter.most))
  }

  private struct Emitter {
    var code: [Instruction] = []
    var bounds: [Int32] = []
    var (height, most) = (0, 0)

    mutating func emit(_ condition: RuleCondition) {
      switch condition {
      case .all(let parts): join(parts, .all)
      case .any(let parts): join(parts, .any)
      case .not(let part):
        emit(part)
        code.append(Instruction(kind: .not, place: 0, low: 0, high: 0))
      case .test(let test):
        height += 1
        most = max(most, height)
        let place = Int32(test.variable)
        if test.accepted == .missing {
          code.append(Instruction(kind: .missing, place: place, low: 0, high: 0))
        } else if test.ranges.count == 1 {
          code.append(
            Instruction(kind: .range, place: place, low: test.ranges[0].lowerBound, high: test.ranges[0].upperBound))
        } else {
          code.append(
            Instruction(kind: .ranges, place: place, low: Int32(bounds.count), high: Int32(test.ranges.count)))
          for range in test.ranges { bounds += [range.lowerBound, range.upperBound] }
        }
      }
    }

    private mutating func join(_ parts: [RuleCondition], _ kind: Instruction.Kind) {
      for part in parts { emit(part) }
      code.append(Instruction(kind: kind, place: Int32(parts.count), low: 0, high: 0))
      height += 1 - parts.count
      most = max(most, height)
    }
  }

  /// What a part of the code says of a record, by the classes of its variables.
  @inline(__always)
  func truth(
    _ part: Range<Int32>, _ code: UnsafePointer<Instruction>, _ bounds: UnsafePointer<Int32>,
    _ classes: UnsafePointer<Int32>, _ stack: UnsafeMutablePointer<UInt8>
  ) -> UInt8 {
    var top = -1
    var at = Int(part.lowerBound)
    let end = Int(part.upperBound)
    while at < end {
      let own = code[at]
      at &+= 1
      switch own.kind {
      case .range:
        let own = (classes[Int(own.place)], own.low, own.high)
        top &+= 1
        stack[top] =
          own.0 > 0
          ? (own.0 >= own.1 && own.0 <= own.2 ? RuleTruth.yes : RuleTruth.no)
          : own.0 == 0 ? RuleTruth.unknown : RuleTruth.failed
      case .ranges:
        let found = classes[Int(own.place)]
        top &+= 1
        guard found > 0 else {
          stack[top] = found == 0 ? RuleTruth.unknown : RuleTruth.failed
          continue
        }
        var (low, high) = (0, Int(own.high))
        while low < high {
          let middle = (low &+ high) >> 1
          if bounds[Int(own.low) &+ 2 &* middle &+ 1] < found { low = middle &+ 1 } else { high = middle }
        }
        stack[top] =
          low < Int(own.high) && bounds[Int(own.low) &+ 2 &* low] <= found ? RuleTruth.yes : RuleTruth.no
      case .missing:
        let found = classes[Int(own.place)]
        top &+= 1
        stack[top] = found == 0 ? RuleTruth.yes : found < 0 ? RuleTruth.failed : RuleTruth.no
      case .all:
        var found = RuleTruth.yes
        for _ in 0..<own.place {
          found = RuleTruth.and(found, stack[top])
          top &-= 1
        }
        top &+= 1
        stack[top] = found
      case .any:
        var found = RuleTruth.no
        for _ in 0..<own.place {
          found = RuleTruth.or(found, stack[top])
          top &-= 1
        }
        top &+= 1
        stack[top] = found
      case .not: stack[top] = RuleTruth.not(stack[top])
      }
    }
    return stack[0]
  }
}
