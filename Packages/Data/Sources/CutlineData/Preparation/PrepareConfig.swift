internal import CutlineCore

/// What happens when two identical rows stand in the file.
enum DuplicatePolicy: String, Sendable, CaseIterable {
  case dropExact = "drop-exact"
  case error
  case keep
}

/// How the risk of rejected applications is raised against booked ones.
enum StressMode: String, Sendable, CaseIterable {
  /// One factor for all cells: the risk of the worst booked applications over the risk of all.
  case global
  case off
}

/// How the dates of the main period are compared.
enum Granularity: String, Sendable, CaseIterable {
  /// Every day of the first and the last month belongs to it.
  case month
  /// Both days included.
  case day
}

enum TextCollisions: String, Sendable, CaseIterable {
  case error
  case merge
}

/// Rows that the original pipeline excluded without a word.
enum FilterPreset: String, Sendable, CaseIterable {
  case none
  /// Keeps `fuera_norma = n` and `fraud_flag = n`, drops `nature_holder = legal`.
  case originalExclusions = "original-exclusions"
}

struct PrepareConfig: StageConfig {
  /// The largest grid.
  static let cellLimit = 40_000

  var variables: [String] = []
  var bins: [(name: String, bins: VariableBins)] = []
  var octroiBins: [Double] = []
  var efxBins: [Double] = []
  var inverted = false
  var periodStart: CalendarDate?
  var periodEnd: CalendarDate?
  var recentStart: CalendarDate?
  var recentEnd: CalendarDate?
  var granularity = Granularity.month
  var segment = SegmentFilter()
  var segmentMatch = SegmentFilter.Match.exact
  var preset = FilterPreset.none
  var filters: [RowFilter] = []
  var scoreMeasures: [String] = []
  var textCollisions = TextCollisions.error
  var duplicates = DuplicatePolicy.dropExact
  var eligible = EligibleRule.values(column: ApplicationColumns.decision, ["ok", "rv"])
  var windowMonths = 12
  var multiplier = 7.0
  var stress = StressMode.global
  var stressShare = 0.05
  var stressVariable: String?
  var immatureMonths = ImmatureMonths.drop
  var acceptDirectionConflict: String?

