internal import CutlineCore
internal import CutlineCredit

/// Gathers what somebody should look at.
enum Alerts: ExchangedKind {
  struct Input: Sendable {
    let cube: Cube
    let scenarios: ScenarioSet
    /// Nil where the plan does not look.
    let stability: StabilityReport?
    let trends: MonthlyTrends?
    let recent: RecentRisk?
  }
  typealias Output = AlertList
  static let name = "alerts"
  static let summary = "Gathers what somebody should look at: drift, reversals, months out of control, deterioration."
  static let ports = Ports(
    Input.init, .one("cube", \.cube), .one("scenarios", \.scenarios), .optional("stability", \.stability),
    .optional("trends", \.trends), .optional("recent", \.recent))

  static func check(_ output: AlertList, against input: Input) throws {
    let names = input.scenarios.scenarios.map(\.name)
    guard output.alerts.allSatisfy({ $0.scenario.map(names.contains) ?? true }) else {
      throw Faults.data("alerts", "name a scenario that there is not", "Leave the scenario out.")
    }
  }

  static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    let stability = StabilityReport(
      state: .notAskedFor, population: "applications", confidence: 0.99, shifts: [], months: [], order: [],
      inversions: [])
    let trends = MonthlyTrends(months: [], points: [], slopes: [], level: nil)
    return [
      Input(
        cube: small.cube, scenarios: small.scenarios, stability: stability, trends: trends,
        recent: .nothing(.notAskedFor)),
      Input(cube: small.cube, scenarios: small.scenarios, stability: nil, trends: nil, recent: nil),
    ]
  }
}

/// All alerts of a run.
struct AlertList: StoredArtifact {
  static let typeName = "alerts"
  let alerts: [Alert]
  /// What had nothing to look at, or was not asked to: silence is no all-clear.
  let notLookedAt: [String]
}
