internal import CutlineCore
internal import CutlineCredit

/// `report.html`, made of the tables that the other stages have left: gates, strategy, results, who changes, evidence, limits, how
/// to reproduce, and an annex with the digest of every file; its gates as `gates.csv`; and each picture as a page of its own in `images/`. Every number is
/// a field of a table, shown rounded. Where the charts' library is not installed, pages have sentences and tables.
///
/// Time: that of drawing, some 50 ms a chart and 1 s for the library's start.
struct StandardReport: Stage {
  typealias Kind = ReportPages
  static let name = "standard"
  static let summary = "Shows in report.html, with pictures in images/ and gates.csv, what the run found."

  enum Shown: String, CaseIterable, Sendable {
    /// In the report and as pages of their own.
    case all
    /// In the report alone.
    case report
    case none
  }

  struct Config: StageConfig {
    var folder = "data"
    var currency = Currency.euro
    var pictures = Shown.all
    var scripts = true
    static let fields: [Field<Self>] = [
      ResultFolder.field(\.folder), Currency.field(\.currency),
      .shared(
        .choice(
          "pictures", \.pictures,
          "Pictures of a run: all, in the report and as pages in images/; report, only there; none.")),
      .bool("scripts", \.scripts, "Whether figures answer to a pointer: 0.9 MB more in the page."),
    ]
  }
  let config: Config

  var externalInputs: [String] { config.pictures == .none ? [] : ChartConverter.find()?.fingerprint ?? [] }

  func run(_ input: ReportPages.Input, in context: RunContext) async throws -> FileSet {
    let tables = RunTables(input.files.map(\.artifact))
    let words = Words.english
    let facts = try ReportFacts(
      tables: tables, summary: input.cube.summary, grid: input.cube.grid, measure: input.cube.measure,
      said: input.files.flatMap { file in file.artifact.said.map { (file.stage, $0) } }, folder: config.folder,
      currency: config.currency.code)
    let charts = config.pictures == .none ? [] : try Pictures.all(of: tables)
    let converter = charts.isEmpty ? nil : ChartConverter.find()
    if !charts.isEmpty, converter == nil { context.warn("\(word: ChartConverter.absence)") }
    let bitmap = config.pictures == .all ? charts.filter { $0.name == "shap_summary" } : []
    let drawings = try await Drawings(of: charts, titled: bitmap, by: converter)
    let figures = try Figures(
      ReportPage.pictures(of: charts, main: facts.main), drawings, bundle: config.scripts ? converter?.bundle : nil,
      hasPages: config.pictures == .all,
      taken: max(0, facts.grid.cellCount - ReportPage.smallGrid) * ReportPage.bytesOfCell, words: words)
    let gates = try Gates(facts: facts, words: words).all()
    let page = ReportPage(
      facts: facts, gates: gates, figures: figures, words: words,
      records: tables.records)
    var files = [
      GateTable.file(gates, in: config.folder),
      ResultFile(
        path: "report.html",
        bytes: PageDocument(
          title: page.plainTitle, words: words, body: try page.html(), scripts: figures.script?.scripts ?? [],
          data: figures.script?.data ?? []
        ).bytes),
    ]
    if config.pictures == .all {
      for chart in charts {
        let page = ChartPage(
          title: chart.name, charts: [("", chart)], drawing: drawings.svg[chart.name],
          document: chart.document(titled: false),
          bundle: chart.isInteractive && config.scripts ? converter?.bundle : nil, words: words)
        files.append(ResultFile(path: "images/\(chart.name).html", bytes: try page.bytes()))
      }
    }
    // Beside the model that it explains.
    let model = tables.records.lazy.map(\.path).first { $0.hasPrefix("models/model_") }?.parentFolder ?? "images"
    files += drawings.bitmaps.sorted { $0.key < $1.key }.map { name, bytes in
      ResultFile(path: "\(model)/\(name).png", bytes: bytes)
    }
    return FileSet(files: files)
  }
}
