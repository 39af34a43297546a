internal import CutlineCore

/// One thing that must hold before a strategy is put into force, and whether it does. What had nothing to look at says so.
struct Gate: Sendable {
  enum State: String, Sendable, CaseIterable { case pass, warn, fail, waived, skipped }
  let state: State
  let name: Phrase
  let detail: String
  /// The id of the section that tells more.
  let section: String
  /// The file that says it; nil where none does.
  let source: String?

  /// Names that stay the same in every language.
  private static let ids: [(phrase: Phrase, id: String)] = [
    (.gateQuality, "data_quality"), (.gateProof, "proof"), (.gateLimit, "risk_limit"),
    (.gateUncertainty, "uncertainty"), (.gateRejects, "rejected_risk"), (.gateRecent, "recent_period"),
    (.gateStability, "stability"), (.gateAlerts, "drift_alerts"),
  ]

  var id: String { Self.ids.first { $0.phrase == name }?.id ?? name.rawValue }

  /// What a gate of that name is called on a page; the name itself where it is of another version.
  static func title(of id: String, _ words: Words) -> String {
    id == GateTable.run ? words(.gateRun) : ids.first { $0.id == id }.map { words($0.phrase) } ?? id
  }
}

/// The gates of a run, in the order in which one asks: the data, the proof, the limit, the uncertainty, the rejected, time.
struct Gates {
  let facts: ReportFacts
  let words: Words

  /// Bad outcomes below which a comparison says nothing.
  private static let fewestBad = 10
  /// How sure a committee wants to be that the limit is kept.
  private static let sure = 0.9

  func all() throws -> [Gate] {
    [
      try quality(), try proof(), try limit(), try uncertainty(), try rejects(), try recent(), try stability(),
      try alerts(),
    ]
  }

  private func gate(_ state: Gate.State, _ name: Phrase, _ section: String, _ source: String?, _ detail: String) -> Gate
  {
    Gate(state: state, name: name, detail: detail, section: section, source: source)
  }

  private func quality() throws -> Gate {
    guard let table = try facts.table("data_quality") else {
      return gate(.skipped, .gateQuality, "data", nil, words(.noFile, "data_quality.csv"))
    }
    let states = table.column("status")
    let count = { (state: String) in states.count { $0 == state } }
    // What one must look at is named; the table has the rest.
    let named = ["failed", "warning", "skipped"].flatMap { state in
      table.rows.indices.filter { table.text("status", $0) == state }.map { table.text("check", $0) }
    }
    let detail =
      words(.qualityDetail, "\(count("passed"))", "\(count("warning"))", "\(count("failed"))", "\(count("skipped"))")
      + (named.isEmpty
        ? "" : " " + words(.qualityNamed, named.prefix(3).joined(separator: ", ") + (named.count > 3 ? ", …" : "")))
    let state: Gate.State =
      count("failed") > 0
      ? .fail
      : count("warning") > 0
        ? .warn
        : count("passed") == 0 || count("skipped") > 0
          ? .skipped : .pass
    return gate(state, .gateQuality, "data", table.path, detail)
  }

  private func proof() throws -> Gate {
    guard let certificate = try facts.decoded(StoredCertificate.self, "certificate") else {
      return gate(.skipped, .gateProof, "strategy", nil, words(.noFile, "certificate.json"))
    }
    let path = "\(facts.folder)/certificate.json"
    let open = certificate.limits.filter { !["optimal", "infeasible"].contains($0.status) }
    let infeasible = certificate.limits.count { $0.status == "infeasible" }
    if certificate.limits.isEmpty { return gate(.skipped, .gateProof, "strategy", path, words(.proofNone)) }
    return open.isEmpty
      ? gate(
        .pass, .gateProof, "strategy", path,
        infeasible > 0
          ? words(.proofInfeasible, "\(certificate.limits.count - infeasible)", "\(infeasible)")
          : words(.proofAll, "\(certificate.limits.count)"))
      : gate(
        .warn, .gateProof, "strategy", path,
        words(.proofOpen, open.map { "\($0.limit) %: \($0.status)" }.joined(separator: ", ")))
  }

  private func limit() throws -> Gate {
    guard let table = facts.strategies, let main = facts.main, let row = table.row(where: "strategy", is: main) else {
      return gate(.skipped, .gateLimit, "results", nil, words(.noFile, "strategies.csv"))
    }
    let (risk, limit) = (table.text("risk_pct", row), table.text("limit_pct", row))
    guard let shown = ShownNumber.text(risk, .percent) else {
      return gate(.fail, .gateLimit, "results", table.path, words(.limitNone, main, limit))
    }
    let keeps = table.text("keeps_limit", row)
    let isSure = try facts.decoded(StoredIntervals.self, "intervals")?.scenarios.contains {
      $0.name == main && $0.probabilityWithinLimit != nil
    }
    let detail = words(isSure == true ? .limitDetail : .limitBare, main, shown, limit)
    let kept: Gate.State = isSure == true ? .pass : .warn
    return gate(keeps == "yes" ? kept : keeps.isEmpty ? .skipped : .fail, .gateLimit, "results", table.path, detail)
  }

