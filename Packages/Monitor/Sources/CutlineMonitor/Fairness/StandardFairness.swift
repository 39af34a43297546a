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
/// A group in which a count (applications, accepted or rejected, today or by any scenario) lies below `fewest` is not shown alone: such
/// groups stand together in one line without their words, with as many of the next smallest as it takes for no count of the line to
/// be below it, so that nothing is found by subtraction. Numbers and dates are cut into `bins` quantiles.
///
/// Source: D. Katz et al., Biometrics 34 (1978), for the interval. O(columns × applications).
struct StandardFairness: Stage {
  typealias Kind = Fairness
  static let name = "standard"
  static let summary = "Acceptance today and proposed by group, with ratios and intervals; small groups stand together."
  static let reads = ["source", "sample"]

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
        "smallest_group", \.fewest, in: 2...1_000_000, unit: "applications",
        "Groups with a count below it stand together in one line."),
      .int("group_count", \.bins, in: 2...100, "Groups of a number or date, between quantiles."),
      .double("confidence", \.confidence, in: 0.5...0.999, unit: "share", "Of the intervals of ratios."),
      ResultFolder.field(\.folder),
    ]
  }
  let config: Config

  var reads: [String] { config.columns.isEmpty ? [] : Self.reads }

  func run(_ input: Fairness.Input, in context: RunContext) async throws -> FileSet {
    guard !config.columns.isEmpty else {
      context.note("monitor_only names no column: nothing is shown by group")
      return FileSet(files: [])
    }
    guard let sample = input.sample else {
      throw Faults.usage(
        "monitor_only", "names columns, and the applications are not connected",
        "Connect them with from = { sample = \"prepare\", source = \"source\" }.")
    }
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
    let scenarios = input.scenarios.scenarios.compactMap { scenario in
      scenario.strategy.map { (scenario.name, $0) }
    }
    guard !scenarios.isEmpty else {
      context.warn("no scenario has a strategy: nothing is shown by group")
      return FileSet(files: [])
    }
    // Per scenario, per column.
    var lines: [[[GroupLine]]] = []
    for (_, strategy) in scenarios {
      try context.checkCancellation()
      let accepts = (0..<sample.grid.cellCount).map { strategy.accepts($0, in: sample.grid) }
      lines.append(
        groups.map { group in
          var own = group.labels.map { GroupLine(column: group.column, label: $0) }
          for (row, code) in group.codes.enumerated() where isCounted[row] {
            let cell = Int(sample.cell[row])
            let isBooked = sample.status[row] == .booked
            own[Int(code)].add(
              isBooked: isBooked, isProposed: cell < accepts.count ? accepts[cell] : isBooked,
              outcome: sample.outcome[row] == .mature ? (amounts.0[row], amounts.1[row]) : nil)
          }
          return own
        })
    }
    var hidden = 0
    for column in groups.indices {
      // What one scenario's file hides, another's must not give away.
      let places = GroupLine.hidden(lines.map { $0[column] }, fewest: config.fewest)
      hidden += places.count
      for scenario in lines.indices { lines[scenario][column] = GroupLine.pooled(lines[scenario][column], places) }
    }
    if hidden > 0 {
      context.note(
        "\(hidden) groups are shown together: they, or others that would give them away, have counts below \(config.fewest)"
      )
    }
    return FileSet(
      files: zip(scenarios, lines).map { scenario, lines in
        FairnessTable(
          lines: lines.flatMap { $0 }, measure: sample.measure, fewest: config.fewest, confidence: config.confidence
        ).file("\(config.folder)/fairness_\(scenario.0).csv")
      })
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

  /// A group in which any count, or what is left of it, could be of a few persons.
  private func isSmall(_ fewest: Int) -> Bool {
    applications < fewest
      || [booked, proposed].contains { count in
        (1..<fewest).contains(count) || (1..<fewest).contains(applications - count)
      }
  }

  private mutating func add(_ other: GroupLine) {
    applications += other.applications
    booked += other.booked
    proposed += other.proposed
    mature += other.mature
    bad += other.bad
    numerator += other.numerator
    denominator += other.denominator
  }

  /// Places of the groups that may not be seen alone: small ones in any scenario, and as many of the next smallest as it takes for
  /// all of them together to be none, so that nothing is found by subtraction from a total. The difference of two scenarios is not looked
  /// at: beside an audit, two files may give away single applications.
  static func hidden(_ scenarios: [[GroupLine]], fewest: Int) -> Set<Int> {
    guard let first = scenarios.first else { return [] }
    let places = first.indices.filter { first[$0].applications > 0 }
    var hidden = Set(places.filter { place in scenarios.contains { $0[place].isSmall(fewest) } })
    while !hidden.isEmpty, hidden.count < places.count {
      let isSafe =
        hidden.count > 1
        && scenarios.allSatisfy { lines in
          var pool = GroupLine(column: "", label: "")
          for place in hidden { pool.add(lines[place]) }
          return !pool.isSmall(fewest)
        }
      if isSafe { break }
      let next = places.filter { !hidden.contains($0) }
        .min { (first[$0].applications, $0) < (first[$1].applications, $1) }
      guard let next else { break }
      hidden.insert(next)
    }
    return hidden
  }

  /// Without empty groups, and the hidden ones as one line.
  static func pooled(_ lines: [GroupLine], _ hidden: Set<Int>) -> [GroupLine] {
    var shown = lines.indices.filter { lines[$0].applications > 0 && !hidden.contains($0) }.map { lines[$0] }
    guard let column = lines.first?.column, !hidden.isEmpty else { return shown }
    var pool = GroupLine(column: column, label: "\(hidden.count) groups together")
    for place in hidden { pool.add(lines[place]) }
    pool.isHidden = true
    shown.append(pool)
    return shown
  }
}
