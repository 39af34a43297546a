import CutlineCredit
import Foundation
import Testing

@Suite struct FrontierCommandTests {
  private static let cells = """
    i,j,amount,todu30,pile
    1,1,100.50,40,1000
    1,2,200,30,2000
    1,4,150,10,1500
    2,1,120,20,1000
    2,2,210.25,12,2000
    2,4,90,1,1000

    """
  private static let grid = ["--grid", "i,j", "--directions", "higher-is-safer,higher-is-safer"]

  @Test func aCellTableIsEnough() throws {
    let place = try Workplace()
    try place.write("cells.csv", Self.cells)
    let run = try place.tool.run(["frontier", "--cells", "cells.csv", "--output", "f.csv", "--json"] + Self.grid)
    #expect(run.code == 0, "\(run.err)")
    #expect(run.out.contains("\"strategies\" : \"10\""))
    let lines = try place.read("f.csv").split(separator: "\n")
    #expect(lines[0] == "production,numerator,denominator,risk_pct,cut_1,cut_2")
    #expect(lines[1] == "0,0,0,0.0,,")
    #expect(lines[2] == "90,1,1000,0.7,,4")
    #expect(lines.last == "870.75,113,8500,9.305882352941177,1,1")
    let evaluated = try place.tool.run(
      ["frontier", "--cells", "cells.csv", "--device", "scalar", "--threads", "1"] + Self.grid)
    #expect(evaluated.out == (try place.read("f.csv")))
  }

