internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// A score with a value for every row of the sample, NaN where it has none.
struct ScoreColumn: Sendable {
  let name: String
  let values: [Double]
  let direction: Direction
  /// Who says which end is risky: `declared`, `from the outcomes`, `cross-fitted`.
  let directionSource: String

  var isHigherRiskier: Bool { direction == .higherIsRiskier }

  /// Riskier is higher.
  var oriented: [Double] { isHigherRiskier ? values : values.map { -$0 } }
}

/// The scores that are asked for.
struct ScoreColumns {
  let sample: Sample
  let source: SourceTable?
  let outcomes: ScoreOutcomes

  /// All scores of the grid, or those named: a variable of the grid, its column, or another column of numbers.
  ///
  /// - Throws: `Faults` (usage) for a name that is none of them; (data) for a column that holds no numbers.
  func named(_ names: [String]) throws -> [ScoreColumn] {
    let axes = sample.grid.axes
    let wanted = names.isEmpty ? axes.map(\.source) : names
    var columns: [ScoreColumn] = []
    for name in wanted {
      let own = try column(name)
      guard !columns.contains(where: { $0.name == own.name }) else {
        throw Faults.usage("scores", "\(own.name) is named twice", "Name each score once.")
      }
      columns.append(own)
    }
    return columns
  }

  private func column(_ name: String) throws -> ScoreColumn {
    if let index = sample.grid.axes.firstIndex(where: { $0.name == name || $0.source == name }) {
      let axis = sample.grid.axes[index]
      return ScoreColumn(
        name: axis.source, values: sample.scores[index], direction: axis.direction, directionSource: "declared")
    }
    let column = try SampleColumn.named(name, of: source, beside: sample, key: "scores")
    guard case .number(let all) = column.values, let rows = sample.origin?.rows else {
      throw Faults.data("column \(column.name)", "holds no numbers", "Name a score, or the type of the column.")
    }
    let values = rows.map { all[$0] }
    return ScoreColumn(
      name: column.name, values: values, direction: direction(of: values), directionSource: "from the outcomes")
  }

  /// Of booked applications of the main period: that which gives an area of at least one half.
  private func direction(of values: [Double]) -> Direction {
    let rows = outcomes.rows(of: .booked, in: .main).filter { !values[$0.row].isNaN }
    let area = RocAreas.area(rows.map { values[$0.row] }, isBad: rows.map(\.isBad))
    return (area ?? 0.5) < 0.5 ? .higherIsSafer : .higherIsRiskier
  }
}
