internal import CutlineCore
internal import CutlineCredit

/// `drift_alerts_{scenario}.json`: one alert a distribution, and one for each score that is reversed, stretch of months that is
/// out of control and back-test that speaks of a change.
///
/// | source | critical | warning | info |
/// |---|---|---|---|
/// | psi | unstable and beyond noise | moderate and beyond noise, or new categories | the rest |
/// | direction | reversed in the recent period | reversed in the main period or a later month | |
/// | trend | out of control also by Holm | out of control | |
/// | backtest | the scenario's deteriorated | all booked deteriorated, or any improved | within noise |
///
/// Months are those after the main period; without one the last month of the file. `timestamp` is the end of what an alert is
/// about, so that equal inputs give equal bytes.
struct StandardAlerts: Stage {
  typealias Kind = Alerts
  static let name = "standard"
  static let summary =
    "Writes drift_alerts_{scenario}.json: what somebody should look at, and what had nothing to look at."
  static let reads = ["stability", "trends", "recent"]
  let config: FolderConfig

  func run(_ input: Alerts.Input, in context: RunContext) async throws -> AlertList {
    let alerts = empty(input) + psi(input) + direction(input) + trend(input) + zone(input) + backTest(input)
    let list = AlertList(alerts: alerts, notLookedAt: notLookedAt(input))
    let last = input.cube.months.last?.iso ?? ""
    // The end of the recent period, where there is one, for what is said of it.
    let end = input.cube.summary.recent.map { String($0.end.prefix(7)) } ?? last
    let segment = input.cube.summary.basis.segment
    for scenario in input.scenarios.scenarios {
      let own = alerts.filter { $0.scenario == nil || $0.scenario == scenario.name }
      let file = AlertFile(
        own, notLookedAt: list.notLookedAt, scenario: scenario.name, segment: segment, last: last, end: end)
      let json = try CanonicalJSON.encode(file, pretty: true)
      try await context.attach("\(config.folder)/drift_alerts_\(scenario.name).json") { try $0.append(json) }
    }
    let counts = Alert.Severity.allCases.reversed().map { severity in
      "\(alerts.count { $0.severity == severity }) \(severity.rawValue)"
    }
    context.note("\(word: counts.joined(separator: ", "))")
    for reason in list.notLookedAt { context.note("not looked at: \(word: reason)") }
    return list
  }

  private func notLookedAt(_ input: Alerts.Input) -> [String] {
    var reasons: [String] = []
    switch input.stability?.state {
    case nil: reasons.append("distributions: the plan has no stage of kind stability")
    case .notAskedFor: reasons.append("distributions: no recent period is asked for")
    case .empty: reasons.append("distributions: the recent period holds no application")
    case .compared:
      let few = input.stability?.shifts.filter { $0.band == .notEnough }.map(\.variable) ?? []
      if input.stability?.order.contains(where: { $0.period == "recent" && $0.status != .notEnough }) != true {
        reasons.append("the order of the scores in the recent period: too few outcomes are known")
      }
      if !few.isEmpty { reasons.append("too few applications for a PSI of \(few.joined(separator: ", "))") }
    }
    if let trends = input.trends {
      if !trends.points.contains(where: { $0.status == .inControl || $0.status == .anomaly }) {
        reasons.append("trends: no month has enough earlier months")
      }
    } else {
      reasons.append("trends: the plan has no stage of kind trends")
    }
    guard let recent = input.recent else { return reasons + ["back-test: the plan has no stage of kind recent"] }
    for test in recent.tests where test.scenario == nil && [.notEnough, .immature].contains(test.verdict) {
      reasons.append("back-test after \(test.months) months: \(test.verdict.rawValue)")
    }
    if recent.tests.isEmpty { reasons.append("back-test: the recent period is \(recent.state.rawValue)") }
    return reasons
  }

  /// A period that somebody asks for and that holds nothing, such as one of a wrong year: every check of it would be silent.
  private func empty(_ input: Alerts.Input) -> [Alert] {
    guard let period = input.cube.summary.recent, period.months == 0 || input.stability?.state == .empty else {
      return []
    }
    return [
      Alert(
        source: "data", severity: .critical, variable: "recent_period", psiValue: nil, status: "empty",
        message:
          "no application lies between \(period.start) and \(period.end), so nothing of the recent period was looked at",
        period: "recent", scenario: nil)
    ]
  }

