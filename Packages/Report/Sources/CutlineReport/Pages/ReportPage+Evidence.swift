internal import CutlineCore

extension ReportPage {
  /// Pictures of the report, the most important first: those of one scenario, and those of the run.
  static func pictures(of charts: [Chart], main: String?) -> [Chart] {
    let names = main.map { main in
      [
        "risk_production_visualizer_\(main)", "price_of_change_\(main)", "risk_vs_production", "transformation_rate",
        "b2_ever_h6_vs_octroi_and_risk_score", "b2_ever_h6_vs_octroi_and_risk_score_mr_\(main)", "reliability",
        "reject_check", "stability_report_\(main)", "cutoff_stability_\(main)",
      ]
    }
    let first = (names ?? []).compactMap { name in charts.first { $0.name == name } }
    let later = ["metric_trends_", "score_discriminance_", "shap_summary", "todu_avg_inference"]
    return first + later.flatMap { stem in charts.filter { $0.name.hasPrefix(stem) } }
  }

  /// Those that other sections show.
  private static let elsewhere = [
    "risk_production_visualizer_", "price_of_change_", "risk_vs_production", "transformation_rate", "cutoff_stability_",
  ]

  /// Where every row went, and what the checks found.
  func data() throws -> Html {
    var parts: [Html] = [.tag("p", [:], .text(words(.dataIntro)))]
    if let table = try facts.table("row_waterfall") {
      let notes = facts.notes(table)
      let production = table.columns.first { $0.hasPrefix("booked_") && $0 != "booked_rows" } ?? ""
      var page = PageTable(
        .empty,
        [
          (.text(words(.role)), false), (.text(words(.step)), false), (.text(words(.rows)), true),
          (.text(words(.booked)), true),
          (.text("\(words(.production)) (\(facts.currency))"), true),
        ])
      for row in table.rows.indices {
        // The amount of a few would be that of persons.
        let isFew = FewApplications.isFew(table.number("booked_rows", row))
        page.add(
          [
            .text(table.text("role", row)), .text(table.text("reason", row)), table.shown("rows", row, .count, notes),
            table.shown("booked_rows", row, .count, notes),
            isFew ? .text(words(.few)) : table.shown(production, row, .amount, notes),
          ], isKey: table.text("role", row) == "used")
      }
      parts += [
        .tag("h3", [:], .text(words(.waterfallBasis))), page.html(label: words(.waterfallBasis)),
        .tag("p", ["class": "source"], .text(words(.drawnFrom, table.path))),
      ]
    } else {
      parts.append(hole("row_waterfall.csv", ""))
    }
    if let table = try facts.table("data_quality") {
      var page = PageTable(
        .empty, [(.text(words(.check)), false), (.text(words(.status)), false), (.text(words(.detail)), false)])
      for row in table.rows.indices {
        page.add(
          ["check", "status", "detail"].map { .text(table.text($0, row)) }, isKey: table.text("status", row) != "passed"
        )
      }
      parts += [
        .tag("h3", [:], .text(words(.checksTitle))), page.html(label: words(.checksBasis)),
        .tag("p", ["class": "source"], .text(words(.drawnFrom, table.path))),
      ]
    } else {
      parts.append(hole("data_quality.csv", ""))
    }
    return parts.joined()
  }

  /// What speaks for the numbers: the model, the rejected, the recent period, the population, the months.
  func evidence() -> Html {
    let there = figures.order.filter { name in !Self.elsewhere.contains { name.hasPrefix($0) } }
    let absence = figures.absence.map { hole(words(.evidence), words(.holeCharts, $0)) } ?? .empty
    return [.tag("p", [:], .text(words(.evidenceIntro))), absence, there.map(figures.html).joined()]
  }

  /// What was not looked at, what moved, what the strategy hangs on.
  func limits() throws -> Html {
    let main = facts.main ?? ""
    var parts: [Html] = [.tag("p", [:], .text(words(.limitsIntro)))]
    if let alerts = try facts.decoded(StoredAlerts.self, "drift_alerts_\(main)") {
      if !alerts.alerts.isEmpty {
        parts += [.tag("h3", [:], .text(words(.alertsTitle)))]
        parts += [
          .tag(
            "ul", [:],
            alerts.worstFirst.map { .tag("li", [:], .text("\($0.severity), \($0.period): \($0.message)")) }.joined())
        ]
      }
      if !alerts.notLookedAt.isEmpty {
        parts += [
          .tag("h3", [:], .text(words(.notLooked))),
          .tag("ul", [:], alerts.notLookedAt.map { .tag("li", [:], .text($0)) }.joined()),
        ]
      }
    } else {
      parts.append(hole("drift_alerts_\(main).json", ""))
    }
    if let intervals = try facts.decoded(StoredIntervals.self, "intervals"), !intervals.notCovered.isEmpty {
      parts.append(.tag("p", [:], .text(words(.notCovered, intervals.notCovered.joined(separator: ", ")))))
    }
    parts.append(figures.html("cutoff_stability_\(main)"))
    if !facts.said.isEmpty {
      let lines = facts.said.map { stage, said in
        .tag(
          "li", [:], .tag("strong", [:], .text(words(said.isWarning ? .saidWarning : .saidNote))),
          .text(" \(stage): \(said.text)"))
      }.joined()
      parts += [
        .tag(
          "details", [:], .tag("summary", [:], .text("\(words(.saidTitle)) (\(facts.said.count))")),
          .tag("ul", [:], lines))
      ]
    }
    return parts.joined()
  }

  func reproduce() -> Html {
    [
      .tag("p", [:], .text(words(.reproduceIntro))),
      .tag(
        "pre", ["tabindex": "0", "role": "group", "aria-label": words(.reproduce)],
        .tag(
          "code", [:],
          .text("cutline verify .\ncutline check-certificate .\n"))),
    ]
  }

  /// All gates, and each file with its digest.
  func annex() -> Html {
    var gateTable = PageTable(
      .text(words(.gatesTable)),
      [
        (.text(words(.gate)), false), (.text(words(.state)), false), (.text(words(.detail)), false),
        (.text(words(.source)), false),
      ])
    for gate in gates {
      gateTable.add([
        .text(words(gate.name)), .text(words(gate.state.phrase)), .text(gate.detail), .text(gate.source ?? "–"),
      ])
    }
    var files = PageTable(
      .empty, [(.text(words(.file)), false), (.text(words(.bytes)), true), (.text(words(.digest)), false)])
    for record in records {
      files.add([
        .text(record.path), .text(ShownNumber.grouped("\(record.bytes)")), .tag("code", [:], .text(record.sha256)),
      ])
    }
    return [
      .tag("p", [:], .text(words(.annexIntro))), gateTable.html(label: words(.gatesTable)),
      .tag(
        "details", ["class": "always"], .tag("summary", [:], .text("\(words(.file)) (\(records.count))")),
        files.html(label: words(.file))),
    ]
  }
}
