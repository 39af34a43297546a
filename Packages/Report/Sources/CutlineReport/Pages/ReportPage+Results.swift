internal import CutlineCore

extension ReportPage {
  /// What each scenario brings, with its uncertainty.
  func results() throws -> Html {
    let basis = facts.summary.basis
    var parts: [Html] = [
      .tag("p", [:], .text(words(.resultsIntro))),
      .tag(
        "p", ["class": "basis"],
        .text(
          words(
            .resultsBasis, String(basis.periodStart.prefix(7)), String(basis.periodEnd.prefix(7)), facts.currency,
            NumberText.shortest(facts.measure.multiplier)))),
    ]
    if let table = facts.strategies {
      parts += [
        try scenarios(table), .tag("p", ["class": "source"], .text(words(.drawnFrom, table.path))), twoTodays(table),
      ]
    } else {
      parts.append(hole("strategies.csv", ""))
    }
    parts.append(try value())
    parts += facts.scenarios.prefix(1).map { _ in figures.html("risk_production_visualizer_\(facts.main ?? "")") }
    if let main = facts.main, let table = try facts.table("risk_production_summary_mr_\(main)") {
      parts.append(recent(table, main))
    }
    parts += ["risk_vs_production", "transformation_rate"].map(figures.html)
    return parts.joined()
  }

  /// What was booked and what the strategy in force alone would book are not the same, and both are shown.
  private func twoTodays(_ table: StoredTable) -> Html {
    guard let force = table.row(where: "strategy", is: "in force"),
      let production = ShownNumber.text(table.text("production", force), .amount),
      let risk = ShownNumber.text(table.text("risk_pct", force), .percent)
    else { return .empty }
    return .tag(
      "p", [:],
      .text(
        words(
          .twoTodays, production + " " + facts.currency, risk, ShownNumber.grouped(table.text("swap_out", force)),
          ShownNumber.grouped(table.text("swap_in", force)))))
  }

  private func scenarios(_ table: StoredTable) throws -> Html {
    let notes = facts.notes(table)
    let intervals = try facts.table("cutoff_summary_wide")
    let level =
      try facts.decoded(StoredIntervals.self, "intervals").map { NumberText.shortest($0.confidence * 100) } ?? "95"
    var page = PageTable(
      .empty,
      [
        (.text(words(.scenario)), false), (.text(words(.limit)), true), (.text(words(.risk)), true),
        (.text(words(.interval, level + " %")), true), (.text("\(words(.production)) (\(facts.currency))"), true),
        (.text(words(.interval, level + " %")), true), (.text(words(.againstActual)), true),
        (.text(words(.acceptance)), true),
        (.text(words(.cellsChanged)), true), (.text(words(.status)), false),
      ])
    let today = table.row(where: "strategy", is: "actual").flatMap { table.number("production", $0) }
    for row in table.rows.indices {
      let name = table.text("strategy", row)
      func interval(_ quantity: String, _ form: ShownNumber.Form) -> Html {
        guard let intervals, let own = intervals.row(where: "scenario", is: name),
          !intervals.text("\(quantity)_ci_lower", own).isEmpty
        else { return .text("–") }
        let notes = facts.notes(intervals)
        return [
          intervals.shown("\(quantity)_ci_lower", own, form, notes), .text(" – "),
          intervals.shown("\(quantity)_ci_upper", own, form, notes),
        ]
      }
      let against = today.flatMap { today in
        table.number("production", row).flatMap { today > 0 ? NumberText.fixed(100 * $0 / today, 1) + " %" : nil }
      }
      page.add(
        [
          .text(name), .text(table.text("limit_pct", row).isEmpty ? "–" : table.text("limit_pct", row)),
          table.shown("risk_pct", row, .percent, notes), interval("risk", .percent),
          table.shown("production", row, .amount, notes), interval("production", .amount), .text(against ?? "–"),
          table.shown("acceptance_pct", row, .percent, notes), table.shown("changed_cells", row, .count, notes),
          .text(table.text("status", row).isEmpty ? "–" : table.text("status", row)),
        ], isKey: name == facts.main)
    }
    return page.html(label: words(.results))
  }

  /// The scenario on the recent period, with what is known of its outcomes.
  private func recent(_ table: StoredTable, _ scenario: String) -> Html {
    let notes = facts.notes(table)
    let production = table.columns.first { $0.hasPrefix("Production (") && $0 != "Production (%)" } ?? ""
    let hasIntervals = table.column("risk_low").contains { !$0.isEmpty }
    var page = PageTable(
      .text(words(.recentTitle, scenario)),
      [(.text(words(.line)), false), (.text(words(.risk)), true)]
        + (hasIntervals ? [(.text(words(.intervalPlain)), true)] : []) + [
          (.text("\(words(.production)) (\(facts.currency))"), true), (.text(words(.maturity)), false),
          (.text(words(.riskSource)), false),
        ])
    for row in table.rows.indices {
      let interval: Html =
        table.text("risk_low", row).isEmpty
        ? .text("–")
        : [table.shown("risk_low", row, .percent, notes), .text(" – "), table.shown("risk_high", row, .percent, notes)]
      page.add(
        [.text(table.text("Metric", row)), table.shown("Risk (%)", row, .percent, notes)]
          + (hasIntervals ? [interval] : []) + [
            table.shown(production, row, .amount, notes), .text(table.text("maturity", row)),
            .text(sources(of: table, row)),
          ])
    }
    return [
      .tag("p", ["class": "basis"], .text(words(.recentBasis))), page.html(label: words(.recentTitle, scenario)),
      .tag("p", ["class": "source"], .text(words(.drawnFrom, table.path))),
    ]
  }

