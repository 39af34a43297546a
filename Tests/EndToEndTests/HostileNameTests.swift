import Foundation
import Testing

/// Names of files, columns, stages and words that would steer a terminal, through commands and their tables.
@Suite struct HostileNameTests {
  private static let name = "a\u{1B}]0;owned\u{7}\u{9B}31m\u{202E}\u{2066}\u{200F}\u{61C}\u{85}b"

  private static func isClean(_ text: String) -> Bool {
    !text.unicodeScalars.contains { scalar in
      scalar.value < 0x20 && scalar != "\n" || (0x7F...0x9F).contains(scalar.value)
        || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        || [0x61C, 0x200E, 0x200F].contains(scalar.value)
    }
  }

  @Test func nothingSteersTheTerminal() throws {
    let place = try Workplace()
    let name = Self.name
    try place.simulate(rows: 2000)
    try place.write("\(name).csv", "\(name),amount\n\(name),1\nx,2\n")
    try place.write("column.csv", "\(name),amount\n\(name),7\(name)\nx,2\n")
    try place.write("cells.csv", "\(name),production,numerator,denominator\n1,5,1,10\n2,5,2,10\n")
    try place.write(
      "named.toml", "extends = \"config.toml\"\n[preprocessing]\n\"\(name.filter { $0.isLetter })\" = 1\n")
    try place.write(
      "hostile.toml", "extends = \"config.toml\"\n[preprocessing]\nsegment_filter = \"a\\u001B[31m\\u202Eb\"\n")
    let text = try place.read("applications.csv")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    try place.write(
      "hostile.csv",
      lines.enumerated().map {
        $0 == 0 ? "\($1),\(name)" : $0 == 40 ? $1.replacing("booked", with: name) + "," + name : "\($1),\(name)"
      }
      .dropLast().joined(separator: "\n") + "\n")
    let calls: [[String]] = [
      ["table", "\(name).csv", "--schema"], ["table", "column.csv", "--columns", "nope"],
      ["table", "column.csv", "--type", "amount=number", "--show-values"], ["table", "no\(name).csv"],
      ["table", "\(name).csv", "-o", "\(name).txt"], [name], ["run", "--\(name)"],
      ["run", "-c", "\(name).toml"], ["run", "-c", "config.toml", "--set", "optimum_risk=\(name)"],
      ["check", "-c", "named.toml"], ["check", "-c", "hostile.toml"], ["run", "-c", "hostile.toml", "-o", "h"],
      ["run", "-c", "config.toml", "-o", "x", "--set", "data_path=hostile.csv", "--until", "cells", "--show-values"],
      ["run", "-c", "config.toml", "-o", "x2", "--set", "data_path=hostile.csv", "--until", "cells"],
      [
        "run", "-c", "config.toml", "-o", "m", "--set", "monitor_only=[\"\(name.filter { $0.isLetter })\"]", "--until",
        "cells",
      ],
      ["frontier", "--cells", "cells.csv", "--grid", name, "--directions", "higher-is-safer", "-o", "f.csv"],
      ["frontier", "--cells", "cells.csv", "--grid", "nope\(name)", "--directions", "higher-is-safer"],
      ["frontier", "--cells", "cells.csv", "--grid", name, "--directions", name],
      ["evaluate", name, "cells.csv"], ["verify", name], ["stability", name], ["track", name, "column.csv"],
      ["init", "hostile.csv", "-o", "i.toml"], ["export", name, "--format", name], ["diff", name, name],
      ["describe", name], ["plan", "show", name], ["models", name], ["chart", name, name], ["allocate", name],
      ["explain-kpi", name, "--cell", name], ["new-plugin", "fit", name], ["simulate", "--rows", name],
      ["batch", "-c", "config.toml", "--segments", name], ["score-metrics", "-c", name], ["help", name],
      ["check-certificate", "cells.csv", name],
    ]
    for words in calls {
      let said = try place.tool.run(words)
      #expect(Self.isClean(said.out) && Self.isClean(said.err), "\(words): \((said.out + said.err).debugDescription)")
      #expect(said.code < 128, "\(words): \(said.code)")
    }
    let schema = try place.tool("table", "\(name).csv", "--schema")
    #expect(schema.out.contains("\\u{1B}]0;owned\\u{7}") && schema.out.contains("\\u{202E}"), "\(schema.out)")
  }

  /// A file keeps data as data; a spreadsheet gets no formula where that is asked for.
  @Test func tablesForSpreadsheets() throws {
    let place = try Workplace()
    try place.write(
      "t.csv",
      "=id,amount,note\n=1+1,-5,\"+49 170\"\n@x,3,-7\n-,2,\"\tindented\"\n plain,1,＝SUM(A1)\na=b,4,x\u{1B}[31m\n")
    let plain = try place.tool("table", "t.csv")
    #expect(plain.code == 0 && plain.out.contains("\n=1+1,-5,+49 170\n") && plain.out.contains("x\u{1B}[31m"))
    let safe = try place.tool("table", "t.csv", "--spreadsheet-safe")
    #expect(
      safe.out
        == "'=id,amount,note\n'=1+1,-5,'+49 170\n'@x,3,-7\n-,2,'\tindented\n plain,1,'＝SUM(A1)\na=b,4,x\u{1B}[31m\n",
      "\(safe.out.debugDescription)")
    #expect(safe.err.contains("6 cells begin as a formula does"), "\(safe.err)")
    let file = try place.tool("table", "t.csv", "--spreadsheet-safe", "-o", "safe.csv")
    #expect(file.code == 0 && file.err.contains("6 cells"))
    #expect(try place.read("safe.csv") == safe.out)
    let none = try place.tool("table", "t.csv", "--spreadsheet-safe", "--columns", "amount")
    #expect(none.err.contains("no text begins as a formula does"), "\(none.err)")
    let sas = try place.tool("table", "t.csv", "--spreadsheet-safe", "--columns", "amount", "-o", "x.xpt")
    #expect(sas.code == 2 && sas.err.contains("--spreadsheet-safe"), "\(sas.err)")
  }
}
