internal import CutlineCompute
public import CutlineCore
public import CutlineCredit

/// Says how a model's mean prediction moves with each feature.
public enum Dependence: ExchangedKind {
  public struct Input: Sendable {
    public let model: Model
    public let background: Design

    public init(model: Model, background: Design) {
      self.model = model
      self.background = background
    }
  }
  public typealias Output = PartialDependence
  public static let name = "dependence"
  public static let summary = "Says how a model's mean prediction moves with each feature."
  public static let ports = Ports(Input.init, .one("model", \.model), .one("background", \.background))

  /// A curve per feature of the model, with rising values and finite means.
  public static func check(_ output: PartialDependence, against input: Input) throws {
    guard output.curves.map(\.feature) == input.model.features.map(\.name) else {
      throw Faults.data("curves", "are not those of the model's features", "Keep their names and their order.")
    }
    var reading = Reading()
    for curve in output.curves {
      try reading.attempt {
        guard curve.values.count == curve.means.count, zip(curve.values, curve.values.dropFirst()).allSatisfy(<),
          (curve.values + curve.means + [curve.missing ?? 0]).allSatisfy(\.isFinite)
        else {
          throw Faults.data(
            "curve of \(curve.feature)", "its values do not rise, or are not finite, or not one a mean",
            "Give each value once, in order.")
        }
      }
    }
    try reading.finish()
  }

  public static func specimens() throws -> [Input] {
    try Explain.specimens().suffix(1).map { Input(model: $0.model, background: $0.background) }
  }
}

/// The mean over the background of the predictions with one feature set to a value.
///
/// Rows that do not exist are among them where features go together. The prediction itself is averaged, after link and
/// calibration. O(features × points × rows) evaluations.
///
/// Source: Friedman, *Greedy function approximation: a gradient boosting machine*, 2001, §8.2.
struct PartialDependenceStage: Stage {
  typealias Kind = Dependence
  static let name = "partial"
  static let summary = "Sets one feature to a value in every row and takes the weighted mean prediction."

  struct Config: StageConfig {
    var points = 20
    var backgroundRows = 1_000
    static let fields: [Field<Self>] = [
      .int("points", \.points, in: 2...1_000, "The most values of a feature, from its least to its greatest."),
      .int(
        "background_rows", \.backgroundRows, in: 1...1_000_000,
        "The most rows of the background that are used; more are drawn from, by the run's seed."),
    ]
  }
  let config: Config

  func run(_ input: Dependence.Input, in context: RunContext) async throws -> PartialDependence {
    let all = try ModelRows(input.background, input.model)
    let (rows, what) = all.drawn(config.backgroundRows, from: context.random(.explanationBackground))
    let evaluator = FormEvaluator(input.model.form)
    _ = try rows.values(of: input.model.form, what: "background row", workers: context.workers)
    func mean(_ feature: Int, _ value: Double) throws -> Double {
      try context.checkCancellation()
      var columns = rows.columns
      columns[feature] = [Double](repeating: value, count: rows.count)
      let predictions = try evaluator.evaluate(columns: columns, rows: rows.count, workers: context.workers)[0]
      let mean = zip(predictions, rows.shares).reduce(0) { $0 + $1.0 * $1.1 }
      guard mean.isFinite else {
        throw Faults.data(
          "dependence partial", "the model has no finite value where \(rows.features[feature]) is \(value)",
          "Leave out rows with values that are none.")
      }
      return mean
    }
    let curves = try rows.features.enumerated().map { place, name in
      // All values of all rows, so that the points do not depend on which rows are drawn.
      let values = points(of: all.columns[place])
      return PartialDependence.Curve(
        feature: name, values: values, means: try values.map { try mean(place, $0) },
        missing: rows.columns[place].contains(where: \.isNaN) ? try mean(place, .nan) : nil)
    }
    return PartialDependence(
      unit: input.model.unit,
      background: .init(what: what, rows: rows.count, ofRows: all.count, weighted: rows.isWeighted), curves: curves)
  }

  /// The distinct values, or `points` of them from the least to the greatest, evenly by rank among the rows.
  private func points(of column: [Double]) -> [Double] {
    let sorted = column.filter(\.isFinite).sorted()
    let distinct = sorted.enumerated().filter { $0 == 0 || sorted[$0 - 1] < $1 }.map(\.element)
    guard distinct.count > config.points else { return distinct }
    let last = sorted.count - 1
    let chosen = (0..<config.points).map { sorted[$0 * last / (config.points - 1)] }
    return chosen.enumerated().filter { $0 == 0 || chosen[$0 - 1] < $1 }.map(\.element)
  }
}
