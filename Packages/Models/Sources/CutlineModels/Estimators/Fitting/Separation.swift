internal import CutlineCore
internal import CutlineCredit

/// Whether a direction of the coefficients lowers a loss without an end.
///
/// A row's loss falls forever as its predictor rises (`above`, as a logistic target of 1), as it falls (`below`, as a target
/// of 0), or in neither direction (`none`, as a target between). A direction d separates the data where no predictor moves
/// against its row and some move with it; then there is no finite optimum (Albert, Anderson 1984). Newton's steps turn into
/// such a direction where there is one, because each further step moves the separated rows by about 1.
///
/// Movements below 10⁻⁷ of the greatest count as none: data that overlap by less are called separated.
///
/// Source: A. Albert, J. A. Anderson, *On the existence of maximum likelihood estimates in logistic regression models*,
/// Biometrika 71 (1984); K. Konis, *Linear programming algorithms for detecting separated data*, thesis, Oxford 2007.
struct Separation: Sendable {
  enum Side: Sendable { case above, below, none }

  static let tolerance = 1e-7
  /// A step that moves no predictor by more is one of the last of a fit that converges.
  private static let least = 0.1

  let features: StandardColumns
  let names: [String]
  let sides: [Side]
  let estimator: String
  /// No standardised value is greater: √(Σ w / least w).
  private let reach: Double
  /// What a row with a falling loss is called, such as "target 1".
  let words: (above: String, below: String)

  init(
    features: StandardColumns, names: [String], sides: [Side], weights: [Double], estimator: String,
    words: (above: String, below: String)
  ) {
    self.features = features
    self.names = names
    self.sides = sides
    self.estimator = estimator
    self.words = words
    reach = (FitData.sum(weights) / (weights.min() ?? 1)).squareRoot()
  }

  /// Whether `direction`, the next step of a fit, hardly moves any row.
  ///
  /// - Parameter direction: per standardised feature, the intercept last.
  /// - Throws: `Faults` (data) where it separates the data.
  func isSettled(_ direction: [Double]) throws -> Bool {
    let greatest = direction.reduce(0) { max($0, $1.magnitude) }
    guard greatest.isFinite, greatest > 0 else { return true }
    if direction.dropLast().reduce(0, { $0 + $1.magnitude * reach }) + (direction.last ?? 0).magnitude < Self.least {
      return true
    }
    var movement = [Double](repeating: direction[names.count], count: features.rows)
    for j in names.indices where direction[j] != 0 {
      let (factor, centre) = (direction[j] * features.factors[j], features.centres[j])
      for row in movement.indices { movement[row] += factor * (features.columns[j][row] - centre) }
    }
    var (with, against, least) = (0.0, 0.0, Double.infinity)
    for (row, moved) in movement.enumerated() {
      let own =
        switch sides[row] {
        case .above: moved
        case .below: -moved
        case .none: -moved.magnitude
        }
      with = max(with, own)
      against = max(against, -own)
      least = min(least, own)
    }
    guard max(with, against) > Self.least else { return true }
    guard against <= Self.tolerance * with else { return false }
    let isComplete = least > Self.tolerance * with
    let moving = names.indices.filter { direction[$0].magnitude * (features.factors[$0] > 0 ? 1 : 0) > 1e-3 * greatest }
      .sorted { direction[$0].magnitude > direction[$1].magnitude }
    let named = moving.prefix(5).map { "\(direction[$0] > 0 ? "+" : "−")\(names[$0])" }.joined(separator: ", ")
    let more = moving.count > 5 ? " and \(moving.count - 5) more" : ""
    throw Faults.data(
      "fit \(estimator)",
      """
      the data is \(isComplete ? "completely" : "quasi-completely") separated in the direction \(named)\(more): \
      \(isComplete ? "it tells \(words.above) from \(words.below) without an error" : phrase), so that no finite \
      coefficients are the best
      """,
      "Give a penalty (alpha above 0), or leave out or join features of that direction.")
  }

  private var phrase: String {
    sides.contains(.above)
      ? "along it some rows are told without an error and no row is told wrongly"
      : "along it only rows with \(words.below) move"
  }
}
