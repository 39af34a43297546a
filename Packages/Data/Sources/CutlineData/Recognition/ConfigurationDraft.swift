public import CutlineCore
internal import CutlineCredit

/// A commented configuration for a file that nobody has described: what its columns and words most likely mean, its
/// periods, scores with bins, special codes, and what only a person can know.
public struct ConfigurationDraft {
  /// The configuration, as TOML.
  public let text: String
  /// Types that columns must be stated to have, so that the file is read as it was here.
  public let types: [(column: String, type: String)]
  /// What only a person can say, one sentence each; empty where the configuration runs as it is.
  public let open: [String]
  /// What is good to know and stops nothing.
  public let notes: [String]

  /// - Parameters:
  ///   - table: the file's, with names as it spells them.
  ///   - path: the file, as the configuration shall name it.
  public init(_ table: Table, path: String) throws {
    let table = try Table(
      columns: table.columns.map { $0.renamed(StandardText.standardise($0.name)) }, rowCount: table.rowCount)
    let dated = DatedTable(table)
    let draft = try Draft(dated.table, path: path, doubts: dated.open)
    // A name or a word of the file must not become a line of its own, whatever characters it has.
    text = draft.lines.map(Self.oneLine).joined(separator: "\n") + "\n"
    types = dated.types
    open = draft.open.map(Self.oneLine)
    notes = draft.notes.map(Self.oneLine)
  }
}

extension ConfigurationDraft {
  /// Without control characters and other breaks of lines.
  static func oneLine(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          let isControl =
            scalar.value < 32 || (127...159).contains(scalar.value) || [0x2028, 0x2029].contains(scalar.value)
          return isControl ? "\u{FFFD}" : scalar
        }))
  }

  /// A name of a bin's table that needs no quotes; a number tells equal ones apart.
  static func binNames(of columns: [String]) -> [String] {
    var names: [String] = []
    for column in columns {
      let plain = String(
        String.UnicodeScalarView(
          column.unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? scalar : "_"
          }))
      var name = "\(plain)_bin"
      while names.contains(name) { name += "_2" }
      names.append(name)
    }
    return names
  }
}

/// A table whose dates in text or numbers, where a name says that they are some, are dates.
private struct DatedTable {
  private(set) var table: Table
  private(set) var types: [(column: String, type: String)] = []
  private(set) var open: [String] = []

  init(_ table: Table) {
    self.table = table
    var columns: [Column] = []
    for column in table.columns {
      columns.append(column)
      let words = ColumnGuess.words(of: column)
      let isNamed = words.contains { word in Self.names.contains { word.hasPrefix($0) } }
      guard isNamed || Self.looksLikeDates(column) else { continue }
      let guess = DateGuess(column)
      if guess.types.count > 1 {
        open.append(
          "in which form \(column.originalName) holds dates: \(guess.types.joined(separator: " or ")) (cutline init --type "
            + "\(column.originalName)=…)")
      } else if let type = guess.types.first, let dates = guess.column {
        types.append((column.originalName, type))
        columns[columns.count - 1] = dates
      }
    }
    // The same columns under the same names, so that this cannot fail.
    self.table = (try? Table(columns: columns, rowCount: table.rowCount)) ?? table
  }

  private static let names = [
    "date", "month", "period", "vintage", "day", "fecha", "mes", "datum", "monat", "jour", "mois", "datas",
  ]

  /// Whether its first text is of digits with two marks between them.
  private static func looksLikeDates(_ column: Column) -> Bool {
    guard case .text(let text) = column.values, let code = text.codes.first(where: { $0 >= 0 }) else { return false }
    let value = text.value(code).utf8
    return (6...12).contains(value.count) && value.count { [45, 46, 47].contains($0) } == 2
      && value.count { (48...57).contains($0) } >= 4
  }
}

/// The draft while it is made.
private struct Draft {
  private(set) var lines: [String] = []
  private(set) var open: [String] = []
  /// What is good to know and stops nothing.
  private(set) var notes: [String] = []
  private let table: Table
  private let guess: ColumnGuess

