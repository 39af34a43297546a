internal import CutlineCore
internal import CutlineCredit

/// What evidence from overrides is made of.
struct OverrideConfig: StageConfig {
  var acceptanceBelow = 0.5
  var weightCap = 20.0
  var confidence = 0.9
  var priorBads = 10.0
  var bound = 1.5
  /// Overrides of a cell are its best applications by the scores, too: without their own scores that would be taken for a
  /// finding about rejects.
  var withinCell = true

  static let fields: [Field<Self>] = [
    .double(
      "acceptance_below", \.acceptanceBelow, in: 0...1,
      "Booked applications count as overrides in cells whose acceptance is below."),
    .double("weight_cap", \.weightCap, in: 1...1_000_000, "Largest weight of a cell, in mean weights."),
    .double("confidence", \.confidence, in: 0.5...0.999, "Level of the intervals."),
    .double(
      "prior_bads", \.priorBads, in: 0...1_000_000, unit: "bad applications",
      "Weight of the ratio 1 in the estimate: as if so many bad overrides had been expected, and seen."),
    .double(
      "override_bound", \.bound, in: 1...10,
      "How many times riskier than overrides alike in their scores the rejects could be, for the bound."),
    .bool("within_cell", \.withinCell, "Whether the mean scores of overrides and rejects inside a cell count."),
  ]
}

/// What booked applications in cells that today's policy mostly rejects, the overrides, say about the rejects there.
///
/// Over the cells C with acceptance below `acceptance_below` and booked exposure B, with weights w = P̂ / B that give the
/// overrides the rejects' mix of cells (at most `weight_cap` times Σ P̂ / Σ B), P̂ = A · Σ B / Σ requested,
///
///     S = Σ w T,   E = Σ w B ŷ g / m,   R = S / E
///
/// T is the numerator of the overrides, g what their own scores say beyond the cell (`WithinCellFactors.booked`; 1 without
/// `within_cell`). R says how much riskier overrides were than predicted. Its interval is that of `StandardisedRate`, from
/// the cube's hash classes or, where the grid is too fine for them, the months of the period; one further event weighs
/// k = max w · mean numerator of a bad application. Towards 1 it is shrunk as a gamma prior with mean 1 and the weight of
/// κ = `prior_bads` expected events does it: R* = (ε R + κ) / (ε + κ), ε the expected number of effective events.
///
/// What makes R one of the rejects is `assumption`. The bound says how far it goes where rejects are up to `override_bound`
/// times as risky as overrides alike: from the interval's lower end to that many times its upper end.
struct OverrideEvidence: Sendable {
  static let assumption =
    "within a cell, whoever overrode the score knew nothing about the outcome that the scores do not say"

  /// Whether there is an estimate, and why not.
  enum Status: String, Sendable, Encodable {
    case estimated
    /// Nobody in the grid was decided about.
    case noDemand = "no-demand"
    case noRejects = "no-rejects"
    /// All were rejected: nobody was booked, and nobody had an offer that was not taken.
    case nobodyOffered = "nobody-offered"
    /// There were offers, none of which was taken.
    case nobodyBooked = "nobody-booked"
    case noOutcomes = "no-outcomes"
    case noOverrides = "no-overrides"
    /// The rejects of those cells asked for no amount.
    case noExposure = "no-exposure"
    /// Overrides are there, and the surface predicts no risk for any.
    case noPrediction = "no-prediction"

    var phrase: String {
      switch self {
      case .estimated: "there is an estimate"
      case .noDemand: "nobody in the grid was decided about by the score"
      case .noRejects: "there are no rejects"
      case .nobodyOffered: "every application was rejected, and nobody was offered anything"
      case .nobodyBooked: "offers were made and none was taken, so that nobody was booked"
      case .noOutcomes: "no booked application has an outcome"
      case .noOverrides:
        "no booked application with an outcome counts as an override (in a cell with rejects and an acceptance below acceptance_below, or as overrides of the configuration says)"
      case .noExposure: "the rejects of cells with overrides asked for no amount"
      case .noPrediction: "the surface predicts no risk where overrides are"
      }
    }
  }

  /// What a cell adds, and why it adds nothing.
  enum CellStatus: String, Sendable {
    case compared
    case mostlyAccepted = "mostly_accepted"
    case noOverrides = "no_overrides"
    case noRejects = "no_rejects"
    case noDemand = "no_demand"
  }

  struct Cell: Sendable {
    let status: CellStatus
    let acceptance: Double?
    /// Of the rejects, after the cap on weights, where the cell is compared; 0 elsewhere. In the cube's scale.
    let exposure: Double
    /// w.
    let weight: Double
    /// f(x̄) / ŷ of the overrides and of the rejects; 1 without a word on them.
    let bookedFactor, rejectedFactor: Double
    /// m T / B of booked applications with an outcome, a fraction; nil without exposure.
    let observed: Double?
    /// Of `observed`.
    let interval: StandardisedRate.Interval?
  }

  /// What independent groups the variance comes from.
  enum Groups: Sendable, Hashable {
    case none
    case buckets(Int)
    case months(Int)

    var phrase: String {
      switch self {
      case .none: "none"
      case .buckets(let count): "\(count) hash classes of applications"
      case .months(let count): "\(count) months"
      }
    }
  }

  let status: Status
  let cells: [Cell]
  let facts: RejectCells
  /// Whether scores within cells count.
  let usesScores: Bool
  /// Whether a column says which booked applications are overrides.
  let isStated: Bool
  let groups: Groups
  /// S and E, in the cube's scale; 0 where nothing is compared.
  let observed, expected: Double
  /// R; nil where there is no estimate.
  let ratio: Double?
  /// Of `ratio`; nil where there are no groups, or no booked application of the whole period went bad.
  let interval: StandardisedRate.Interval?
  /// R*; 1 where there is no estimate.
  let shrunk: Double
  /// ν and ε.
  let effectiveBads, expectedBads: Double
  /// Cells whose weight was capped, and the part of the rejects' exposure that this leaves out.
  let cappedCells: Int
  let cappedShare: Double
  let confidence, overrideBound: Double

  /// `interval` with its upper end times `override_bound`.
  var bound: StandardisedRate.Interval? {
    interval.map { .init(low: $0.low, high: $0.high * overrideBound) }
  }

  /// The cells that are compared.
  var compared: [Int] { cells.indices.filter { cells[$0].status == .compared } }
  /// Applications in them that were booked and have an outcome, and those that went bad.
  var overrides: Double { compared.reduce(0) { $0 + facts.matureRows[$1] } }
  var badOverrides: Double { compared.reduce(0) { $0 + facts.badRows[$1] } }

  /// Σ exposure · ŷ · factor / Σ exposure over the compared cells, a fraction; nil where nothing is compared.
  func meanRisk(_ factor: (Int) -> Double) -> Double? {
    let exposure = compared.reduce(0) { $0 + cells[$1].exposure }
    guard exposure > 0 else { return nil }
    return compared.reduce(0) { $0 + cells[$1].exposure * facts.risk[$1] * factor($1) } / exposure
  }
}
