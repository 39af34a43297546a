internal import CutlineCore
internal import CutlineCredit

/// Outcomes, period and the limit of risk.
extension Draft {
  /// Whether each booked application went bad; nil where that is not known.
  mutating func outcomes(_ booked: [Bool], isStated: Bool) -> [Bool?] {
    let unknown = [Bool?](repeating: nil, count: table.rowCount)
    if !isStated, let numerator = numbers(Amount.numerator.name), numbers(Amount.denominator.name) != nil {
      return numerator.map { $0.isNaN ? nil : $0 > 0 }
    }
    let own = isStated ? [] : [Amount.numerator.name, Amount.denominator.name].filter { table[$0] != nil }
    guard own.isEmpty, let column = column(ColumnGuess.bad) else {
      let text = own.compactMap(whyText)
      if !text.isEmpty {
        open += text
      } else if own.contains(where: isDoubted) {
        return unknown
      } else if let first = own.first {
        open.append(
          "which column goes with \(first) (--column \(Amount.numerator.name)=… --column \(Amount.denominator.name)=…)")
      } else {
        open.append(
          "what became of booked applications: --column \(Amount.numerator.name)=… and --column "
            + "\(Amount.denominator.name)=…, or --column \(ColumnGuess.bad)=…")
      }
      return unknown
    }
    lines.append(
      "bad_flag = \(ConfigValue.quoted(column.originalName))   # ? risk is the share of the booked amount that went bad"
    )
    let flags = flags(column, booked)
    let known = flags.compactMap { $0 }
    if booked.contains(true), known.allSatisfy({ $0 }) || known.allSatisfy({ !$0 }) {
      open.append(
        "what \(column.originalName) says of booked applications: it is \(known.isEmpty ? "empty" : "the same") in all "
          + "that have it (--column \(ColumnGuess.bad)=… for another)")
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
  mutating func period(_ booked: [Bool], _ bad: [Bool?]) throws -> (Int) -> Bool {
    guard let name = guess.columns[ApplicationColumns.month], case .moment(_, let unit)? = table[name]?.values,
      unit != .time
    else {
      askDate()
      return { _ in true }
    }
    let months = try table.days(name).map { $0.isNaN ? nil : Month(CalendarDate(daysSince1960: Int($0))) }
    let found = MonthCounts(month: months, isBooked: { booked[$0] }, isBad: { bad[$0] })
    let apart = Set(found.apart)
    let counts = found.months.filter { !apart.contains($0.key) }
    guard statuses.knowsBooked else {
      let range = counts.keys.min().flatMap { first in counts.keys.max().map { "\(first.iso) to \($0.iso)" } }
      lines.append("# date_ini_book_obs = …   # \(Self.unknown); the file has \(range ?? "no month")")
      lines.append("# date_fin_book_obs = …")
      return { _ in true }
    }
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

  private mutating func askDate() {
    if let name = guess.columns[ApplicationColumns.month], let column = table[name] {
      if !undated.contains(name) {
        open.append(
          "in which form \(column.originalName) holds dates (--type \(column.originalName)=date:%d/%m/%Y or another)")
      }
      return
    }
    // The form of a date that is there has been asked, and that is the question.
    guard undated.isEmpty else { return }
    if guess.columns[ApplicationColumns.month] == nil, let name = formless.first {
      open.append(
        "in which form \(name) holds dates: no known one fits every value (--type \(name)=date:%d/%m/%Y, once for each form)"
      )
      return
    }
    let dates = table.columns.filter {
      if case .moment(_, .time) = $0.values { false } else if case .moment = $0.values { true } else { false }
    }
    open.append(
      "which column is the date of the application (--column \(ApplicationColumns.month)=…)"
        + (dates.isEmpty
          ? "; none holds dates: --type COLUMN=date:%d/%m/%Y or another form makes one hold them"
          : ": \(dates.map(\.originalName).joined(separator: ", "))"))
  }

  /// The risk of today as the limit of the base scenario.
  mutating func appetite(_ booked: [Bool], _ bad: [Bool?], _ inPeriod: (Int) -> Bool) {
    if statuses.knowsBooked {
      limit(booked, bad, inPeriod)
    } else {
      lines.append("# optimum_risk = …   # percent: the risk of today is \(Self.unknown)")
      lines.append("# risk_step = …")
    }
    let decision = try? table.standardText(ApplicationColumns.decision, merging: true)  // nil where there is none
    let isRequirement = decision.map { $0.values.contains("ok") || $0.values.contains("rv") } ?? false
    lines.append(
      "eligible = \(isRequirement ? "\"auto\"" : "\"all\"")   # or { column = \"…\", values = […] }: applications that were offered a loan"
    )
    let texts = [ApplicationColumns.status, ApplicationColumns.rejectReason].compactMap { column($0) }
    let collides = texts.contains { column in
      guard case .text(let text) = column.values else { return false }
      return Set(text.distinctValues.map(StandardText.standardise)).count < text.distinctCount
    }
    if collides { lines.append("text_collisions = \"merge\"   # two spellings of a word are one word") }
    askFlags()
  }

  private mutating func limit(_ booked: [Bool], _ bad: [Bool?], _ inPeriod: (Int) -> Bool) {
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
    lines.append("optimum_risk = \(ConfigValue.number(limit))   # percent: \(source); yours to decide")
    let step = max(0.1, limit.rounded() / 10)
    lines.append("risk_step = \(ConfigValue.number(step < limit ? step : limit / 2))")
  }

  /// Reject flags whose words nobody knows.
  private mutating func askFlags() {
    let words = ApplicationWords()
    for column in table.columns where column.name.hasPrefix(ApplicationColumns.rejectFlagPrefix) {
      guard let text = try? table.standardText(column.name, merging: true) else { continue }  // dates are no flag
      if text.values.contains(where: { words.flag($0) == nil }) {
        open.append(
          "which words of the reject flag \(column.originalName) say that it is set (values.flag, values.no_flag)")
      }
    }
  }
}
