internal import CutlineCore
internal import CutlineCredit

struct ScoreMetricsConfig: StageConfig {
  var scores: [String] = []
  var combined = true
  var combine: Chosen<Fit> = Chosen("logistic", with: [("alpha", .float(1e-4))])
  var folds = 5
  var outcome: String?
  var weight: String?
  var scoreDate: String?
  var confidence = 0.95
  var leakLevel = 0.01
  var leakCeiling = 0.9
  var leakMargin = 0.15
  var level = "all"
  var label: String?
  var supersegment: String?
  var folder = "data"

  static let fields: [Field<Self>] = [
    .texts("scores", \.scores, "Scores of the grid, or columns of numbers; empty: all scores of the grid."),
    .bool("combined", \.combined, "Whether the scores are also combined into one, cross-fitted."),
    .stage("combine", \.combine, "What combines them: fitted to 0 and 1 on the scores, riskier is higher."),
    .shared(.int("cv_folds", \.folds, in: 2...20, "Folds of applications, or splits in time.")),
    .optionalText(
      "outcome", \.outcome,
      "Column that holds 1 for bad and 0 for good; left out = early_bad where the file has it, else bad = todu_30 above 0."
    ),
    .optionalText("weight", \.weight, "Column by which applications count, such as an exposure; left out = once each."),
    .optionalText("score_date", \.scoreDate, "Column with the date of the scores, for the leak test by time."),
    .double("confidence", \.confidence, in: 0.5...0.999, unit: "share", "Of the intervals."),
    .double(
      "leak_level", \.leakLevel, in: 0.00001...0.2, unit: "probability",
      "The chance that any score of a segment is warned of where none knows more than the tests allow."),
    .double("leak_ceiling", \.leakCeiling, in: 0.6...0.999, unit: "area", "The area that a clean score may have."),
    .double(
      "leak_margin", \.leakMargin, in: 0...0.5, unit: "area",
      "By how much a clean score's area may lie above that of all others together."),
    .text("level", \.level, "What the rows are about: all, segment or supersegment."),
    .optionalText("label", \.label, "Name of the segment in the tables; left out = that of the run."),
    .optionalText("supersegment", \.supersegment, "Name of its supersegment in the tables."),
    ResultFolder.field(\.folder),
  ]
}
