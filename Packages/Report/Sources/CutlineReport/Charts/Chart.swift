/// A picture as data: what it says, what it is drawn from, a Vega-Lite specification, and the same as a table.
struct Chart: Sendable {
  /// Its name, and that of its files: `risk_production_visualizer_base`.
  let name: String
  /// What it shows, as a sentence: its title.
  let finding: String
  /// Population, period, unit, source of outcomes, interval: its subtitle.
  let basis: String
  /// What one sees, in one sentence, for those who see no picture.
  let summary: String
  /// The paths of the run's files that it is drawn from.
  let sources: [String]
  /// Without title and theme, which all charts share.
  let specification: Specification
  /// The table beside it.
  let table: ChartTable
}

/// The numbers of a chart as people read them.
struct ChartTable: Sendable {
  let columns: [String]
  /// Fields as they are shown.
  let rows: [[String]]
}
