internal import CutlineCore
internal import CutlineCredit

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
  var grid = GridConfig()
  var binMethods: [Chosen<Bin>] = ["optimal", "quantile", "equal-width"]
  var binsScope = BinsScope.file
  var words = ApplicationWords()
  var periodStart: CalendarDate?
  var periodEnd: CalendarDate?
  var recentStart: CalendarDate?
  var recentEnd: CalendarDate?
  var allowOverlap = false
  var horizonMonths = 6
  var granularity = Granularity.month
  var segment = SegmentFilter()
  var preset = FilterPreset.none
  var filters: [RowFilter] = []
  var scoreMeasures: [String] = []
  var rejectFlags: [String] = []
  var textCollisions = TextCollisions.error
  var duplicates = DuplicatePolicy.dropExact
  var groupBy: String?
  var eligible = EligibleRule.auto
  var overrides: RowRule?
  var windowMonths = 12
  var multiplier = 7.0
  var amountScale: Int?
  var stress = StressMode.off
  var stressShare = 0.05
  var stressVariable: String?
  var immatureMonths = ImmatureMonths.drop
  var acceptDirectionConflict: String?
  var monitorOnly: [String] = []

  static let fields: [Field<Self>] =
    GridConfig.fields.map { $0.lifted(\.grid) } + [
      .shared(
        .stages(
          "bin_methods", \.binMethods,
          "What edges of bins may be proposed by: edges = \"optimal\" of a variable names one of them.")),
      .shared(
        .choice(
          "bins_scope", \.binsScope,
          "Whose applications edges are proposed from: file = all of the main period, so that segments share one grid; segment = those of segment_filter."
        )),
    ] + ApplicationWords.fields.map { $0.lifted(\.words) } + [
      .shared(.date("date_ini_book_obs", \.periodStart, "First day of the main period.")),
      .shared(.date("date_fin_book_obs", \.periodEnd, "Last day of the main period.")),
      .shared(
        .date("date_ini_book_obs_mr", \.recentStart, "First day of the recent period; both of its dates or neither.")),
      .shared(
        .date("date_fin_book_obs_mr", \.recentEnd, "Last day of the recent period; both of its dates or neither.")),
      .shared(
        .bool(
          "allow_overlap", \.allowOverlap,
          "Whether the recent period may share days with the main one; rows of both count in the main one only.")),
      .shared(
        .int(
          "horizon", \.horizonMonths, in: 0...60, unit: "months",
          "Months after booking over which the pile sums balances: multiplier should be horizon + 1.")),
      .shared(.choice("granularity", \.granularity, "Whether the period is made of whole months or of days.")),
    ] + SegmentFilter.fields.map { $0.lifted(\.segment) } + [
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
        .texts(
          "reject_flags", \.rejectFlags, atLeast: 1,
          "Columns whose words say that a hard rule rejected the application; left out = those called m_ct_direct….")),
      .shared(
        .choice(
          "text_collisions", \.textCollisions, "Whether two spellings of one compared value are an error or one value.")
      ),
      .shared(
        .optionalText(
          "group_by", \.groupBy,
          "A column whose equal values stay together wherever applications are drawn, such as folds: a customer, a dealer."
        )),
      .shared(.choice("duplicates", \.duplicates, "What happens to identical rows.")),
      .shared(
        .texts(
          "monitor_only", \.monitorOnly,
          "Columns by whose groups acceptance and risk are shown; no score of the grid may be cut from them.")),
      .shared(
        .custom(
          "eligible", allowed: "\"auto\", \"all\" or { column, values }",
          "Applications that were offered a loan, also where it was not taken; auto = se_decision_id ok or rv where the file has such, else all.",
          refused: [.integer(1), .string("some")], form: EligibleRule.form, show: { $0.eligible.toml },
          read: { config, value in config.eligible = try EligibleRule(value) })),
      .shared(
        .custom(
          "overrides", allowed: "{ column, values }",
          "Booked applications that the score would have rejected, where a column says so; left out = those in cells that are mostly rejected.",
          refused: [.integer(1), .string("some")], form: RowRule.form("overrides"),
          show: { $0.overrides?.toml ?? "unset" },
          read: { config, value in
            config.overrides = try RowRule(
              value, of: "overrides", "Write { column = \"override_reason\", values = [\"relationship\"] }.")
          })),
      .shared(
        .int(
          "n_months", \.windowMonths, in: 1...600, unit: "months",
          "Window of the rates of swap-ins, ending with the main period.")),
      .shared(
        .double(
          "multiplier", \.multiplier, in: 0.001...1000,
          "Snapshots summed in the pile: risk = multiplier · todu_30 / pile.")),
      .shared(
        .optionalInt(
          "amount_scale", \.amountScale, in: 0...AmountScale.most, unit: "decimals",
          "Decimals in which amounts are kept exactly; left out = those of the values, 2 to 6, more only where six would move a sum."
        )),
      .shared(.choice("stress", \.stress, "Whether predicted risk is multiplied by the stress factor.")),
      .shared(
        .double(
          "stress_share", \.stressShare, in: 0.001...1, unit: "share",
          "Share of booked applications that count as worst."
        )),
      .shared(
        .optionalText(
          "stress_variable", \.stressVariable, "Variable that says which applications are worst; default the last one.")
      ),
      .shared(
        .choice(
          "immature_months", \.immatureMonths,
          "What happens to months in which most booked applications have no outcome yet.")),
      .shared(
        .optionalText(
          "accept_direction_conflict", \.acceptDirectionConflict,
          "Reason to go on although the data contradicts a declared direction.")),
    ]

  func validate(at places: FieldPlaces) throws {
    var reading = Reading()
    try reading.attempt {
      try grid.validate(at: places)
      try checkStressVariable(at: places)
    }
    try reading.attempt { try checkRoles(at: places) }
    for (name, bins) in grid.bins {
      try reading.attempt { if let wanted = bins.method { _ = try binMethod(wanted, of: name, at: bins.place) } }
    }
    let hasPeriod = try reading.attempt { try checkPeriod(at: places) } != nil
    if hasPeriod { try reading.attempt { try checkRecentPeriod(at: places) } }
    try reading.finish()
  }

  /// What proposes the edges of a variable.
  /// - Throws: `Faults` (usage) for a name that `bin_methods` does not have.
  func binMethod(_ wanted: String, of variable: String, at place: Place) throws -> Chosen<Bin> {
    if let method = binMethods.first(where: { $0.name == wanted }) { return method }
    let names = binMethods.map(\.name)
    throw Faults.usage(
      place, "edges of bins.\(variable) names \(wanted)\(DidYouMean.phrase(for: wanted, among: names))",
      "bin_methods has \(names.joined(separator: ", ")); or state the edges as a list.")
  }

  /// Sentences on keys that are set and mean nothing beside the others.
  var withoutEffect: [String] {
    var said: [String] = []
    if segment.values.isEmpty, segment.match != .exact {
      said.append("segment_match has no effect: there is no segment_filter")
    }
    if grid.inverted, grid.efxBins.isEmpty { said.append("inv_var1 has no effect: there are no efx_bins") }
    if !grid.efxBins.isEmpty, grid.variables.count == 1 {
      said.append("efx_bins has no effect: there is no second variable")
    }
    for (name, bins) in grid.bins where bins.outside != .error {
      if bins.method != nil || bins.edges.first == -.infinity && bins.edges.last == .infinity {
        said.append("outside of bins.\(name) has no effect: no value lies beyond -inf and inf")
      }
    }
    return said
  }

  private func checkRoles(at places: FieldPlaces) throws {
    let watched = Set(monitorOnly.map(StandardText.standardise))
    for (name, bins) in grid.bins where watched.contains(StandardText.standardise(bins.source)) {
      throw Faults.usage(
        places["monitor_only", "bins"], "\(bins.source) is in monitor_only, and \(name) is cut from it",
        "Take it out of one of them: what is only watched may decide about nobody.")
    }
    let flags = Set(rejectFlags.map(StandardText.standardise))
    if let both = scoreMeasures.first(where: { flags.contains(StandardText.standardise($0)) }) {
      throw Faults.usage(
        places["score_measures", "reject_flags"], "\(both) is both in score_measures and in reject_flags",
        "A column says either that the score rejected or that a hard rule did: name it in one.")
    }
  }

  private func checkStressVariable(at places: FieldPlaces) throws {
    if let stressVariable, !grid.variables.contains(stressVariable) {
      throw Faults.usage(
        places["stress_variable"],
        "stress_variable \(stressVariable) is not a variable of the grid\(DidYouMean.phrase(for: stressVariable, among: grid.variables))",
        "Name one of \(grid.variables.joined(separator: ", ")).")
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
      guard allowOverlap || start > periodEnd || end < periodStart else {
        throw Faults.usage(
          places["date_ini_book_obs_mr"],
          "the recent period (\(start.iso) to \(end.iso)) overlaps the main period",
          "Begin it after \(periodEnd.iso); or set allow_overlap = true: rows of both periods count in the main one only, and a "
            + "recent period inside the main one is empty then.")
      }
    default:
      let (set, unset) =
        recentStart == nil
        ? ("date_fin_book_obs_mr", "date_ini_book_obs_mr") : ("date_ini_book_obs_mr", "date_fin_book_obs_mr")
      throw Faults.usage(
        places[set], "\(set) is set, \(unset) is not", "Set both dates of the recent period or neither.")
    }
  }
}
