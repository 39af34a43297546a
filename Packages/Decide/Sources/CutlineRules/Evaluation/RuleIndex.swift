/// Which rules of a large table can be anything but false, by the class of one variable of each.
///
/// A rule that is joined by `and` is false where one of its tests is. So it is looked at only where the test with the fewest classes is
/// not false; a missing or failed value of that variable leads to all rules of it. Rules without such a test, or beyond the room, are always
/// looked at.
struct RuleIndex: Sendable {
  struct Key: Sendable {
    let variable: Int
    /// Class → where its rules begin, one more than there are classes beyond the last.
    let starts: [Int32]
    let rules: [Int32]
    /// All rules of this variable, for values that are missing or failed.
    let all: [Int32]
  }

  let keys: [Key]
  /// Ascending.
  let always: [Int32]

  /// Tables of fewer rules are looked at as a whole.
  static let fewestRules = 48
  /// Entries, of four bytes each.
  static let room = 4_000_000

  /// - Returns: nil where looking at all is as quick.
  init?(_ table: RuleTable) {
    guard table.rules.count >= Self.fewestRules else { return nil }
    var chosen = [[(rule: Int32, ranges: [ClosedRange<Int32>])]](repeating: [], count: table.variables.count)
    var (always, room) = ([Int32](), Self.room)
    for (number, rule) in table.rules.enumerated() {
      // Tests of one variable that are joined are one.
      var spans: [Int: [ClosedRange<Int32>]] = [:]
      for test in rule.condition.needed where test.accepted != .missing {
        spans[test.variable] = spans[test.variable].map { Self.met($0, test.ranges) } ?? test.ranges
      }
      let best = spans.map { (variable: $0.key, ranges: $0.value, span: $0.value.reduce(0) { $0 + $1.count }) }
        .min { ($0.span, $0.variable) < ($1.span, $1.variable) }
      if let best, best.span <= room {
        room -= best.span
        chosen[best.variable].append((Int32(number), best.ranges))
      } else {
        always.append(Int32(number))
      }
    }
    self.always = always
    keys = chosen.indices.filter { !chosen[$0].isEmpty }.map { variable in
      let classes = Int(table.classes[variable].count)
      var counts = [Int32](repeating: 0, count: classes + 2)
      for own in chosen[variable] { for range in own.ranges { for number in range { counts[Int(number) + 1] += 1 } } }
      for number in 1..<counts.count { counts[number] += counts[number - 1] }
      var (next, rules) = (counts, [Int32](repeating: 0, count: Int(counts[classes + 1])))
      for own in chosen[variable] {
        for range in own.ranges {
          for number in range {
            rules[Int(next[Int(number)])] = own.rule
            next[Int(number)] += 1
          }
        }
      }
      return Key(variable: variable, starts: counts, rules: rules, all: chosen[variable].map(\.rule))
    }
  }

  /// What lies in both.
  private static func met(_ a: [ClosedRange<Int32>], _ b: [ClosedRange<Int32>]) -> [ClosedRange<Int32>] {
    a.flatMap { x in
      b.compactMap { y in
        let (low, high) = (max(x.lowerBound, y.lowerBound), min(x.upperBound, y.upperBound))
        return low <= high ? low...high : nil
      }
    }
  }

  /// Puts the rules to look at into `found`, ascending.
  ///
  /// - Returns: how many.
  /// - Complexity: O(found · log found).
  func candidates(_ classes: UnsafePointer<Int32>, _ found: UnsafeMutablePointer<Int32>) -> Int {
    var count = 0
    var sources = 0
    func add(_ rules: ArraySlice<Int32>) {
      guard !rules.isEmpty else { return }
      sources += 1
      for rule in rules {
        found[count] = rule
        count += 1
      }
    }
    add(always[...])
    for key in keys {
      let own = classes[key.variable]
      if own > 0 {
        add(key.rules[Int(key.starts[Int(own)])..<Int(key.starts[Int(own) + 1])])
      } else {
        add(key.all[...])
      }
    }
    if sources > 1 {
      var all = UnsafeMutableBufferPointer(start: found, count: count)
      all.sort()
    }
    return count
  }
}
