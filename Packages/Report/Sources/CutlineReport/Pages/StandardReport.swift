internal import CutlineCore
internal import CutlineCredit

/// `report.html`, made of the tables that the other stages have left: gates, strategy, results, who changes, evidence, limits, how
/// to reproduce, and an annex with the digest of every file. Every number is a field of a table, shown rounded.
struct StandardReport: Stage {
  typealias Kind = ReportPages
  static let name = "standard"
  static let summary = "report.html and the pictures in images/: what the run found, for a committee."

  struct Config: StageConfig {
    var folder = "data"
    var currency = Currency.euro
    static let fields: [Field<Self>] = [ResultFolder.field(\.folder), Currency.field(\.currency)]
  }
  let config: Config

  func run(_ input: ReportPages.Input, in context: RunContext) async throws -> FileSet {
    let tables = RunTables(input.files.map(\.artifact))
    let words = Words.english
    let facts = try ReportFacts(
      tables: tables, summary: input.cube.summary, grid: input.cube.grid,
      said: input.files.flatMap { file in file.artifact.said.map { (file.stage, $0) } }, folder: config.folder,
      currency: config.currency.code)
    let figures = Figures([], drawn: [:], absence: nil, isInteractive: false, words: words)
    let page = ReportPage(
      facts: facts, gates: try Gates(facts: facts, words: words).all(), figures: figures, words: words,
      records: tables.records)
    let document = PageDocument(title: page.plainTitle, words: words, body: try page.html())
    return FileSet(files: [ResultFile(path: "report.html", bytes: document.bytes)])
  }
}