  private func uncertainty() throws -> Gate {
    guard let intervals = try facts.decoded(StoredIntervals.self, "intervals"), let main = facts.main,
      let probability = intervals.scenarios.first(where: { $0.name == main })?.probabilityWithinLimit
    else {
      // What so few have shown is no evidence for any strategy.
      if let bad = try facts.badOutcomes, bad < Self.fewestBad {
        return gate(.fail, .gateUncertainty, "results", "\(facts.folder)/bins.csv", words(.uncertaintyFew, "\(bad)"))
      }
      return gate(.skipped, .gateUncertainty, "results", nil, words(.uncertaintyNone))
    }
    let percent = NumberText.fixed(probability * 100, 0)
    // A model that is the same in every resample makes the interval too narrow, however sure it looks.
    let isModelFixed = intervals.notCovered.contains(StoredIntervals.model)
    return gate(
      probability >= Self.sure && !isModelFixed ? .pass : .warn, .gateUncertainty, "results",
      "\(facts.folder)/intervals.json",
      words(.uncertaintyDetail, main, percent, "\(intervals.made)")
        + (isModelFixed ? " " + words(.uncertaintyModel) : ""))
  }

  private func rejects() throws -> Gate {
    guard let check = try facts.decoded(StoredRejectCheck.self, "reject_check") else {
      return gate(.skipped, .gateRejects, "evidence", nil, words(.noFile, "reject_check.json"))
    }
    let path = "\(facts.folder)/reject_check.json"
    guard check.status == "estimated", !check.methods.isEmpty else {
      return gate(.skipped, .gateRejects, "evidence", path, words(.rejectsNone, check.status))
    }
    // A comparison that nothing could contradict has not passed.
    guard check.methods.contains(where: { $0.verdict != "nothing to compare" }) else {
      return gate(.skipped, .gateRejects, "evidence", path, words(.rejectsNone, "nothing to compare"))
    }
    // Bad outcomes of unequal amounts are worth fewer of equal ones.
    let bad = min(Double(check.badOverrides), check.effectiveBads ?? .infinity)
    guard bad >= Double(Self.fewestBad) else {
      return gate(
        .skipped, .gateRejects, "evidence", path,
        words(.rejectsFew, "\(check.badOverrides)", NumberText.fixed(bad, 1)))
    }
    let outside = check.methods.filter { $0.verdict != "inside" }
    func number(_ value: Double) -> String { NumberText.fixed(value, 2) }
    let range = check.ratioInterval ?? check.ratioBound
    let ratio =
      check.ratio.flatMap { ratio in
        range.map { " " + words(.rejectsRatio, number(ratio), number($0.low), number($0.high)) }
      } ?? ""
    guard outside.isEmpty else {
      return gate(
        .warn, .gateRejects, "evidence", path,
        words(.rejectsOutside, outside.map { "\($0.method): \($0.verdict)" }.joined(separator: ", ")) + ratio)
    }
    // Evidence that would agree with anything is none.
    let isWide = range.map { $0.high > (check.overrideBound ?? 1) } ?? true
    return gate(
      isWide ? .warn : .pass, .gateRejects, "evidence", path,
      words(.rejectsInside, check.methods.map(\.method).joined(separator: ", ")) + ratio
        + (isWide ? " " + words(.rejectsWide, range.map { number($0.high) } ?? "–") : ""))
  }

  private func recent() throws -> Gate {
    guard let main = facts.main, let tests = try facts.decoded([StoredBackTest].self, "backtest_\(main)") else {
      return gate(.skipped, .gateRecent, "evidence", nil, words(.recentNone))
    }
    let path = "\(facts.folder)/backtest_\(main).json"
    // The longest that can be told, of the scenario.
    let own = tests.filter { $0.scenario == main }
    let known = own.filter { $0.promised.risk != nil && $0.observed.risk != nil && $0.verdict != "not enough" }
    guard let test = known.max(by: { $0.months < $1.months }) else {
      let why = Set(own.map(\.verdict)).sorted().joined(separator: ", ")
      return gate(
        .skipped, .gateRecent, "evidence", path, own.isEmpty ? words(.recentNone) : words(.recentUnknown, why))
    }
    let detail = words(
      .recentDetail, "\(test.months)", test.promised.risk.map { NumberText.fixed($0, 2) } ?? "–",
      test.observed.risk.map { NumberText.fixed($0, 2) } ?? "–", test.verdict, "\(test.observed.bad ?? 0)")
    // Risk grows with the months: that of a shorter horizon is no risk to hold against the limit.
    let isShort = own.contains { $0.months > test.months }
    let beyond = try beyondLimit(main)
    let state: Gate.State =
      switch test.verdict {
      case "deteriorated": .fail
      case "within noise": beyond?.isSure == true || isShort ? .warn : .pass
      case "improved": .warn
      default: .skipped
      }
    let parts = [detail, isShort ? words(.recentShort) : nil, beyond?.sentence].compactMap { $0 }
    return gate(state, .gateRecent, "evidence", path, parts.joined(separator: " "))
  }

