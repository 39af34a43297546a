/// What an application holds, by field.
public struct RuleRecord: Sendable, Hashable {
  public enum Value: Sendable, Hashable {
    case number(Double)
    case text(String)
  }
  /// Without those that are missing. A date is the days since 1960-01-01, a bool 0 or 1.
  public var values: [String: Value]

  public init(_ values: [String: Value] = [:]) { self.values = values }
}

/// What the rules say of an application.
public struct RuleDecision: Sendable, Hashable {
  public let outcome: String
  /// The rule whose reason is told first; nil where none is the cause.
  public let rule: String?
  /// fired, unknown, default, failure, overlap or gap.
  public let cause: String
  public let queue: String?
  /// Of a table that adds up.
  public let points: RuleNumber?
  /// Rules that are true, unknown, failed, in the order of the table.
  public let fired, unknown, failed: [String]
  /// Fields and sums whose value may not be, with what is wrong.
  public let failures: [String]
}

extension RuleVerdict.Cause {
  var word: String {
    switch self {
    case .fired: "fired"
    case .unknown: "unknown"
    case .otherwise: "default"
    case .failure: "failure"
    case .overlap: "overlap"
    case .gap: "gap"
    }
  }
}

extension RuleProgram {
  /// Decides about one record; for many, one after the other, an evaluator keeps the memory.
  public func decide(_ record: RuleRecord) -> RuleDecision { RuleEvaluator(self).decide(record) }

  func put(_ record: RuleRecord, _ scratch: RuleScratch) {
    for (variable, field) in fieldVariables {
      let own = table.fields[field]
      scratch.values[field] = .nan
      scratch.texts[field] = ValueClasses.missing
      switch record.values[own.name] {
      case nil: break
      case .number(let number) where own.kind != .text: scratch.values[field] = number
      case .text(let text) where own.kind == .text:
        if !text.isEmpty { scratch.texts[field] = table.classes[variable].number(of: text) }
      // A value of another form may not be.
      case .number: scratch.texts[field] = ValueClasses.failed
      case .text: scratch.values[field] = .infinity
      }
    }
  }

  func told(_ verdict: RuleVerdict, _ scratch: RuleScratch) -> RuleDecision {
    func ids(_ list: UnsafeMutablePointer<Int32>, _ count: Int) -> [String] {
      (0..<count).map { table.rules[Int(list[$0])].id }
    }
    let outcome = table.outcomes[Int(verdict.outcome)]
    let isPoints = outcome == RuleTable.points && table.hit == .collectSum
    return RuleDecision(
      outcome: outcome, rule: verdict.rule < 0 ? nil : table.rules[Int(verdict.rule)].id, cause: verdict.cause.word,
      queue: queue(verdict), points: isPoints ? scratch.points : nil, fired: ids(scratch.fired, scratch.firedCount),
      unknown: ids(scratch.unknown, scratch.unknownCount), failed: ids(scratch.failed, scratch.failedCount),
      failures: (0..<scratch.failureCount).map { failure(Int(scratch.failures[$0]), scratch) })
  }

  /// Who looks at it: those that the rule names.
  func queue(_ verdict: RuleVerdict) -> String? {
    guard verdict.outcome == table.manual, verdict.rule >= 0 else { return nil }
    return table.rules[Int(verdict.rule)].queue
  }

  /// What is wrong with a value, without the value.
  func failure(_ variable: Int, _ scratch: RuleScratch) -> String {
    let name = table.text(variable)
    guard case .field(let field) = table.variables[variable] else { return "\(name): does not fit into 127 bits" }
    let own = table.fields[field]
    guard own.kind != .text else {
      return scratch.texts[field] == 0 ? "\(name): missing" : "\(name): not one of its levels"
    }
    let value = scratch.values[field]
    if value.isNaN { return "\(name): missing" }
    if !value.isFinite { return "\(name): no number" }
    if own.isWhole, value != value.rounded(.towardZero) { return "\(name): not whole" }
    return "\(name): outside its domain"
  }
}
