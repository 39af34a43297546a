internal import CutlineCompute
internal import CutlineCore

/// Makes a scorecard of a logistic regression on weights of evidence.
public enum PointsScaling {
  /// A variable of the regression: its bins with their counts, and its coefficient.
  public struct Variable: Sendable {
    public let name: String
    /// The column that holds it; nil = the name.
    public let column: String?
    public let bins: CharacteristicBins
    /// Per bin, in the order of `bins`.
    public let good, bad: [Int64]
    /// Of the WoE, in log-odds of bad.
    public let coefficient: Double
    /// Whether nobody may be given it as a reason.
    public let isProtected: Bool

    /// What an applicant is told where it costs points.
    public let reason: Characteristic.ReasonText?
    /// Per bin, nil where it has none of its own; empty where none has.
    public let binReasons: [Characteristic.ReasonText?]

    public init(
      name: String, column: String? = nil, bins: CharacteristicBins, good: [Int64], bad: [Int64], coefficient: Double,
      reason: Characteristic.ReasonText? = nil, binReasons: [Characteristic.ReasonText?] = [],
      isProtected: Bool = false
    ) {
      (self.name, self.column, self.bins, self.reason) = (name, column, bins, reason)
      self.binReasons = binReasons
      (self.good, self.bad, self.coefficient, self.isProtected) = (good, bad, coefficient, isProtected)
    }

    /// Of numbers, with a bin for missing values.
    /// - Throws: `Faults` (data) for edges and special values that are no bins.
    public init(
      name: String, column: String? = nil, edges: [Double], specials: [Characteristic.Special] = [], good: [Int64],
      bad: [Int64], coefficient: Double, isProtected: Bool = false
    ) throws {
      self.init(
        name: name, column: column, bins: try CharacteristicBins(edges: edges, specials: specials, of: name),
        good: good, bad: bad, coefficient: coefficient, isProtected: isProtected)
    }
  }

  /// What a bin that the training table did not have is worth.
  public enum Unseen: String, Sendable, CaseIterable {
    /// Average evidence, WoE 0: nobody is punished for being absent from a sample.
    case neutral
    /// The fewest points of the variable.
    case worst
  }

  /// Exact points of bin j of variable i: (O − F b₀)/n − F bᵢ WoEᵢⱼ with the constant spread, −F bᵢ WoEᵢⱼ with an initial
  /// score O − F b₀; each rounded half to even by itself, which keeps their order.
  ///
  /// - Parameters:
  ///   - intercept: of the regression, in log-odds of bad.
  ///   - smoothing: of the WoE (`WoeTable`).
  /// - Throws: `Faults` (data) for a variable without WoE, naming the bin; for what is no number.
  public static func card(
    intercept: Double, _ variables: [Variable], scale: PointScale, smoothing: Double = 0.5, unseen: Unseen = .neutral,
    bands: ScoreBands = .standard, cutoff: Int64? = nil
  ) throws -> Scorecard {
    let start = scale.offset - scale.factor * intercept
    let share = scale.intercept == .spread ? start / Double(max(1, variables.count)) : 0
    let characteristics = try variables.map { variable in
      let place = "variable \(variable.name)"
      guard let woe = WoeTable(good: variable.good, bad: variable.bad, smoothing: smoothing) else {
        let pure = WoeTable.pureBin(good: variable.good, bad: variable.bad)
        throw Faults.data(
          place,
          pure.map { "bin \($0 + 1) has applications of one class only" } ?? "has applications of one class only",
          smoothing > 0 ? "Leave the variable out." : "Set smoothing, such as 0.5, or merge the bin.")
      }
      var exact = variable.bins.evidence(woe).map { share - scale.factor * variable.coefficient * $0 }
      if unseen == .worst {
        let stays = variable.bins.missing == .neutral ? variable.bins.missingBin : nil
        let seen = exact.indices.filter { !woe.isUnseen[$0] }
        let least = seen.map { exact[$0] }.min() ?? share
        for bin in exact.indices where woe.isUnseen[bin] && bin != stays { exact[bin] = least }
      }
      return try Characteristic(
        name: variable.name, column: variable.column, bins: variable.bins,
        attributes: exact.indices.map { bin in
          Characteristic.Attribute(
            good: variable.good[bin], bad: variable.bad[bin], woe: variable.bins.evidence(woe)[bin], exact: exact[bin],
            points: try scale.rounded(exact[bin], place),
            reason: bin < variable.binReasons.count ? variable.binReasons[bin] : nil)
        }, coefficient: variable.coefficient, reason: variable.reason, isProtected: variable.isProtected)
    }
    return try Scorecard(
      scale: scale, initialExact: scale.intercept == .separate ? start : 0,
      initial: scale.intercept == .separate ? scale.rounded(start, "initial score") : 0,
      characteristics: characteristics, bands: bands, cutoff: cutoff)
  }
}
