/// What differs between two tables of rules, and whom it changes.
public struct RuleComparison: Sendable, Encodable {
  public struct Difference: Sendable, Encodable, Equatable {
    /// Such as `rule age_under_18`.
    public let part: String
    /// added, removed, changed or moved.
    public let change: String
    public let old, new: String?
  }
  public struct Cell: Sendable, Encodable, Equatable {
    public let old, new: String
    public let applications: Int
  }
  /// What it means for applications.
  public struct Population: Sendable, Encodable {
    public let applications: Int
    public let changed: Int
    /// By old and new outcome; the counts add up.
    public let outcomes: [Cell]
    /// Rules of whom become others, by old and new deciding rule; the most frequent first.
    public let rules: [Cell]
  }

  public let differences: [Difference]
  public var population: Population?

  public init(_ old: RuleTable, _ new: RuleTable) {
    var found: [Difference] = []
    func add(_ part: String, _ a: String?, _ b: String?) {
      guard a != b else { return }
      found.append(.init(part: part, change: a == nil ? "added" : b == nil ? "removed" : "changed", old: a, new: b))
    }
    func parts<T>(_ kind: String, _ a: [T], _ b: [T], _ name: (T) -> String, _ text: (T) -> String) {
      let (x, y) = (
        Dictionary(a.map { (name($0), text($0)) }) { a, _ in a },
        Dictionary(b.map { (name($0), text($0)) }) { a, _ in a }
      )
      for own in a { add("\(kind) \(name(own))", x[name(own)], y[name(own)]) }
      for own in b where x[name(own)] == nil { add("\(kind) \(name(own))", nil, y[name(own)]) }
    }
    let (x, y) = (old.sheet, new.sheet)
    add("hit policy", x.hit.text, y.hit.text)
    add("outcomes", old.outcomes.joined(separator: " > "), new.outcomes.joined(separator: " > "))
    add("default", x.otherwise?.text, y.otherwise?.text)
    add("currency", x.currency, y.currency)
    parts("field", x.fields, y.fields, \.name.text) { Self.text(of: RuleSheet(name: "", hit: .init(""), fields: [$0])) }
    parts("derived field", x.derived, y.derived, \.name.text) {
      Self.text(of: RuleSheet(name: "", hit: .init(""), derived: [$0]))
    }
    parts("rule", x.rules, y.rules, \.id.text) { Self.text(of: RuleSheet(name: "", hit: .init(""), rules: [$0])) }
    // Of the rules that both have, whether their order is another.
    let common = Set(x.rules.map(\.id.text)).intersection(y.rules.map(\.id.text))
    let (a, b) = (x.rules.map(\.id.text).filter(common.contains), y.rules.map(\.id.text).filter(common.contains))
    for (rule, other) in zip(a, b) where rule != other {
      found.append(.init(part: "order of rules", change: "moved", old: rule, new: other))
      break
    }
    differences = found
  }

  /// Its keys in one line.
  private static func text(of sheet: RuleSheet) -> String {
    sheet.toml.split(separator: "\n").dropFirst(2).filter { !$0.isEmpty && !$0.hasPrefix("[") }.joined(separator: "; ")
  }

  /// Adds whom it changes.
  public mutating func compare(_ old: (RuledRecords, RuleTable), _ new: (RuledRecords, RuleTable)) {
    var outcomes: [[String]: Int] = [:]
    var rules: [[String]: Int] = [:]
    var changed = 0
    for (a, b) in zip(old.0.verdicts, new.0.verdicts) {
      let (x, y) = (old.1.outcomes[Int(a.outcome)], new.1.outcomes[Int(b.outcome)])
      outcomes[[x, y], default: 0] += 1
      guard x != y else { continue }
      changed += 1
      let (rule, other) = (
        a.rule < 0 ? a.cause.word : old.1.rules[Int(a.rule)].id, b.rule < 0 ? b.cause.word : new.1.rules[Int(b.rule)].id
      )
      rules[[rule, other], default: 0] += 1
    }
    func cells(_ counts: [[String]: Int]) -> [Cell] {
      counts.sorted { ($1.value, $0.key[0], $0.key[1]) < ($0.value, $1.key[0], $1.key[1]) }
        .map { Cell(old: $0.key[0], new: $0.key[1], applications: $0.value) }
    }
    population = Population(
      applications: old.0.count, changed: changed, outcomes: cells(outcomes), rules: cells(rules))
  }
}
