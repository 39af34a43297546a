/// What rules said of many applications, in numbers that add up: every application is in one outcome and has one cause.
public struct RuleStatistics: Sendable, Encodable, Equatable {
  public struct Count: Sendable, Encodable, Equatable {
    public let name: String
    public let applications: Int
  }
  public struct Rule: Sendable, Encodable, Equatable {
    public let id: String
    /// Of how many it is true, unknown, failed, and the cause.
    public let fired, unknown, failed, decides: Int
  }

  public let total: Int
  /// All outcomes of the table, the one that wins first.
  public let outcomes: [Count]
  public let causes: [Count]
  public let rules: [Rule]

  public init(_ ruled: RuledRecords, _ table: RuleTable) {
    total = ruled.count
    var outcomes = [Int](repeating: 0, count: table.outcomes.count)
    var causes: [String: Int] = [:]
    var counts = [[Int]](repeating: [Int](repeating: 0, count: table.rules.count), count: 4)
    for own in ruled.verdicts {
      outcomes[Int(own.outcome)] += 1
      causes[own.cause.word, default: 0] += 1
      if own.rule >= 0 { counts[3][Int(own.rule)] += 1 }
    }
    for (place, list) in [ruled.fired, ruled.unknown, ruled.failed].enumerated() {
      for rule in list.items { counts[place][Int(rule)] += 1 }
    }
    self.outcomes = zip(table.outcomes, outcomes).map { Count(name: $0, applications: $1) }
    self.causes = causes.sorted { $0.key < $1.key }.map { Count(name: $0.key, applications: $0.value) }
    rules = table.rules.enumerated().map { place, rule in
      Rule(
        id: rule.id, fired: counts[0][place], unknown: counts[1][place], failed: counts[2][place],
        decides: counts[3][place])
    }
  }
}
