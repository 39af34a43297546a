import CutlineCore
import Foundation
import Testing

@testable import CutlineReport

/// What pictures say is what the tables say.
@Suite struct PictureTests {
  private static func chart(_ name: String, _ tables: ChartTables = ChartTables()) throws -> Chart {
    try #require(try Pictures.all(of: tables.tables()).first { $0.name == name })
  }

  /// All rows of data in a specification, wherever they stand.
  private static func values(_ part: Specification) -> [[String: Specification]] {
    switch part {
    case .object(let members):
      if case .object(let data)? = members["data"], case .list(let rows)? = data["values"] {
        return rows.compactMap { if case .object(let row) = $0 { row } else { nil } }
          + members.filter { $0.key != "data" }.sorted { $0.key < $1.key }.flatMap { values($0.value) }
      }
      return members.sorted { $0.key < $1.key }.flatMap { values($0.value) }
    case .list(let parts): return parts.flatMap(values)
    default: return []
    }
  }

  @Test func everyPictureOfTheListIsMade() throws {
    let names = try Pictures.all(of: ChartTables().tables()).map(\.name)
    #expect(Set(names).count == names.count)
    for picture in Pictures.list where picture.stem != "study_" {
      #expect(names.contains { $0.hasPrefix(picture.stem) }, "\(picture.name)")
    }
    #expect(ScoreDiscriminance.kinds.allSatisfy { names.contains("score_discriminance_\($0)") })
  }

  @Test func aRunWithoutTablesHasNoPictures() throws {
    let empty = RunTables([StageFiles(FileSet(files: []))])
    #expect(try Pictures.all(of: empty).isEmpty)
    // Tables with their header alone.
    let bare = ChartTables().files().map { ResultFile(path: $0.path, columns: $0.columns, rows: []) }
    for chart in try Pictures.all(of: RunTables([StageFiles(FileSet(files: bare))])) {
      Issue.record("\(chart.name) is made of nothing")
    }
  }

