/// What the converter has made of charts: SVG by the name of its chart, already found to hold nothing but shapes and text.
struct Drawings: Sendable {
  let svg: [String: String]
  /// Bitmaps with their title, for whom a page is too much.
  let bitmaps: [String: [UInt8]]
  /// Why nothing is drawn; nil where everything is.
  let absence: String?

  static let none = Drawings(absence: nil)

  init(svg: [String: String] = [:], bitmaps: [String: [UInt8]] = [:], absence: String?) {
    (self.svg, self.bitmaps, self.absence) = (svg, bitmaps, absence)
  }

  /// Draws `charts` for a page that says their titles, and `titled` as bitmaps that say them themselves, all at once.
  /// - Throws: as `ChartConverter.images`.
  init(of charts: [Chart], titled: [Chart] = [], by converter: ChartConverter?) async throws {
    let wanted = charts.count + titled.count
    guard let converter, wanted > 0 else {
      self.init(absence: wanted == 0 ? nil : ChartConverter.absence)
      return
    }
    // No chart's name holds a slash.
    let bitmap = { (name: String) in "png/" + name }
    let images = try await converter.images(
      of: charts.map { ($0.name, $0.document(titled: false)) } + titled.map { (bitmap($0.name), $0.document()) },
      beside: Dictionary(titled.map { (bitmap($0.name), .png) }, uniquingKeysWith: { first, _ in first }))
    self.init(
      svg: Dictionary(
        charts.compactMap { chart in
          images[chart.name].map { (chart.name, ChartTheme.themed(svg: String(decoding: $0.svg, as: UTF8.self))) }
        }, uniquingKeysWith: { first, _ in first }),
      bitmaps: Dictionary(
        titled.compactMap { chart in images[bitmap(chart.name)]?.beside.map { (chart.name, $0) } },
        uniquingKeysWith: { first, _ in first }),
      absence: nil)
  }
}

/// The pictures of a page, within its size: a page that is sent around must stay small, whatever the grid. What does not fit any
/// more stands as a sentence with a way to its own page.
struct Figures: Sendable {
  private let charts: [String: Chart]
  private let drawn: [String: String]
  /// Whether each chart has a page of its own, in `images/`.
  private let hasPages: Bool
  let absence: String?
  let words: Words
  /// What makes them answer to a pointer; nil where the page has no scripts.
  let script: PageScript?

  /// Bytes of drawings in a page, and of charts that its script reads.
  static let drawingLimit = 165_000
  static let chartLimit = 250_000
  /// Rows of a table that a page holds.
  static let rowLimit = 40

  /// - Parameters:
  ///   - charts: the most important first.
  ///   - taken: bytes that the page needs for other things than others of its kind.
  ///   - bundle: the path of the library's script; nil for a page without scripts.
  /// - Throws: `Faults` (io) where it cannot be read.
  init(
    _ charts: [Chart], _ drawings: Drawings = .none, bundle: String? = nil, hasPages: Bool = false, taken: Int = 0,
    words: Words
  ) throws {
    self.charts = Dictionary(charts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    (absence, self.hasPages, self.words) = (drawings.absence, hasPages, words)
    var drawn: [String: String] = [:]
    var live: [(id: String, document: Specification)] = []
    var (room, chartRoom) = (Self.drawingLimit - taken, Self.chartLimit)
    for chart in charts {
      guard let svg = drawings.svg[chart.name], svg.utf8.count <= room else { continue }
      room -= svg.utf8.count
      drawn[chart.name] = svg
      let document = chart.document(titled: false)
      let size = try document.json().utf8.count
      guard size <= chartRoom else { continue }
      chartRoom -= size
      live.append((Self.id(chart.name), document))
    }
    self.drawn = drawn
    order = charts.map(\.name)
    script = try live.isEmpty ? nil : bundle.map { try PageScript(live, bundle: $0) }
  }

  private static func id(_ name: String) -> String { "picture-\(name)" }

  /// Names, the most important first.
  let order: [String]

  func has(_ name: String) -> Bool { charts[name] != nil }

  /// The picture with its finding, its basis, its numbers and its sources; nothing where the run has not what it shows.
  func html(_ name: String) -> Html {
    guard let chart = charts[name] else { return .empty }
    let picture: Html =
      drawn[name].map {
        .tag(
          "div", ["class": "picture", "id": Self.id(name), "role": "img", "aria-label": chart.summary],
          Html(trusted: $0))
      } ?? .empty
    let link: Html =
      hasPages
      ? .tag("p", ["class": "source own"], .tag("a", ["href": "images/\(name).html"], .text(words(.ownPage)))) : .empty
    // What the finding has said is not said again below it; a reader of screens hears it as the drawing's name.
    let isSaid = chart.summary.hasPrefix(chart.finding)
    let hint: Html =
      drawn[name] == nil && absence == nil && hasPages
      ? .tag("p", ["class": "own"], .text(words(.ownPageOnly))) : .empty
    return .tag(
      "figure", ["id": "figure-\(name)", "class": drawn[name].map(Self.isTall) == true ? "tall" : "flat"],
      .tag(
        "figcaption", [:], .tag("h3", [:], .text(chart.finding)), .tag("p", ["class": "basis"], .text(chart.basis))),
      picture, isSaid ? .empty : .tag("p", [:], .text(chart.summary)), hint,
      hasPages && chart.table.rows.count > Self.rowLimit ? .empty : Self.numbers(chart, words), link,
      .tag("p", ["class": "source"], .text(words(.drawnFrom, chart.sources.joined(separator: ", ")))))
  }

  /// Whether a drawing needs more than half a sheet of paper.
  private static func isTall(_ svg: String) -> Bool {
    svg.firstMatch(of: /viewBox="0 0 [0-9.]+ ([0-9.]+)"/).flatMap { Double($0.1) }.map { $0 > 420 } ?? false
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
      "details", [:], .tag("summary", [:], .text(words(.tableOfFigure))),
      table.html(label: chart.finding))
  }

  private static func isNumeric(_ row: [String], _ place: Int) -> Bool {
    guard row.indices.contains(place), let first = row[place].first else { return true }
    return first.isNumber || "–-−+".contains(first)
  }
}
