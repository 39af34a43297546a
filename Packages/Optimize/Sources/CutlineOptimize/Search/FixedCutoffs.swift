internal import CutlineCore
internal import CutlineCredit
internal import CutlineFormats

/// Cutoffs that somebody states: the requirement's `fixed_cutoffs`.
///
/// ```toml
/// [preprocessing.fixed_cutoffs]
/// score_bin  = [1, 2, 3]      # bins of the first variable
/// bureau_bin = [4, 6, 6]      # per bin the cutoff of the last one
/// strict_validation = true
/// ```
///
/// Or in raw scores, as decision engines and `cutline evaluate` have them:
///
/// ```toml
/// [[preprocessing.fixed_cutoffs.rule]]
/// score_rf      = "<= 484"
/// risk_score_rf = "> 713"
/// ```
///
/// With more than two scores each row names a bin of every variable but the last; with one there is a single cutoff. A cutoff
/// `c` accepts the bins `≤ c` where low numbers are safe, and `≥ c` where high ones are.
struct FixedCutoffs: Sendable {
  /// Per variable, in order of the file: its values, one a row.
  private let columns: [(name: String, values: [Double])]
  /// The rules in raw scores; empty where bins are stated.
  private let rules: [ConfigValue]
  let isStrict: Bool
  let runsAllScenarios: Bool
  private let place: Place
  private let key: String

  private static let flags = ["strict_validation", "run_all_scenarios"]
  private static let advice =
    "Write a list of bins for each variable but the last, and its cutoffs, of one length; or [[rule]] with a text per score."

  /// - Parameter key: under which it stands.
  init(_ value: ConfigValue, key: String = "fixed_cutoffs") throws {
    self.key = key
    guard let table = value.table else {
      throw Field<Self>.refusal(key, value, "a table with a list for every variable of the grid")
    }
    place = value.place
    var columns: [(name: String, values: [Double])] = []
    var set: [String: Bool] = [:]
    var rules: [ConfigValue] = []
    for entry in table.entries {
      if entry.key == "rule" {
        guard let list = entry.value.array, !list.isEmpty, list.allSatisfy({ $0.table != nil }) else {
          throw Field<Self>.refusal("\(key).rule", entry.value, "tables with a text per score, such as \"> 713\"")
        }
        rules = list
        continue
      }
      if Self.flags.contains(entry.key) {
        guard let flag = entry.value.boolean else {
          throw Field<Self>.refusal("\(key).\(entry.key)", entry.value, "true or false")
        }
        set[entry.key] = flag
        continue
      }
      let values = entry.value.array?.map(\.number)
      guard let values, !values.isEmpty, !values.contains(where: { !(abs($0 ?? .infinity) <= 1e9) }) else {
        throw Field<Self>.refusal(
          "\(key).\(entry.key)", entry.value,
          "a list of bin numbers, or true or false for \(Self.flags.joined(separator: " and "))")
      }
      columns.append((entry.key, values.compactMap { $0 }))
    }
    self.rules = rules
    guard let first = columns.first ?? rules.first.map({ _ in ("rule", []) }) else {
      throw Faults.usage(place, "\(key) names no variable", Self.advice)
    }
    if !rules.isEmpty, let bins = columns.first {
      throw Faults.usage(place, "\(key) has rules in raw scores, and bins of \(bins.name)", "Write one of the two.")
    }
    if let other = columns.first(where: { $0.values.count != first.values.count }) {
      throw Faults.usage(
        place,
        "\(key) has \(first.values.count) values of \(first.name) and \(other.values.count) of \(other.name)",
        Self.advice)
    }
    self.columns = columns
    isStrict = set["strict_validation"] ?? false
    runsAllScenarios = set["run_all_scenarios"] ?? false
  }

  /// As a schema has it.
  static let form = FieldForm.map(
    of: .oneOf([.boolean, .list(of: .number(-1e9...1e9), atLeast: 1), .list(of: .map(of: .text), atLeast: 1)]))

  var toml: String {
    let lists =
      columns.map { column in
        "\(column.name) = [\(column.values.map(ConfigValue.number).joined(separator: ", "))]"
      } + (rules.isEmpty ? [] : ["rule = [\(rules.map(\.toml).joined(separator: ", "))]"])
    return
      "{ \((lists + ["strict_validation = \(isStrict)", "run_all_scenarios = \(runsAllScenarios)"]).joined(separator: ", ")) }"
  }

