internal import CutlineCore

/// The scores of the grid and how they are cut into bins: what every stage that looks at scores must know.
struct GridConfig: StageConfig {
  /// The largest grid.
  static let cellLimit = 40_000

  var variables: [String] = []
  var bins: [(name: String, bins: VariableBins)] = []
  var octroiBins: [Double] = []
  var efxBins: [Double] = []
  var inverted = false

  static let fields: [Field<Self>] = [
    .shared(
      .texts("variables", \.variables, atLeast: 1, "The scores of the grid, by the names of their bins; one or more.")),
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
    guard !variables.isEmpty else {
      throw Faults.usage(
        places["variables"], "variables names no score", "Name the scores of the grid, by the names of their bins.")
    }
    if let twice = variables.indices.first(where: { variables[..<$0].contains(variables[$0]) }) {
      throw Faults.usage(places["variables"], "variables names \(variables[twice]) twice", "Name different scores.")
    }
    let axes = try axes(at: places["bins", "variables"])
    for (index, axis) in axes.enumerated() {
      if let other = axes[..<index].first(where: { $0.bins.source == axis.bins.source }) {
        throw Faults.usage(
          places["bins", "variables"], "both \(other.name) and \(axis.name) are cut from \(axis.bins.source)",
          "Use different scores.")
      }
      guard axis.bins.method != nil || !axis.bins.edges.isEmpty else {
        throw Faults.usage(
          axis.bins.place, "bins.\(axis.name) has no edges",
          "State them, edges = [-inf, …, inf]: cutline bins proposes some; or write edges = \"optimal\" or \"quantile\", and each run does."
        )
      }
    }
    try Self.checkSize(axes, at: places["bins", "variables"])
  }

  /// - Throws: `Faults` (usage) for a grid that is too fine; where edges are still to be proposed, of the others.
  static func checkSize(_ axes: [(name: String, bins: VariableBins)], at place: Place) throws {
    let cells = axes.reduce(1.0) { $0 * Double(max(1, $1.bins.edges.count - 1)) }
    guard cells <= Double(cellLimit) else {
      throw Faults.usage(
        place, "the grid has \(NumberText.shortest(cells)) cells", "Use at most \(cellLimit), such as 200 × 200.")
    }
  }

  /// The variables with their bins, the older form translated.
  func axes(at place: Place) throws -> [(name: String, bins: VariableBins)] {
    // The variable is what was mistyped where bins of nearly its name are there.
    if let typo = variables.first(where: { name in !bins.contains { $0.name == name } }), variables.count == bins.count,
      let near = bins.map(\.name).first(where: {
        DidYouMean.phrase(for: typo, among: [$0]) != "" && !variables.contains($0)
      })
    {
      throw Faults.usage(
        place, "variables names \(typo), for which there are no bins; did you mean \(near)",
        "variables = [\(variables.map { $0 == typo ? near : $0 }.joined(separator: ", "))] has bins.")
    }
    for (name, _) in bins where !variables.contains(name) {
      throw Faults.usage(
        place, "bins.\(name) belongs to no variable\(DidYouMean.phrase(for: name, among: variables))",
        "variables = [\(variables.joined(separator: ", "))].")
    }
    return try variables.enumerated().map { index, name in
      // The older form has two scores, in this order.
      let edges = index == 0 ? octroiBins : index == 1 ? efxBins : []
      if let own = bins.first(where: { $0.name == name }) {
        if !edges.isEmpty {
          throw Faults.usage(
            place, "\(name) has both bins.\(name) and \(index == 0 ? "octroi_bins" : "efx_bins")",
            "Keep one of the two.")
        }
        return own
      }
      guard !edges.isEmpty else {
        throw Faults.usage(
          place, "there are no bins for the variable \(name)",
          "Add [preprocessing.bins.\(name)] with source, direction and edges; edges = \"optimal\" proposes them.")
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
    if !efxBins.isEmpty, variables.count > 1 {
      notes.append(
        "efx_bins is read as: \(variables[1]) = risk_score_rf, \(inverted ? "higher-is-riskier" : "higher-is-safer"), numbered descending (bin 1 = highest score)"
      )
    }
    return notes
  }
}
