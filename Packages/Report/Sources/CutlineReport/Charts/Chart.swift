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
  /// Whether it takes the width of a page; two others stand side by side.
  var isWide = true
  /// Whether it is worth a script that lets it be touched.
  var isInteractive = false

  private static let schema = "https://vega.github.io/schema/vega-lite/v6.json"

  /// The whole Vega-Lite document: finding above, basis below it, the files at the foot.
  /// - Parameter isTitled: false where a page says these itself.
  func document(dark: Bool = false, titled isTitled: Bool = true) -> Specification {
    Self.document(
      specification, finding: finding, basis: basis, foot: "Drawn from \(sources.joined(separator: ", "))",
      columns: isWide ? 1 : 0.5, dark: dark, titled: isTitled)
  }

  /// - Parameter columns: how many whole widths the drawing has, for the length of lines.
  static func document(
    _ drawing: Specification, finding: String, basis: String, foot: String, columns: Double, dark: Bool,
    titled isTitled: Bool
  ) -> Specification {
    let frame: Specification = ["$schema": .text(schema), "config": ChartTheme.config(dark: dark)]
    guard isTitled else { return drawing.merging(frame).printable }
    func lines(_ text: String, _ perWidth: Double) -> Specification {
      .list(ChartTheme.lines(text, limit: Int(perWidth * columns)).map(Specification.text))
    }
    let shades = dark ? ChartTheme.dark : ChartTheme.light
    let signed: Specification = [
      "title": [
        "text": lines(foot, 130), "orient": "bottom", "anchor": "start", "fontSize": 9, "fontWeight": "normal",
        "color": .text(shades.quiet), "lineHeight": 12, "offset": 12,
      ]
    ]
    return frame.merging([
      "vconcat": [drawing.merging(signed)], "resolve": Draw.apart,
      "title": ["text": lines(finding, 75), "subtitle": lines(basis, 118), "anchor": "start"],
    ]).printable
  }
}

/// The numbers of a chart as people read them.
struct ChartTable: Sendable {
  let columns: [String]
  /// Fields as they are shown.
  let rows: [[String]]
}
