/// The pictures of a page: charts with what the converter has drawn of them.
struct Figures: Sendable {
  private let charts: [String: Chart]
  private let drawn: [String: String]
  /// Why nothing is drawn; nil where everything is.
  let absence: String?
  let words: Words
  /// What makes them answer to a pointer; nil where the page has no scripts.
  let script: PageScript?

  /// - Parameter drawn: SVG by the name of its chart, already found to hold nothing but shapes and text.
  init(
    _ charts: [Chart], drawn: [String: String] = [:], absence: String? = nil, script: PageScript? = nil, words: Words
  ) {
    self.charts = Dictionary(charts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    (self.drawn, self.absence, self.script, self.words) = (drawn, absence, script, words)
  }

  /// Draws `charts`, all at once; without a converter they are sentences and tables.
  /// - Throws: as `ChartConverter.images`.
  init(_ charts: [Chart], by converter: ChartConverter?, hasScripts: Bool, words: Words) async throws {
    guard let converter, !charts.isEmpty else {
      self.init(charts, absence: charts.isEmpty ? nil : ChartConverter.absence, words: words)
      return
    }
    let images = try await converter.images(of: charts.map { ($0.name, $0.document(titled: false)) })
    let script =
      try hasScripts
      ? converter.bundle.map {
        try PageScript(charts.map { (Self.id($0.name), $0.document(titled: false)) }, bundle: $0)
      } : nil
    self.init(
      charts, drawn: images.mapValues { ChartTheme.themed(svg: String(decoding: $0.svg, as: UTF8.self)) },
      script: script, words: words)
  }

  private static func id(_ name: String) -> String { "picture-\(name)" }

  /// SVG of a chart; nil where nothing could draw it.
  func drawing(of name: String) -> String? { drawn[name] }

  func has(_ name: String) -> Bool { charts[name] != nil }

  /// Names that begin with `prefix`, sorted.
  func names(_ prefix: String) -> [String] { charts.keys.filter { $0.hasPrefix(prefix) }.sorted() }

  /// The picture with its finding, its basis, its numbers and its sources; nothing where the run has not what it shows.
  func html(_ name: String) -> Html {
    guard let chart = charts[name] else { return .empty }
    let picture: Html =
      drawn[name].map {
        .tag(
          "div", ["class": "picture", "id": Self.id(name), "role": "img", "aria-label": chart.summary],
          Html(trusted: $0))
      } ?? .empty
    return .tag(
      "figure", ["id": "figure-\(name)"],
      .tag(
        "figcaption", [:], .tag("h3", [:], .text(chart.finding)), .tag("p", ["class": "basis"], .text(chart.basis))),
      picture, .tag("p", [:], .text(chart.summary)), Self.numbers(chart, words),
      .tag("p", ["class": "source"], .text(words(.drawnFrom, chart.sources.joined(separator: ", ")))))
  }

  /// What a chart is drawn from, folded.
  static func numbers(_ chart: Chart, _ words: Words) -> Html {
    guard !chart.table.rows.isEmpty else { return .empty }
    var table = PageTable(
      .empty,
      chart.table.columns.enumerated().map { place, title in
        (.text(title), place > 0 && chart.table.rows.allSatisfy { row in isNumeric(row, place) })
      })
    for row in chart.table.rows { table.add(row.map(Html.text)) }
    return .tag(
      "details", [:], .tag("summary", [:], .text("\(words(.tableOfFigure)): \(chart.finding)")),
      table.html(label: chart.finding))
  }

  private static func isNumeric(_ row: [String], _ place: Int) -> Bool {
    guard row.indices.contains(place), let first = row[place].first else { return true }
    return first.isNumber || "–-−+".contains(first)
  }
}
