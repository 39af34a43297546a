@_spi(Run) internal import CutlineCore
public import CutlineCredit
public import CutlineRun
internal import Foundation

/// What a run came to, for people and for machines.
public struct RunOutcome {
  let manifest: Manifest
  let output: String
  let cube: Cube?
  let cells: CellTable?
  let scenarios: ScenarioSet?
  let intervals: StrategyIntervals?
  let force: StrategyInForce?
  let frontier: Frontier?
  private let outside: [OutsideLine]

  /// - Throws: `Faults` (data) where the applications outside the grid do not add up: their lines must not be missing.
  public init(
    manifest: Manifest, output: String, cube: Cube?, cells: CellTable?, scenarios: ScenarioSet?,
    intervals: StrategyIntervals? = nil, force: StrategyInForce? = nil, frontier: Frontier? = nil
  ) throws {
    self.intervals = intervals
    self.force = force
    self.frontier = frontier
    outside = try cube?.outsideLines() ?? []
    self.cube = cube
    self.manifest = manifest
    self.output = output
    self.cells = cells
    self.scenarios = scenarios
  }

  /// The table of scenarios and where the files are.
  public var text: String {
    var text = ""
    if let cells, let scenarios {
      if let cube { text += "\n\(Self.waterfall(cube.summary.account))\n\(Self.header(cube.summary, cells.rates))" }
      text += "\n\(Self.scenarioTable(cells, scenarios, outside, recent: RecentLines(output, manifest)))"
      text += changeLines(cells, scenarios)
      text += intervalLines(cells)
    }
    text += envelope
    let reused = manifest.stages.count { $0.reused }
    text += "\nIn \(output): \(manifest.files.count) files, \(TextTable.fixed(manifest.seconds, 1)) s"
    text += reused > 0 ? ", \(reused) of \(manifest.stages.count) stages unchanged\n" : "\n"
    let written = Set(manifest.files.map(\.path))
    for (path, what) in Self.opening where written.contains(path) {
      text += "  \(path)\(String(repeating: " ", count: 39 - path.count))\(what)\n"
    }
    return text + "  manifest.json                          what it was made of; check with: cutline verify \(output)\n"
  }

  /// What changes against the strategy in force, and which constraints the search had.
  private func changeLines(_ cells: CellTable, _ scenarios: ScenarioSet) -> String {
    var text = ""
    if let constraints = frontier?.constraints {
      text +=
        "\nConstraints of the search: \(constraints.map { $0.replacing("\n", with: ", ") }.joined(separator: "; "))\n"
    }
    guard let force, let agreement = force.agreement(in: cells.grid) else { return text }
    text +=
      "\nStrategy in force (\(force.isStated ? "stated" : "estimated")): explains \(TextTable.fixed(100 * agreement, 1)) % of the decisions\(agreement < 0.8 ? "; other rules decided the rest, and cells changed mean little" : "")\n"
    for scenario in scenarios.scenarios {
      guard let strategy = scenario.strategy else { continue }
      let changes = strategy.changes(from: force.strategy, in: cells.grid)
      text +=
        "  \(scenario.name) changes \(changes.cells) of \(cells.grid.cellCount) cells: opens \(changes.opened), closes \(changes.cells - changes.opened)\n"
    }
    return text
  }

  /// How sure the risk and production of each optimum are.
  private func intervalLines(_ cells: CellTable) -> String {
    guard let intervals else { return "" }
    guard intervals.made > 0 else {
      return intervals.failures.first.map { "\nNo intervals: \($0.reason)\n" } ?? ""
    }
    let (coefficient, perUnit) = (cells.annualCoefficient, cells.scale.perUnit)
    let lines = intervals.scenarios.compactMap { scenario -> String? in
      guard let risk = scenario.best(.optimum, .risk), let low = risk.low, let high = risk.high else { return nil }
      var text = "  \(scenario.name): risk \(TextTable.fixed(low, 2)) to \(TextTable.fixed(high, 2)) %"
      if let own = scenario.best(.optimum, .production), let low = own.low, let high = own.high {
        let ends = [low, high].map { TextTable.grouped($0 * coefficient / perUnit) }
        text += ", production \(ends[0]) to \(ends[1])"
      }
      if let within = scenario.selection?.withinLimit {
        text += "; P(true risk ≤ \(scenario.limit) %) \(TextTable.fixed(within, 2))"
      }
      return text + " (\(risk.basis.rawValue))\n"
    }
    guard !lines.isEmpty else { return "" }
    let share = NumberText.shortest(100 * intervals.confidence)
    return "\n\(share) % intervals over \(intervals.made) resamples\n" + lines.joined()
  }

