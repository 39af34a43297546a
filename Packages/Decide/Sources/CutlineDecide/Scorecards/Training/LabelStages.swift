internal import CutlineCore
internal import CutlineCredit

/// Labels that a column of the file holds: the words or numbers of bad and of good outcomes.
///
/// A row without a value has no outcome, such as a rejected application; a value that is neither stops the run.
struct FlagLabels: Stage {
  typealias Kind = Labels
  static let name = "flag"
  static let summary = "Labels from a column that says of each application whether it went bad."

  struct Config: StageConfig {
    var outcome = ""
    var bad = ["1"]
    var good = ["0"]
    var decidedOn: String?
    static let fields: [Field<Self>] = [
      .shared(.text("outcome", \.outcome, "The column that says whether an application went bad.")),
      .shared(.texts("bad", \.bad, atLeast: 1, "What it holds of a bad one.")),
      .shared(.texts("good", \.good, atLeast: 1, "What it holds of a good one.")),
      .shared(
        .optionalText("decided_on", \.decidedOn, "The column with the day of the decision; the latest are the test.")),
    ]

    func validate(at places: FieldPlaces) throws {
      guard !outcome.isEmpty else {
        throw Faults.usage(places["outcome"], "outcome is not set", "Name the column that says who went bad.")
      }
      if let word = bad.first(where: good.contains) {
        throw Faults.usage(places["bad"], "bad and good both hold \"\(word)\"", "A value is one of the two.")
      }
    }
  }
  let config: Config

  func run(_ input: Labels.Input, in context: RunContext) async throws -> LabelSet {
    let table = input.source.table
    let column = try CardColumns.column(config.outcome, table)
    func label(_ text: String?) -> ObservationWindow.Label?? {
      guard let text else { return .some(nil) }
      return config.bad.contains(text) ? .bad : config.good.contains(text) ? .good : .none
    }
    let labels = try (0..<table.rowCount).map { row in
      guard let label = label(CardColumns.text(column, row)) else {
        throw Faults.data(
          Place(column: column.name, row: row), "is neither a bad nor a good outcome",
          found: .personal(CardColumns.text(column, row) ?? ""), "Name all of its values in bad and good.")
      }
      return label
    }
    guard labels.contains(where: { $0 != nil }) else {
      throw Faults.data(
        "column \(column.name)", "is empty: no application has an outcome", "Check which column is meant.")
    }
    let missing = labels.count { $0 == nil }
    if missing > 0 {
      context.warn(
        "\(missing) of \(labels.count) applications have no outcome: they teach nothing, and are counted as neither")
    }
    let decided = try config.decidedOn.map { try CardColumns.days($0, table) } ?? []
    return LabelSet(method: Self.name, outcome: column.name, labels: labels, decided: decided)
  }
}

/// Labels from the days of outcomes, within a window after the decision (`ObservationWindow`).
struct WindowLabels: Stage {
  typealias Kind = Labels
  static let name = "observation-window"
  static let summary = "Labels from the days of decision and first bad event, within a window that has closed."

  struct Config: StageConfig {
    var decidedOn: String?
    var eventOn = ""
    var seenUntil: String?
    var windowDays = 180
    var asOf: CalendarDate?
    static let fields: [Field<Self>] = [
      .shared(.optionalText("decided_on", \.decidedOn, "The column with the day of the decision.")),
      .shared(
        .text("event_on", \.eventOn, "The column with the day of the first bad event; empty where there was none.")),
      .shared(
        .optionalText(
          "seen_until", \.seenUntil,
          "The column with the last day on which the application was in the data; left out = all were to as_of.")),
      .shared(
        .int(
          "observation_window_days", \.windowDays, in: 1...3660, unit: "days",
          "How long after the decision an event counts.")),
      .shared(.date("as_of", \.asOf, "The last day for which outcomes are complete.")),
    ]

    func validate(at places: FieldPlaces) throws {
      for (key, value) in [("decided_on", decidedOn ?? ""), ("event_on", eventOn)] where value.isEmpty {
        throw Faults.usage(places[key], "\(key) is not set", "Name the column.")
      }
      guard asOf != nil else {
        throw Faults.usage(
          places["as_of"], "as_of is not set",
          "State the last day for which outcomes are complete: without it nothing is mature.")
      }
    }
  }
  let config: Config