  init(_ table: Table, path: String, doubts: [String]) throws {
    open = doubts
    self.table = table
    guess = ColumnGuess(table)
    guard table.rowCount > 0 else { throw Faults.data(path, "holds no application", "Name a file with rows.") }
    lines = [
      "# Proposed by cutline init from what the file holds. Lines with ? are guesses: read them before the first run.",
      "[preprocessing]", "data_path = \(ConfigValue.quoted(path))",
    ]
    let statuses = statusWords()
    let booked = statuses.map { status in status == .booked }
    let bad = outcomes(booked)
    let inPeriod = try period(booked, bad)
    let decided = statuses.map { $0 == .booked || $0 == .otherRejected }
    let found = ScoreGuess(table, isBad: bad, isDecided: decided, isTaken: guess.isTaken)
    let scores = found.scores
    for score in found.doubtful {
      lines.append(
        "# \(score.column) ranks bad outcomes with an AUC of \(Rounded(max(score.auc, 1 - score.auc), 2)): was it known when the application came?"
      )
    }
    appetite(booked, bad, inPeriod)
    lines.append("reject_inference_method = \"none\"")
    lines.append("stress = \"off\"")
    if scores.count < 2 {
      open.append(
        "which two numeric columns are the scores: \(scores.count == 0 ? "none" : "only \(scores[0].column)") was found"
      )
    }
    let names = ConfigurationDraft.binNames(of: scores.map(\.column))
    lines.append("variables = [\(names.map(ConfigValue.quoted).joined(separator: ", "))]")
    columns()
    values(statuses)
    for (score, name) in zip(scores, names) { bins(score, name) }
    if !open.isEmpty {
      lines.insert(contentsOf: ["#", "# Only a person can say:"] + open.map { "#   - \($0)" }, at: 1)
    }
  }

  private func column(_ meaning: String) -> Column? { guess.columns[meaning].flatMap { table[$0] } }

  private func numbers(_ meaning: String) -> [Double]? {
    if case .number(let values)? = column(meaning)?.values { values } else { nil }
  }

  /// The likely status of each row; booked where there is no column at all.
  private mutating func statusWords() -> [SampleStatus?] {
    guard let column = column(ApplicationColumns.status), case .text(let text) = column.values else {
      open.append("which column says whether an application was booked or rejected (columns.status_name)")
      return [SampleStatus?](repeating: nil, count: table.rowCount)
    }
    let known = text.distinctValues.map { ApplicationWords.likelyStatus(StandardText.standardise($0)) }
    return text.codes.map { $0 < 0 ? nil : known[Int($0)] }
  }

  /// Whether each booked application went bad; nil where that is not known.
  private mutating func outcomes(_ booked: [Bool]) -> [Bool?] {
    if let numerator = numbers(Amount.numerator.name), numbers(Amount.denominator.name) != nil {
      return numerator.map { $0.isNaN ? nil : $0 > 0 }
    }
    let own = [Amount.numerator.name, Amount.denominator.name].filter { table[$0] != nil }
    guard own.isEmpty, let column = column(ColumnGuess.bad) else {
      if !own.isEmpty {
        open.append("why \(own.joined(separator: " and ")) hold no numbers, or which column goes with \(own[0])")
        return [Bool?](repeating: nil, count: table.rowCount)
      }
      open.append(
        "what became of booked applications: todu_30ever_h6 and todu_amt_pile_h6 under [preprocessing.columns], or bad_flag"
      )
      return [Bool?](repeating: nil, count: table.rowCount)
    }
    lines.append(
      "bad_flag = \(ConfigValue.quoted(column.originalName))   # ? risk is the share of the booked amount that went bad"
    )
    let flags = flags(column, booked)
    let known = flags.compactMap { $0 }
    if booked.contains(true), known.allSatisfy({ $0 }) || known.allSatisfy({ !$0 }) {
      open.append(
        "what \(column.originalName) says of booked applications: it is \(known.isEmpty ? "empty" : "the same") in all that have it"
      )
    }
    return flags
  }

  private func flags(_ column: Column, _ booked: [Bool]) -> [Bool?] {
    switch column.values {
    case .number(let values): return values.indices.map { booked[$0] && !values[$0].isNaN ? values[$0] == 1 : nil }
    case .text(let text):
      let words = ApplicationWords()
      return text.codes.indices.map { row in
        booked[row] && text.codes[row] >= 0 ? words.flag(StandardText.standardise(text.value(text.codes[row]))) : nil
      }
    case .moment: return [Bool?](repeating: nil, count: table.rowCount)
    }
  }

