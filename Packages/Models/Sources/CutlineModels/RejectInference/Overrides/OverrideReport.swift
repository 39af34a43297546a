internal import CutlineCore
internal import CutlineCredit

/// The comparison of methods with overrides, as figures, a sentence and files.
struct OverrideReport: Sendable {
  /// One method against the overrides.
  struct Method: Sendable, Encodable {
    let stage, method: String
    /// Percent; of the rejects of compared cells, and of all.
    let predictedRisk, predictedRiskOfAll: Double?
    let verdict: OverrideCheck.Verdict
  }

  /// Percent.
  private struct Totals: Encodable {
    let status: OverrideEvidence.Status
    let meaning, assumption: String
    let cells, overrides, badOverrides: Int
    let effectiveBads, expectedBads: Double
    /// Overrides' own risk in the rejects' mix of cells; that of the rejects by them, with interval and bound.
    let overrideRisk, rejectRisk: Double?
    let rejectRiskInterval, rejectRiskBound: StandardisedRate.Interval?
    let ratio: Double?
    let ratioInterval, ratioBound: StandardisedRate.Interval?
    let shrunkRatio: Double
    let confidence, overrideBound: Double
    let groups: String
    let usesScoresWithinCells: Bool
    let cappedCells: Int
    let cappedShare: Double
    let methods: [Method]
  }

  let evidence: OverrideEvidence
  let methods: [Method]
  private let multipliers: [[Double]]
  /// Σ P̂ ŷ h / Σ P̂, a fraction: a ratio of 1 in terms of the rejects' risk.
  private let base: Double?

  init(_ evidence: OverrideEvidence, _ rejects: [NamedArtifact<RejectAdjustment>]) {
    self.evidence = evidence
    let base = evidence.meanRisk { evidence.cells[$0].rejectedFactor }
    self.base = base
    multipliers = rejects.map(\.artifact.multiplier)
    let facts = evidence.facts
    let exposure = (0..<facts.count).map(facts.exposure)
    let all = exposure.reduce(0, +)
    methods = rejects.map { rejects in
      let multiplier = rejects.artifact.multiplier
      let predicted = evidence.meanRisk { multiplier[$0] }
      let ofAll = (0..<facts.count).reduce(0) { $0 + exposure[$1] * facts.risk[$1] * multiplier[$1] }
      var verdict = OverrideCheck.Verdict.nothing
      if evidence.status == .estimated, let bound = evidence.bound, let predicted, let base, base > 0 {
        verdict = (bound.low * base...bound.high * base).contains(predicted) ? .inside : .outside
      }
      return Method(
        stage: rejects.stage, method: rejects.artifact.method, predictedRisk: predicted.map { 100 * $0 },
        predictedRiskOfAll: all > 0 ? 100 * ofAll / all : nil, verdict: verdict)
    }
  }

  /// What is predicted and what is known, with what the latter rests on.
  func sentence(_ method: Method) -> String {
    func percent(_ value: Double?) -> String { value.map { NumberText.fixed($0, 2) + " %" } ?? "nothing" }
    let bound = scaled(evidence.bound)
    return
      "\(method.method) (\(method.stage)) predicts \(percent(method.predictedRisk)) for rejects of \(evidence.compared.count) cells where "
      + "\(Int(evidence.overrides)) overrides say \(percent(rejectRisk)), with the bound \(percent(bound?.low)) to \(percent(bound?.high)). "
      + "Assumption: \(OverrideEvidence.assumption)"
  }

  /// Whether a method is inside the bound and outside the interval that the bound widens.
  func isBeyondInterval(_ method: Method) -> Bool {
    guard method.verdict == .inside, let predicted = method.predictedRisk, let interval = scaled(evidence.interval)
    else {
      return false
    }
    return !(interval.low...interval.high).contains(predicted)
  }

  /// In percent.
  private var rejectRisk: Double? {
    guard let ratio = evidence.ratio, let base else { return nil }
    return 100 * ratio * base
  }

  private func scaled(_ interval: StandardisedRate.Interval?) -> StandardisedRate.Interval? {
    guard let interval, let base else { return nil }
    return .init(low: 100 * interval.low * base, high: 100 * interval.high * base)
  }

