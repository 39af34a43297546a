public import CutlineCore

/// The charts of one finished run, or of another folder of results, as a command hands them out.
public struct RunCharts: Sendable {
  /// How the run is called beside others.
  public let label: String
  private let tables: RunTables

  /// - Parameter files: those of the stages of one run, or of one folder.
  public init(label: String, files: [StageFiles]) {
    self.label = label
    tables = RunTables(files)
  }

  /// Names of all pictures, with what stands in braces left open, what they show and what they are made of.
  public static var pictures: [(name: String, shows: String, needs: String)] {
    Pictures.list.map { ($0.name, $0.shows, $0.needs) }
  }

  /// What this run has the tables for: names and findings.
  /// - Throws: `Faults` (integrity) for a table that this program did not write, `Faults` (io).
  public func list() throws -> [(name: String, finding: String)] {
    try Pictures.all(of: tables).map { ($0.name, $0.finding) }
  }

  /// Every picture of this run as a bitmap, by one start of the library; nil where it is not installed.
  /// - Throws: as `list`, and as `ChartConverter.images`.
  public func bitmaps() async throws -> [ResultFile]? {
    guard let converter = ChartConverter.find() else { return nil }
    let charts = try Pictures.all(of: tables)
    return try await Drawings(of: [], titled: charts, by: converter).bitmaps.map { name, bytes in
      ResultFile(path: "\(name).png", bytes: bytes)
    }.sorted { $0.path < $1.path }
  }

  /// - Throws: `Faults` (usage) for a name that no picture has, `Faults` (data) where the run has not its table.
  func chart(_ name: String) throws -> Chart {
    let charts = try Pictures.all(of: tables)
    if let chart = charts.first(where: { $0.name == name }) { return chart }
    // By the words before the braces, which are the same for every scenario.
    let open = Pictures.list.filter { name.hasPrefix($0.stem) }.max { $0.stem.count < $1.stem.count }
    if let open, open.stem == name || open.name.contains("{") {
      let own = charts.map(\.name).filter { $0.hasPrefix(open.stem) }
      if open.name != name, !own.isEmpty {
        throw Faults.usage(
          name, "is no chart of \(label)\(DidYouMean.phrase(for: name, among: own))",
          "It has \(own.joined(separator: ", ")).")
      }
      throw Faults.data(
        "\(label), chart \(name)", "its table is not there: \(open.needs)",
        "Run with what leaves it; cutline chart --list \(label) names what there is.")
    }
    let known = charts.map(\.name) + Pictures.list.map(\.name)
    throw Faults.usage(
      name, "is no chart\(DidYouMean.phrase(for: name, among: known))",
      charts.isEmpty
        ? "cutline chart --list RUN names those of a run." : "There are \(charts.map(\.name).joined(separator: ", ")).")
  }
}

/// One chart of one or several runs, as a file.
public struct ChartFile: Sendable {
  public enum Form: String, CaseIterable, Sendable {
    case png, svg, pdf, html, json
  }

  /// Whether pictures can be drawn here; JSON and pages without a picture are made anyway.
  public static var isDrawn: Bool { ChartConverter.find() != nil }
  /// What to say where they cannot.
  public static var absence: String { ChartConverter.absence }

  /// Scale, title and foot are shared; each run's part says its name.
  private let name: String
  private let charts: [(label: String, chart: Chart)]

  /// - Throws: as `RunCharts.chart`.
  public init(_ name: String, of runs: [RunCharts]) throws {
    self.name = name
    charts = try runs.map { ($0.label, try $0.chart(name)) }
  }

  /// - Returns: the file, and what is missing in it; nil where nothing is.
  /// - Throws: `Faults` (usage) where a picture is asked for and nothing can draw it; as `ChartConverter.images`.
  public func bytes(as form: Form, dark: Bool = false) async throws -> (bytes: [UInt8], remark: String?) {
    let document = document(dark: dark)
    if form == .json { return (Array((try document.json() + "\n").utf8), nil) }
    guard let converter = ChartConverter.find() else {
      guard form == .html else {
        throw Faults.usage(
          "--output", ChartConverter.absence,
          "Ask for \(name).json or \(name).html, which need it not, or run scripts/setup.")
      }
      return (
        try ChartPage(title: shows, charts: charts, drawing: nil, document: document, bundle: nil).bytes(),
        ChartConverter.absence
      )
    }
    // A page says the title and the basis itself.
    let asked = form == .html ? self.document(dark: false, titled: false) : document
    let drawn = try await converter.images(
      of: [(name, asked)], beside: ChartConverter.Beside(rawValue: form.rawValue).map { [name: $0] } ?? [:])
    switch form {
    case .png, .pdf: return (drawn[name]?.beside ?? [], nil)
    case .svg: return ((drawn[name]?.svg ?? []) + [UInt8(ascii: "\n")], nil)
    default:
      let svg = drawn[name].map { String(decoding: $0.svg, as: UTF8.self) }
      return (
        try ChartPage(
          title: shows, charts: charts, drawing: svg, document: asked,
          bundle: charts.contains { $0.chart.isInteractive } ? converter.bundle : nil
        ).bytes(), nil
      )
    }
  }

  /// What the pictures of several runs show, as their common title; each run's part says its own finding.
  private var shows: String {
    let open = Pictures.list.filter { name.hasPrefix($0.stem) }.max { $0.stem.count < $1.stem.count }
    return open.map { $0.shows.prefix(1).uppercased() + $0.shows.dropFirst() } ?? name
  }

  private func document(dark: Bool, titled: Bool = true) -> Specification {
    guard charts.count > 1 else {
      return charts[0].chart.document(dark: dark, titled: titled)
    }
    let bases = Set(charts.map(\.chart.basis))
    let parts = SharedScales.applied(to: charts.map(\.chart.specification))
    let drawings = zip(parts, charts).map { part, own -> Specification in
      let isWide = own.chart.isWide
      return part.merging([
        "title": [
          "text": .texts(
            ChartTheme.lines(
              "\(own.label): \(own.chart.finding)\(bases.count > 1 ? " (\(own.chart.basis))" : "")",
              limit: isWide ? 90 : 44)),
          "anchor": "start", "fontSize": 12, "fontWeight": "normal", "lineHeight": 16,
        ]
      ])
    }
    let isWide = charts.contains { $0.chart.isWide }
    return Chart.document(
      [isWide ? "vconcat" : "hconcat": .list(drawings), "spacing": 36, "resolve": Draw.apart],
      finding: "\(shows): \(charts.count) runs on the same scales",
      basis: bases.count > 1 ? "Each on its own basis, named beside it" : charts[0].chart.basis,
      foot: "Drawn from \(charts[0].chart.sources.joined(separator: ", ")) of each",
      columns: isWide ? 1 : 0.5 * Double(charts.count),
      dark: dark, titled: titled)
  }
}