  /// The sentences of an envelope over assumptions about the rejected, where the run has one.
  private var envelope: String {
    struct Envelope: Decodable {
      struct Limit: Decodable { let sentence: String }
      let limits: [Limit]
    }
    let path = "data/reject_envelope.json"
    guard manifest.files.contains(where: { $0.path == path }),
      // The run has just written it; what cannot be read is not repeated here.
      let data = try? FileSystem.read(output + "/" + path),
      let found = try? CanonicalJSON.decode(Envelope.self, from: data)
    else { return "" }
    return "\n" + found.limits.map { "  \($0.sentence)\n" }.joined()
  }

  /// What to open first.
  private static let opening = [
    ("data/cutoff_rules_base.csv", "the base strategy in raw scores and words"),
    ("data/cutoff_summary_wide.csv", "the cutoffs of each scenario"),
    ("data/bins.csv", "the bins by number, with their edges"),
    ("data/risk_production_summary_base.csv", "the base scenario against today"),
    ("data/pareto_optimal_solutions.csv", "the strategies that the search gave"),
    ("data/price_of_change_base.csv", "what few changes to today's cutoffs bring"),
    ("data/reject_envelope.csv", "the strategies under each assumption about rejects"),
  ]

  private static func waterfall(_ account: RowAccount) -> String {
    var table = TextTable(["Rows", ""])
    for row in account.waterfall {
      let sign = row.role == .input || row.role == .used ? "" : "− "
      table.add([sign + row.reason, TextTable.grouped(Double(row.rows))])
    }
    return table.text
  }

  private static func header(_ summary: SampleSummary, _ rates: SwapInRates?) -> String {
    let basis = summary.basis
    let stress =
      summary.stress.factor == 1
      ? "" : "Stress factor \(TextTable.fixed(summary.stress.factor, 4)) (\(summary.stress.mode)). "
    let quality = summary.qualitySkipped ? "\nThe data-quality checks were SKIPPED for this run." : ""
    return
      "Segment \(basis.segment), \(basis.periodStart) to \(basis.periodEnd) (\(basis.months) months, amounts annualised)\n"
      + "\(stress)\(swapIns(summary.transformation, rates))\(quality)\n"
  }

  /// What of a swap-in is counted.
  private static func swapIns(_ one: Transformation, _ rates: SwapInRates?) -> String {
    func percent(_ value: Double) -> String { TextTable.fixed(100 * value, 2) + " %" }
    func window(_ first: Month?, _ last: Month?) -> String {
      first == nil ? "stated" : "\(first?.iso ?? "?") to \(last?.iso ?? "?")"
    }
    guard let rates else { return "What of a swap-in is counted is not said by the stage that made the cells" }
    guard rates.method != "transformation" || rates.booked != one.rate || rates.granted.value != 1 else {
      return "Transformation rate \(percent(one.rate)) (\(window(one.firstMonth, one.lastMonth)))"
    }
    let takeUp = rates.takeUp.rows == 0 && rates.takeUp.value == 1 ? "" : ", take-up \(percent(rates.takeUp.value))"
    return
      "Swap-ins: \(percent(rates.pass.value)) pass other rules\(takeUp), \(percent(rates.granted.value)) of a request is granted "
      + "(\(window(rates.firstMonth, rates.lastMonth)))"
  }