  @Test func everySearchAndDeviceGivesTheSameBytes() throws {
    let place = try Workplace()
    var lines = ["i,j,amount,todu30,pile"]
    var state: UInt64 = 7
    for i in 1...6 {
      for j in 1...9 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let amount = 100 + state >> 56
        lines.append("\(i),\(j),\(amount),\((state >> 40) % 90 / UInt64(i + j)),\(amount * 7)")
      }
    }
    try place.write("cells.csv", lines.joined(separator: "\n") + "\n")
    var texts: Set<String> = []
    for choice in [["--search", "frontier"], ["--device", "scalar"], ["--device", "cpu"], ["--device", "opencl"]] {
      let search = choice[0] == "--search" ? [] : ["--search", "exhaustive"]
      let run = try place.tool.run(["frontier", "--cells", "cells.csv"] + Self.grid + choice + search)
      #expect(run.code == 0, "\(run.err)")
      texts.insert(run.out)
    }
    #expect(texts.count == 1)
  }

  @Test func pinnedCellsAreInEveryStrategy() throws {
    let place = try Workplace()
    try place.write("cells.csv", Self.cells)
    let pinned = try place.tool.run(["frontier", "--cells", "cells.csv", "--pin", "1,2=accept"] + Self.grid)
    #expect(pinned.code == 0, "\(pinned.err)")
    for line in pinned.out.split(separator: "\n").dropFirst() {
      let cutoff = line.split(separator: ",", omittingEmptySubsequences: false)[4]
      #expect(cutoff == "1" || cutoff == "2")
    }
    let rejected = try place.tool.run(["frontier", "--cells", "cells.csv", "--pin", "2,4=reject"] + Self.grid)
    #expect(rejected.out.split(separator: "\n").count == 2)
    let both = try place.tool.run(
      ["frontier", "--cells", "cells.csv", "--pin", "1,1=accept", "--pin", "2,4=reject"] + Self.grid)
    #expect(both.code == 2)
    #expect(both.err.contains("contradict"), "\(both.err)")
    #expect(try place.tool.run(["frontier", "--cells", "cells.csv", "--pin", "1,3=accept"] + Self.grid).code == 2)
  }

  @Test func countsAreExact() throws {
    let place = try Workplace()
    for (rows, columns, count) in [
      (2, 2, "6"), (3, 3, "20"), (10, 10, "184756"), (10, 20, "30045015"), (50, 50, "100891344545564193334812497256"),
    ] {
      let lines = (1...rows).flatMap { i in (1...columns).map { j in "\(i),\(j),1,1,1" } }
      try place.write("cells.csv", "i,j,amount,todu30,pile\n" + lines.joined(separator: "\n") + "\n")
      #expect(try place.tool.run(["frontier", "--cells", "cells.csv", "--count"] + Self.grid).out == count + "\n")
    }
  }

  @Test func certificatesProveAndRefuse() throws {
    let place = try Workplace()
    try place.write("cells.csv", Self.cells)
    #expect(
      try place.tool.run(["frontier", "--cells", "cells.csv", "-o", "f.csv", "--certificate", "c.json"] + Self.grid)
        .code == 0)
    let proven = try place.tool("check-certificate", "cells.csv", "c.json")
    #expect(proven.code == 0, "\(proven.err)")
    #expect(proven.out.contains("proven"))
    let text = try place.read("c.json")
    // A flipped digit in a sum.
    try place.write("c.json", text.replacing("\"production\":9000}", with: "\"production\":9100}"))
    let refused = try place.tool("check-certificate", "cells.csv", "c.json")
    #expect(refused.code == 6)
    #expect(refused.err.contains("claims production 9100"), "\(refused.err)")
    try place.write("c.json", String(text.prefix(50)))
    #expect(try place.tool("check-certificate", "cells.csv", "c.json").code == 6)
    #expect(try place.tool("check-certificate", "cells.csv", "none.json").code == 7)
    try place.write("c.json", text)
    try place.write("cells.csv", Self.cells.replacing("2,4,90,1", with: "2,4,90,0"))
    #expect(try place.tool("check-certificate", "cells.csv", "c.json").code == 6)
  }

  @Test(arguments: [
    ("i,j,amount,todu30,pile\n1,1,1,1,1\n1,1,2,2,2\n", Int32(3), "its cell stands in an earlier row"),
    ("i,j,amount,todu30,pile\n1,x,1,1,1\n", 3, "does not hold bin numbers"),
    ("i,j,amount,todu30,pile\n1.5,1,1,1,1\n", 3, "the bin i is no whole number up to 10^6"),
    ("i,j,amount,todu30,pile\n,1,1,1,1\n2,1,1,1,1\n", 3, "the bin i is empty"),
    ("i,j,amount,todu30\n1,1,1,1\n", 3, "column pile: is not in the data"),
    ("i,j,amount,todu30,pile\n1,1,1e20,1,1\n", 3, "too large to add up exactly"),
    ("i,j,amount,todu30,pile\n", 3, "holds no cell"),
    ("i,j,amount,todu30,pile\n1,1,1,,1\n1,2,1,1,1\n", 3, "todu30 is empty"),
  ])
  func wrongTablesAreRefused(text: String, code: Int32, said: String) throws {
    let place = try Workplace()
    try place.write("cells.csv", text)
    let run = try place.tool.run(["frontier", "--cells", "cells.csv", "-o", "f.csv"] + Self.grid)
    #expect(run.code == code, "\(run.err)")
    #expect(run.err.contains(said), "\(run.err)")
    #expect(!place.exists("f.csv"))
  }

  @Test func wrongOptionsAreRefused() throws {
    let place = try Workplace()
    try place.write("cells.csv", Self.cells)
    #expect(try place.tool("frontier").code == 2)
    #expect(
      try place.tool("frontier", "--cells", "cells.csv", "--grid", "i,j", "--directions", "up,down").err.contains(
        "is not a direction"))
    #expect(
      try place.tool.run(["frontier", "--cells", "cells.csv", "--search", "exhaustiv"] + Self.grid).err.contains(
        "did you mean exhaustive"))
    #expect(try place.tool.run(["frontier", "--cells", "cells.csv", "--json"] + Self.grid).code == 2)
  }
}