  @Test func everyChartSaysItsSentenceBasisAndSources() throws {
    let tables = ChartTables().tables()
    for chart in try Pictures.all(of: tables) {
      #expect(
        chart.finding.contains(" ") && chart.finding.contains(where: \.isNumber), "\(chart.name): \(chart.finding)")
      #expect(chart.basis.count > 20 && chart.summary.hasSuffix("."), "\(chart.name)")
      #expect(
        !chart.table.rows.isEmpty && chart.table.rows.allSatisfy { $0.count == chart.table.columns.count },
        "\(chart.name)")
      for source in chart.sources where !source.contains("*") {
        #expect(tables.record(source) != nil, "\(chart.name): \(source)")
      }
    }
  }

  @Test func aMonthWithoutDemandIsAGap() throws {
    let rows = Self.values(try Self.chart("transformation_rate").specification)
    #expect(rows.count == 8)
    #expect(rows[2]["rate"] == .null && rows[3]["rate"] == .number(63))
    #expect(try Self.chart("transformation_rate").finding.contains("1 month without demand"))
  }

  @Test func theComfortZoneEndsWhereAYearHasNoEntry() throws {
    let chart = try Self.chart("risk_vs_production")
    let rows = Self.values(chart.specification).filter { $0["rolling"] != nil }
    #expect(rows.map { $0["zone"] } == Array(repeating: .number(4.5), count: 5) + Array(repeating: .null, count: 3))
    // Of five months with outcome and zone those of 5 and 6 % lie above 4.5 %.
    #expect(chart.finding.contains("3 of 5 months above the comfort zone"))
    let points = rows.filter { $0["risk"] != .null }
    #expect(points.count == 6 && chart.basis.contains("6 of 8 months"))
  }

  @Test func bothPeriodsShareOneScale() throws {
    func domain(_ name: String) throws -> [Specification] {
      guard case .object(let chart) = try Self.chart(name).specification, case .list(let layers)? = chart["layer"],
        case .object(let first)? = layers.first, case .object(let encoding)? = first["encoding"],
        case .object(let colour)? = encoding["color"], case .object(let scale)? = colour["scale"],
        case .list(let domain)? = scale["domain"]
      else { return [] }
      return domain
    }
    let stem = "b2_ever_h6_vs_octroi_and_risk_score"
    // 20 % in the main period, 30 % in the recent one.
    #expect(try domain(stem) == [0, 30])
    #expect(try domain("\(stem)_mr_base") == [0, 30])
    var alone = ChartTables()
    alone.hasRecent = false
    #expect(try Pictures.all(of: alone.tables()).allSatisfy { !$0.name.contains("_mr_") })
  }

  @Test func cellsHoldTheNumbersOfTheirTable() throws {
    let tables = ChartTables().tables()
    let table = try #require(try tables.named("data_summary_desagregado_base.csv"))
    let rows = Self.values(try Self.chart("b2_ever_h6_vs_octroi_and_risk_score").specification)
    #expect(rows.count == table.rows.count)
    for (row, value) in rows.enumerated() {
      #expect(value["risk"] == Specification(table.number("b2_ever_h6", row)))
      #expect(value["c"] == .number((table.number("bureau_bin", row) ?? 0) - 1))
    }
    #expect(rows.last?["risk"] == .null && rows.last?["r"] == .text("–"))
  }

  @Test func theFrontierIsThinnedAndSaysSo() throws {
    var many = ChartTables()
    many.points = 5000
    let chart = try Self.chart("risk_production_visualizer_base", many)
    let rows = Self.values(chart.specification)
    let curve = rows.filter { $0["what"] == nil && $0["production"] != nil && $0["text"] == nil && $0["r"] == nil }
    #expect((298...304).contains(curve.count) && chart.basis.contains("\(curve.count) of them drawn"))
    #expect(curve.first?["production"] == .number(7) && curve.last?["production"] == .number(193_750 * 4999 + 7))
    #expect(curve.contains { $0["production"] == .number(1_937_500) })
    #expect(chart.finding == "Base: 93.75 % more production at 4.90 % risk than today at 5.50 %; 3 cells change")
    #expect(try Self.chart("risk_production_visualizer_base").basis.hasSuffix("12 strategies on the frontier"))
  }

  @Test func theStaircaseParts() throws {
    let table = StoredTable(
      path: "t", columns: ["a", "b"], rows: [["1", "1"], ["1", "2"], ["2", "1"], ["2", "2"]])
    let grid = try #require(GridDrawing(table, axes: ["a", "b"], bins: nil))
    // One cell of four is accepted: two edges part it from its neighbours.
    let lines = Self.values(grid.staircase({ $0.row == 3 }, dashed: false, colour: "#000000"))
    #expect(lines.count == 2)
    #expect(Self.values(grid.staircase({ _ in true }, dashed: false, colour: "#000000")).isEmpty)
  }

  @Test func aGridOfManyCellsIsCutAndSaysSo() throws {
    var large = ChartTables()
    (large.lines, large.columns) = (300, 20)
    let chart = try Self.chart("b2_ever_h6_vs_octroi_and_risk_score", large)
    #expect(Self.values(chart.specification).count == 2000)
    #expect(chart.basis.contains("the first 100 of 300 lines"))
    #expect(chart.table.rows.count == 6000)
  }

  @Test func oneCellAndOneMonthAreAPictureToo() throws {
    var small = ChartTables()
    (small.lines, small.columns, small.points, small.months) = (1, 1, 1, 1)
    #expect(try Pictures.all(of: small.tables()).count > 15)
  }

  @Test func pricesAndDistancesAreSaidAsTheyAre() throws {
    #expect(
      try Self.chart("price_of_change_base").finding
        == "2 of 3 changes bring 96.00 % of the gain of 937.5\u{202F}k over the strategy in force; "
        + "the limit needs 1 change at least")
    let todu = try Self.chart("todu_avg_inference")
    #expect(todu.finding.hasPrefix("A unit requested leaves 5.90 units of exposure over six months; 0 of 12 cells"))
    let reliability = try Self.chart("reliability")
    // The model says 2, 4 and 6 % where the cells show the same.
    #expect(reliability.finding.contains("0.00 points around"))
    #expect(
      try Self.chart("shap_summary").finding == "\(ChartTables().name) carries 80.00 % of what the model explains")
  }

  @Test func studiesAreDrawnFromThePagesAsTheyStand() throws {
    let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/methods")
    var names: [String] = []
    for page in ["bootstrap", "recent-period", "reject-inference", "models"] {
      let text = try String(contentsOf: docs.appendingPathComponent("\(page).md"), encoding: .utf8)
      let files = StageFiles(FileSet(files: [ResultFile(path: "\(page).md", bytes: Array(text.utf8))]))
      let charts = try Pictures.all(of: RunTables([files]))
      #expect(charts.count == 1, "\(page)")
      for chart in charts {
        names.append(chart.name)
        // The page shows the picture, which is small.
        #expect(text.contains("](images/\(chart.name).svg)"), "\(page)")
        let image = try Data(contentsOf: docs.appendingPathComponent("images/\(chart.name).svg"))
        #expect(image.count < 60_000 && image.starts(with: Array("<svg ".utf8)), "\(chart.name)")
      }
    }
    #expect(names.sorted() == MethodStudies.studies.map(\.name).sorted())
  }

  @Test func severalRunsShareTheirScales() throws {
    let small: Specification = [
      "data": .values([["a": 1], ["a": 3]]), "encoding": ["x": ["field": "a", "type": "quantitative"]],
    ]
    let large: Specification = [
      "data": .values([["a": 2], ["a": 9]]), "encoding": ["x": ["field": "a", "type": "quantitative"]],
    ]
    let shared = SharedScales.applied(to: [small, large])
    for part in shared {
      guard case .object(let members) = part, case .object(let encoding)? = members["encoding"],
        case .object(let x)? = encoding["x"]
      else {
        Issue.record("no encoding")
        continue
      }
      #expect(x["scale"] == ["domain": [1, 9]])
    }
  }
}