  static let fields: [Field<Self>] = [
    .shared(.texts("variables", \.variables, atLeast: 2, "The two scores of the grid, by the names of their bins.")),
    .shared(
      .custom(
        "bins", allowed: "a table per variable: source, direction, edges, numbering, closed, missing, special, outside",
        "How each score is cut into bins.", refused: [.integer(1), .string("x")], form: .map(of: VariableBins.form),
        show: { config in "{ " + config.bins.map { "\($0.name) = \($0.bins.toml)" }.joined(separator: ", ") + " }" },
        read: { config, value in
          guard let table = value.table else { throw Field<Self>.refusal("bins", value, "a table per variable") }
          var reading = Reading()
          config.bins = try table.entries.compactMap { entry in
            try reading.attempt { (entry.key, try VariableBins(name: entry.key, entry.value)) }
          }
          try reading.finish()
        })),
    .shared(
      edges("octroi_bins", \.octroiBins, "Older form: edges of the first variable, on score_rf, higher-is-safer.")),
    .shared(
      edges("efx_bins", \.efxBins, "Older form: edges of the second variable, on risk_score_rf, numbered descending.")),
    .shared(
      .bool("inv_var1", \.inverted, "Older form: false = bin 1 of efx_bins is the safe end, true = the risky end.")),
    .shared(.date("date_ini_book_obs", \.periodStart, "First day of the main period.")),
    .shared(.date("date_fin_book_obs", \.periodEnd, "Last day of the main period.")),
    .shared(
      .date("date_ini_book_obs_mr", \.recentStart, "First day of the recent period; both of its dates or neither.")),
    .shared(.date("date_fin_book_obs_mr", \.recentEnd, "Last day of the recent period; both of its dates or neither.")),
    .shared(.choice("granularity", \.granularity, "Whether the period is made of whole months or of days.")),
    .shared(
      .custom(
        "segment_filter", allowed: "a text or a list of texts", "The segments of the run; left out = all rows.",
        refused: [.integer(1), .string("")], form: .oneOf([.text, .list(of: .text, atLeast: 1)]),
        show: { config in config.segment.values.isEmpty ? "unset" : "\(config.segment.values)" },
        read: { config, value in
          let items = value.array ?? [value]
          config.segment.values = try items.map { item in
            guard let text = item.string, !text.isEmpty else {
              throw Field<Self>.refusal("segment_filter", item, "a text or a list of texts")
            }
            return text
          }
        })),
    .shared(
      .choice("segment_match", \.segmentMatch, "How segment_filter is compared: exact, or regex over the whole value.")),
    .shared(
      .choice(
        "filter_preset", \.preset,
        "Exclusions known by name; original-exclusions needs fuera_norma, fraud_flag, nature_holder.")),
    .shared(
      .custom(
        "row_filters", allowed: "a list of { column, keep or drop, missing }",
        "Further exclusions by the values of a column.",
        refused: [.integer(1), .array([ConfigValue(.integer(1), at: .default)])],
        form: .list(of: RowFilter.form, atLeast: 0),
        show: { "[" + $0.filters.map(\.toml).joined(separator: ", ") + "]" },
        read: { config, value in
          guard let items = value.array else { throw Field<Self>.refusal("row_filters", value, "a list of tables") }
          config.filters = try items.map { try RowFilter($0) }
        })),
    .shared(
      .texts("score_measures", \.scoreMeasures, "Columns that hold y where a score rule rejected the application.")),
    .shared(
      .choice(
        "text_collisions", \.textCollisions, "Whether two spellings of one compared value are an error or one value.")),
    .shared(.choice("duplicates", \.duplicates, "What happens to identical rows.")),
    .shared(
      .custom(
        "eligible", allowed: "\"all\" or { column, values }", "Applications that count in the transformation rate.",
        refused: [.integer(1), .string("some")], form: EligibleRule.form, show: { $0.eligible.toml },
        read: { config, value in config.eligible = try EligibleRule(value) })),
    .shared(
      .int(
        "n_months", \.windowMonths, in: 1...600, unit: "months",
        "Window of the transformation rate, ending with the main period.")),
    .shared(
      .double(
        "multiplier", \.multiplier, in: 0.001...1000,
        "Snapshots summed in the pile: risk = multiplier · todu_30 / pile.")),
    .shared(.choice("stress", \.stress, "Whether predicted risk is multiplied by the stress factor.")),
    .shared(
      .double(
        "stress_share", \.stressShare, in: 0.001...1, unit: "share", "Share of booked applications that count as worst."
      )),
    .shared(
      .optionalText(
        "stress_variable", \.stressVariable, "Variable that says which applications are worst; default the last one.")),
    .shared(
      .choice(
        "immature_months", \.immatureMonths,
        "What happens to months in which most booked applications have no outcome yet.")),
    .shared(
      .optionalText(
        "accept_direction_conflict", \.acceptDirectionConflict,
        "Reason to go on although the data contradicts a declared direction.")),
  ]

  private static func edges(
    _ key: String, _ path: any WritableKeyPath<Self, [Double]> & Sendable, _ sentence: String
  ) -> Field<Self> {
    .custom(
      key, allowed: "a list of at least two increasing numbers", sentence, refused: [.integer(1), .string("x")],
      form: .list(of: .number(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude), atLeast: 2),
      show: { config in
        config[keyPath: path].isEmpty
          ? "unset"
          : "["
            + config[keyPath: path].map { $0.isInfinite ? ($0 < 0 ? "-inf" : "inf") : "\($0)" }.joined(separator: ", ")
            + "]"
      },
      read: { config, value in config[keyPath: path] = try VariableBins.edges(key, value) })
  }

  func validate(at places: FieldPlaces) throws {
    var reading = Reading()
    try reading.attempt { try checkGrid(at: places) }
    let hasPeriod = try reading.attempt { try checkPeriod(at: places) } != nil
    if hasPeriod { try reading.attempt { try checkRecentPeriod(at: places) } }
    try reading.finish()
  }