  /// The last twelve months with outcomes, and which rows lie in them; all where there is no date.
  private mutating func period(_ booked: [Bool], _ bad: [Bool?]) throws -> (Int) -> Bool {
    guard let name = guess.columns[ApplicationColumns.month] else {
      let dates = table.columns.filter {
        if case .moment(_, .time) = $0.values { false } else if case .moment = $0.values { true } else { false }
      }
      open.append(
        "which column is the date of the application (columns.mis_date)"
          + (dates.isEmpty
            ? "; none holds dates: state its type under [stages.source]"
            : ": \(dates.map(\.name).joined(separator: ", "))"))
      return { _ in true }
    }
    let months = try table.days(name).map { $0.isNaN ? nil : Month(CalendarDate(daysSince1960: Int($0))) }
    let found = MonthCounts(month: months, isBooked: { booked[$0] }, isBad: { bad[$0] })
    let apart = Set(found.apart)
    let counts = found.months.filter { !apart.contains($0.key) }
    let unripe = Set(found.unripe?.months ?? [])
    let mature = counts.filter { month, count in
      count.known > 0 && 2 * count.known >= count.booked && !unripe.contains(month)
    }
    .keys.sorted()
    guard let last = mature.last ?? counts.keys.max(), let first = counts.keys.min() else { return { _ in true } }
    let start = max(first, last + -11)
    let ripe = mature.count { $0 >= start }
    let what =
      ripe == 0 ? "? no month has outcomes" : "the last \(last - start + 1) months, \(ripe) of them with outcomes"
    lines.append(
      "date_ini_book_obs = \"\(start.iso)-01\"   # \(ripe == 12 ? "the last 12 months with outcomes" : what)")
    lines.append("date_fin_book_obs = \"\(last.iso)-01\"")
    if let newest = counts.keys.max(), newest > last {
      lines.append("date_ini_book_obs_mr = \"\((last + 1).iso)-01\"   # what came since")
      lines.append("date_fin_book_obs_mr = \"\(newest.iso)-01\"")
    }
    if !apart.isEmpty {
      lines.append(
        "# ? Rows of \(MonthCounts.phrase(apart.sorted())) lie far from the rest: dates that stand for none?")
    }
    if let unripe = found.unripe {
      lines.append(
        "# ? Nobody booked in \(MonthCounts.phrase(unripe.months)) went bad, where about \(Rounded(unripe.expected, 0)) would "
          + "have: outcomes that are not known yet, filled with 0?")
    }
    let range = start...last
    return { row in months[row].map(range.contains) ?? false }
  }

