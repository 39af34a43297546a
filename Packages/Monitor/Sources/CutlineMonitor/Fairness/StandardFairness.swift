internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Acceptance today and proposed by group, each set against that of the largest group, and the risk of the booked.
///
/// Counted are the applications of the main period that the scores decide, those outside the grid included, which keep their
/// decision. With a of n accepted in a group and b of m in the reference, the ratio (a/n)/(b/m) has the interval
///
///     ratio · exp(± z √(1/a − 1/n + 1/b − 1/m))
///
/// A group with fewer than `fewest` applications is hidden, and where it is the only one of its column the next smallest too, so that
/// it cannot be found by subtraction; a count below `fewest` within a group is hidden alone. Numbers and dates are cut into `bins`
/// quantiles.
///
/// Source: D. Katz et al., Biometrics 34 (1978), for the interval. O(columns × applications).
struct StandardFairness: Stage {
  typealias Kind = Fairness
  static let name = "standard"
  static let summary = "Acceptance today and proposed by group, with ratios and intervals; small groups hidden."
  static let reads = ["source"]

  struct Config: StageConfig {
    var columns: [String] = []
    var fewest = 10
    var bins = 5
    var confidence = 0.95
    var folder = "data"

    static let fields: [Field<Self>] = [
      .shared(
        .texts(
          "monitor_only", \.columns,
          "Columns by whose groups acceptance and risk are shown; no score of the grid may be cut from them.")),
      .int(
        "smallest_group", \.fewest, in: 2...1_000_000, unit: "applications", "Groups and counts below it are hidden."),
      .int("group_count", \.bins, in: 2...100, "Groups of a number or date, between quantiles."),
      .double("confidence", \.confidence, in: 0.5...0.999, unit: "share", "Of the intervals of ratios."),
      ResultFolder.field(\.folder),
    ]
  }
  let config: Config

  func needs(_ input: Fairness.Input) -> [String] { config.columns.isEmpty ? [] : Self.reads }

  func run(_ input: Fairness.Input, in context: RunContext) async throws -> FileSet {
    guard !config.columns.isEmpty else {
      context.note("monitor_only names no column: nothing is shown by group")
      return FileSet(files: [])
    }
    let sample = input.sample
    let isCounted = (0..<sample.rowCount).map {
      sample.period[$0] == .main && sample.status[$0].isDecidedByScore
    }
    let amounts = (try sample.values(of: .numerator), try sample.values(of: .denominator))
    var groups: [(column: String, labels: [String], codes: [Int32])] = []
    for name in config.columns {
      let column = try SampleColumn.named(name, of: input.source, beside: sample, key: "monitor_only")
      let own = Characteristic(column, rows: sample.origin?.rows.map { Int32($0) } ?? [])
      guard own.wordCount <= Characteristic.wordLimit else {
        throw Faults.usage(
          "monitor_only", "\(name) has \(own.wordCount) different texts: it names applications and does not sort them",
          "Name a column of at most \(Characteristic.wordLimit) categories.")
      }
      let binned = own.binned(config.bins, closed: .right) { isCounted[$0] }
      groups.append((name, binned.labels, binned.codes))
    }
    var files: [ResultFile] = []
    var hidden = 0
    for scenario in input.scenarios.scenarios {
      guard let strategy = scenario.strategy else { continue }
      try context.checkCancellation()
      let accepts = (0..<sample.grid.cellCount).map { strategy.accepts($0, in: sample.grid) }
      var lines: [GroupLine] = []
      for group in groups {
        var own = [GroupLine](
          repeating: GroupLine(column: group.column, label: ""), count: group.labels.count)
        for place in own.indices { own[place] = GroupLine(column: group.column, label: group.labels[place]) }
        for (row, code) in group.codes.enumerated() where isCounted[row] {
          let cell = Int(sample.cell[row])
          let isBooked = sample.status[row] == .booked
          own[Int(code)].add(
            isBooked: isBooked, isProposed: cell < accepts.count ? accepts[cell] : isBooked,
            outcome: sample.outcome[row] == .mature ? (amounts.0[row], amounts.1[row]) : nil)
        }
        lines += GroupLine.shown(own, fewest: config.fewest)
      }
      hidden = max(hidden, lines.count { $0.isHidden })
      files.append(
        FairnessTable(
          lines: lines, measure: sample.measure, fewest: config.fewest, confidence: config.confidence
        ).file("\(config.folder)/fairness_\(scenario.name).csv"))
    }
    if files.isEmpty { context.warn("no scenario has a strategy: nothing is shown by group") }
    if hidden > 0 {
      context.note(
        "\(hidden) groups are hidden: they, or the one that would give them away, have fewer than \(config.fewest) applications"
      )
    }
    return FileSet(files: files)
  }
}

/// One group of one column.
struct GroupLine {
  let column, label: String
  private(set) var applications = 0, booked = 0, proposed = 0, mature = 0, bad = 0
  private(set) var numerator: Int128 = 0, denominator: Int128 = 0
  private(set) var isHidden = false

  init(column: String, label: String) { (self.column, self.label) = (column, label) }

  mutating func add(isBooked: Bool, isProposed: Bool, outcome: (numerator: Int64, denominator: Int64)?) {
    applications += 1
    if isBooked { booked += 1 }
    if isProposed { proposed += 1 }
    guard isBooked, let outcome else { return }
    mature += 1
    if outcome.numerator > 0 { bad += 1 }
    numerator += Int128(outcome.numerator)
    denominator += Int128(outcome.denominator)
  }

  /// Without empty groups; those that may not be seen are marked.
  static func shown(_ lines: [GroupLine], fewest: Int) -> [GroupLine] {
    var lines = lines.filter { $0.applications > 0 }
    for place in lines.indices where lines[place].applications < fewest { lines[place].isHidden = true }
    if lines.count(where: \.isHidden) == 1 {
      let next = lines.indices.filter { !lines[$0].isHidden }
        .min { (lines[$0].applications, $0) < (lines[$1].applications, $1) }
      if let next { lines[next].isHidden = true }
    }
    return lines
  }
}