/// Risk limits, constraints and three scores on the command line.
@Suite struct ThresholdCommandTests {
  /// Cells whose risk falls with every score; a fifth of each comes from rejected applications.
  private static func cells(_ shape: [Int]) -> String {
    let names = ["i", "j", "k"].prefix(shape.count).joined(separator: ",")
    var lines = [names + ",amount,todu30,pile,in_amount,in_todu30,in_pile"]
    var state: UInt64 = 11
    func visit(_ bins: [Int]) {
      guard bins.count < shape.count else {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let amount = 500 + Int(state >> 55)
        let risk = Int(state >> 40 % 90) % 40 + 200 / bins.reduce(0, +)
        let cells = [amount, risk, amount * 7, amount / 5, risk / 4, amount * 7 / 5]
        lines.append((bins + cells).map(String.init).joined(separator: ","))
        return
      }
      for bin in 1...shape[bins.count] { visit(bins + [bin]) }
    }
    visit([])
    return lines.joined(separator: "\n") + "\n"
  }

  private func run(_ place: Workplace, _ scores: Int, _ words: [String]) throws -> Tool.Outcome {
    let names = ["i", "j", "k"].prefix(scores)
    let directions = names.map { _ in "higher-is-safer" }.joined(separator: ",")
    return try place.tool.run(
      ["frontier", "--cells", "cells.csv", "--grid", names.joined(separator: ","), "--directions", directions] + words)
  }

