internal import Foundation

/// The Poisson deviance of predicted risks, weighted by exposure: how many outcomes too many or too few a model promises, by
/// the measure under which the mean is the best prediction.
///
/// `2 Σ w (y ln(y/μ) − (y − μ)) / Σ w` over cells with observed risk y, predicted risk μ and exposure w; y ln y is 0 at 0. A
/// prediction below `floor` counts as `floor`, as a risk of nothing or less would be infinitely wrong where anything went bad.
///
/// Source: McCullagh, Nelder, *Generalized Linear Models*, 2nd ed., §2.3; T. Gneiting, *Making and evaluating point
/// forecasts*, J. Am. Stat. Assoc. 106 (2011), on measures under which the mean is best.
struct RiskDeviance {
  private(set) var sum = 0.0
  private(set) var weight = 0.0

  /// A thousandth of the observed mean.
  static let floorShare = 1e-3

  init() {}

  init(observed: [Double], predicted: [Double], weights: [Double], floor: Double) {
    for cell in observed.indices where weights[cell] > 0 {
      let (y, mean) = (max(0, observed[cell]), max(floor, predicted[cell]))
      let own = y > 0 ? (mean > 0 ? y * log(y / mean) - (y - mean) : .infinity) : mean
      sum += weights[cell] * 2 * own
      weight += weights[cell]
    }
  }

  mutating func add(_ other: RiskDeviance) {
    sum += other.sum
    weight += other.weight
  }

  /// Not a number without any observation.
  var mean: Double { sum / weight }
}