  func files() throws -> FileSet {
    let exposure = evidence.compared.reduce(0) { $0 + evidence.cells[$1].exposure }
    let totals = Totals(
      status: evidence.status, meaning: evidence.status.phrase, assumption: OverrideEvidence.assumption,
      cells: evidence.compared.count, overrides: Int(evidence.overrides), badOverrides: Int(evidence.badOverrides),
      effectiveBads: evidence.effectiveBads, expectedBads: evidence.expectedBads,
      overrideRisk: exposure > 0 ? 100 * evidence.facts.multiplier * evidence.observed / exposure : nil,
      rejectRisk: rejectRisk, rejectRiskInterval: scaled(evidence.interval), rejectRiskBound: scaled(evidence.bound),
      ratio: evidence.ratio, ratioInterval: evidence.interval, ratioBound: evidence.bound,
      shrunkRatio: evidence.shrunk, confidence: evidence.confidence, overrideBound: evidence.overrideBound,
      groups: evidence.groups.phrase, usesScoresWithinCells: evidence.usesScores, cappedCells: evidence.cappedCells,
      cappedShare: evidence.cappedShare, methods: methods)
    let json = ResultFile(
      path: "data/reject_check.json", bytes: Array(try CanonicalJSON.encode(totals, pretty: true)))
    return FileSet(files: [table, json])
  }

  private static let columns = [
    ColumnNote("stage", unit: "text", "The stage whose multiplier it is."),
    ColumnNote("method", unit: "text", "Its method."),
    ColumnNote("booked_rows", unit: "applications", basis: "period", "Booked applications of the cell."),
    ColumnNote("rejected_rows", unit: "applications", basis: "period", "Applications rejected by score."),
    ColumnNote("acceptance", unit: "fraction", "Booked over both; empty where nobody applied."),
    ColumnNote(
      "status", unit: "text",
      "compared, mostly_accepted (not a cell of overrides), no_overrides, no_rejects or no_demand (nobody applied)."),
    ColumnNote("multiplier", unit: "ratio", "Of the rejects' risk, by the method."),
    ColumnNote(
      "predicted_risk_pct", unit: "percent", "Of the rejects: predicted risk times multiplier, without stress."),
    ColumnNote("overrides", unit: "applications", basis: "period", "Booked ones with a known outcome."),
    ColumnNote("bad_overrides", unit: "applications", basis: "period", "Those of them that went bad."),
    ColumnNote("observed_risk_pct", unit: "percent", "Risk of the booked ones; empty without exposure."),
    ColumnNote(
      "override_risk_pct", unit: "percent",
      "The same at the scores of the rejects, in compared cells: what they would have had if they were like overrides."),
    ColumnNote("override_risk_low_pct", unit: "percent", "Lower end of its interval; empty where there is none."),
    ColumnNote("override_risk_high_pct", unit: "percent", "Upper end of its interval; empty where there is none."),
    ColumnNote(
      "override_risk_bound_pct", unit: "percent",
      "The upper end where rejects are riskier than overrides alike by override_bound."),
    ColumnNote("weight", unit: "ratio", "Exposure of the rejects over that of the overrides, after the cap."),
  ]

  /// A row for each method and cell.
  private var table: ResultFile {
    let axes = evidence.facts.grid.axes
    let columns =
      Array(Self.columns.prefix(2)) + axes.map { ColumnNote($0.name, unit: "bin", "Bin of \($0.source).") }
      + Self.columns.dropFirst(2)
    var text = CsvText(columns.map(\.name), guardsFormulas: true)
    for (method, multiplier) in zip(methods, multipliers) {
      for cell in evidence.cells.indices {
        let bins = evidence.facts.grid.bins(cell).map { String($0 + 1) }
        text.add([method.stage, method.method] + bins + fields(cell, multiplier[cell]))
      }
    }
    return ResultFile(path: "data/reject_check.csv", bytes: text.bytes, columns: columns)
  }

  private func fields(_ cell: Int, _ multiplier: Double) -> [String] {
    let (facts, own) = (evidence.facts, evidence.cells[cell])
    let isCompared = own.status == .compared
    let factor = 100 * own.rejectedFactor / own.bookedFactor
    let predicted = facts.rejected[cell] > 0 ? 100 * facts.risk[cell] * multiplier : nil
    let interval = isCompared ? own.interval : nil
    return [
      NumberText.shortest(facts.booked[cell]), NumberText.shortest(facts.rejected[cell]),
      NumberText.shortest(own.acceptance), own.status.rawValue, NumberText.shortest(multiplier),
      NumberText.shortest(predicted),
      NumberText.shortest(facts.matureRows[cell]), NumberText.shortest(facts.badRows[cell]),
      NumberText.shortest(own.observed.map { 100 * $0 }),
      NumberText.shortest(isCompared ? own.observed.map { factor * $0 } : nil),
      NumberText.shortest(interval.map { factor * $0.low }), NumberText.shortest(interval.map { factor * $0.high }),
      NumberText.shortest(interval.map { factor * $0.high * evidence.overrideBound }),
      NumberText.shortest(isCompared ? own.weight : nil),
    ]
  }
}