  /// The columns of a result by name.
  private func table(_ text: String) -> [[String: String]] {
    let lines = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  @Test(arguments: [[6, 8], [3, 4, 3]]) func thresholdsAreTheLastPointsOfTheFrontier(shape: [Int]) throws {
    let place = try Workplace()
    try place.write("cells.csv", Self.cells(shape))
    let whole = table(try run(place, shape.count, []).out)
    let risks = whole.compactMap { $0["risk_pct"].flatMap(Double.init) }
    let limits = ["0", "\(((risks[risks.count / 2]) * 100).rounded() / 100)", "99"]
    for search in ["threshold", "frontier", "exhaustive"] {
      let found = try run(place, shape.count, ["--search", search, "--thresholds", limits.joined(separator: ",")])
      #expect(found.code == 0, "\(found.err)")
      let rows = table(found.out)
      #expect(
        rows.map { $0["threshold_pct"] }
          == limits.map { Double($0).map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" } })
      #expect(rows.map { $0["status"] } == ["infeasible", "optimal", "optimal"], "\(search)")
      for (row, limit) in zip(rows, limits).dropFirst() {
        let expected = whole.last { Double($0["risk_pct"] ?? "") ?? .infinity <= Double(limit) ?? 0 }
        #expect(row["production"] == expected?["production"] && row["bound"] == row["production"], "\(search) \(limit)")
      }
    }
    #expect(try run(place, shape.count, ["--thresholds", "0", "--strict"]).code == 5)
  }

  @Test func threeScoresHaveTheirColumnsAndCount() throws {
    let place = try Workplace()
    try place.write("cells.csv", Self.cells([2, 3, 4]))
    // Plane partitions in a box, by MacMahon's product.
    #expect(try run(place, 3, ["--count"]).out == "490\n")
    let found = try run(place, 3, ["-o", "f.csv", "--json"])
    #expect(found.code == 0, "\(found.err)")
    #expect(found.out.contains("\"strategies\" : \"490\"") && found.out.contains("\"phaseSeconds\""))
    let header = try #require(try place.read("f.csv").split(separator: "\n").first)
    #expect(header == "production,numerator,denominator,risk_pct,cut_1_1,cut_1_2,cut_1_3,cut_2_1,cut_2_2,cut_2_3")
    let exhaustive = try run(place, 3, ["--search", "exhaustive"])
    let columns = ["production", "risk_pct"]
    #expect(
      table(exhaustive.out).map { row in columns.map { row[$0] } }
        == table(try place.read("f.csv")).map { row in columns.map { row[$0] } })
  }

  @Test(arguments: [[6, 8], [3, 3, 3]]) func certificatesOfThresholdsProveAndRefuse(shape: [Int]) throws {
    let place = try Workplace()
    try place.write("cells.csv", Self.cells(shape))
    let made = try run(
      place, shape.count,
      [
        "--thresholds", "15,20", "--pin", shape.map { _ in "3" }.joined(separator: ",") + "=accept",
        "-o", "f.csv", "--certificate", "c.json",
      ])
    #expect(made.code == 0, "\(made.err)")
    let proven = try place.tool("check-certificate", "cells.csv", "c.json")
    #expect(proven.code == 0, "\(proven.err)")
    #expect(proven.out.contains("20 %: "))
    let text = try place.read("c.json")
    // Any flipped digit, wherever it stands.
    var refused = 0
    let digits = text.indices.filter { text[$0].isNumber }
    for index in stride(from: 3, to: digits.count, by: max(1, digits.count / 12)).map({ digits[$0] }) {
      var changed = text
      changed.replaceSubrange(index...index, with: text[index] == "7" ? "8" : "7")
      try place.write("c.json", changed)
      let outcome = try place.tool("check-certificate", "cells.csv", "c.json")
      #expect([2, 3, 6].contains(outcome.code), "\(outcome.out)\(outcome.err)")
      if outcome.code == 6 { refused += 1 }
    }
    #expect(refused >= 10)
  }

  @Test func constraintsAreKeptOrRefused() throws {
    let place = try Workplace()
    try place.write("cells.csv", Self.cells([5, 6]))
    let free = table(try run(place, 2, ["--thresholds", "6"]).out)
    let swap = ["--swap-in", "in_amount,in_todu30,in_pile", "--swap-in-limit", "600"]
    let limited = try run(place, 2, ["--search", "exhaustive", "--thresholds", "6"] + swap)
    #expect(limited.code == 0, "\(limited.err)")
    let production = [free, table(limited.out)].map { $0.first?["production"].flatMap(Double.init) ?? 0 }
    #expect(production[1] < production[0] && production[1] > 0)
    let refused = try run(place, 2, ["--thresholds", "6"] + swap)
    #expect(refused.code == 2 && refused.err.contains("Use the search milp"), "\(refused.err)")
    #expect(try run(place, 2, ["--swap-in-limit", "5", "--search", "exhaustive"]).code == 2)
    // At most two cells may change against what is in force.
    try place.write("current.csv", "cut_1,cut_2,cut_3,cut_4,cut_5\n,,,,6\n")
    let near = try run(
      place, 2, ["--search", "exhaustive", "--thresholds", "20", "--current", "current.csv", "--changes", "2"])
    #expect(near.code == 0, "\(near.err)")
    let row = try #require(table(near.out).first)
    let accepted = (1...5).reduce(0) { $0 + (Int(row["cut_\($1)"] ?? "").map { 7 - $0 } ?? 0) }
    #expect(accepted == 3)
    #expect(try run(place, 2, ["--changes", "2", "--search", "exhaustive"]).code == 2)
    #expect(try run(place, 2, ["--search", "threshold"]).err.contains("Add --thresholds"))
    #expect(try run(place, 2, ["--thresholds", "1,x"]).code == 2)
    #expect(try run(place, 2, ["--thresholds", "3,3.0"]).code == 2)
  }

  @Test func nestedThresholdsSayTheirPrice() throws {
    let place = try Workplace()
    try place.write("cells.csv", Self.cells([6, 8]))
    let run = try run(place, 2, ["--thresholds", "3,4,5", "--nesting", "bottom-up", "-o", "f.csv", "--json"])
    #expect(run.code == 0, "\(run.err)")
    #expect(run.out.contains("unnestedProduction") && run.out.contains("nesting costs"))
    let rows = table(try place.read("f.csv"))
    for (careful, bold) in zip(rows, rows.dropFirst()) {
      for bin in 1...6 {
        let cutoffs = [careful, bold].map { $0["cut_\(bin)"].flatMap(Int.init) ?? 9 }
        #expect(cutoffs[0] >= cutoffs[1], "bin \(bin)")
      }
    }
  }
}
