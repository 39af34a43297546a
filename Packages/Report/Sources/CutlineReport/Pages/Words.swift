/// The sentences of pages by key. A language is a table; `{0}` stands for the first value.
struct Words: Sendable {
  let language: String
  private let table: [Phrase: String]

  init(language: String, table: [Phrase: String]) {
    self.language = language
    self.table = table
  }

  /// A sentence with its values in place; the key itself where a language lacks it, so that a hole is seen.
  func callAsFunction(_ phrase: Phrase, _ values: String...) -> String {
    var text = ""
    var rest = Substring(table[phrase] ?? phrase.rawValue)
    // One pass: a value that holds braces is no place for another one.
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      text += rest[..<open]
      if let place = Int(rest[rest.index(after: open)..<close]), values.indices.contains(place) {
        text += values[place]
      }
      rest = rest[rest.index(after: close)...]
    }
    return text + rest
  }

  /// Phrases that a language has no sentence for.
  var missing: [Phrase] { Phrase.allCases.filter { table[$0] == nil } }
}

/// What pages say.
enum Phrase: String, CaseIterable, Sendable {
  case title, titleOfAll, period, applications, contents, skip
  case statePass, stateWarn, stateFail, stateWaived, stateSkipped, verdict, skippedBanner
  case gateQuality, gateProof, gateLimit, gateUncertainty, gateRejects, gateRecent, gateStability, gateAlerts
  case noFile, qualityDetail, proofNone, proofAll, proofInfeasible, proofOpen, limitNone, limitDetail, limitBare,
    uncertaintyNone, uncertaintyModel, qualityNamed, rejectsWide, recentShort, recentBeyondSure, recentBeyondNoise,
    riskSources, sourceObserved, sourceCarried, sourceMain, sourceModel, sourcePredicted, valueTitle, valueLess,
    valueLine, valueBest, valueChosen, ledeSure, uncertaintyFew, rejectsRatio, recentBeyond, unsure, change, ofThem,
    portfolioMethods,
    uncertaintyDetail
  case rejectsNone, rejectsFew, rejectsInside, rejectsOutside, recentNone, recentUnknown, recentDetail, stabilityNone,
    stabilityUnstable, stabilityFew, stabilitySome
  case stabilityModerate, stabilityStable, alertsDetail, alertsFirst, alertsUnseen
  case lede, ledeNone, today, acceptedShare, changedCells, ofCells, riskLabel, productionLabel
  case strategy, strategyIntro, gridTitle, gridBasis, gridSummary, gridLegendKeep, gridLegendOpen, gridLegendClose
  case gridLegendNone, gridOther, rulesTitle, rulesBasis, gridMany
  case results, resultsIntro, resultsBasis, scenario, limit, status, risk, interval, intervalPlain, production,
    againstActual
  case acceptance, cellsChanged
  case changes, changesIntro, keep, swapIn, swapOut, rejected, changesBasis, line
  case few, data, dataIntro, waterfallBasis, checksTitle, checksBasis, check, detail, role, step, rows, booked
  case evidence, evidenceIntro, limits, limitsIntro, alertsTitle, notLooked, saidTitle, saidNote, saidWarning,
    notCovered
  case reproduce, reproduceIntro, annex, annexIntro, file, digest, bytes, shows, method, gatesTable, gate, state, source
  case hole, holeCharts, tableOfFigure, drawnFrom, footer
  case severalRuns, ownPage, ownPageOnly, twoTodays, recentTitle, recentBasis, maturity, riskSource
  case portfolioPartly, gateRun, gatesOfSegments, gatesOfSegmentsBasis, gatesNone, gatesFailed
  case consolidated, consolidatedIntro, segmentColumn, missingSegment, portfolioLede, portfolioNone, portfolioMain
  case portfolioRecent, portfolioBasis, todayRisk, todayProduction, difference
}

