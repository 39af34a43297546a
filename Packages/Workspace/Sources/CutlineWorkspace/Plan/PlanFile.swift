public import CutlineCore
public import CutlineRun

/// A plan as it is written: stages and their connections, and what a configuration may say about them.
///
/// ```toml
/// table = "preprocessing"           # the configuration's table whose keys fill the stages' shared fields
/// verbosity = "log_level"           # the key of that table that says how much the console shows
///
/// [choose]
/// reject_inference_method = "infer-rejects"   # the key names that stage's implementation
///
/// [when]
/// fixed_cutoffs = { search = "fixed" }        # where the key is set, these stages have these implementations
///
/// [inert]
/// score_measures = "there is no such stage"   # accepted without effect, and reported with the reason
///
/// [goals]
/// training-only = ["models"]                  # a name for `--until`
///
/// [[stage]]
/// id = "source"
/// kind = "source"
/// use = "file"
/// ```
public struct PlanFile: Sendable {
  /// A key of the plan's table that names the implementation of a stage.
  struct Choice: Sendable {
    let key, stage, kind: String
  }

  /// A key of the plan's table that, where it is set, gives stages their implementations.
  struct Condition: Sendable {
    let key: String
    let uses: [(stage: String, use: String)]
  }

  /// `portfolio`, or the path of the file.
  public let name: String
  /// The name of the table whose keys fill shared fields; nil where the plan has none.
  public let table: String?
  /// The key of the table that says how much the console shows; nil where there is none.
  let verbosity: String?
  let choices: [Choice]
  let conditions: [Condition]
  let inert: [(key: String, reason: String)]
  public let goals: [(name: String, stages: [String])]
  public let requests: [StageRequest]

  /// What may stand in a plan.
  static let keys = ["table", "verbosity", "choose", "when", "inert", "goals", "stage"]

  /// Reads the tables of a plan.
  ///
  /// - Throws: all mistakes of the file at once. Names, ports and types are checked by `check`.
  init(name: String, source: String, root: ConfigTable) throws {
    var reading = Reading()
    for entry in root.entries where !Self.keys.contains(entry.key) {
      let hint = DidYouMean.phrase(for: entry.key, among: Self.keys)
      reading.add(
        Faults.usage(
          entry.place, "unknown table or key \(entry.key) of a plan\(hint)",
          "It may hold \(Self.keys.joined(separator: ", "))."))
    }
    let (requests, broken) = try StageTable.requests(root["stage"], into: &reading)
    if requests.isEmpty, reading.isClean {
      reading.add(
        Faults.usage(source, "holds no stage", "Add [[stage]] tables, or write plan = \"none\" where it is named."))
    }
    let lists = PlanLists(stages: requests, broken: broken)
    self.name = name
    self.requests = requests
    table = try reading.attempt { try lists.table(root["table"]) } ?? nil
    verbosity = try reading.attempt { try lists.verbosity(root["verbosity"]) } ?? nil
    choices = try lists.choices(root["choose"], into: &reading)
    conditions = try lists.conditions(root["when"], into: &reading)
    inert = try lists.inert(root["inert"], into: &reading)
    goals = try lists.goals(root["goals"], into: &reading)
    let speaking = ["verbosity", "choose", "when", "inert"].lazy.compactMap { root.entry($0) }.first
    if table == nil, reading.isClean, let place = speaking?.place {
      reading.add(
        Faults.usage(
          place, "speaks of keys of a table, and the plan names none",
          "Add table = \"settings\", or another name, at the top."))
    }
    for (key, _) in inert where key == verbosity || choices.contains(where: { $0.key == key }) {
      reading.add(
        Faults.usage(
          root["inert"]?.table?.entry(key)?.place ?? .default,
          "\(key) is \(key == verbosity ? "verbosity" : "in [choose]"), too", "Keep one of the two."))
    }
    try reading.finish()
  }

  private init(
    name: String, table: String?, verbosity: String?, choices: [Choice], conditions: [Condition],
    inert: [(key: String, reason: String)]
  ) {
    self.name = name
    self.table = table
    self.verbosity = verbosity
    self.choices = choices
    self.conditions = conditions
    self.inert = inert
    goals = []
    requests = []
  }

  /// The same words without a stage, for `plan = "none"`: all stages are the configuration's.
  func empty() -> PlanFile {
    PlanFile(name: "none", table: table, verbosity: verbosity, choices: choices, conditions: conditions, inert: inert)
  }

  /// Checks the stages against `registry`: kinds, implementations, ports, types, settings.
  /// - Throws: all mistakes at once, each at its place in the file.
  public func check(_ registry: Registry) throws {
    var reading = Reading()
    var requests = requests
    try PlanStages.resolve(&requests, registry: registry, &reading)
    try Plan.check(requests, registry: registry, into: &reading)
    try reading.finish()
  }
}