  private func checkGrid(at places: FieldPlaces) throws {
    guard variables.count == 2 else {
      throw Faults.usage(
        places["variables"], "variables names \(variables.count) scores",
        "The plan of this version takes exactly two.")
    }
    guard variables[0] != variables[1] else {
      throw Faults.usage(places["variables"], "variables names \(variables[0]) twice", "Name two different scores.")
    }
    let axes = try axes(at: places["bins", "variables"])
    if axes[0].bins.source == axes[1].bins.source {
      throw Faults.usage(
        places["bins", "variables"], "both variables are cut from \(axes[0].bins.source)",
        "Use two different scores.")
    }
    let cells = axes.reduce(1) { $0 * ($1.bins.edges.count - 1) }
    guard cells <= Self.cellLimit else {
      throw Faults.usage(
        places["bins", "variables"], "the grid has \(cells) cells",
        "Use at most \(Self.cellLimit), such as 200 × 200.")
    }
    if let stressVariable, !variables.contains(stressVariable) {
      throw Faults.usage(
        places["stress_variable"],
        "stress_variable \(stressVariable) is not a variable of the grid\(DidYouMean.phrase(for: stressVariable, among: variables))",
        "Name one of \(variables.joined(separator: ", ")).")
    }
  }

  private func checkPeriod(at places: FieldPlaces) throws {
    guard let periodStart, let periodEnd else {
      let missing = periodStart == nil ? "date_ini_book_obs" : "date_fin_book_obs"
      throw Faults.usage(
        places["date_ini_book_obs", "date_fin_book_obs"], "\(missing) is not set",
        "Give the first and the last day of the main period.")
    }
    guard periodStart <= periodEnd else {
      throw Faults.usage(
        places["date_fin_book_obs"],
        "the main period ends before it begins: \(periodStart.iso) to \(periodEnd.iso)",
        "Exchange date_ini_book_obs and date_fin_book_obs.")
    }
  }

  private func checkRecentPeriod(at places: FieldPlaces) throws {
    switch (recentStart, recentEnd) {
    case (nil, nil): break
    case (let start?, let end?):
      guard let periodStart, let periodEnd else { return }
      guard start <= end else {
        throw Faults.usage(
          places["date_ini_book_obs_mr"], "the recent period ends before it begins: \(start.iso) to \(end.iso)",
          "Exchange date_ini_book_obs_mr and date_fin_book_obs_mr.")
      }
      guard start > periodEnd || end < periodStart else {
        throw Faults.usage(
          places["date_ini_book_obs_mr"],
          "the recent period (\(start.iso) to \(end.iso)) overlaps the main period", "Begin it after \(periodEnd.iso).")
      }
    default:
      let (set, unset) =
        recentStart == nil
        ? ("date_fin_book_obs_mr", "date_ini_book_obs_mr") : ("date_ini_book_obs_mr", "date_fin_book_obs_mr")
      throw Faults.usage(
        places[set], "\(set) is set, \(unset) is not", "Set both dates of the recent period or neither.")
    }
  }

  /// The variables with their bins, the older form translated.
  func axes(at place: Place) throws -> [(name: String, bins: VariableBins)] {
    for (name, _) in bins where !variables.contains(name) {
      throw Faults.usage(
        place, "bins.\(name) belongs to no variable\(DidYouMean.phrase(for: name, among: variables))",
        "variables = [\(variables.joined(separator: ", "))].")
    }
    return try variables.enumerated().map { index, name in
      if let own = bins.first(where: { $0.name == name }) {
        if !(index == 0 ? octroiBins : efxBins).isEmpty {
          throw Faults.usage(
            place, "\(name) has both bins.\(name) and \(index == 0 ? "octroi_bins" : "efx_bins")",
            "Keep one of the two.")
        }
        return own
      }
      let edges = index == 0 ? octroiBins : efxBins
      guard !edges.isEmpty else {
        throw Faults.usage(
          place, "there are no bins for the variable \(name)",
          "Add [preprocessing.bins.\(name)] with source, direction and edges.")
      }
      if index == 0 { return (name, VariableBins(source: "score_rf", direction: .higherIsSafer, edges: edges)) }
      return (
        name,
        VariableBins(
          source: "risk_score_rf", direction: inverted ? .higherIsRiskier : .higherIsSafer, numbering: .descending,
          edges: edges)
      )
    }
  }

  /// How the older form was understood, for people; nothing when it was not used.
  var translations: [String] {
    var notes: [String] = []
    if !octroiBins.isEmpty {
      notes.append("octroi_bins is read as: \(variables[0]) = score_rf, higher-is-safer, numbered ascending")
    }
    if !efxBins.isEmpty {
      notes.append(
        "efx_bins is read as: \(variables[1]) = risk_score_rf, \(inverted ? "higher-is-riskier" : "higher-is-safer"), numbered descending (bin 1 = highest score)"
      )
    }
    return notes
  }
}