  /// The strategy on a grid, with what is doubtful about it.
  ///
  /// - Throws: `Faults` (usage) for variables that the grid does not have, rows that stand twice, bins without a cutoff, a
  ///   cutoff between two bins; with `strict_validation` for everything that is doubtful, too.
  func strategy(on grid: CellGrid) throws -> (strategy: Strategy, doubts: [Remark]) {
    guard rules.isEmpty else { return try fromRules(on: grid) }
    let names = grid.axes.map(\.name)
    if let unknown = columns.first(where: { !names.contains($0.name) })?.name {
      throw Faults.usage(
        place, "\(key) names \(unknown)\(DidYouMean.phrase(for: unknown, among: names))",
        "The variables are \(names.joined(separator: ", ")).")
    }
    guard let last = grid.axes.last else { throw Faults.usage(place, "the grid has no score", "Name at least one.") }
    let outer = CellGrid(axes: Array(grid.axes.dropLast()))
    let lists = try grid.axes.map { axis in
      guard let column = columns.first(where: { $0.name == axis.name }) else {
        throw Faults.usage(place, "\(key) has no list for \(axis.name)", Self.advice)
      }
      return column.values
    }
    let cutoffs = lists[lists.count - 1]
    var accepted = [Int?](repeating: nil, count: outer.cellCount)
    var doubts: [Remark] = []
    for row in cutoffs.indices {
      let values = lists.dropLast().map { $0[row] }
      let label = zip(outer.axes, values).map { "\($0.name) \(Self.text($1))" }.joined(separator: ", ")
      let bins = zip(outer.axes, values).compactMap { axis, value in
        Int(exactly: value).flatMap { (1...axis.binCount).contains($0) ? $0 - 1 : nil }
      }
      guard bins.count == outer.axes.count else {
        doubts.append("\(word: key): the grid has no bin \(word: label); its cutoff is not used")
        continue
      }
      let combination = outer.index(bins)
      guard accepted[combination] == nil else {
        throw Faults.usage(place, "\(key) has two cutoffs for \(label)", "Give one.")
      }
      let (count, doubt) = try self.accepted(cutoffs[row], on: last, label)
      accepted[combination] = count
      if let doubt { doubts.append(doubt) }
    }
    if let missing = accepted.firstIndex(of: nil) {
      let label = zip(outer.axes, outer.bins(missing)).map { "\($0.name) \($1 + 1)" }.joined(separator: ", ")
      throw Faults.usage(
        place, label.isEmpty ? "\(key) has no cutoff" : "\(key) has no cutoff for \(label)",
        "Give one for every bin of the grid.")
    }
    let strategy = Strategy(accepted: accepted.compactMap { $0 })
    if let (safer, riskier) = strategy.firstViolation(in: grid) {
      func label(_ combination: Int) -> String {
        zip(outer.axes, outer.bins(combination)).map { "\($0.name) \($1 + 1)" }.joined(separator: ", ")
      }
      doubts.append(
        "\(word: key) is not monotone: \(word: label(safer)) accepts less of \(word: last.name) than \(word: label(riskier)), which is riskier"
      )
    }
    return (strategy, try allowed(doubts))
  }

  private func fromRules(on grid: CellGrid) throws -> (strategy: Strategy, doubts: [Remark]) {
    let named: ScoreCutoffs
    do {
      named = try ScoreCutoffs(rules: rules, name: key, on: grid, path: place.description)
    } catch let faults as Faults {
      // What stands in a configuration is its mistake, and not the data's.
      throw faults.recoded(.usage)
    }
    guard let stated = named.strategies.first else { throw Faults.usage(place, "\(key) states nothing", Self.advice) }
    return (stated.strategy, try allowed(stated.doubt.map { ["\(word: $0)"] } ?? []))
  }

  /// - Throws: `Faults` (usage) for doubts, with `strict_validation`.
  private func allowed(_ doubts: [Remark]) throws -> [Remark] {
    guard !isStrict || doubts.isEmpty else {
      throw Faults.usage(
        place, doubts.map(\.shown).joined(separator: "; "), "Correct the table, or leave strict_validation out.")
    }
    return doubts
  }

  /// Bins are whole numbers, and read as such.
  private static func text(_ bin: Double) -> String { Int(exactly: bin).map(String.init) ?? ConfigValue.number(bin) }

  /// How many bins of the last variable a cutoff accepts.
  private func accepted(_ cutoff: Double, on axis: GridAxis, _ label: String) throws -> (Int, Remark?) {
    guard let bin = Int(exactly: cutoff) else {
      throw Faults.usage(
        place, "the cutoff \(Self.text(cutoff)) lies between two bins of \(axis.name)",
        "Give the number of the riskiest bin that is still accepted.")
    }
    let count = max(0, min(axis.binCount, axis.safestIsLast ? axis.binCount - bin + 1 : bin))
    guard !(1...axis.binCount).contains(bin) else { return (count, nil) }
    let place = label.isEmpty ? "the cutoff" : "the cutoff of \(label)"
    return (
      count,
      "\(word: key): \(word: place) is \(bin), outside the bins 1 to \(axis.binCount) of \(word: axis.name): it accepts \(word: count == 0 ? "none of them" : "all of them")"
    )
  }
}

struct FixedCutoffsConfig: StageConfig {
  var cutoffs: FixedCutoffs?

  static let fields: [Field<Self>] = [
    .shared(
      .custom(
        "fixed_cutoffs", allowed: "a table with a list for every variable of the grid",
        "Cutoffs to apply instead of a search: per variable but the last its bins, of the last the cutoffs; or rule, tables with "
          + "a condition per raw score; strict_validation makes warnings errors, run_all_scenarios sets them against all three "
          + "limits instead of the base one alone.",
        refused: [.integer(1), .string("x"), .array([])],
        form: FixedCutoffs.form,
        show: { $0.cutoffs?.toml ?? "unset" }, read: { $0.cutoffs = try FixedCutoffs($1) }))
  ]
}

/// The strategy of `fixed_cutoffs`, as a frontier of one point: nothing is searched, and nothing about it is called an optimum.
struct FixedSearchStage: Stage {
  typealias Kind = Search
  static let name = "fixed"
  static let summary = "The strategy of fixed_cutoffs, without a search."
  let config: FixedCutoffsConfig

  func run(_ input: Search.Input, in context: RunContext) async throws -> Frontier {
    guard let cutoffs = config.cutoffs else {
      throw Faults.usage("search fixed", "fixed_cutoffs is not set", "Set it, or use another search.")
    }
    let (strategy, doubts) = try cutoffs.strategy(on: input.cells.grid)
    for doubt in doubts { context.warn(doubt) }
    let sums = input.cells.totals(of: strategy).optimum
    let point = Frontier.Point(
      production: sums.production, numerator: sums.numerator, denominator: sums.denominator, strategy: strategy)
    return Frontier(points: [point], strategyCount: nil, search: Self.name, isFixed: true)
  }
}