  func run(_ input: Labels.Input, in context: RunContext) async throws -> LabelSet {
    let table = input.source.table
    guard let asOf = config.asOf else { throw Faults.usage("as_of", "is not set", "State it.") }
    let window = try ObservationWindow(days: config.windowDays, asOf: asOf)
    let decided = try CardColumns.days(config.decidedOn ?? "", table)
    let events = try CardColumns.days(config.eventOn, table)
    let seen = try config.seenUntil.map { try CardColumns.days($0, table) }
    func day(_ number: Int32?) -> CalendarDate? { number.map { CalendarDate(daysSince1960: Int($0)) } }
    let labels = decided.indices.map { row in
      day(decided[row]).map { decided in
        // Where nobody says when it was seen last, it was to the end.
        window.label(
          decided: decided, event: day(events[row]), seen: day(seen?[row] ?? nil) ?? (seen == nil ? asOf : decided))
      }
    }
    let set = LabelSet(
      method: Self.name, outcome: config.eventOn, labels: labels, decided: decided, window: window)
    for (label, sentence) in [
      (ObservationWindow.Label.refused, "have a bad event on or before the day of the decision and are refused"),
      (.immature, "are immature: their window ends after as_of"),
      (.unobserved, "left the data before their window closed"),
    ] {
      let count = set.summary.counts[label.rawValue] ?? 0
      if count > 0 { context.warn("\(count) applications \(word: sentence)") }
    }
    return set
  }
}

/// Columns of a source as scorecards read them.
enum CardColumns {
  /// - Throws: `Faults` (data) with the nearest name.
  static func column(_ name: String, _ table: Table) throws -> Column { try table.column(TextColumn.comparable(name)) }

  /// The value as text; nil where missing.
  static func text(_ column: Column, _ row: Int) -> String? {
    switch column.values {
    case .text(let text): text[row]
    case .number(let numbers), .moment(let numbers, _): numbers[row].isNaN ? nil : NumberText.shortest(numbers[row])
    }
  }

  /// What a characteristic takes of a column: words where it holds text, or where its numbers are names.
  /// - Throws: `Faults` (data) for a column of dates, or of text where edges are stated.
  static func values(_ variable: CardVariable, _ table: Table) throws -> CardColumn {
    let column = try column(variable.column, table)
    switch column.values {
    case .moment:
      throw Faults.data("column \(column.name)", "holds dates", "Bins are of numbers or words: make one of it first.")
    case .number(let numbers):
      guard variable.isCategory || variable.groups != nil else { return .numbers(numbers) }
      return .words(TextColumn(numbers.map { $0.isNaN ? nil : NumberText.shortest($0) }))
    case .text(let text):
      guard let row = text.codes.firstIndex(where: { $0 >= 0 }) else {
        return .numbers([Double](repeating: .nan, count: table.rowCount))
      }
      guard variable.edges == nil else {
        throw Faults.data(
          Place(column: column.name, row: row), "holds text, and \(variable.name) has edges of numbers",
          found: .personal(text[row] ?? ""), "State groups of its levels, or correct the row.")
      }
      return .words(text)
    }
  }

  /// Days since 1960; nil where missing.
  /// - Throws: `Faults` (data) for a column of something else.
  static func days(_ name: String, _ table: Table) throws -> [Int32?] { try days(column(name, table)) }

  static func days(_ column: Column) throws -> [Int32?] {
    func whole(_ values: [Double], per unit: Double) throws -> [Int32?] {
      try values.enumerated().map { row, value in
        if value.isNaN { return nil }
        guard let day = Int32(exactly: (value / unit).rounded(.down)), (-715_510..<2_936_550).contains(day) else {
          throw Faults.data(
            Place(column: column.name, row: row), "holds a day that no calendar has", "Correct the row.")
        }
        return day
      }
    }
    switch column.values {
    case .moment(let days, .date): return try whole(days, per: 1)
    case .moment(let seconds, .dateTime): return try whole(seconds, per: 86_400)
    case .number(let numbers) where numbers.allSatisfy(\.isNaN): return numbers.map { _ in nil }
    case .text(let text) where text.codes.allSatisfy({ $0 < 0 }): return text.codes.map { _ in nil }
    default:
      throw Faults.data(
        "column \(column.name)", "holds no dates",
        "State its form: types = { \(column.name) = \"date:%d/%m/%Y\" } in with of [stages.source].")
    }
  }
}