extension Words {
  static let english = Words(
    language: "en",
    table: [
      .title: "Acceptance strategy: {0}", .titleOfAll: "Acceptance strategy",
      .period: "{0} to {1} (months: {2}), amounts a year",
      .applications: "{0} booked and {1} rejected applications in the grid",
      .contents: "Contents", .skip: "To the content",
      .statePass: "PASS", .stateWarn: "WARN", .stateFail: "FAIL", .stateWaived: "WAIVED", .stateSkipped: "SKIPPED",
      .verdict: "Gates",
      .skippedBanner: "Not looked at: {0}. What was not looked at has not passed.",
      .gateQuality: "Data quality", .gateProof: "Proof of optimality", .gateLimit: "Risk limit",
      .gateUncertainty: "Uncertainty", .gateRejects: "Risk of the rejected", .gateRecent: "Recent period",
      .gateStability: "Stability of the population", .gateAlerts: "Drift alerts",
      .noFile: "The run has no {0}.",
      .qualityDetail: "{0} checks passed, {1} with a warning, {2} failed, {3} skipped.",
      .proofNone: "The certificate holds no limit.",
      .proofAll: "Proven optimal: {0} of {0} strategies; cutline check-certificate checks it by other means.",
      .proofInfeasible: "{0} strategies are proven optimal, and of {1} limits it is proven that nothing keeps them.",
      .proofOpen: "Not proven: {0}.",
      .limitNone: "No strategy keeps the limit of {1} % in {0}.",
      .limitDetail: "{0}: {1} of risk, limit {2} %.",
      .limitBare: "{0}: {1} of risk, limit {2} %; an estimate alone, nothing says how sure it is.",
      .uncertaintyNone:
        "The numbers have no intervals: no resamples, or too few bad outcomes (see what the stages had to say).",
      .uncertaintyFew: "Only {0} booked applications went bad: no estimate of risk can rest on that.",
      .unsure: "Nothing says how sure this risk is: see the gate uncertainty.",
      .change: "Change", .ofThem: "{0} of them with applications",
      .rejectsRatio: "The risk of overrides is {0} times the one assumed ({1} to {2}).",
      .recentBeyond:
        "Observed outcomes ({2} % of the exposure), carried and predicted ones together put the strategy at {0} % in the recent period, above the limit of {1} %; nothing says how sure that is.",
      .recentBeyondSure:
        "Observed outcomes ({2} % of the exposure), carried and predicted ones together put the strategy at {0} % ({3} to {4} %) in the recent period, above the limit of {1} %.",
      .recentBeyondNoise:
        "Observed outcomes ({2} % of the exposure), carried and predicted ones together put the strategy at {0} % ({3} to {4} %) in the recent period; the limit of {1} % lies within.",
      .recentShort: "The outcomes that the limit is about, after more months, are not known yet.",
      .qualityNamed: "Look at: {0}.",
      .uncertaintyModel:
        "The model is the same in every resample, so that its own error is not in that: the truth is less sure.",
      .rejectsWide:
        "So few have shown it that the rejected may be {0} times as risky as assumed without contradicting it.",
      .valueTitle: "Value", .valueLine: "Strategy", .valueBest: "{0}: most value", .valueChosen: "{0}: as proposed",
      .valueLess: "Its value a year is {0}, where today has {1}.",
      .ledeSure: "The true risk keeps the limit with probability {0} %.",
      .riskSources: "{0} % {1}", .sourceObserved: "observed",
      .sourceCarried: "carried forward from three months", .sourceMain: "that of the main period's cell",
      .sourceModel: "the model's", .sourcePredicted: "predicted of rejected demand",
      .portfolioMethods:
        "an interval whole-estimator takes the strategies as they are; the reports of the segments have wider ones that count the choice, too (selection-aware)",
      .uncertaintyDetail: "{0}: the true risk is within the limit with probability {1} % ({2} resamples).",
      .rejectsNone: "There was nothing to compare with: {0}.",
      .rejectsFew: "Of the overrides {0} went bad, by their amounts worth {1}: too few to contradict anything.",
      .rejectsInside:
        "What is assumed of rejected applications agrees with overrides, within the bound (method of inference: {0}).",
      .rejectsOutside: "What is assumed of rejected applications disagrees with overrides: {0}.",
      .recentNone: "No recent period is asked for, or it holds nothing.",
      .recentDetail: "After {0} months {1} % were promised and {2} % observed, of {4} bad outcomes: {3}.",
      .recentUnknown: "Nothing of the recent period can be compared yet: {0}.",
      .stabilityNone: "No recent period to compare with.",
      .stabilityFew: "Too few applications in the recent period to compare.", .stabilitySome: "Too few to say: {0}.",
      .stabilityUnstable: "Moved beyond noise and beyond the limit: {0}.",
      .stabilityModerate: "Moved beyond noise: {0}.",
      .stabilityStable: "None of {0} distributions moved beyond noise and beyond the limit.",
      .alertsDetail: "{0} critical, {1} warnings.", .alertsFirst: "{0} critical, {1} warnings: {2}.",
      .alertsUnseen: "Not looked at: {0}.",
      .lede: "{0}: {1} a year at {2} of risk (limit {3} %), where today brings {4} at {5}.",
      .ledeNone: "No strategy keeps the limit.",
      .today: "Today", .acceptedShare: "Accepted",
      .changedCells: "Cells against the strategy in force",
      .ofCells: "{0} opened, {1} closed", .riskLabel: "Risk", .productionLabel: "Production a year ({0})",
      .strategy: "The strategy",
      .strategyIntro:
        "Every cell of the two scores is accepted or rejected. What is at least as safe in both scores as an accepted cell is accepted, too.",
      .gridTitle: "{0} opens {1} and closes {2} of {3} cells",
      .gridBasis:
        "Cells of {0} (down) and {1} (across), the safest at the bottom and on the right; proposed against the strategy in force",
      .gridSummary:
        "Of {0} cells: {1} accepted as now, {2} opened, {3} closed, {4} rejected as now; now is the strategy in force, as estimated from the decisions or stated.",
      .gridLegendKeep: "accepted, as in force", .gridLegendOpen: "opened", .gridLegendClose: "closed",
      .gridLegendNone: "rejected, as in force", .gridOther: "The other scenarios",
      .rulesTitle: "{0}, in raw scores",
      .rulesBasis: "One line a band; cutline export gives the same as SQL, DMN, PMML, C.",
      .gridMany: "The grid has more than two scores: see the rules.",
      .results: "What it brings",
      .resultsIntro:
        "Risk is of the accepted portfolio, booked and swapped in; production is a year's. Intervals are of the estimate from this portfolio, not of the economy to come.",
      .resultsBasis:
        "Main period {0} to {1}; risk = {3} × todu_30ever_h6 / todu_amt_pile_h6, in percent; production in {2} a year; intervals of a chosen strategy count the choice among all of them (selection-aware)",
      .scenario: "Scenario", .limit: "Limit %", .status: "Status", .risk: "Risk", .interval: "{0} interval",
      .intervalPlain: "Interval",
      .production: "Production", .againstActual: "Against today", .acceptance: "Accepted",
      .cellsChanged: "Cells changed",
      .changes: "Who changes",
      .changesIntro: "Applications that are decided otherwise than today, and what comes and goes with them.",
      .keep: "kept", .swapIn: "swapped in", .swapOut: "swapped out",
      .rejected: "rejected", .changesBasis: "Applications of the main period; amounts a year", .line: "Decision",
      .data: "Where the numbers come from", .dataIntro: "Every row of the file is in one line of this table.",
      .few: "few",
      .waterfallBasis: "Rows of the file on their way to the grid",
      .checksTitle: "Checks of the data", .checksBasis: "What was looked at, and what was found",
      .check: "Check", .detail: "Found", .role: "Role", .step: "Step", .rows: "Rows", .booked: "Booked",
      .evidence: "Evidence",
      .evidenceIntro: "What speaks for these numbers, and what against them.",
      .limits: "What this does not say",
      .limitsIntro: "What was not looked at, what moved, and what the strategy hangs on.",
      .alertsTitle: "Drift alerts", .notLooked: "Not looked at", .saidTitle: "What the stages had to say",
      .saidNote: "note", .saidWarning: "warning",
      .notCovered: "The intervals do not cover {0}.",
      .reproduce: "How to reproduce it",
      .reproduceIntro:
        "manifest.json in this folder names the program, every setting with its origin (those of the command line, too), and the digest of every file, read and written. The same data and settings give the same results to the last byte. These two check what lies here:",
      .annex: "Annex",
      .annexIntro:
        "Each number of this report is a field of one of these files; a pointer over it names the file and the column.",
      .file: "File", .digest: "SHA-256", .bytes: "Bytes", .shows: "Shows", .method: "Method",
      .gatesTable: "All gates", .gate: "Gate", .state: "State", .source: "Source",
      .hole: "Not there: {0}. {1}",
      .holeCharts: "Figures are not drawn: {0}",
      .tableOfFigure: "The numbers", .drawnFrom: "Drawn from {0}",
      .footer:
        "Made by cutline; manifest.json names the version. Sums and rates only; cells of 1 to 4 bookings are left out of pictures, amounts of as few out of tables.",
      .ownPage: "This picture and all its numbers on a page of their own",
      .ownPageOnly: "It is not drawn here, so that this page stays small enough to be sent:",
      .twoTodays:
        "Today is what was booked. The strategy in force, by itself, would bring {0} at {1}: {2} booked applications are beyond it (overrides), and {3} that it accepts were not booked. Cells are compared with it, amounts with what was booked.",
      .recentTitle: "{0} on the recent period",
      .recentBasis: "Recent period; maturity and source of each risk as named",
      .maturity: "Outcomes", .riskSource: "Risk is",
      .severalRuns: "{0}: {1} runs on the same scales",
      .gatesOfSegments: "Gates of the segments",
      .gatesOfSegmentsBasis:
        "What must hold before a strategy is put into force; the report of each segment says what was found",
      .gatesFailed: "FAIL in {0} of {1} segments: {2}.",
      .gatesNone: "No run of a segment has gates: the stage report was left out, or nothing ran.",
      .consolidated: "Portfolio",
      .consolidatedIntro:
        "Segments, supersegments and the whole; their risk is the multiplier × the sum of todu_30ever_h6 over the sum of todu_amt_pile_h6, never a mean of risks.",
      .segmentColumn: "Segment", .missingSegment: "Not complete",
      .portfolioNone: "No segment has figures.",
      .portfolioLede: "{0}: the segments together bring {1} a year at {2} of risk, where today brings {3} at {4}.",
      .portfolioPartly: "Without {0}, of which there is no result.", .gateRun: "Run",
      .portfolioMain: "{0}, main period",
      .portfolioRecent: "{0}, recent period",
      .portfolioBasis: "Risk in percent, production in {0} a year; intervals: {1}; {2}",
      .todayRisk: "Risk today", .todayProduction: "Production today", .difference: "Production against today",
    ])
}
