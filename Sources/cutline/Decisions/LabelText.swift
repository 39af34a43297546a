internal import CutlineCore
internal import CutlineDecide
internal import CutlineWorkspace

/// Batches, labels and models of the registry as text.
enum LabelText {
  static func table(_ batches: [ApplicationBatch]) -> String {
    guard !batches.isEmpty else { return "no batch is known; cutline labels add-batch makes one known\n" }
    var table = TextTable(["batch", "product", "decided", "added by", "on", "applications"], textColumns: 5)
    for batch in batches {
      table.add([
        batch.batchID, batch.product, "\(batch.periodStart) to \(batch.periodEnd)", batch.createdBy,
        batch.createdAt.date, "\(batch.rows)",
      ])
    }
    return table.text
  }

  static func text(_ report: LabelReport) -> String {
    var table = TextTable(
      ["decided in", "used", "bad", "bad %", "95 %", "immature", "unobserved", "refused", "no outcome"], textColumns: 1)
    func add(_ name: String, _ counts: LabelReport.Counts) {
      let interval = counts.interval.map { "\(NumberText.fixed($0[0], 2)) to \(NumberText.fixed($0[1], 2))" } ?? ""
      table.add([
        name, "\(counts.used)", "\(counts.bad)", counts.badRatePct.map { NumberText.fixed($0, 2) } ?? "–", interval,
        "\(counts.immature)", "\(counts.unobserved)", "\(counts.refused)", "\(counts.noOutcome)",
      ])
    }
    for month in report.months { add(month.month, month.counts) }
    add("all", report.counts)
    let sources = report.sources.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    var text =
      "\(report.batchID): \(report.outcomeType) within \(report.windowDays) days, as of \(report.asOf), by reports up to \(report.knownAt.text)\n"
    text += table.text
    text += sources.isEmpty ? "no label can be used\n" : "labels that are used: \(sources)\n"
    for other in report.others {
      let rate = other.counts.badRatePct.map { "\(NumberText.fixed($0, 2)) % bad" } ?? "none to use"
      text += "within \(other.windowDays) days: \(other.counts.used) used, \(rate), \(other.counts.immature) immature\n"
    }
    return text
  }

  static func table(_ models: [RegisteredModel]) -> String {
    guard !models.isEmpty else { return "no model is registered\n" }
    var table = TextTable(
      [
        "model", "type", "foretells", "product", "batch", "made on", "status", "AUC", "95 %", "rows", "bad",
        "learnt from", "bad %",
      ], textColumns: 7)
    for model in models {
      let metrics = model.metrics
      let area = metrics.map { NumberText.fixed($0.area, 4) } ?? "–"
      let (rows, bad) = (metrics.map { "\($0.rows)" } ?? "", metrics.map { "\($0.bad)" } ?? "")
      table.add([
        model.modelID, model.modelType, foretold(model.training), model.product, model.batchID ?? "",
        model.createdAt.date, model.status, area, interval(metrics), rows, bad,
        model.training.map { "\($0.rows)" } ?? "",
        model.training?.badRatePct.map { NumberText.fixed($0, 2) } ?? "",
      ])
    }
    return table.text
  }

  private static func interval(_ metrics: CardMetrics?) -> String {
    metrics?.areaInterval.map { "\(NumberText.fixed($0[0], 4)) to \(NumberText.fixed($0[1], 4))" } ?? ""
  }

  /// `default, 180 days`.
  private static func foretold(_ training: CardTraining?) -> String {
    training.map { own in own.outcomeType + (own.windowDays.map { ", \($0) days" } ?? "") } ?? "–"
  }

  private static func text(_ training: CardTraining?) -> [String] {
    guard let training else { return ["  foretells  nobody says what"] }
    let window = training.windowDays.map { " within \($0) days of the decision" } ?? ""
    let rate = training.badRatePct.map { " (\(NumberText.fixed($0, 2)) %)" } ?? ""
    var period = ""
    if let start = training.periodStart, let end = training.periodEnd { period = ", decided from \(start) to \(end)" }
    return [
      "  foretells  \(training.outcomeType)\(window), labels \(training.labels)"
        + (training.asOf.map { ", as of \($0)" } ?? ""),
      "  learnt on  \(training.rows) applications, \(training.bad) bad\(rate)\(period)",
    ]
  }

  static func text(_ model: RegisteredModel) -> String {
    var lines = [
      "\(model.modelID): \(model.modelType), \(model.status)",
      "  product    \(model.product)" + (model.batchID.map { ", batch \($0)" } ?? ""),
      "  made       \(model.createdAt.text) by \(model.createdBy) with \(model.codeVersion)",
      "  data       sha256 \(model.dataSHA256)", "  content    sha256 \(model.sha256)",
    ]
    lines.insert(contentsOf: text(model.training), at: 1)
    if let metrics = model.metrics {
      lines.append(
        "  tested on  \(metrics.rows) applications, \(metrics.bad) bad: AUC \(NumberText.fixed(metrics.area, 4)) (\(interval(metrics))), Gini \(NumberText.fixed(metrics.gini, 4)), KS \(NumberText.fixed(metrics.ks, 4)), Brier \(NumberText.fixed(metrics.brier, 4))"
      )
    } else {
      lines.append("  tested on  nothing: it says how well it does on no application")
    }
    if !model.versions.isEmpty {
      lines.append("  used in    \(model.versions.map { "\($0.version) (\($0.state))" }.joined(separator: ", "))")
    }
    let failed = model.gates.filter { $0.state != "PASS" }.map { "\($0.gate) \($0.state)" }
    lines.append(
      "  gates      \(model.gates.count)" + (failed.isEmpty ? "" : "; not passed: \(failed.joined(separator: ", "))"))
    lines.append(
      "  importance share of "
        + (model.importanceMeasure == .standardised
          ? "|coefficient · standard deviation of the WoE|" : "|coefficient|, as nobody says how the features vary"))
    var table = TextTable(
      ["feature", "coefficient", "standard error", "p", "share %", "information value"], textColumns: 1)
    for term in model.featureImportance {
      table.add([
        term.feature, NumberText.fixed(term.coefficient, 4), term.standardError.map { NumberText.fixed($0, 4) } ?? "",
        term.p.map { NumberText.fixed($0, 4) } ?? "", NumberText.fixed(100 * term.share, 1),
        term.informationValue.map { NumberText.fixed($0, 4) } ?? "",
      ])
    }
    return lines.joined(separator: "\n") + "\n" + table.text
  }

  static func text(_ refined: Store.Refined) -> String {
    func number(_ value: Double?) -> String { value.map { NumberText.fixed($0, 2) } ?? "–" }
    var table = TextTable(["feature", "note", "old", "advised", "new", "change %"], textColumns: 2)
    for change in refined.changes {
      let notes = [
        change.hasSignConflict ? "sign conflict" : "", change.isSmall == false ? "by half or more" : "",
        change.old == nil ? "new" : "",
      ].filter { !$0.isEmpty }
      table.add([
        change.feature, notes.joined(separator: ", "), number(change.old), number(change.advised), number(change.new),
        change.changePct.map { ($0 > 0 ? "+" : "") + NumberText.fixed($0, 1) } ?? "",
      ])
    }
    var gates = TextTable(["gate", "state", "value", "rule", "detail"], textColumns: 2)
    for gate in refined.gates {
      gates.add([
        gate.gate, gate.verdict.rawValue, gate.value.map { NumberText.fixed($0, 4) } ?? "–", gate.threshold,
        gate.detail,
      ])
    }
    return VersionText.text(refined.version) + "\n" + table.text + "\n" + gates.text
  }
}
