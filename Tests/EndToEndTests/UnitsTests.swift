import CutlineCredit
import CutlineRun
import Foundation
import Testing

/// Hundredths are a property of the data: a file in millions is the same file.
@Suite struct UnitsTests {
  private static let amounts = ["oa_amt", "oa_amt_h0", "todu_30ever_h6", "todu_amt_pile_h6"]

  /// The simulated file with every amount divided by 10^power, as text and so exactly.
  private func rescale(_ place: Workplace, by power: Int, to name: String) throws {
    let lines = try place.read("applications.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let columns = Self.amounts.compactMap { lines[0].firstIndex(of: $0) }
    try #require(columns.count == Self.amounts.count)
    let divisor = pow(Decimal(10), power)
    let text = lines.enumerated().map { row, line in
      var line = line
      for column in columns where row > 0 && !line[column].isEmpty {
        line[column] = Decimal(string: line[column]).map { "\($0 / divisor)" } ?? ""
      }
      return line.joined(separator: ",")
    }
    try place.write(name, text.joined(separator: "\n") + "\n")
  }

  private func scenarios(_ place: Workplace, _ folder: String) throws -> ScenarioSet {
    try RunArtifact.load(ScenarioSet.self, stage: "scenarios", from: place.path(folder))
  }

  private func cells(_ place: Workplace, _ folder: String) throws -> CellTable {
    try RunArtifact.load(CellTable.self, stage: "cells", from: place.path(folder))
  }

  @Test func aFileInMillionsGivesTheSameStrategies() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    let config = try place.read("config.toml")
    #expect(try place.tool("run", "-o", "units").code == 0)
    let (first, own) = (try scenarios(place, "units"), try cells(place, "units"))
    #expect(own.scale == .hundredths)
    for power in 1...6 {
      try rescale(place, by: power, to: "other.csv")
      try place.write("other.toml", config.replacing("applications.csv", with: "other.csv"))
      let run = try place.tool("run", "-c", "other.toml", "-o", "other")
      #expect(run.code == 0 && !run.err.contains("rounded to"), "\(run.err)")
      let (set, table) = (try scenarios(place, "other"), try cells(place, "other"))
      #expect(table.scale.decimals == 2 + power)
      #expect(set.scenarios.map(\.strategy) == first.scenarios.map(\.strategy))
      func booked(_ table: CellTable) -> [[Int64]] { table.booked.map { Array($0.values.dropFirst()) } }
      #expect(booked(table) == booked(own))
      for (a, b) in zip(set.scenarios, first.scenarios) {
        let (x, y) = (try #require(a.totals).optimum, try #require(b.totals).optimum)
        #expect(abs(Double(x.production - y.production)) <= 1e-9 * Double(y.production))
        #expect(abs((own.measure.percent(x) ?? 0) - (own.measure.percent(y) ?? 0)) < 1e-9)
      }
    }
    // Its production is below 1000: whole numbers would say nothing.
    let millions = try #require(try scenarios(place, "other").scenarios.last?.totals).optimum.production
    let printed = try place.tool("run", "-c", "other.toml", "-o", "other").out
    #expect(printed.contains(String(format: "%.4f", Double(millions) / 1e8)), "\(printed)")
  }

  /// Case F04 as it was handed in.
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: PlanFileTests.repository + "/../shared/cases/F04-large-units")))
  func theCaseOfLargeUnits() throws {
    let place = try Workplace()
    for name in ["apps_units.csv", "apps_millions.csv", "config_units.toml", "config_millions.toml"] {
      try FileManager.default.copyItem(
        atPath: PlanFileTests.repository + "/../shared/cases/F04-large-units/" + name, toPath: place.path(name))
    }
    for name in ["units", "millions"] {
      let run = try place.tool("run", "-c", "config_\(name).toml", "-o", name)
      #expect(run.code == 0, "\(run.err)")
    }
    let (units, millions) = (try scenarios(place, "units").scenarios, try scenarios(place, "millions").scenarios)
    #expect(units.map(\.strategy) == millions.map(\.strategy) && units.count == 3)
    #expect(try cells(place, "millions").scale.decimals == 8)
    for folder in ["units", "millions"] {
      let summary = try place.read(folder + "/data/risk_production_summary_base.csv")
      #expect(
        summary.contains("\nActual,4.466") && summary.contains("\nOptimum selected,4.998018209000395"), "\(summary)")
    }
  }

  private static let grid = [
    "--grid", "i,j", "--directions", "higher-is-safer,higher-is-safer", "--multiplier", "1", "--cells", "cells.csv",
  ]
  private static let millions = """
    i,j,amount,todu30,pile
    1,1,0.100,0.0043,0.100
    1,2,0.204,0.0021,0.204
    2,1,0.151,0.0014,0.151
    2,2,0.304,0.0004,0.304

    """

  @Test func aCellTableInMillions() throws {
    let place = try Workplace()
    try place.write("cells.csv", Self.millions)
    let whole = try place.tool.run(["frontier", "-o", "f.csv", "--certificate", "f.json"] + Self.grid)
    #expect(whole.code == 0 && !whole.err.contains("rounded"), "\(whole.err)")
    #expect(try place.read("f.csv").split(separator: "\n").count == 7)
    let limit = try place.tool.run(["frontier", "--thresholds", "0.5", "--certificate", "l.json"] + Self.grid)
    #expect(
      limit.out.contains("0.508,0.0025,0.508,0.4921259842519") && limit.out.contains(",2,2,0.5,optimal,0.508\n"),
      "\(limit.out)")
    #expect(
      try place.tool("check-certificate", "cells.csv", "f.json").out.contains("its 6 points are the whole frontier"))
    let proven = try place.tool("check-certificate", "cells.csv", "l.json")
    #expect(
      proven.code == 0 && proven.out.contains("5080 (units of 10^-4) is the greatest"), "\(proven.out)\(proven.err)")
    // In thousands of the same unit it is the same problem, and the certificate is of another table.
    let other = try place.tool.run(["frontier", "--amount-scale", "9"] + Self.grid)
    #expect(other.out == (try place.read("f.csv")))
    let stated = try place.tool.run(["frontier", "--amount-scale", "2"] + Self.grid)
    #expect(
      stated.code == 3 && stated.err.contains("cells.csv, column amount: rounding to hundredths moves its sum by"))
    #expect(stated.err.contains("State --amount-scale 4"), "\(stated.err)")
    #expect(try place.tool.run(["frontier", "--amount-scale", "10"] + Self.grid).code == 2)
    // Hundredths are not said, so that certificates are as they were.
    try place.write("cells.csv", Self.millions.replacing("0.0", with: "1.").replacing("0.", with: "7"))
    #expect(try place.tool.run(["frontier", "--amount-scale", "2", "--certificate", "c.json"] + Self.grid).code == 3)
    try place.write("cells.csv", "i,j,amount,todu30,pile\n1,1,10.5,1,10\n1,2,20.25,1,20\n")
    #expect(try place.tool.run(["frontier", "-o", "c.csv", "--certificate", "c.json"] + Self.grid).code == 0)
    #expect(try !place.read("c.json").contains("amountScale") && place.read("f.json").contains("\"amountScale\":4"))
  }

  @Test func aFloorIsInUnits() throws {
    let place = try Workplace()
    try place.write("cells.csv", Self.millions)
    let floor = try place.tool.run(
      ["frontier", "--production-floor", "0.5", "--certificate", "f.json", "-o", "f.csv"] + Self.grid)
    #expect(floor.code == 0, "\(floor.err)")
    #expect(
      try place.read("f.csv").split(separator: "\n").dropFirst().map { $0.split(separator: ",")[0] }
        == ["0.508", "0.659", "0.759"])
    let said = try place.tool("check-certificate", "cells.csv", "f.json").out
    #expect(said.contains("a production of at least 0.5:"), "\(said)")
  }

  @Test func aStatedScaleThatMovesASumIsRefused() throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    try rescale(place, by: 4, to: "applications.csv")
    let coarse = try place.tool("run", "-o", "out", "--set", "amount_scale=2")
    #expect(coarse.code == 3, "\(coarse.err)")
    #expect(coarse.err.contains("rounding to hundredths moves its sum by"), "\(coarse.err)")
    #expect(coarse.err.contains("State amount_scale = "), "\(coarse.err)")
    #expect(try place.tool("run", "-o", "out", "--set", "amount_scale=8").code == 0)
    #expect(try cells(place, "out").scale.decimals == 8)
    #expect(try place.tool("check", "--set", "amount_scale=10").code == 2)
  }

  @Test(arguments: [("EUR", "€"), ("USD", "$"), ("GBP", "£"), ("CHF", "CHF")])
  func theHeaderHasTheSignOfTheCurrency(code: String, sign: String) throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    let set = code == "EUR" ? [] : ["--set", "currency=\"\(code)\""]
    let run = try place.tool.run(["run", "-o", "out"] + set)
    #expect(run.code == 0, "\(run.err)")
    let header = try place.read("out/data/risk_production_summary_base.csv").split(separator: "\n")[0]
    #expect(header.contains(",Production (\(sign)),Production (%),"), "\(header)")
    guard code == "EUR" else { return }
    #expect(try place.tool("check", "--set", "currency=\"euro\"").err.contains("three capital letters"))
  }
}
