internal import CutlineCore

/// One chart as a page of its own: the drawing, a sentence and the numbers, and where it is worth it a script that draws it again
/// so that it answers to a pointer.
struct ChartPage {
  /// What all of them show, as the title of several.
  let title: String
  let charts: [(label: String, chart: Chart)]
  /// SVG that `SvgDrawing` has written; nil where nothing could draw it.
  let drawing: String?
  let document: Specification
  /// The path of the library's script; nil where the page shall have none.
  let bundle: String?
  var words = Words.english

  private static let element = "picture"

  /// - Throws: `Faults` (io) where the library's script cannot be read.
  func bytes() throws -> [UInt8] {
    let title = charts.count == 1 ? charts[0].chart.finding : words(.severalRuns, title, "\(charts.count)")
    let script = try bundle.map { try PageScript([(Self.element, document)], bundle: $0) }
    return PageDocument(
      title: title, words: words, body: body(title), scripts: script?.scripts ?? [], data: script?.data ?? []
    ).bytes
  }

  private func body(_ title: String) -> Html {
    let picture: Html =
      drawing.map {
        .tag(
          "div", ["id": Self.element, "role": "img", "aria-label": charts.map(\.chart.summary).joined(separator: " ")],
          Html(trusted: ChartTheme.themed(svg: $0)))
      } ?? .tag("p", [:], .text(ChartConverter.absence))
    let runs = charts.map { own -> Html in
      [
        .tag("p", [:], .text((charts.count > 1 ? "\(own.label): " : "") + own.chart.summary)),
        Figures.numbers(own.chart, words),
        .tag("p", ["class": "source"], .text(words(.drawnFrom, own.chart.sources.joined(separator: ", ")))),
      ]
    }.joined()
    return .tag(
      "main", ["id": "content"], .tag("h1", ["class": "finding"], .text(title)),
      .tag("p", ["class": "basis"], .text(charts[0].chart.basis)), .tag("figure", [:], picture), runs)
  }
}
