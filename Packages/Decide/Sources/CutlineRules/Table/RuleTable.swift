internal import CutlineCore

/// A table of rules that has been looked at: every field known, every test typed, every text parsed once.
public struct RuleTable: Sendable {
  /// How the rules that are true make one outcome.
  public enum HitPolicy: String, Sendable, CaseIterable {
    /// One rule at most is true.
    case unique
    /// The outcome that stands first among the table's outcomes.
    case priority
    /// The first rule that is true.
    case first
    /// The sum of the points of all that are true.
    case collectSum = "collect-sum"
  }

  public struct Rule: Sendable {
    public let id: String
    let condition: RuleCondition
    /// Where the outcomes have it; −1 of a flag, which is told and decides nothing.
    let outcome: Int
    let points: RuleNumber
    public let queue: String?
    /// The outcome of an unknown rule; −1: it goes by.
    let onMissing: Int
    public let reasonCode: String?
    public let reasonTexts: [String: String]
    let place: Place

    public var isFlag: Bool { outcome < 0 }
  }

  public let sheet: RuleSheet
  public let name: String
  public let hit: HitPolicy
  /// The one that wins first.
  public let outcomes: [String]
  /// Where no rule says anything; nil: none was declared.
  public let otherwise: Int?
  let otherwisePoints: RuleNumber
  /// Those that rules read, with the day of asking where a rule has one.
  public let fields: [RuleField]
  /// Declared, and read by no rule.
  public let unread: [String]
  let derived: [RuleCompiler.Derived]
  let variables: [RuleCompiler.Variable]
  let classes: [ValueClasses]
  public let rules: [Rule]

  /// The outcome that is a person's decision, which every failure leads to.
  public static let manual = "manual"
  package static let flag = "flag"
  package static let pass = "pass"
  package static let points = "points"
  static let mostRules = 20_000
  static let mostFields = 1000
  public var manual: Int { outcomes.firstIndex(of: Self.manual) ?? 0 }
  /// Whether rules are of a time.
  public var isDated: Bool { fields.last?.name == RuleField.asOf.name }

  /// Reads TOML, or JSON where the text begins with a brace.
  /// - Throws: as `init(_:)`, and what is wrong with the text.
  public init(_ bytes: [UInt8], of file: String) throws {
    let first = bytes.first { ![9, 10, 13, 32].contains($0) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Faults.usage(file, "is no text in UTF-8", "Save it with this encoding.")
    }
    try self.init(first == UInt8(ascii: "{") ? RuleSheet(json: bytes, of: file) : RuleSheet(toml: text, of: file))
  }

  /// - Throws: `Faults` (usage) with all mistakes, each with its line and column.
  /// - Complexity: O(tests · log tests), and O(tests · classes) for levels.
  public init(_ sheet: RuleSheet) throws {
    var reading = Reading()
    let parts = RuleTableParts(sheet, &reading)
    let hit = try parts.hit(&reading)
    let outcomes = try parts.outcomes(hit, &reading)
    var fields = try parts.fields(&reading)
    let isDated = sheet.rules.contains { $0.validFrom != nil || $0.validTo != nil }
    if isDated { fields.append(RuleField.asOf) }
    try reading.finish()
    var compiler = RuleCompiler(fields: fields, derived: sheet.derived.map(\.name.text))
    for own in sheet.derived { try reading.attempt { try compiler.add(parts.derived(own, &compiler)) } }
    try reading.finish()
    let (otherwise, otherwisePoints) = try parts.otherwise(hit, outcomes, &reading)
    var rules: [Rule] = []
    for own in sheet.rules {
      try reading.attempt { rules.append(try parts.rule(own, hit, outcomes, &compiler)) }
    }
    try reading.finish()

    self.sheet = sheet
    (name, self.hit, self.outcomes, self.otherwise) = (sheet.name, hit, outcomes, otherwise)
    self.otherwisePoints = otherwisePoints
    // Fields keep their index, so that terms need not be renumbered.
    self.fields = fields
    let read = RuleTableParts.read(compiler)
    // A field that only sums read has a domain, too.
    for field in read.sorted() { _ = compiler.variable(.field(field)) }
    variables = compiler.variables
    let classes = RuleTableParts.classes(
      compiler.variables, fields, rules.map(\.condition) + compiler.derived.flatMap { $0.cases.map(\.when) })
    self.classes = classes
    derived = compiler.derived.map { own in
      var own = own
      own.cases = own.cases.map { (RuleTableParts.resolved($0.when, classes), $0.value) }
      return own
    }
    self.rules = rules.map { rule in
      Rule(
        id: rule.id, condition: RuleTableParts.resolved(rule.condition, classes), outcome: rule.outcome,
        points: rule.points, queue: rule.queue, onMissing: rule.onMissing, reasonCode: rule.reasonCode,
        reasonTexts: rule.reasonTexts, place: rule.place)
    }
    unread = fields.indices.filter { !read.contains($0) }.map { fields[$0].name }
  }

  /// Outcomes that an application may get: of a rule, of an unknown one, of none.
  package var usedOutcomes: [String] {
    let used = Set(rules.flatMap { [$0.outcome, $0.onMissing] } + [otherwise ?? manual, manual])
    return outcomes.indices.filter(used.contains).map { outcomes[$0] }
  }

  /// Of a variable, for people.
  func text(_ variable: Int) -> String {
    switch variables[variable] {
    case .field(let field): fields[field].name
    case .term(let term): text(term)
    }
  }

  private func text(_ term: RuleTerm) -> String {
    switch term {
    case .number(let number): number.text
    case .field(let field): fields[field].name
    case .derived(let own): derived[own].name
    case .sum(let sign, let a, let b): "(\(text(a)) \(sign.rawValue) \(text(b)))"
    case .negated(let part): "-\(text(part))"
    case .call(let function, let parts): "\(function.rawValue)(\(parts.map(text).joined(separator: ", ")))"
    case .order(let a, let b): "\(text(a)) against \(text(b))"
    }
  }
}
