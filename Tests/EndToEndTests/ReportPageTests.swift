import CutlineCore
import CutlineCredit
import Foundation
import Testing

@testable import CutlineReport

/// Reports as people open them.
@Suite struct ReportPageTests {
  /// One run for all that is asked of its report.
  private static let shared = Result { () throws -> Workplace in
    let place = try Workplace()
    try place.simulate(rows: 12_000, seed: 11)
    let run = try place.tool.run([
      "run", "-o", "out", "--set", "resamples=40", "--set", "date_ini_book_obs_mr=2023-01-01", "--set",
      "date_fin_book_obs_mr=2023-06-01", "--set", "pictures=\"all\"",
    ])
    guard run.code == 0 else { throw Workplace.Failed(said: run.err) }
    return place
  }

  @Test func everyRunHasOneAndUnchangedOnesAreTakenOver() throws {
    let place = try Self.shared.get()
    let page = try place.read("out/report.html")
    #expect(page.hasPrefix("<!doctype html>") && page.contains("<title>Acceptance strategy</title>"))
    #expect(page.utf8.count < 1_500_000)
    let first = try place.inode("out/report.html")
    let again = try place.tool.run([
      "run", "-o", "out", "--set", "resamples=40", "--set", "date_ini_book_obs_mr=2023-01-01", "--set",
      "date_fin_book_obs_mr=2023-06-01", "--set", "pictures=\"all\"",
    ])
    #expect(again.code == 0, "\(again.err)")
    #expect(try place.inode("out/report.html") == first, "linked, not written again")
    #expect(try place.tool("verify", "out").code == 0)
  }

  @Test(.enabled(if: Browser.isAvailable, Browser.missing))
  func aBrowserFindsNothingWrong() throws {
    let place = try Self.shared.get()
    let page = try Browser.open(place.path("out/report.html"), run: place.path("out"))
    #expect(page.console == [] && page.requests == [] && !page.alerts)
    #expect(page.serious.isEmpty, "\(page.serious)")
    let numbers = try #require(page.numbers)
    #expect(numbers.found > 60 && numbers.wrong == [])
    #expect(page.width == 390, "nothing is wider than a telephone")
  }

  @Test(.enabled(if: Browser.isAvailable, Browser.missing))
  func itReadsWithScriptsOff() throws {
    let page = try Browser.open(try Self.shared.get().path("out/report.html"), withoutScripts: true)
    #expect(page.console == [] && page.requests == [])
  }

  /// Names of segments, columns and categories, texts of checks: whatever they hold, nothing runs and nothing is fetched.
  @Test(.enabled(if: Browser.isAvailable, Browser.missing))
  func injectionsAreText() throws {
    let place = try Workplace()
    let small = try SmallPortfolio()
    let columns = ["check", "status", "detail"].map { ColumnNote($0, unit: "text", "<script>alert(2)</script>") }
    let files = FileSet(files: [
      ResultFile(
        path: "data/data_quality.csv", columns: columns,
        rows: HostileNames.all.map { [$0, "warning", $0] })
    ])
    let stage = StageFiles(files, said: HostileNames.all.map { .init(isWarning: true, text: $0) })
    let tables = RunTables([stage])
    let facts = try ReportFacts(
      tables: tables, summary: small.cube.summary, grid: small.cube.grid, measure: small.cube.measure,
      said: stage.said.map { ($0.text, $0) },
      folder: "data", currency: "<b>EUR</b>")
    let words = Words.english
    let page = ReportPage(
      facts: facts, gates: try Gates(facts: facts, words: words).all(),
      figures: try Figures([], Drawings(svg: [:], absence: "\"><script>alert(3)</script>"), words: words),
      words: words, records: tables.records)
    let document = PageDocument(
      title: HostileNames.all.joined(), words: words, body: try page.html(),
      data: [("data", "[\"</script><script>alert(4)</script>\"]")])
    try Data(document.bytes).write(to: URL(fileURLWithPath: place.path("hostile.html")))
    let seen = try Browser.open(place.path("hostile.html"))
    #expect(!seen.alerts && seen.console == [] && seen.requests == [] && seen.scripts == 0)
  }
}

/// What people and files may call things.
enum HostileNames {
  static let all: [String] = {
    let calls = ["alert(1)", "fetch('//x')", "import('//x')"]
    let forms: [(String) -> String] = [
      { "<script>\($0)</script>" }, { "\"><img src=x onerror=\($0)>" }, { "'><svg/onload=\($0)>" },
      { "javascript:\($0)" },
      { "</style><script>\($0)</script>" }, { "</title><script>\($0)</script>" }, { "</script><script>\($0)</script>" },
      { "<iframe srcdoc=\"<script>\($0)</script>\">" }, { "<a href=javascript:\($0)>x</a>" },
      { "--><script>\($0)</script>" },
      { "]]><script>\($0)</script>" }, { "<math><mtext><style><img onerror=\($0) src>" },
      { "\" autofocus onfocus=\($0) x=\"" },
      { "<details open ontoggle=\($0)>" }, { "<body onload=\($0)>" }, { "<input autofocus onfocus=\($0)>" },
      { "\u{2028}\($0)\u{2029}" }, { "{{constructor.constructor('\($0)')()}}" }, { "&#x3C;script&#x3E;\($0)" },
      { "<object data=data:text/html,<script>\($0)</script>>" },
    ]
    return forms.flatMap { form in calls.map(form) }
  }()
}
