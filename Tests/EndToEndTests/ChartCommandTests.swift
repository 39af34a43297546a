import CutlineReport
import Foundation
import Testing

/// `cutline chart`, as people call it.
@Suite struct ChartCommandTests {
  /// One run for all questions: it is not changed.
  @Test func chartsOfARun() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    let outcome = try place.tool("run", "--config", "config.toml", "--output", "first")
    try #require(outcome.code == 0, "\(outcome.err)")
    try FileManager.default.copyItem(atPath: place.path("first"), toPath: place.path("second"))
    try listAndData(place)
    try sideBySide(place)
    // That pictures are not drawn here is reported by the tests of the converter.
    if ChartFile.isDrawn { try picturesAndPages(place) }
    try whatCannotBeAnswered(place)
  }

  private func listAndData(_ place: Workplace) throws {
    let list = try place.tool("chart", "--list", "first")
    #expect(list.code == 0)
    for name in ["risk_vs_production", "risk_production_visualizer_base", "price_of_change_base", "shap_summary"] {
      #expect(list.out.contains("\n  \(name) "), "\(name)")
    }
    let drawn = try place.tool("chart", "risk_production_visualizer_base", "first", "-o", "frontier.json")
    #expect(drawn.code == 0, "\(drawn.err)")
    let document = try place.read("frontier.json")
    #expect(document.hasPrefix("{\"$schema\":\"https://vega.github.io/schema/vega-lite/v6.json\""))
    // The numbers are those of the table, to the last digit.
    let strategies = try place.read("first/data/strategies.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let production = try #require(strategies.first?.firstIndex(of: "production"))
    let base = try #require(strategies.first { $0.first == "base" })
    #expect(!base[production].isEmpty && document.contains("\"production\":\(base[production])"))
    // Nothing is written over without being told.
    #expect(try place.tool("chart", "risk_production_visualizer_base", "first", "-o", "frontier.json").code == 7)
    #expect(try place.tool("chart", "transformation_rate", "first", "-o", "frontier.json", "--force").code == 0)
  }

  private func sideBySide(_ place: Workplace) throws {
    let outcome = try place.tool("chart", "price_of_change_base", "first", "second", "-o", "two.json")
    #expect(outcome.code == 0, "\(outcome.err)")
    let text = try place.read("two.json")
    #expect(text.contains("first: ") && text.contains("second: ") && text.contains("2 runs on the same scales"))
  }

  private func picturesAndPages(_ place: Workplace) throws {
    for form in ["png", "svg", "pdf", "html"] {
      let outcome = try place.tool("chart", "risk_production_visualizer_base", "first", "-o", "visualizer.\(form)")
      #expect(outcome.code == 0, "\(outcome.err)")
    }
    let png = try Data(contentsOf: URL(fileURLWithPath: place.path("visualizer.png")))
    #expect(
      png.starts(with: [0x89, 0x50, 0x4E, 0x47]) && png.suffix(8).starts(with: Array("IEND".utf8))
        && png.count < 600_000)
    #expect(try place.read("visualizer.svg").hasPrefix("<svg "))
    #expect(try Data(contentsOf: URL(fileURLWithPath: place.path("visualizer.pdf"))).starts(with: Array("%PDF-".utf8)))
    if PagePrinter.find() != nil {
      let printed = try place.tool("chart", "report", "first", "-o", "report.pdf")
      #expect(printed.code == 0, "\(printed.err)")
      let pdf = try Data(contentsOf: URL(fileURLWithPath: place.path("report.pdf")))
      #expect(pdf.starts(with: Array("%PDF-".utf8)) && pdf.count > 20_000)
    }
    let page = try place.read("visualizer.html")
    #expect(page.contains("default-src &#39;none&#39;") && page.contains("<table>") && page.contains("var(--ink)"))
    #expect(!page.contains("src=\"http") && !page.contains("<link") && page.utf8.count < 1_500_000)
    #expect(page.contains("cutlineEmbed"))
    #expect(try place.tool("chart", "shap_summary", "first", "-o", "shap.html").code == 0)
    // Only where it is worth it does a page have a script.
    let plain = try place.read("shap.html")
    #expect(!plain.contains("<script") && plain.utf8.count < 100_000)
  }

  private func whatCannotBeAnswered(_ place: Workplace) throws {
    func says(_ arguments: [String], _ code: Int32, _ text: String, sourceLocation: SourceLocation = #_sourceLocation)
      throws
    {
      let outcome = try place.tool.run(["chart"] + arguments)
      #expect(
        outcome.code == code && outcome.err.contains(text), "\(outcome.code): \(outcome.err)",
        sourceLocation: sourceLocation)
    }
    try says(
      ["risk_production_visualiser_base", "first", "-o", "a.json"], 2, "did you mean risk_production_visualizer_base")
    try says(["price_of_change_bse", "first", "-o", "a.json"], 2, "did you mean price_of_change_base")
    try says(["score_discriminance_ROC", "first", "-o", "a.json"], 3, "cutline score-metrics")
    try says(["consolidated_risk_production", "first", "-o", "a.json"], 3, "cutline batch")
    try says(["shap_summary", "first"], 2, "--output")
    try says(["shap_summary", "first", "-o", "a.gif"], 2, ".png, .svg, .pdf, .html or .json")
    try says(["report", "first", "-o", "a.png"], 2, "names no PDF")
    try says(["report", "first", "second", "-o", "a.pdf"], 2, "2 folders")
    try says(["shap_summary"], 2, "names no picture of a run")
    try says(["shap_summary", "nowhere", "-o", "a.json"], 7, "is no folder")
    try says(["shap_summary", ".", "-o", "a.json"], 2, "no run, batch or score-metrics")
    try says(["--list", "first", "shap_summary"], 2, "--list")
    #expect(!place.exists("a.json"))
    // A run with a file more is none that can be verified.
    try FileManager.default.createSymbolicLink(atPath: place.path("link"), withDestinationPath: place.path("first"))
    for inside in ["first/a.json", "first/data/a.json", "link/a.json"] {
      try says(["shap_summary", "second", "-o", inside], 2, "a run")
      try says(["shap_summary", "second", "-o", inside, "--force"], 2, "a run")
    }
    #expect(try place.tool("verify", "first").code == 0)
    let broken = try Workplace()
    try FileManager.default.copyItem(atPath: place.path("first"), toPath: broken.path("first"))
    try broken.write("first/data/strategies.csv", "strategy\nx\n")
    let outcome = try broken.tool("chart", "shap_summary", "first", "-o", "a.json")
    #expect(outcome.code == 6 && outcome.err.contains("strategies.csv"))
  }
}
