/// Pairs of rules that could be true together, by the ranges of the tests that each needs: what does not meet in one variable never does.
enum RulePairs {
  /// More pairs than these are not looked at one by one.
  static let most = 2_000_000

  /// - Returns: pairs in the order of the table; nil beyond the most.
  /// - Complexity: O(variables · rules · log rules + pairs that meet in the variable that parts them best).
  static func candidates(_ table: RuleTable, _ rules: [Int]) -> [(Int, Int)]? {
    // Per variable and rule the least and greatest class of a test that must be true.
    var spans = [Int: [(low: Int32, high: Int32)]]()
    for (place, rule) in rules.enumerated() {
      for test in table.rules[rule].condition.needed where test.accepted != .missing {
        let whole = (low: Int32(1), high: table.classes[test.variable].count)
        if spans[test.variable] == nil { spans[test.variable] = rules.map { _ in whole } }
        guard let first = test.ranges.first, let last = test.ranges.last else {
          spans[test.variable]?[place] = (Int32.max, 0)
          continue
        }
        let known = spans[test.variable]?[place] ?? whole
        spans[test.variable]?[place] = (max(known.low, first.lowerBound), min(known.high, last.upperBound))
      }
    }
    let variables = spans.keys.sorted()
    guard let best = variables.min(by: { meetings(spans[$0] ?? []) < meetings(spans[$1] ?? []) }),
      let own = spans[best]
    else { return all(rules) }
    guard meetings(own) <= most else { return nil }
    let order = rules.indices.filter { own[$0].low <= own[$0].high }.sorted { (own[$0].low, $0) < (own[$1].low, $1) }
    var pairs: [(Int, Int)] = []
    for (place, a) in order.enumerated() {
      for b in order[(place + 1)...] {
        guard own[b].low <= own[a].high else { break }
        let meets = variables.allSatisfy { variable in
          guard let spans = spans[variable] else { return true }
          return spans[a].low <= spans[b].high && spans[b].low <= spans[a].high
        }
        if meets { pairs.append((rules[min(a, b)], rules[max(a, b)])) }
      }
    }
    return pairs.sorted { $0 < $1 }
  }

  private static func all(_ rules: [Int]) -> [(Int, Int)]? {
    guard rules.count * rules.count / 2 <= most else { return nil }
    return rules.indices.flatMap { a in rules[(a + 1)...].map { (rules[a], $0) } }
  }

  /// How many pairs of spans meet.
  private static func meetings(_ spans: [(low: Int32, high: Int32)]) -> Int {
    let lows = spans.filter { $0.low <= $0.high }.map(\.low).sorted()
    var count = 0
    for own in spans where own.low <= own.high {
      var (low, high) = (0, lows.count)
      while low < high {
        let middle = (low + high) / 2
        if lows[middle] <= own.high { low = middle + 1 } else { high = middle }
      }
      count += low
    }
    // Each span counts those that begin below its end; those that end before it begins are not met.
    let highs = spans.filter { $0.low <= $0.high }.map(\.high).sorted()
    for own in spans where own.low <= own.high {
      var (low, high) = (0, highs.count)
      while low < high {
        let middle = (low + high) / 2
        if highs[middle] < own.low { low = middle + 1 } else { high = middle }
      }
      count -= low
    }
    return (count - lows.count) / 2
  }
}
