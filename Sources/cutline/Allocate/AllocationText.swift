internal import CutlineCore
internal import CutlineWorkspace

/// What `cutline allocate` prints for people, and its tables as CSV.
struct AllocationText {
  let report: AllocationReport

  var text: String {
    let target = report.target
    guard let total = report.total else { return infeasible + ".\n" }
    var lines = [head, "", table, ""]
    let decides = report.weight == "exposure" ? ("decides", "for comparison") : ("for comparison", "decides")
    lines.append(
      "All: production \(grouped(total.production)) a year; risk \(percent(total.riskPct)) by exposure (\(decides.0)), \(percent(total.riskPctProductionWeighted)) weighted by production (\(decides.1))"
    )
    if let value = total.value { lines.append("Value: \(grouped(value)) a year, which was to be most") }
    if let single = report.singleLimit, worth(single) > 0 {
      lines.append(
        // Like is compared with like: neither what keeps further limits nor what breaks the target.
        "One limit of \(target) % for every segment, without other limits: \(report.objective) \(grouped(worth(single)))"
          + (!report.limits.isEmpty || report.status == "fallback"
            ? "" : "; allocating brings \(signed(100 * (worth(total) / worth(single) - 1), 2)) %")
      )
    }
    if let today = report.today, today.production > 0 {
      lines.append(
        "Today: \(grouped(today.production)) at \(percent(today.riskPct)); \(signed(100 * (total.production / today.production - 1), 2)) % in production"
      )
    }
    if let shadow = report.shadow {
      var parts: [String] = []
      if let price = shadow.perPoint {
        parts.append(
          "a percentage point is worth \(grouped(price)) a year by the shadow price (the slope of the hull of \(shadow.hull))"
        )
      }
      if let above = shadow.above { parts.append("in whole steps a target 0.1 higher brings \(grouped(above))") }
      if let below = shadow.below { parts.append("0.1 lower costs \(grouped(-below))") }
      if !parts.isEmpty { lines.append("Risk: " + parts.joined(separator: "; ")) }
    }
    if let sure = report.uncertainty {
      lines.append(
        "\(fixed(100 * sure.confidence, 0)) % intervals from \(sure.resamples) joint resamples: risk \(fixed(sure.riskPct.low, 3)) to \(fixed(sure.riskPct.high, 3)) %, production \(grouped(sure.production.low)) to \(grouped(sure.production.high)); the target is kept in \(fixed(100 * sure.keepsTarget, 1)) %"
      )
    }
    if !report.whatIf.isEmpty { lines += ["", whatIf] }
    return lines.map { "\($0)\n" }.joined()
  }

  /// As the problem of an error.
  var infeasible: String {
    var parts = ["no allocation keeps a risk of \(report.target) %"]
    if let least = report.leastRiskPct { parts.append("the least within the other limits is \(fixed(least, 4)) %") }
    if !report.conflict.isEmpty {
      parts.append("these contradict each other: \(report.conflict.joined(separator: ", "))")
    }
    return parts.joined(separator: "; ")
  }

  /// Of what was to be most.
  private func worth(_ totals: AllocationReport.Totals) -> Double {
    report.objective == "value" ? totals.value ?? 0 : totals.production
  }

  /// What to do: only what has a part in the conflict helps.
  var advice: String {
    let others = report.conflict.filter { !$0.hasPrefix("target ") }
    let isTarget = others.count < report.conflict.count
    let parts =
      (isTarget ? ["Raise the target"] : [])
      + (others.isEmpty
        ? [] : ["\(isTarget ? "or loosen" : "Loosen or leave out") \(others.joined(separator: " or "))"])
    let change = parts.isEmpty ? "Loosen one of the limits" : parts.joined(separator: " ")
    // What counts changes, and what leaves a segment nothing to choose, has no fallback.
    let hasFallback = isTarget && !report.limits.contains { $0.hasPrefix("at most ") }
    return change + (hasFallback ? "; --allow-fallback gives the choice of least risk." : ".")
  }

  private var head: String {
    let proof =
      switch report.status {
      case "optimal": "proven, gap 0"
      case "bound": "best found, gap at most \(fixed(100 * (report.gap ?? 0), 4)) %"
      case "fallback": "BREAKS the target: given because of --allow-fallback"
      default: "not proven"
      }
    return
      "Allocation to \(report.segments.count) segments under a risk of \(report.target) % by \(report.method): \(proof)"
  }

  private var table: String {
    var table = TextTable(
      ["segment", "solution", "production", "share %", "risk %", "change to today %", "next step per point"])
    for line in report.segments {
      table.add([
        line.segment, line.solution, grouped(line.production), fixed(100 * line.share, 1), percentOnly(line.riskPct),
        line.changePct.map { signed($0, 1) } ?? "—", line.nextPerPoint.map(grouped) ?? "—",
      ])
    }
    return table.text
      + "Next step: what the next strategy of a segment's frontier brings per percentage point of the risk of all; — where there is none."
  }

  private var whatIf: String {
    let isValue = report.objective == "value"
    var table = TextTable(
      ["target %", "status"] + (isValue ? ["value"] : []) + ["production", "risk %", "by production %", "per point"],
      textColumns: 2)
    for line in report.whatIf {
      table.add(
        ["\(line.target)", line.status] + (isValue ? [line.value.map(grouped) ?? "—"] : []) + [
          line.production.map(grouped) ?? "—", percentOnly(line.riskPct), percentOnly(line.riskPctProductionWeighted),
          line.perPoint.map(grouped) ?? "—",
        ])
    }
    let reasons = report.whatIf.filter { $0.status == "infeasible" }.map { line in
      var parts = ["\(line.target) %: no allocation keeps it"]
      if let least = line.leastRiskPct { parts.append("the least within the other limits is \(fixed(least, 4)) %") }
      // The target is in every conflict that names it alone.
      if line.conflict.count > 1 {
        parts.append("these contradict each other: \(line.conflict.joined(separator: ", "))")
      }
      return parts.joined(separator: "; ")
    }
    return ([String(table.text.dropLast())] + reasons).joined(separator: "\n")
  }

  /// The curve of production against the target.
  var curve: String {
    var csv = CsvText(
      [
        "target_pct", "status", "production", "bound", "risk_pct", "risk_pct_production_weighted",
        "shadow_price_per_point",
      ] + (report.objective == "value" ? ["value"] : []) + report.segments.map { "solution_\($0.segment)" },
      guardsFormulas: true)
    for line in report.whatIf {
      csv.add(
        [
          "\(line.target)", line.status, NumberText.shortest(line.production), NumberText.shortest(line.bound),
          NumberText.shortest(line.riskPct), NumberText.shortest(line.riskPctProductionWeighted),
          NumberText.shortest(line.perPoint),
        ] + (report.objective == "value" ? [NumberText.shortest(line.value)] : [])
          + (line.solutions.isEmpty ? report.segments.map { _ in "" } : line.solutions))
    }
    return csv.text
  }

  private func grouped(_ value: Double) -> String { TextTable.grouped(value) }
  private func fixed(_ value: Double, _ decimals: Int) -> String { TextTable.fixed(value, decimals) }
  private func signed(_ value: Double, _ decimals: Int) -> String { (value >= 0 ? "+" : "") + fixed(value, decimals) }
  private func percent(_ value: Double?) -> String { value.map { "\(fixed($0, 4)) %" } ?? "undefined" }
  private func percentOnly(_ value: Double?) -> String { value.map { fixed($0, 4) } ?? "—" }
}
