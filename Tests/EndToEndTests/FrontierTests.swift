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
    ("i,j,amount,todu30,pile\n1.5,1,1,1,1\n", 3, "the bin i is 1.5"),
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
