internal import CutlineCore
internal import CutlineCredit

/// What `cutline bins` asks for, beside what a preparation is asked for.
struct BinTablesConfig: StageConfig {
  var prepare = PrepareConfig()
  var variables: [String] = []
  var method = "optimal"
  var most: Int?

  static let fields: [Field<Self>] =
    PrepareConfig.fields.map { $0.lifted(\.prepare) } + [
      .texts("only", \.variables, "Scores of the grid, or columns of numbers; empty: all scores of the grid."),
      .text("method", \.method, "The one of bin_methods that proposes the edges."),
      .optionalInt("max_bins", \.most, in: 2...100, "The most bins; left out = what the variable or the method says."),
    ]

  /// What is said of the grid is looked at when it is used: it need not be there yet.
  func validate(at places: FieldPlaces) throws {
    guard prepare.periodStart != nil, prepare.periodEnd != nil else { return try prepare.validate(at: places) }
  }
}

/// Proposes edges for scores of the grid and for other columns, beside those that are stated.
///
/// Of a column that is no score of the grid the data says which end is safe, and values that look like codes are taken for
/// codes; both are said.
struct StandardBinTables: Stage {
  typealias Kind = BinTables
  static let name = "standard"
  static let summary = "Tables of proposed and stated bins with risk, weight of evidence and information value."
  let config: BinTablesConfig

  func run(_ input: BinTables.Input, in context: RunContext) async throws -> BinReport {
    let prepare = config.prepare
    guard let method = prepare.binMethods.first(where: { $0.name == config.method }) else {
      let names = prepare.binMethods.map(\.name)
      throw Faults.usage(
        "method", "\(config.method) is none of bin_methods\(DidYouMean.phrase(for: config.method, among: names))",
        "It has \(names.joined(separator: ", ")).")
    }
    let prepared = try PreparedRows(
      input.source, duplicates: input.quality.duplicateRows, prepare, in: context)
    let scope = prepare.binsScope
    let population = BinPopulation(
      prepared, prepare, scope: scope == .segment ? prepared.waterfall.remaining : prepared.portfolio)
    guard !population.months.isEmpty else {
      throw Faults.data(
        "main period", "holds no application that is booked or rejected by score", "Check the period and the statuses.")
    }
    let grid = try prepare.grid.variables.isEmpty ? [] : prepare.grid.axes(at: "preprocessing")
    let wanted = try config.variables.isEmpty ? grid : config.variables.map { try chosen($0, grid, prepared.table) }
    guard !wanted.isEmpty else {
      throw Faults.usage(
        "variables", "names no score", "Name the scores of the grid, or a column: cutline bins --variable COLUMN.")
    }
    var variables: [BinReport.Variable] = []
    for (index, (name, bins)) in wanted.enumerated() {
      let isInGrid = grid.contains { $0.name == name }
      variables.append(
        try await variable(name, bins, isInGrid: isInGrid, population, method, in: context.inner(.binProposal, index)))
    }
    let basis = Basis(
      segment: scope == .file || prepare.segment.values.isEmpty
        ? "all" : prepare.segment.values.joined(separator: " + "),
      periodStart: prepare.periodStart?.iso ?? "", periodEnd: prepare.periodEnd?.iso ?? "",
      months: population.months.count)
    return BinReport(variables: variables, basis: basis, scope: scope.rawValue)
  }

  /// A score of the grid by its name, or a column.
  private func chosen(
    _ name: String, _ grid: [(name: String, bins: VariableBins)], _ table: Table
  ) throws -> (name: String, bins: VariableBins) {
    let column = StandardText.standardise(name)
    guard !config.prepare.monitorOnly.map(StandardText.standardise).contains(column) else {
      throw Faults.usage(
        "variable \(name)", "is in monitor_only: no score may be cut from it", "Take it out of one of the two.")
    }
    if let own = grid.first(where: { $0.name == name }) ?? grid.first(where: { $0.bins.source == column }) {
      return own
    }
    guard table[column] != nil else {
      let known = grid.map(\.name) + table.names
      throw Faults.usage(
        "variable \(name)",
        "is neither a score of the grid nor a column\(DidYouMean.phrase(for: column, among: known))",
        "The grid has \(grid.isEmpty ? "none" : grid.map(\.name).joined(separator: ", ")).")
    }
    return (name, VariableBins(source: column, direction: .higherIsSafer, edges: [], missing: .ownBin))
  }

