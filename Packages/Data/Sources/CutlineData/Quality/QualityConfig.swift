internal import CutlineCore
internal import CutlineCredit

struct QualityConfig: StageConfig {
  enum RepeatedIDs: String, Sendable, CaseIterable { case error, allow }

  var grid = GridConfig()
  var words = ApplicationWords()
  var keepVars: [String] = []
  var indicators = CellSums.columnNames
  var skip = false
  var skipReason: String?
  var segment = SegmentFilter()
  var periodStart: CalendarDate?
  var periodEnd: CalendarDate?
  var missingWarning = 0.05
  var missingFailure = 0.20
  var segmentWarning = 1000
  var segmentFailure = 100
  var outlierZ = 5.0
  var zThreshold = 3.0
  var outlierShare = 0.01
  var bookedWarning = 0.05
  var bookedFailure = 0.01
  var duplicateShare = 0.01
  var badWarning = 100
  var repeatedIDs = RepeatedIDs.error

  static let fields: [Field<Self>] =
    GridConfig.fields.map { $0.lifted(\.grid) } + ApplicationWords.fields.map { $0.lifted(\.words) } + [
      .shared(
        .texts("keep_vars", \.keepVars, atLeast: 1, "Columns that the file must hold besides those that the run needs.")
      ),
      .shared(.texts("indicators", \.indicators, atLeast: 5, "The five indicator columns.")),
      .bool("skip", \.skip, "Leave the checks out; every result then says so (--skip-dq-checks)."),
      .optionalText("skip_reason", \.skipReason, "Why they are left out: noted instead of a warning."),
    ] + SegmentFilter.fields.map { $0.lifted(\.segment) } + [
      .shared(.date("date_ini_book_obs", \.periodStart, "First day of the main period.")),
      .shared(.date("date_fin_book_obs", \.periodEnd, "Last day of the main period.")),
      .double(
        "missing_warning", \.missingWarning, in: 0...1, unit: "share", "Share of missing values in a column that warns."
      ),
      .double(
        "missing_failure", \.missingFailure, in: 0...1, unit: "share", "Share of missing values in a column that fails."
      ),
      .int("segment_warning", \.segmentWarning, in: 0...1_000_000_000, unit: "rows", "Fewer rows in the segment warn."),
      .int("segment_failure", \.segmentFailure, in: 0...1_000_000_000, unit: "rows", "Fewer rows in the segment fail."),
      .double(
        "outlier_z", \.outlierZ, in: 0.1...1000, "Modified z-score (by the median) beyond which a value is an outlier."),
      .shared(
        .double(
          "z_threshold", \.zThreshold, in: 0.1...1000,
          "A second modified z-score whose share of outliers the report gives; it only informs.")),
      .double("outlier_share", \.outlierShare, in: 0...1, unit: "share", "Share of outliers in a column that warns."),
      .double(
        "booked_warning", \.bookedWarning, in: 0...1, unit: "share", "Share of booked rows below which it warns."),
      .double(
        "booked_failure", \.bookedFailure, in: 0...1, unit: "share", "Share of booked rows below which it fails."),
      .int(
        "bad_warning", \.badWarning, in: 0...1_000_000_000, unit: "rows",
        "Fewer booked rows of the main period that went bad warn."),
      .double("duplicate_share", \.duplicateShare, in: 0...1, unit: "share", "Share of identical rows that warns."),
      .shared(.choice("repeated_ids", \.repeatedIDs, "Whether one authorization_id on different rows fails.")),
    ]

  func validate(at places: FieldPlaces) throws {
    try segment.validate(at: places)
    let missing = CellSums.columnNames.filter { name in !indicators.map(StandardText.standardise).contains(name) }
    guard missing.isEmpty else {
      throw Faults.usage(
        places["indicators"], "indicators lacks \(missing.joined(separator: ", "))",
        "Name all five: \(CellSums.columnNames.joined(separator: ", ")).")
    }
  }
}