  /// What the risk of a line is made of, the largest part of its exposure first.
  private func sources(of table: StoredTable, _ row: Int) -> String {
    let parts: [(column: String, name: Phrase)] = [
      ("share_observed", .sourceObserved), ("share_h3_carried", .sourceCarried), ("share_main_cell", .sourceMain),
      ("share_model", .sourceModel), ("share_predicted", .sourcePredicted),
    ]
    let shares = parts.compactMap { part in table.number(part.column, row).map { (share: $0, name: words(part.name)) } }
      .filter { $0.share >= 0.5 }.sorted { $0.share > $1.share }
    guard shares.count > 1 else { return shares.first?.name ?? table.text("risk_source", row) }
    return shares.map { words(.riskSources, NumberText.fixed($0.share, 0), $0.name) }.joined(separator: ", ")
  }

  /// What the strategies are worth, where the run counts value: the most production need not be the most value.
  func value() throws -> Html {
    guard let table = try facts.table("value_summary") else { return .empty }
    let notes = facts.notes(table)
    var page = PageTable(
      .empty,
      [
        (.text(words(.valueLine)), false), (.text("\(words(.valueTitle)) (\(facts.currency))"), true),
        (.text("\(words(.production)) (\(facts.currency))"), true), (.text(words(.risk)), true),
      ])
    for row in table.rows.indices {
      let (name, by) = (table.text("scenario", row), table.text("chosen_by", row))
      page.add(
        [
          .text(by.isEmpty ? name : words(by == "value" ? .valueBest : .valueChosen, name)),
          table.shown("value", row, .amount, notes), table.shown("production", row, .amount, notes),
          table.shown("risk_pct", row, .percent, notes),
        ], isKey: name == facts.main && by == "production")
    }
    return [
      .tag("h3", [:], .text(words(.valueTitle))), page.html(label: words(.valueTitle)),
      .tag("p", ["class": "source"], .text(words(.drawnFrom, table.path))),
    ]
  }

  /// The value of the proposal and of today, where the run counts it and the proposal has less.
  func lostValue() throws -> (own: String, today: String)? {
    guard let table = try facts.table("value_summary"), let main = facts.main,
      let today = table.row(where: "scenario", is: "Actual"),
      let own = table.rows.indices.first(where: {
        table.text("scenario", $0) == main && table.text("chosen_by", $0) == "production"
      }),
      let (before, after) = table.number("value", today).flatMap({ before in
        table.number("value", own).map { (before, $0) }
      }), after < before
    else { return nil }
    func money(_ row: Int) -> String {
      (ShownNumber.text(table.text("value", row), .amount) ?? "–") + " " + facts.currency
    }
    return (money(own), money(today))
  }

  /// Who is decided otherwise than today.
  func changes() throws -> Html {
    guard let table = facts.strategies, let main = facts.main else { return hole("strategies.csv", "") }
    var parts: [Html] = [
      .tag("p", [:], .text(words(.changesIntro))), .tag("p", ["class": "basis"], .text(words(.changesBasis))),
    ]
    let notes = facts.notes(table)
    var people = PageTable(
      .empty,
      [
        (.text(words(.scenario)), false), (.text(words(.keep)), true), (.text(words(.swapIn)), true),
        (.text(words(.swapOut)), true), (.text(words(.rejected)), true),
      ])
    for row in table.rows.indices {
      people.add(
        [.text(table.text("strategy", row))]
          + ["keep", "swap_in", "swap_out", "rejected"].map { table.shown($0, row, .count, notes) },
        isKey: table.text("strategy", row) == main)
    }
    parts += [
      people.html(label: words(.changes)), .tag("p", ["class": "source"], .text(words(.drawnFrom, table.path))),
    ]
    if let summary = try facts.table("risk_production_summary_\(main)") { parts.append(lines(summary, main)) }
    parts.append(figures.html("price_of_change_\(main)"))
    return parts.joined()
  }

  private func lines(_ table: StoredTable, _ scenario: String) -> Html {
    let notes = facts.notes(table)
    let production = table.columns.first { $0.hasPrefix("Production (") && $0 != "Production (%)" } ?? ""
    var page = PageTable(
      .text(scenario),
      [
        (.text(words(.line)), false), (.text(words(.risk)), true),
        (.text("\(words(.production)) (\(facts.currency))"), true),
        (.text(words(.againstActual)), true),
      ])
    // The last line of that table is the optimum minus what is.
    func isChange(_ row: Int) -> Bool { table.text("Metric", row) == "Summary" }
    for row in table.rows.indices {
      page.add(
        [
          .text(isChange(row) ? words(.change) : table.text("Metric", row)),
          table.shown("Risk (%)", row, isChange(row) ? .points : .percent, notes),
          table.shown(production, row, .amount, notes), table.shown("Production (%)", row, .percent, notes),
        ])
    }
    return [
      page.html(label: words(.changes) + ": " + scenario),
      .tag("p", ["class": "source"], .text(words(.drawnFrom, table.path))),
    ]
  }
}