  /// Months after the main period whose trailing risk lies above the comfort zone of their year.
  private func zone(_ input: Alerts.Input) -> [Alert] {
    let above = (input.trends?.months ?? []).filter { month in
      guard let limit = month.comfortZone, let risk = month.rollingRisk else { return false }
      return risk > limit
    }
    guard let last = above.last else { return [] }
    return [
      Alert(
        source: "comfort-zone", severity: .warning, variable: "risk_rate_trailing_6m", psiValue: nil, status: "above",
        message:
          "the risk of six months was above the comfort zone in \(above.count) months, last in \(last.month.iso) (\(NumberText.fixed(last.rollingRisk ?? 0, 3)) %, zone \(NumberText.fixed(last.comfortZone ?? 0, 3)) %)",
        period: last.month.iso, scenario: nil)
    ]
  }

  private func psi(_ input: Alerts.Input) -> [Alert] {
    (input.stability?.shifts ?? []).flatMap { shift -> [Alert] in
      let subject = shift.variable + (shift.role == .overall ? " (overall)" : "")
      let name = shift.role == .overall ? "__overall__" : shift.variable
      var alerts: [Alert] = []
      if let psi = shift.psi, let bound = shift.bound {
        let numbers = "PSI \(NumberText.fixed(psi, 4)), by noise alone below \(NumberText.fixed(bound, 4))"
        let severity: Alert.Severity =
          !shift.isBeyondNoise
          ? .info : shift.band == .unstable ? .critical : shift.band == .moderate ? .warning : .info
        let what =
          shift.isBeyondNoise || shift.band == .stable
          ? "\(subject) is \(shift.band.rawValue)"
          : "\(subject) would be \(shift.band.rawValue), but so few applications move as much by noise"
        alerts.append(
          Alert(
            source: "psi", severity: severity, variable: name, psiValue: psi, status: shift.band.rawValue,
            message: "\(what): \(numbers)", period: "recent", scenario: nil))
      }
      let new = shift.bins.filter { $0.isNew && $0.actual > 0 }
      if !new.isEmpty {
        alerts.append(
          Alert(
            source: "psi", severity: .warning, variable: name, psiValue: shift.psi, status: "new categories",
            message:
              "\(shift.variable) has \(shift.newCategories) new categories, with \(new.reduce(0) { $0 + $1.actual }) applications",
            period: "recent", scenario: nil))
      }
      return alerts
    }
  }

  private func isLater(_ month: Month, _ input: Alerts.Input) -> Bool {
    guard let end = CalendarDate(iso: input.cube.summary.basis.periodEnd).map(Month.init),
      input.cube.months.contains(where: { $0 > end })
    else { return month == input.cube.months.last }
    return month > end
  }

  private func direction(_ input: Alerts.Input) -> [Alert] {
    (input.stability?.order ?? []).filter { $0.status == .reversed }.compactMap { own in
      if let month = Month(iso: own.period), !isLater(month, input) { return nil }
      return Alert(
        source: "direction", severity: own.period == "recent" ? .critical : .warning, variable: own.variable,
        psiValue: nil, status: "reversed",
        message:
          "\(own.variable) orders outcomes against its declared direction (area \(NumberText.fixed(own.area ?? 0, 3)), \(own.bad) bad of \(own.rows))",
        period: own.period, scenario: nil)
    }
  }

