/// A table made ready to be asked: conditions as instructions for a stack, and an index of large tables. The same for one record and for
/// a million.
public struct RuleProgram: Sendable {
  struct Instruction: Sendable {
    enum Kind: Int32 { case look, range, ranges, missing, all, any, not }
    let kind: Kind
    /// The variable, or how many are joined.
    let place: Int32
    /// The range, or where the ranges, or the truths by class, begin and how many there are.
    let low, high: Int32
  }

  struct Look: Sendable {
    let variable, field: Int32
    let isText, isWhole, mayBeMissing: Bool
    /// Where its cuts begin and how many there are; where its classes begin.
    let cuts, count, numbers: Int32
  }

  public let table: RuleTable
  private(set) var code: [Instruction] = []
  /// Of each rule, one more than there are.
  private(set) var starts: [Int32] = [0]
  /// From and to, in pairs.
  private(set) var bounds: [Int32] = []
  /// Of tests of few classes what they say, by class from −1 on: looked up without a branch.
  private(set) var truths: [UInt8] = []
  let mostStack: Int
  /// Variables that are fields, with their field; and those that are numbers made of fields.
  let fieldVariables: [(variable: Int, field: Int)]
  let termVariables: [(variable: Int, term: RuleTerm)]
  /// Field → variable; −1: it is not read.
  let variableOfField: [Int]
  /// By field variable, what classifies its value without looking at the table.
  let looks: [Look]
  /// Cuts of all field variables one behind the other, and the classes of their places.
  let cuts: [Double]
  let numbers: [Int32]
  /// By rule: its outcome, its answer to a missing value; −1 for none.
  let outcomes, answers: [Int32]
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
    var (looks, cuts, numbers): ([Look], [Double], [Int32]) = ([], [], [])
    for (variable, field) in fields {
      let (own, classes) = (table.fields[field], table.classes[variable])
      looks.append(
        Look(
          variable: Int32(variable), field: Int32(field), isText: own.kind == .text, isWhole: own.isWhole,
          mayBeMissing: own.mayBeMissing, cuts: Int32(cuts.count), count: Int32(classes.cutsAsDoubles.count),
          numbers: Int32(numbers.count)))
      cuts += classes.cutsAsDoubles
      numbers += classes.numbers
    }
    (self.looks, self.cuts, self.numbers) = (looks, cuts, numbers)
    outcomes = table.rules.map { Int32($0.outcome) }
    answers = table.rules.map { Int32($0.onMissing) }
    var emitter = Emitter(classes: table.classes)
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
    (code, bounds, truths, mostStack) = (emitter.code, emitter.bounds, emitter.truths, max(1, emitter.most))
  }

  private struct Emitter {
    /// Classes of a test, and bytes of all of them.
    private static let (mostClasses, room) = (1024, 1 << 20)

    let classes: [ValueClasses]
    var code: [Instruction] = []
    var bounds: [Int32] = []
    var truths: [UInt8] = []
    var height = 0
    var most = 0

    init(classes: [ValueClasses]) { self.classes = classes }

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
        let count = Int(classes[test.variable].count)
        if count <= Self.mostClasses, truths.count + count < Self.room {
          code.append(Instruction(kind: .look, place: place, low: Int32(truths.count), high: 0))
          let isMissing = test.accepted == .missing
          truths += [RuleTruth.failed, isMissing ? RuleTruth.yes : RuleTruth.unknown]
          let start = truths.count - 1
          truths += [UInt8](repeating: RuleTruth.no, count: count)
          for range in test.ranges { for number in range { truths[start + Int(number)] = RuleTruth.yes } }
        } else if test.accepted == .missing {
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
    _ truths: UnsafePointer<UInt8>,
    _ classes: UnsafePointer<Int32>, _ stack: UnsafeMutablePointer<UInt8>
  ) -> UInt8 {
    var top = -1
    var at = Int(part.lowerBound)
    let end = Int(part.upperBound)
    while at < end {
      let own = code[at]
      at &+= 1
      switch own.kind {
      case .look:
        top &+= 1
        stack[top] = truths[Int(own.low) &+ Int(classes[Int(own.place)]) &+ 1]
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