  private func variable(
    _ name: String, _ stated: VariableBins, isInGrid: Bool, _ population: BinPopulation, _ method: Chosen<Bin>,
    in context: RunContext
  ) async throws -> BinReport.Variable {
    var bins = stated
    let found = try population.codes(of: stated)
    // Nobody could have declared the codes of a column that is not in the grid yet.
    if !isInGrid { bins.special = found.map { ($0, .ownBin) } }
    if let most = config.most { bins.mostBins = most }
    let measure = RiskMeasure(multiplier: config.prepare.multiplier)
    let evidence = try population.evidence(of: name, bins, direction: isInGrid ? bins.direction : nil)
    var proposed: (proposal: BinProposal, table: BinTable)?
    var cuts: [BinReport.Cut] = []
    do {
      let proposal = try await method(Bin.Input(evidence: evidence), in: context)
      let table = BinTable(evidence, bins.with(edges: proposal.edges).axis(named: name), measure: measure)
      if proposal.cuts.isEmpty {
        cuts.append(
          Self.failed(
            config.method,
            "leaves a single bin: "
              + (proposal.contradictsDirection
                ? "direction contradicts data: in the other direction \(bins.source) is worth more than \(BinProposal.contradiction) times as much"
                : "\(bins.source) does not tell risks apart")))
      } else {
        proposed = (proposal, table)
        cuts.append(Self.cut(config.method, proposal.edges, table, proposal))
      }
    } catch let error as InnerFailure where error.exitCode == .gate {
      // That one score has no bins must not hide the others.
      cuts.append(Self.failed(config.method, error.text(.log)))
    }
    if !stated.edges.isEmpty {
      cuts.append(
        Self.cut(
          "stated", stated.edges,
          BinTable(evidence, bins.axis(named: name), clamps: bins.outside == .edgeBin, measure: measure),
          nil))
    }
    if !isInGrid, proposed?.table.trend == "ascending" { bins.direction = .higherIsRiskier }
    return BinReport.Variable(
      name: name, source: bins.source, direction: bins.direction, isInGrid: isInGrid, cuts: cuts,
      toml: proposed.map { Self.toml(name, bins.with(edges: $0.proposal.edges), isInGrid: isInGrid) },
      codes: found.map(VariableBins.name(ofSpecial:)))
  }

  private static func cut(
    _ method: String, _ edges: [Double], _ table: BinTable, _ proposal: BinProposal?
  ) -> BinReport.Cut {
    BinReport.Cut(
      method: method, failure: nil, edges: VariableBins.toml(edges), informationValue: table.informationValue,
      deviance: table.deviance, trend: table.trend, objective: proposal?.objective, value: proposal?.value,
      freeValue: proposal?.freeValue, contradictsDirection: proposal?.contradictsDirection ?? false, rows: table.rows)
  }

  private static func failed(_ method: String, _ why: String) -> BinReport.Cut {
    BinReport.Cut(
      method: method, failure: why, edges: nil, informationValue: nil, deviance: nil, trend: nil, objective: nil,
      value: nil, freeValue: nil, contradictsDirection: false, rows: [])
  }

  /// The lines to paste: of a score of the grid its edges, of another column all of its table.
  private static func toml(_ name: String, _ bins: VariableBins, isInGrid: Bool) -> String {
    let bare = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
    let key = bare ? name : ConfigValue.quoted(name)
    let edges = "edges = \(VariableBins.toml(bins.edges))"
    guard !isInGrid else { return "[preprocessing.bins.\(key)]\n\(edges)\n" }
    let codes = bins.special.map { "\(ConfigValue.quoted(VariableBins.name(ofSpecial: $0.value))) = \"own-bin\"" }
    return "[preprocessing.bins.\(key)]\nsource = \(ConfigValue.quoted(bins.source))\n"
      + "direction = \"\(bins.direction.rawValue)\"\nmissing = \"own-bin\"\n"
      + (codes.isEmpty ? "" : "special = { \(codes.joined(separator: ", ")) }\n") + edges + "\n"
  }
}