  /// One alert for months of a metric that follow each other: a shift that lasts is one event.
  private func trend(_ input: Alerts.Input) -> [Alert] {
    guard let trends = input.trends else { return [] }
    var alerts: [Alert] = []
    for slope in trends.slopes {
      let points = trends.points.filter { $0.metric == slope.metric }
      let metric = MetricWords(slope.metric)
      // Months without a value neither end a run nor belong to it.
      var runs: [[MonthlyTrends.Point]] = []
      var isRunning = false
      for point in points where point.value != nil {
        if point.status == .anomaly {
          if isRunning { runs[runs.count - 1].append(point) } else { runs.append([point]) }
        }
        isRunning = point.status == .anomaly
      }
      for run in runs {
        guard let last = run.last, isLater(last.month, input) else { continue }
        let isSure = run.contains { point in point.adjusted.map { $0 < trends.level ?? 0 } ?? false }
        let since = run.count > 1 ? ", out of control since \(run[0].month.iso) (\(run.count) months)" : ""
        // The strategy was learnt from months of before and after.
        let mixed = isLater(run[0].month, input) ? "" : "; the main period holds months of before and after"
        alerts.append(
          Alert(
            source: "trend", severity: isSure ? .critical : .warning, variable: slope.metric, psiValue: nil,
            status: "anomaly",
            message:
              "\(metric.name) is \(metric.text(last.value)) where \(last.baselineMonths) earlier months leave \(metric.text(last.low)) to \(metric.text(last.high))\(since)\(mixed)",
            period: last.month.iso, scenario: nil))
      }
    }
    return alerts
  }

  private func backTest(_ input: Alerts.Input) -> [Alert] {
    (input.recent?.tests ?? []).compactMap { test in
      guard ![.notEnough, .immature].contains(test.verdict) else { return nil }
      let severity: Alert.Severity =
        switch test.verdict {
        case .deteriorated: test.scenario == nil ? .warning : .critical
        case .improved: .warning
        default: .info
        }
      let risk = { (side: BackTest.Side) in side.risk.map { "\(NumberText.fixed($0, 4)) %" } ?? "undefined" }
      return Alert(
        source: "backtest", severity: severity, variable: "risk_after_\(test.months)_months", psiValue: nil,
        status: test.verdict.rawValue,
        message:
          "risk after \(test.months) months of \(test.scenario.map { "what \($0) keeps" } ?? "all that was booked"): \(risk(test.promised)) promised, \(risk(test.observed)) observed",
        period: "recent", scenario: test.scenario)
    }
  }
}

/// The configuration of stages that write files and have nothing else to configure.
struct FolderConfig: StageConfig {
  var folder = "data"
  static let fields: [Field<Self>] = [ResultFolder.field(\.folder)]
}

/// One `drift_alerts_{scenario}.json`.
private struct AlertFile: Encodable {
  struct Entry: Encodable {
    let timestamp, severity, source, variable: String
    let psiValue: Double?
    let status, message, segment, period: String

    enum CodingKeys: String, CodingKey {
      case timestamp, severity, source, variable, status, message, segment, period
      case psiValue = "psi_value"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      for (key, value) in [
        (CodingKeys.timestamp, timestamp), (.severity, severity), (.source, source), (.variable, variable),
        (.status, status), (.message, message), (.segment, segment), (.period, period),
      ] { try container.encode(value, forKey: key) }
      // Null and not left out: readers look for it.
      try container.encode(psiValue, forKey: .psiValue)
    }
  }

  let segment, scenario, asOf: String
  let summary: [String: Int]
  let alerts: [Entry]
  let notLookedAt: [String]

  enum CodingKeys: String, CodingKey {
    case segment, scenario, summary, alerts
    case asOf = "as_of"
    case notLookedAt = "not_looked_at"
  }

  init(_ alerts: [Alert], notLookedAt: [String], scenario: String, segment: String, last: String, end: String) {
    (self.segment, self.scenario, asOf, self.notLookedAt) = (segment, scenario, last, notLookedAt)
    summary = Dictionary(
      uniqueKeysWithValues: Alert.Severity.allCases.map { severity in
        (severity.rawValue, alerts.count { $0.severity == severity })
      })
    self.alerts = alerts.map { alert in
      Entry(
        timestamp: Month(iso: alert.period) == nil ? end : alert.period, severity: alert.severity.rawValue,
        source: alert.source, variable: alert.variable, psiValue: alert.psiValue, status: alert.status,
        message: alert.message, segment: segment, period: alert.period == "recent" ? "MR" : alert.period)
    }
  }
}