  /// The risk of today as the limit of the base scenario.
  private mutating func appetite(_ booked: [Bool], _ bad: [Bool?], _ inPeriod: (Int) -> Bool) {
    let known = bad.indices.compactMap { inPeriod($0) ? bad[$0] : nil }
    var risk = 100 * Double(known.count { $0 }) / Double(max(1, known.count))
    if let amount = numbers(Amount.production.name) ?? numbers(Amount.requested.name) {
      let rows = bad.indices.filter { inPeriod($0) && bad[$0] != nil && amount[$0] > 0 }
      let total = rows.reduce(0) { $0 + amount[$1] }
      if total > 0 { risk = 100 * rows.reduce(0) { $0 + (bad[$1] == true ? amount[$1] : 0) } / total }
    }
    if let n = numbers(Amount.numerator.name), let d = numbers(Amount.denominator.name) {
      let rows = n.indices.filter { inPeriod($0) && booked[$0] && !n[$0].isNaN && !d[$0].isNaN }
      let total = rows.reduce(0) { $0 + d[$1] }
      if total > 0 { risk = 700 * rows.reduce(0) { $0 + n[$1] } / total }
    }
    if risk > 100 {
      open.append("why the amounts in arrears are above the exposure: the risk of today would be \(Rounded(risk, 1)) %")
      risk = 0
    }
    let limit = risk > 0 ? max(0.1, (risk * 10).rounded() / 10) : 5
    let source = risk > 0 ? "about the risk of what was booked in this period" : "no risk of today is known"
    lines.append(
      "optimum_risk = \(ConfigValue.number(limit))   # percent: \(source); yours to decide")
    lines.append(
      "risk_step = \(ConfigValue.number(max(0.1, (limit).rounded() / 10) < limit ? max(0.1, limit.rounded() / 10) : limit / 2))"
    )
    let decision = try? table.standardText(ApplicationColumns.decision, merging: true)
    let isRequirement = decision.map { $0.values.contains("ok") || $0.values.contains("rv") } ?? false
    lines.append(
      "eligible = \(isRequirement ? "\"auto\"" : "\"all\"")   # or { column = \"…\", values = […] }: applications that may be financed at all"
    )
    let texts = [ApplicationColumns.status, ApplicationColumns.rejectReason].compactMap { column($0) }
    let collides = texts.contains { column in
      guard case .text(let text) = column.values else { return false }
      return Set(text.distinctValues.map(StandardText.standardise)).count < text.distinctCount
    }
    if collides { lines.append("text_collisions = \"merge\"   # two spellings of a word are one word") }
    flags()
  }

  /// Reject flags whose words nobody knows.
  private mutating func flags() {
    let words = ApplicationWords()
    for column in table.columns where column.name.hasPrefix(ApplicationColumns.rejectFlagPrefix) {
      guard let text = try? table.standardText(column.name, merging: true) else { continue }
      if text.values.contains(where: { words.flag($0) == nil }) {
        open.append(
          "which words of the reject flag \(column.originalName) say that it is set (values.flag, values.no_flag)")
      }
    }
  }

  private mutating func columns() {
    let named = guess.columns.filter { $0.key != ColumnGuess.bad && $0.key != $0.value }.sorted { $0.key < $1.key }
    for needed in [Amount.requested.name] where guess.columns[needed] == nil {
      open.append("which column is the amount that was asked for (columns.\(needed))")
    }
    for (ours, other) in guess.rivals {
      lines.append("# ? \(ours) is taken as the file has it, not \(table[other]?.originalName ?? other)")
    }
    if guess.columns[ApplicationColumns.id] == nil {
      let sentence = "no column looks like the applications' ids: repeated applications cannot be found"
      lines.append("# " + sentence)
      notes.append(sentence)
    }
    guard !named.isEmpty else { return }
    lines += ["", "[preprocessing.columns]   # Cutline's name = the file's"]
    for (ours, theirs) in named {
      lines.append("\(ours) = \(ConfigValue.quoted(table[theirs]?.originalName ?? theirs))   # ?")
    }
  }

  private mutating func values(_ statuses: [SampleStatus?]) {
    guard case .text(let text)? = column(ApplicationColumns.status)?.values else { return }
    var words: [ApplicationWords.Meaning: [String]] = [:]
    var unknown: [String] = []
    for value in text.distinctValues {
      let word = StandardText.standardise(value)
      switch ApplicationWords.likelyStatus(word) {
      case .booked: words[.booked, default: []].append(value)
      case .otherRejected, .scoreRejected: words[.rejected, default: []].append(value)
      case .cancelled: words[.cancelled, default: []].append(value)
      case nil: unknown.append(value)
      }
    }
    if !unknown.isEmpty {
      open.append(
        "what the status \(unknown.sorted().prefix(5).joined(separator: ", ")) means: booked, rejected or cancelled")
    }
    for meaning in [ApplicationWords.Meaning.booked, .rejected] where words[meaning] == nil {
      open.append("which status means \(meaning.rawValue)")
    }
    lines += ["", "[preprocessing.values]   # the file's words"]
    for meaning in [ApplicationWords.Meaning.booked, .rejected, .cancelled] {
      guard let found = words[meaning] else { continue }
      lines.append("\(meaning.rawValue) = [\(found.sorted().map(ConfigValue.quoted).joined(separator: ", "))]")
    }
    guard case .text(let reasons)? = column(ApplicationColumns.rejectReason)?.values else { return }
    let found = reasons.distinctValues.filter { ApplicationWords().means(StandardText.standardise($0), .scoreReject) }
    if found.isEmpty, !reasons.distinctValues.isEmpty {
      open.append(
        "which reject reasons are the score's (values.score_reject): \(reasons.distinctValues.sorted().prefix(8).joined(separator: ", "))"
      )
    } else if !found.isEmpty {
      let others = reasons.distinctCount - found.count
      lines.append(
        "score_reject = [\(found.sorted().map(ConfigValue.quoted).joined(separator: ", "))]   # ?"
          + (others > 0 ? " the \(others) other reason\(others == 1 ? " is" : "s are") not the score's" : ""))
    }
  }

  private mutating func bins(_ score: ScoreGuess.Score, _ name: String) {
    let strength =
      score.auc == 0.5 ? "" : ": ranks bad outcomes with an AUC of \(Rounded(max(score.auc, 1 - score.auc), 2))"
    lines += [
      "", "[preprocessing.bins.\(name)]",
      "source = \(ConfigValue.quoted(score.column))", "direction = \"\(score.direction.rawValue)\"   # ?\(strength)",
      "missing = \"own-bin\"   # \(score.missing) rows have none; they keep today's decision",
    ]
    if !score.special.isEmpty {
      let codes = score.special.map { "\(ConfigValue.quoted(NumberText.shortest($0))) = \"own-bin\"" }
      lines.append("special = { \(codes.joined(separator: ", ")) }   # ? values that stand alone beyond the rest")
    }
    lines.append("edges = [\(score.edges.map(ConfigValue.number).joined(separator: ", "))]   # deciles of the decided")
  }
}