  private static func scenarioTable(
    _ cells: CellTable, _ set: ScenarioSet, _ outside: [OutsideLine], recent: RecentLines
  ) -> String {
    let (coefficient, perUnit) = (cells.annualCoefficient, cells.scale.perUnit)
    let actual = cells.booked.reduce(.zero, +)
    // Of amounts in millions whole numbers say nothing.
    let isCoarse = cells.scale.decimals > 2 && abs(Double(actual.production) * coefficient / perUnit) < 1000
    func volume(_ sum: Int64) -> String {
      let value = Double(sum) * coefficient / perUnit
      return isCoarse ? TextTable.fixed(value, 4) : TextTable.grouped(value)
    }
    var table = TextTable(["Scenario", "", "Risk %", "Production", "against actual"], textColumns: 2)
    func row(_ head: [String], _ sums: CellSums, _ risk: Double?, against today: CellSums? = nil) {
      let today = today ?? actual
      let share = today.production > 0 ? 100 * Double(sums.production) / Double(today.production) : nil
      table.add(
        head + [
          risk.map { TextTable.fixed($0, 4) } ?? "—",
          volume(sums.production),
          share.map { TextTable.fixed($0, 1) + " %" } ?? "—",
        ])
    }
    func rowOfRecent(_ scenario: String, _ metric: String, _ label: String) {
      guard let own = recent.line(scenario, metric) else { return }
      table.add([
        label.isEmpty ? "Actual" : "", "recent period\(label), \(own.maturity)",
        own.risk.map { TextTable.fixed($0, 4) } ?? "—",
        own.production.map { isCoarse ? TextTable.fixed($0, 4) : TextTable.grouped($0) } ?? "—",
        own.share.map { TextTable.fixed($0, 1) + " %" } ?? "—",
      ])
    }
    row(["Actual", ""], actual, cells.measure.percent(actual))
    if let first = set.scenarios.first { rowOfRecent(first.name, "Actual", "") }
    for scenario in set.scenarios {
      let name = "\(scenario.name) (risk ≤ \(scenario.limit) %)"
      guard let totals = scenario.totals else {
        table.add([name, scenario.status.rawValue, "—", "—", "—"])
        continue
      }
      row([name, "swap-in"], totals.swapIn, cells.measure.percent(totals.swapIn))
      row(["", "swap-out"], totals.swapOut, cells.measure.percent(totals.swapOut))
      let label = scenario.status == .unproven ? "best found" : scenario.status == .fixed ? "fixed" : "optimum"
      row(["", label], totals.optimum, cells.measure.strategyPercent(totals.optimum))
      rowOfRecent(scenario.name, "Optimum selected", ": \(label)")
    }
    for line in outside {
      row(["Outside the grid: \(line.reason)", ""], line.booked, cells.measure.percent(line.booked))
    }
    guard !outside.isEmpty, let today = book(actual, outside) else { return table.text }
    // Those outside keep their decision: the book is the grid and they.
    let strategies = [("Actual", actual as CellSums?)] + set.scenarios.map { ($0.name, $0.totals?.optimum) }
    for (name, sums) in strategies {
      guard let sums, let whole = book(sums, outside) else { continue }
      row(["\(name), with those outside", ""], whole, cells.measure.percent(whole), against: today)
    }
    return table.text
  }

  /// A strategy with what lies outside the grid; nil where that is too large to add up.
  private static func book(_ sums: CellSums, _ outside: [OutsideLine]) -> CellSums? {
    let all = [sums] + outside.map(\.booked)
    let limit = Int64.max / Int64(all.count)
    let fits = all.allSatisfy { part in
      part.values.allSatisfy { abs($0) < limit }
    }
    return fits ? all.reduce(.zero, +) : nil
  }

