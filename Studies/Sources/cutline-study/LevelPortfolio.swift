import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineSimulate

/// A simulated portfolio of one mechanism of selection, as a run prepares it, with what its own rejected applications would
/// have done.
struct LevelPortfolio {
  /// Who is accepted, and what the file shows of it.
  enum Mechanism: String, CaseIterable {
    /// By the scores in the file, overrides at random.
    case scores = "scores only"
    /// By scores of which the file has a noisy record.
    case noisyScores = "noisy scores"
    /// The decision and the reviewers know of the outcome what no score says.
    case insight = "private information"
    /// By the scores, with another cutoff from the middle of the period on.
    case policyChange = "change of policy"
  }

  /// How risky the rejected are against what the risk of the accepted, drawn on, would say.
  enum Level: String, CaseIterable {
    case safer = "flatter below the cutoff"
    case same = "the same law"
    case riskier = "steeper below the cutoff"

    var slope: Double {
      switch self {
      case .safer: -0.4
      case .same: 0
      case .riskier: 0.4
      }
    }
  }

  let cube: Cube
  let sample: Sample
  /// Per cell of the grid, of its score-rejected applications as if booked, in the cube's scale: what they requested, what
  /// other rules and take-up would leave of it, and the three sums of what would have been booked.
  let truth: [CellSums]

  /// Sizes in turn; level of risk, what the scores leave open, noise and weight of the bureau, overrides, noise of the outcomes
  /// and what is granted are drawn by the number.
  static func model(_ number: Int, _ mechanism: Mechanism, _ level: Level) -> (model: PortfolioModel, rows: Int) {
    var stream = RandomStream(seed: UInt64(number), label: "study/level")
    func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * stream.uniform() }
    var model = PortfolioModel()
    model.overrideInsight = 0
    model.goodLogOddsAt500 = between(2.8, 3.4)
    model.unexplainedDeviation = between(0.4, 0.8)
    model.bureauNoise = between(0.6, 1.1)
    model.policyBureauWeight = between(0.3, 0.7)
    model.lowSideOverrideShare = between(0.02, 0.06)
    model.outcomeNoise = between(0, 0.01)
    model.takeUpShare = between(0.85, 0.98)
    model.notTakenUp = .canceled
    model.slopeBelowCutoff = level.slope
    model.policyChangeMonth = 0
    switch mechanism {
    case .scores: break
    case .noisyScores: model.recordedScoreNoise = 12
    case .insight:
      model.policyInsight = 0.5
      model.overrideInsight = 0.3
    case .policyChange:
      // The main period is of months 13 to 24.
      model.policyChangeMonth = 19
      model.policyChangePoints = 15
    }
    return (model, [6_000, 20_000, 60_000, 120_000][number % 4])
  }

  init(number: Int, _ mechanism: Mechanism, _ level: Level, stages: StudyStages) async throws {
    let (model, rows) = Self.model(number, mechanism, level)
    let portfolio = try model.generate(rows: rows, seed: UInt64(5_000 + number), workers: 2)
    (sample, cube) = try await stages.prepared(portfolio.applications, stress: "global")
    // What no rule and no walking away would have left is expected, not drawn.
    let booked = (1 - model.highSideOverrideShare) * model.takeUpShare
    truth = try Self.truth(portfolio.truth, sample, booked: booked)
  }

  /// Per cell of the score-rejected: what they would bring, of which other rules and walking away leave the share `booked`.
  static func truth(_ table: Table, _ sample: Sample, booked: Double) throws -> [CellSums] {
    func numbers(_ name: String) throws -> [Double] {
      guard case .number(let values)? = table[name]?.values else {
        throw Faults.data("truth", "has no numbers \(name)", "Look at the simulator.")
      }
      return values
    }
    guard case .text(let ids)? = table["authorization_id"]?.values else {
      throw Faults.data("truth", "has no ids", "Look at the simulator.")
    }
    var rowOfKey: [UInt64: Int] = [:]
    for row in 0..<table.rowCount { rowOfKey[RandomStream.hash((ids[row] ?? "").utf8)] = row }
    let (numerator, denominator) = (try numbers("todu_30ever_h6"), try numbers("todu_amt_pile_h6"))
    let offered = try numbers("oa_amt_h0")
    let scale = AmountScale.hundredths.perUnit
    var sums = [[Double]](repeating: [0, 0, 0, 0, 0], count: sample.grid.cellCount)
    for row in 0..<sample.rowCount where sample.isDecided(row) && sample.status[row] == .scoreRejected {
      guard let place = rowOfKey[sample.key[row]] else {
        throw Faults.data("truth", "lacks an application", "Look at the simulator.")
      }
      let values = [scale, 0, scale * numerator[place], scale * denominator[place], scale * offered[place]]
      for k in values.indices { sums[Int(sample.cell[row])][k] += booked * values[k] }
    }
    return sums.map { sum in
      let whole = sum.map { Int64($0.rounded()) }
      return CellSums(
        accounts: whole[0], requested: whole[1], numerator: whole[2], denominator: whole[3], production: whole[4])
    }
  }
}
