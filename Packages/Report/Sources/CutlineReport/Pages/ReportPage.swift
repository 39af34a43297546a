internal import CutlineCore

/// `report.html`: what one run found, in the order in which a committee asks: may we trust it, what is proposed, what does it
/// bring, who is decided otherwise, what speaks for it, what it does not say, how it can be made again.
struct ReportPage {
  let facts: ReportFacts
  let gates: [Gate]
  let figures: Figures
  let words: Words
  /// The files that the page was made of.
  let records: [FileRecord]

  func html() throws -> Html {
    let sections: [(id: String, title: Phrase, body: Html)] = [
      ("strategy", .strategy, try strategy()), ("results", .results, try results()),
      ("changes", .changes, try changes()),
      ("data", .data, try data()), ("evidence", .evidence, evidence()), ("limits", .limits, try limits()),
      ("reproduce", .reproduce, reproduce()), ("annex", .annex, annex()),
    ]
    let basis = facts.summary.basis
    let header: Html = .tag(
      "header", [:], .tag("h1", [:], segment.map { title(name: .name($0)) } ?? .text(words(.titleOfAll))),
      .tag(
        "p", ["class": "quiet"],
        .text(
          words(.period, String(basis.periodStart.prefix(7)), String(basis.periodEnd.prefix(7)), "\(basis.months)")
            + " · "
            + words(
              .applications, ShownNumber.grouped("\(facts.summary.account.bookedRows)"),
              ShownNumber.grouped("\(facts.summary.account.scoreRejectedRows)")))),
      try lede())
    let contents: Html = .tag(
      "nav", ["class": "contents", "aria-label": words(.contents)],
      .tag(
        "ul", [:],
        sections.map { .tag("li", [:], .tag("a", ["href": "#\($0.id)"], .text(words($0.title)))) }.joined()))
    let main: Html = .tag(
      "main", ["id": "content"], strip(),
      sections.map {
        .tag(
          "section", ["id": $0.id, "aria-labelledby": "\($0.id)-title"],
          .tag("h2", ["id": "\($0.id)-title"], .text(words($0.title))), $0.body)
      }.joined())
    return [header, contents, banner(), main, footer()]
  }

  /// A run of the whole file has no segment to name.
  private var segment: String? { facts.summary.basis.segment == "all" ? nil : facts.summary.basis.segment }

  var plainTitle: String { segment.map { words(.title, $0) } ?? words(.titleOfAll) }

  private func title(name: Html) -> Html {
    let parts = words(.title, "\u{0}").split(separator: "\u{0}", omittingEmptySubsequences: false)
    return [.text(String(parts.first ?? "")), name, .text(String(parts.dropFirst().joined()))]
  }

  private func lede() throws -> Html {
    guard let table = facts.strategies, let main = facts.main, let row = table.row(where: "strategy", is: main),
      let today = table.row(where: "strategy", is: "actual")
    else { return .tag("p", ["class": "lede"], .text(words(.ledeNone))) }
    guard !table.text("production", row).isEmpty else {
      return .tag("p", ["class": "lede"], .text(words(.limitNone, main, table.text("limit_pct", row))))
    }
    func money(_ row: Int) -> String { ShownNumber.text(table.text("production", row), .amount) ?? "–" }
    func risk(_ row: Int) -> String { ShownNumber.text(table.text("risk_pct", row), .percent) ?? "–" }
    let sentence = words(
      .lede, main.prefix(1).uppercased() + main.dropFirst(), money(row) + " " + facts.currency, risk(row),
      table.text("limit_pct", row), money(today) + " " + facts.currency, risk(today))
    let isSure = try facts.table("cutoff_summary_wide").flatMap { intervals in
      intervals.row(where: "scenario", is: main).map { !intervals.text("risk_ci_lower", $0).isEmpty }
    }
    let probability = try facts.probabilityWithinLimit.map { words(.ledeSure, NumberText.fixed($0 * 100, 0)) }
    let lost = try lostValue().map { words(.valueLess, $0.own, $0.today) }
    let sentences = [sentence, isSure == true ? probability : words(.unsure), lost].compactMap { $0 }
    return [
      .tag("p", ["class": "lede"], .text(sentences.joined(separator: " "))),
      cards(table, row, today),
    ]
  }

  private func cards(_ table: StoredTable, _ row: Int, _ today: Int) -> Html {
    let notes = facts.notes(table)
    func card(_ title: String, _ value: Html, _ note: String) -> Html {
      .tag(
        "div", [:], .tag("dt", [:], .text(title)), .tag("dd", [:], value), .tag("dd", ["class": "note"], .text(note)))
    }
    let now = { (column: String, form: ShownNumber.Form) in
      words(.today) + ": " + (ShownNumber.text(table.text(column, today), form) ?? "–")
    }
    let changed = table.text("changed_cells", row)
    return .tag(
      "dl", ["class": "figures"],
      card(
        words(.productionLabel, facts.currency), table.shown("production", row, .amount, notes),
        now("production", .amount)),
      card(words(.riskLabel), table.shown("risk_pct", row, .percent, notes), now("risk_pct", .percent)),
      card(words(.acceptedShare), table.shown("acceptance_pct", row, .percent, notes), now("acceptance_pct", .percent)),
      changed.isEmpty
        ? .empty
        : card(
          words(.changedCells), table.shown("changed_cells", row, .count, notes),
          words(
            .ofCells, table.text("opened_cells", row),
            "\((Int(changed) ?? 0) - (Int(table.text("opened_cells", row)) ?? 0))")
            + (table.text("changed_with_applications", row).isEmpty
              ? "" : "; " + words(.ofThem, table.text("changed_with_applications", row)))))
  }

  /// The gates at a glance, each with a way to what it says.
  private func strip() -> Html {
    .tag(
      "section", ["aria-labelledby": "verdict-title"],
      .tag("h2", ["id": "verdict-title"], .text(words(.verdict))),
      .tag(
        "ul", ["class": "gates"],
        gates.map { gate in
          .tag(
            "li", ["class": gate.state.rawValue], .tag("b", [:], .text(words(gate.state.phrase))),
            .tag("strong", [:], .tag("a", ["href": "#\(gate.section)"], .text(words(gate.name)))),
            .tag("p", [:], .text(gate.detail)))
        }.joined()))
  }

  /// What nobody looked at stands above everything else.
  private func banner() -> Html {
    let skipped = gates.filter { $0.state == .skipped || $0.state == .waived }.map { words($0.name) }
    guard !skipped.isEmpty else { return .empty }
    return .tag(
      "aside", ["class": "banner", "aria-label": words(.stateSkipped)],
      .tag("p", [:], .text(words(.skippedBanner, skipped.joined(separator: ", ")))))
  }

  private func footer() -> Html { .tag("footer", [:], .tag("p", [:], .text(words(.footer)))) }

  /// What is missing is seen.
  func hole(_ what: String, _ why: String) -> Html {
    .tag("div", ["class": "hole"], .tag("p", [:], .text(words(.hole, what, why))))
  }
}

extension Gate.State {
  var phrase: Phrase {
    switch self {
    case .pass: .statePass
    case .warn: .stateWarn
    case .fail: .stateFail
    case .waived: .stateWaived
    case .skipped: .stateSkipped
    }
  }
}