  private struct Report: Encodable {
    /// Of the optimum; null where there is none.
    struct Interval: Encodable {
      let low, high: Double
      let confidence: Double
      /// What varies, how it was made, and the resamples behind it.
      let basis, method: String
      let draws: Int
    }
    struct Scenario: Encodable {
      let riskIntervalPct, productionInterval: Interval?
      let probabilityWithinLimit: Double?
      let name, limitPct, status: String
      let riskPct, production: Double?
      let swapInProduction, swapOutProduction: Double?
      let productionBound, unnestedProduction: Double?
      /// Cells decided otherwise than by the strategy in force, and those of them that are opened.
      let changedCells, openedCells: Int?
      let cutoffs: [Int?]?
    }
    let output, version, resultsDigest: String
    let seconds: Double
    let stages: [String: String]
    let actualRiskPct, actualProduction: Double?
    let waterfall: [RowAccount.Line]?
    /// Constraints of the search, as lines of TOML; null where it had none.
    let constraints: [String]?
    /// Share of the decisions that the strategy in force explains; null where nothing is known of it.
    let inForceAgreement: Double?
    /// Why there are no intervals; null where there are, or none were asked for.
    let withoutIntervals: String?
    let scenarios: [Scenario]?
    let files: [String]
  }

  public func json() throws -> String {
    let (coefficient, perUnit) = (cells?.annualCoefficient ?? 1, (cells?.scale ?? .hundredths).perUnit)
    func volume(_ sum: Int64) -> Double { Double(sum) * coefficient / perUnit }
    let actual = cells?.booked.reduce(.zero, +)
    let rows = scenarios?.scenarios.map { scenario in
      let changes = scenario.strategy.flatMap { strategy in
        force.flatMap { force in cells.map { strategy.changes(from: force.strategy, in: $0.grid) } }
      }
      return Report.Scenario(
        riskIntervalPct: interval(scenario.name, .risk, times: 1),
        productionInterval: interval(scenario.name, .production, times: coefficient / perUnit),
        probabilityWithinLimit: intervals?[scenario.name]?.selection?.withinLimit, name: scenario.name,
        limitPct: "\(scenario.limit)", status: scenario.status.rawValue,
        riskPct: scenario.totals.flatMap { cells?.measure.strategyPercent($0.optimum) },
        production: scenario.totals.map { volume($0.optimum.production) },
        swapInProduction: scenario.totals.map { volume($0.swapIn.production) },
        swapOutProduction: scenario.totals.map { volume($0.swapOut.production) },
        productionBound: scenario.bound.map(volume), unnestedProduction: scenario.unnestedProduction.map(volume),
        changedCells: changes?.cells, openedCells: changes?.opened,
        cutoffs: scenario.strategy.flatMap { strategy in
          cells.map { cells in strategy.accepted.indices.map { strategy.cutoff($0, in: cells.grid) } }
        })
    }
    let report = Report(
      output: output, version: manifest.version, resultsDigest: manifest.resultsDigest, seconds: manifest.seconds,
      stages: Dictionary(
        manifest.stages.map { ($0.id, $0.reused ? "unchanged" : "run") }, uniquingKeysWith: { a, _ in a }),
      actualRiskPct: actual.flatMap { cells?.measure.percent($0) },
      actualProduction: actual.map { volume($0.production) },
      waterfall: cube?.summary.account.waterfall, constraints: frontier?.constraints,
      inForceAgreement: force.flatMap { force in cells.flatMap { force.agreement(in: $0.grid) } },
      withoutIntervals: intervals.flatMap { $0.made > 0 ? nil : $0.failures.first?.reason }, scenarios: rows,
      files: manifest.files.map(\.path))
    return String(decoding: try CanonicalJSON.encode(report, pretty: true), as: UTF8.self) + "\n"
  }

  /// Of the optimum of a scenario, the one that stands in its tables.
  private func interval(
    _ name: String, _ quantity: StrategyIntervals.Quantity, times factor: Double
  ) -> Report.Interval? {
    guard let intervals, let own = intervals[name]?.best(.optimum, quantity), let low = own.low, let high = own.high
    else { return nil }
    return Report.Interval(
      low: low * factor, high: high * factor, confidence: intervals.confidence, basis: own.basis.rawValue,
      method: own.method, draws: own.draws)
  }
}
