internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Whose distribution is followed.
enum StabilityPopulation: String, CaseIterable, Sendable {
  /// All applications, whatever became of them: who comes, and not whom the lender takes.
  case applications
  /// The requirement's: a change of the lender's own decisions shows here as drift.
  case booked
}

/// What stands for a share of 0.
enum ShareSmoothing: String, CaseIterable, Sendable {
  case halfCount = "half-count"
  case floor

  /// The original's rule is kept as it is; with it the bound of noise is too high where bins are rare.
  var pooling: Double { self == .halfCount ? 5 : 0 }

  var rule: PopulationStability.Smoothing { self == .halfCount ? .halfCount : .floor(0.0001) }
}

struct StabilityConfig: StageConfig {
  var population = StabilityPopulation.applications
  var variables: [String] = []
  var bins = 10
  var closed = GridAxis.Closed.left
  var overall: String?
  var smoothing = ShareSmoothing.halfCount
  var moderate = 0.1
  var unstable = 0.25
  var confidence = 0.99
  var fewest = 50
  var level = 0.01
  var folder = "data"

  static let fields: [Field<Self>] = [
    .choice("population", \.population, "Whose distribution is followed."),
    .shared(
      .texts(
        "stability_variables", \.variables,
        "Columns of the file that are followed beside the scores of the grid and oa_amt; texts by category, numbers and "
          + "dates by quantile.")),
    .int("bin_count", \.bins, in: 2...1000, "Bins of a number, between quantiles of the main period."),
    .choice("closed", \.closed, "Which edge belongs to an interval."),
    .optionalText("overall", \.overall, "The score of the overall PSI, of 20 bins; left out: the first of the grid."),
    .choice(
      "smoothing", \.smoothing,
      "What stands for an empty bin: half an application in every bin of both periods, or the original's share of 0.0001."
    ),
    .double("moderate", \.moderate, in: 0...100, "PSI from which a shift is moderate."),
    .double("unstable", \.unstable, in: 0...100, "PSI from which it is called unstable."),
    .double(
      "confidence", \.confidence, in: 0.5...0.999999, unit: "share",
      "PSI of two samples of one distribution stays below the bound in so many cases."),
    .int(
      "least_rows", \.fewest, in: 1...1_000_000, unit: "applications",
      "With fewer in a period or month there is no PSI."),
    .double(
      "false_alarms", \.level, in: 0.00001...0.5, unit: "share",
      "Share of months in which noise alone calls an area below one half reversed."),
    ResultFolder.field(\.folder),
  ]

  func validate(at places: FieldPlaces) throws {
    guard moderate <= unstable else {
      throw Faults.usage(places["moderate", "unstable"], "moderate is above unstable", "Lower it.")
    }
  }

  func band(_ psi: Double) -> StabilityReport.Band { psi < moderate ? .stable : psi < unstable ? .moderate : .unstable }
}
