internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

struct AssemblyConfig: StageConfig {
  var variables: [CardVariable] = []
  var testShare = 0.2
  var id: String?

  static let fields: [Field<Self>] = [
    .shared(
      .custom(
        "characteristics", allowed: "a table for each: \(CardVariable.keys.joined(separator: ", "))",
        "What the scorecard may use; each as it was known at the decision.",
        refused: [.integer(1), .string("x")], form: .map(of: CardVariable.form),
        show: { config in
          "{ " + config.variables.map { "\(ConfigValue.quoted($0.name)) = \($0.toml)" }.joined(separator: ", ") + " }"
        },
        read: { config, value in
          guard let table = value.table else { throw Field<Self>.refusal("characteristics", value, "a table for each") }
          config.variables = try table.entries.map { try CardVariable.read($0.key, $0.value) }
        })),
    .shared(
      .double(
        "test_share", \.testShare, in: 0...0.9, unit: "share",
        "Held back from learning: the latest decisions where their days are known, else at random within good and bad.")
    ),
    .shared(
      .optionalText(
        "id", \.id, "The column that names the application, so that a random test does not hang on the order of rows.")),
  ]

  func validate(at places: FieldPlaces) throws {
    guard !variables.isEmpty else {
      throw Faults.usage(
        places["characteristics"], "characteristics names none", "Write [scorecard.characteristics.NAME] for each.")
    }
    for (index, variable) in variables.enumerated() {
      if variable.edges != nil, variable.groups != nil || variable.isCategory {
        throw Faults.usage(
          places["characteristics"], "\(variable.name) has edges and is a category",
          "Edges are of numbers, groups of words.")
      }
      if variable.direction != nil, variable.groups != nil || variable.isCategory {
        throw Faults.usage(
          places["characteristics"], "\(variable.name) has a direction and is a category",
          "Levels are ordered by their bad rates: leave direction out.")
      }
      if let other = variables[..<index].first(where: { $0.column == variable.column }) {
        throw Faults.usage(
          places["characteristics"], "both \(other.name) and \(variable.name) are cut from \(variable.column)",
          "Name each column once.")
      }
    }
  }
}

/// The labelled applications with their variables, and which of them are the test.
///
/// Values are taken as they stand in the file: it must hold them as of the decision, which no file can show. A variable that only
/// fills afterwards tells the outcome; the gauntlet looks for such.
struct AsOfAssembly: Stage {
  typealias Kind = Assemble
  static let name = "as-of"
  static let summary = "The labelled applications with their variables, the latest decisions held back as a test."
  let config: AssemblyConfig

  func run(_ input: Assemble.Input, in context: RunContext) async throws -> TrainingTable {
    let table = input.source.table
    let rows = (0..<table.rowCount).filter { input.labels.isBad($0) != nil }
    let isBad = rows.map { input.labels.isBad($0) == true }
    guard isBad.contains(true), isBad.contains(false) else {
      throw Faults.data(
        "labels", "\(rows.count) are good or bad, and all of one class: there is nothing to learn",
        "Check the outcome, the window and as_of.")
    }
    let columns = try config.variables.map { variable in
      try CardColumns.values(variable, table).taken(rows)
    }
    let (isTest, split) = try test(rows, isBad, input, context)
    return TrainingTable(
      variables: config.variables, columns: columns, isBad: isBad, isTest: isTest, split: split,
      labels: input.labels.summary, period: Self.period(rows.indices.filter { !isTest[$0] }.map { rows[$0] }, input))
  }

  private static func period(_ rows: [Int], _ input: Assemble.Input) -> ClosedRange<CalendarDate>? {
    let days = input.labels.decided.isEmpty ? [] : rows.compactMap { input.labels.decided[$0] }
    guard days.count == rows.count, let first = days.min(), let last = days.max() else { return nil }
    return CalendarDate(daysSince1960: Int(first))...CalendarDate(daysSince1960: Int(last))
  }

  private func test(
    _ rows: [Int], _ isBad: [Bool], _ input: Assemble.Input, _ context: RunContext
  ) throws -> (isTest: [Bool], split: String) {
    var isTest = [Bool](repeating: false, count: rows.count)
    func count(of all: Int) -> Int { Int((Double(all) * config.testShare).rounded(.down)) }
    guard config.testShare > 0 else { return (isTest, "none") }
    let days = input.labels.decided.isEmpty ? [] : rows.compactMap { input.labels.decided[$0] }
    let keys = try self.keys(rows, input.source.table, context)
    if days.count == rows.count {
      // Whole days, so that no day is on both sides.
      let order = rows.indices.sorted { (days[$0], keys[$0]) < (days[$1], keys[$1]) }
      guard let first = order.dropLast(count(of: rows.count)).last.map({ days[$0] }) else { return (isTest, "none") }
      for place in rows.indices where days[place] > first { isTest[place] = true }
      if isTest.contains(true) { return (isTest, "time") }
      context.warn("the latest decisions are all of one day: the test is drawn at random")
    } else {
      context.warn(
        days.isEmpty
          ? "no day of decision is known: the test is drawn at random, not the latest"
          : "\(rows.count - days.count) of \(rows.count) applications have no day of decision: the test is drawn at random, not the latest"
      )
    }
    for isOfBad in [true, false] {
      let own = rows.indices.filter { isBad[$0] == isOfBad }.sorted { (keys[$0], $0) < (keys[$1], $1) }
      for place in own.suffix(count(of: own.count)) { isTest[place] = true }
    }
    return (isTest, "random")
  }

  /// A number per row that does not hang on its place: of the id, else of the place, said so.
  private func keys(_ rows: [Int], _ table: Table, _ context: RunContext) throws -> [UInt64] {
    let random = context.random(.cardTest)
    guard let id = config.id else {
      context.note("no id: which rows are the test hangs on the order of the file")
      return rows.map { UInt64(random.bits(at: UInt64($0))) }
    }
    let column = try CardColumns.column(id, table)
    var seen: Set<String> = []
    let repeated = rows.count { row in CardColumns.text(column, row).map { !seen.insert($0).inserted } ?? false }
    if repeated > 0 {
      context.warn("\(repeated) applications have an id that another has, too: each is taken for one of its own")
    }
    return rows.map { UInt64(random.bits(at: RandomStream.hash((CardColumns.text(column, $0) ?? "").utf8))) }
  }
}
