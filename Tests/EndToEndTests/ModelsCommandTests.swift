import CutlineCredit
import CutlineFormats
import CutlineModels
import Foundation
import Testing

/// What a run's models are to people and other programs.
@Suite struct ModelsCommandTests {
  private static let imports = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/imports").path

  /// A run up to its models.
  private static func trained() throws -> Workplace {
    let place = try Workplace()
    try place.simulate(rows: 4000)
    let run = try place.tool("run", "--training-only", "-o", "out")
    try #require(run.code == 0, "\(run.err)")
    return place
  }

  @Test func modelsAreListedAndShown() throws {
    let place = try Self.trained()
    let stored = try StoredModel(place.path("out"))
    for folder in ["out", "out/models", "."] {
      let list = try place.tool("models", "list", folder)
      #expect(list.code == 0, "\(list.err)")
      #expect(list.out.contains(stored.digest.prefix(16)) && list.out.contains("logistic"), "\(list.out)")
    }
    let show = try place.tool("models", "show", "out")
    #expect(show.code == 0, "\(show.err)")
    for word in [
      stored.digest, "on the cells of a fold", "within one standard error", "rule one-standard-error", "Promised %",
      "closed right",
      "Exposure: ratio", "unit fraction", "Standardised",
    ] {
      #expect(show.out.contains(word), "\(word): \(show.out)")
    }
    // A damaged one is said, and the others are listed.
    let name = try #require(try place.names(in: "out/models").first { $0.hasPrefix("model_") })
    try place.copy("out/models/\(name)", to: "out/models/model_0000000000000000")
    let damaged = try place.tool("models", "list", "out")
    #expect(damaged.code == 6 && damaged.err.contains("does not fit the name") && damaged.out.contains(name))
    #expect(try place.tool("models", "show", "out").code == 2)
    #expect(try place.tool("models", "show", "out/models/model_0000000000000000").code == 6)
    #expect(try place.tool("models", "show", "none").code == 7)
    #expect(try place.tool("models", "list", "none").code == 7)
  }

  @Test func modelsAreExportedAndComeBack() throws {
    let place = try Self.trained()
    let model = try StoredModel(place.path("out")).requiredModel()
    for format in ModelExport.Format.allCases {
      let out = try place.tool("models", "export", "out", "--to", format.rawValue)
      let toFile = try place.tool("models", "export", "out", "--to", format.rawValue, "-o", "m.\(format.rawValue)")
      #expect(out.code == 0 && toFile.code == 0, "\(out.err)\(toFile.err)")
      #expect(try place.read("m.\(format.rawValue)") == out.out && !out.out.isEmpty)
      #expect(try ModelExport.text(of: model, as: format) == out.out)
      let again = try place.tool("models", "export", "out", "--to", format.rawValue, "-o", "m.\(format.rawValue)")
      #expect(again.code == 7 && again.err.contains("File exists"), "\(again.err)")
      #expect(
        try place.tool("models", "export", "out", "--to", format.rawValue, "-o", "m.\(format.rawValue)", "--force").code
          == 0)
    }
    let named = try place.tool("models", "export", "out", "--to", "sql", "--table", "risk.apps", "--column", "pd")
    #expect(named.out.contains("FROM \"risk\".\"apps\" AS t") && named.out.contains("AS \"pd\""))
    let imported = try place.tool("models", "import", "m.json", "-o", "back")
    #expect(imported.code == 0, "\(imported.err)")
    #expect(try StoredModel(place.path("back")).requiredModel() == model)
    #expect(try place.tool("models", "import", "m.json", "-o", "back").code == 7)
    // It has no grid, so that no run can use it.
    let used = try place.tool("run", "-m", "back", "-o", "used")
    #expect(used.code == 2 && used.err.contains("no grid"), "\(used.err)")
    for (arguments, word) in [
      (["export", "out"], "names no format"), (["export", "out", "--to", "pml"], "did you mean pmml"),
      (["export", "out", "--to", "c", "--table", "t"], "has no effect"), (["exprot", "out"], "did you mean export"),
      (["show"], "names no model"), (["show", "out", "more"], "takes one path"),
      (["show", "out", "--to", "c"], "is not an option"),
      (["import", "m.json"], "names no folder"), (["predict", "out"], "names no table"),
    ] {
      let said = try place.tool.run(["models"] + arguments)
      #expect(said.code == 2 && said.err.contains(word), "\(arguments): \(said.err)")
    }
  }

  @Test func modelsAreApplied() throws {
    let place = try Workplace()
    let imported = try place.tool(
      "models", "import", "\(Self.imports)/lightgbm-binary.json", "--format", "lightgbm", "-o", "in")
    #expect(imported.code == 0, "\(imported.err)")
    let model = try StoredModel(place.path("in")).requiredModel()
    let rows: [[Double]] = [[31, 12_000, 0.4, 12], [55, 4_100.5, .nan, 3], [18, .nan, 0.91, 40]]
    let lines = rows.enumerated().map { k, row in "\(k)," + row.map { $0.isNaN ? "" : "\($0)" }.joined(separator: ",") }
    try place.write("rows.csv", (["id,age,income,score,months"] + lines).joined(separator: "\n") + "\n")
    let scored = try place.tool("models", "predict", "in", "rows.csv", "-o", "scored.csv")
    #expect(scored.code == 0, "\(scored.err)")
    let found = try place.read("scored.csv").split(separator: "\n")
    #expect(found[0].hasSuffix(",prediction") && found.count == 4)
    for (line, row) in zip(found.dropFirst(), rows) {
      let last = try #require(line.split(separator: ",", omittingEmptySubsequences: false).last)
      #expect(try Double(last) == model.form.value(of: row))
    }
    #expect(try place.tool("models", "predict", "in", "rows.csv", "-o", "scored.csv").code == 7)
    #expect(try place.tool("models", "predict", "in", "rows.csv", "-o", "rows.csv").code == 2)
    #expect(try place.tool("models", "predict", "in", "scored.csv", "-o", "more.csv").err.contains("--column"))
    try place.write("other.csv", place.read("rows.csv").replacing("income", with: "incom"))
    let missing = try place.tool("models", "predict", "in", "other.csv", "-o", "other-scored.csv")
    #expect(missing.code == 2 && missing.err.contains("has no column income"), "\(missing.err)")
    #expect(missing.err.contains("did you mean incom") && !place.exists("other-scored.csv"))
    try place.write("text.csv", place.read("rows.csv").replacing("12000.0", with: "rich"))
    let text = try place.tool("models", "predict", "in", "text.csv", "-o", "text-scored.csv")
    #expect(text.code == 3 && text.err.contains("holds text") && !text.err.contains("rich"), "\(text.err)")
  }
}

extension Workplace {
  fileprivate func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
  }

  fileprivate func copy(_ from: String, to: String) throws {
    try FileManager.default.copyItem(atPath: path(from), toPath: path(to))
  }
}