  /// That what is observed, carried forward and predicted of the recent period puts the strategy above its limit, and whether
  /// that is more than the noise of what was observed; nil where it is not above, or nothing is known.
  ///
  /// An optimum lies at its limit, so that chance alone puts half of them above it: without the interval that would say nothing.
  private func beyondLimit(_ scenario: String) throws -> (sentence: String, isSure: Bool)? {
    guard let recent = try facts.table("risk_production_summary_mr_\(scenario)"),
      let line = recent.row(where: "Metric", is: "Optimum selected"), let risk = recent.number("Risk (%)", line),
      let strategies = facts.strategies, let row = strategies.row(where: "strategy", is: scenario),
      let limit = strategies.number("limit_pct", row), risk > limit
    else { return nil }
    let share = NumberText.fixed(recent.number("share_observed", line) ?? 0, 0)
    let numbers = (NumberText.fixed(risk, 2), strategies.text("limit_pct", row))
    guard let low = recent.number("risk_low", line), let high = recent.number("risk_high", line) else {
      return (words(.recentBeyond, numbers.0, numbers.1, share), true)
    }
    let ends = (NumberText.fixed(low, 2), NumberText.fixed(high, 2))
    return (
      words(low > limit ? .recentBeyondSure : .recentBeyondNoise, numbers.0, numbers.1, share, ends.0, ends.1),
      low > limit
    )
  }

  private func stability() throws -> Gate {
    guard let table = try facts.table("stability_psi"), !table.rows.isEmpty else {
      return gate(.skipped, .gateStability, "evidence", nil, words(.stabilityNone))
    }
    // What nobody could compare has not stood still.
    let unknown = table.rows.indices.filter { table.text("status", $0) == "not enough" }.map {
      table.text("variable", $0)
    }
    guard unknown.count < table.rows.count else {
      return gate(.skipped, .gateStability, "evidence", table.path, words(.stabilityFew))
    }
    let moved = table.rows.indices.filter { table.text("beyond_noise", $0) == "true" }
    let named = { (state: String) in
      moved.filter { table.text("status", $0) == state }.map { table.text("variable", $0) }
    }
    let (unstable, moderate) = (named("unstable"), named("moderate"))
    if !unstable.isEmpty {
      return gate(
        .fail, .gateStability, "evidence", table.path, words(.stabilityUnstable, unstable.joined(separator: ", ")))
    }
    return moderate.isEmpty
      ? gate(
        .pass, .gateStability, "evidence", table.path,
        words(.stabilityStable, "\(table.rows.count - unknown.count)")
          + (unknown.isEmpty ? "" : " " + words(.stabilitySome, unknown.joined(separator: ", "))))
      : gate(.warn, .gateStability, "evidence", table.path, words(.stabilityModerate, moderate.joined(separator: ", ")))
  }

  private func alerts() throws -> Gate {
    guard let main = facts.main, let list = try facts.decoded(StoredAlerts.self, "drift_alerts_\(main)") else {
      return gate(.skipped, .gateAlerts, "limits", nil, words(.noFile, "drift_alerts"))
    }
    let (critical, warning) = (list.summary["critical"] ?? 0, list.summary["warning"] ?? 0)
    let first = list.alerts.first { $0.severity == "critical" } ?? list.alerts.first { $0.severity == "warning" }
    let counts = ("\(critical)", "\(warning)")
    let path = "\(facts.folder)/drift_alerts_\(main).json"
    // Of what nobody looked at there can be no alert.
    let unseen =
      list.notLookedAt.isEmpty ? "" : " " + words(.alertsUnseen, list.notLookedAt.joined(separator: "; "))
    return gate(
      critical > 0 ? .fail : warning > 0 ? .warn : unseen.isEmpty ? .pass : .skipped, .gateAlerts, "limits", path,
      (first.map { words(.alertsFirst, counts.0, counts.1, $0.message) } ?? words(.alertsDetail, counts.0, counts.1))
        + unseen)
  }
}
