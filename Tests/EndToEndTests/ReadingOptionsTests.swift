import Foundation
import Testing

/// One set of options wherever a table is read, and the keys of the source stage that say the same.
@Suite struct ReadingOptionsTests {
  private static let grid = ["--grid", "i,j", "--directions", "higher-is-safer,higher-is-safer"]
  private static let plain = """
    i,j,amount,todu30,pile
    1,1,100.5,30.5,1000.5
    1,2,200.5,20.5,2000.5
    2,1,1150.5,15.5,1500.5
    2,2,300.5,5.5,3000.5

    """
  private static let local = """
    Export
    i;j;amount;todu30;pile
    1;1;100,5;30,5;1.000,5
    1;2;200,5;20,5;2.000,5
    2;1;1.150,5;15,5;1.500,5
    2;2;300,5;5,5;3.000,5

    """
  private static let options = ["--skip-lines", "1", "--decimal-mark", ",", "--thousands-mark", "."]

  @Test func cellTablesWithADecimalComma() throws {
    let place = try Workplace()
    try place.write("plain.csv", Self.plain)
    try place.write("local.csv", Self.local)
    let wanted = try place.tool.run(["frontier", "--cells", "plain.csv", "--certificate", "p.json"] + Self.grid)
    let found = try place.tool.run(
      ["frontier", "--cells", "local.csv", "--certificate", "l.json"] + Self.grid + Self.options)
    #expect(wanted.code == 0 && found.code == 0, "\(found.err)")
    #expect(found.out == wanted.out)
    #expect(try place.read("p.json") == place.read("l.json"))
    let check = try place.tool.run(["check-certificate", "local.csv", "p.json"] + Self.options)
    #expect(check.code == 0, "\(check.err)")
    let refused = try place.tool.run(["frontier", "--cells", "local.csv", "--skip-lines", "1"] + Self.grid)
    #expect(refused.code == 3)
    #expect(refused.err.contains("column amount, row 1: does not hold numbers, found a value like 999,9"))
    #expect(refused.err.contains("--decimal-mark ,"))
  }

  @Test func evaluateReadsBothFilesWithTheMarks() throws {
    let place = try Workplace()
    let names =
      ["i;j"]
      + ["boo", "rep"].map { part in
        ["acct_booked_h0", "oa_amt", "todu_30ever_h6", "todu_amt_pile_h6", "oa_amt_h0"].map { "\($0)_\(part)" }
          .joined(separator: ";")
      }
    let rows = ["1;1", "1;2"].map { $0 + ";1;100,5;2,5;1.000,25;90,5;0;0;0;0;0" }
    try place.write("cells.csv", ([names.joined(separator: ";")] + rows).joined(separator: "\n"))
    try place.write("cutoffs.csv", "scenario,1\nbase,1\n")
    let options = Self.grid + ["--decimal-mark", ",", "--thousands-mark", ".", "--delimiter", ";"]
    let outcome = try place.tool.run(["evaluate", "cells.csv", "cutoffs.csv"] + options)
    #expect(outcome.code == 0, "\(outcome.err)")
    #expect(outcome.out.contains("base,2.00,201.00,5.00,2000.50,181.00"))
  }

  @Test func everyCommandTakesTheSameOptions() throws {
    let tool = Tool(folder: NSTemporaryDirectory())
    for command in ["table", "frontier", "evaluate", "check-certificate"] {
      let help = try tool.run([command, "--help"]).out
      for option in ["type", "skip-lines", "comment", "quote", "escape", "member", "decimal-mark", "missing"] {
        #expect(help.contains("--\(option) "), "\(command) \(option)")
      }
    }
    let wrong = try tool.run(["table", "x.csv", "--type", "mis_date"])
    #expect(wrong.code == 2 && wrong.err.contains("is not COLUMN=TYPE"))
  }

  private func configuration(_ with: String) -> String {
    """
    plan = "none"

    [[stage]]
    id = "source"
    kind = "source"
    use = "file"
    with = { \(with) }

    """
  }

  @Test func aRunReadsWhatIsStated() throws {
    let place = try Workplace()
    try place.write("a.csv", "MIS_DATE;Score;Amount\n20210131;12;15.000\n20210228;12345678901234567890;7\n")
    let types = "types = { mis_date = \"date:%Y%m%d\", score = \"number\", amount = \"number:1.234\" }"
    try place.write("config.toml", configuration("path = \"a.csv\", \(types)"))
    let outcome = try place.tool.run(["run", "-c", "config.toml", "-o", "out"])
    #expect(outcome.code == 0, "\(outcome.err)")
    #expect(
      outcome.err.contains("column Score (first in row 2): numbers with more digits than a double holds are rounded"))
    // Nothing of it is stated: the amounts are asked for, and no value gets into the folder.
    try place.write("open.toml", configuration("path = \"a.csv\""))
    let open = try place.tool.run(["run", "-c", "open.toml", "-o", "open"])
    #expect(open.code == 3 && open.err.contains("column Amount, row 1") && open.err.contains("99.999"))
    if place.exists("open.failed/events.jsonl") {
      #expect(!(try place.read("open.failed/events.jsonl")).contains("15.000"))
    }
    try place.write(
      "wrong.toml", configuration("path = \"a.csv\", types = { score = \"numbr\", x = [\"date\", \"time\"] }"))
    let wrong = try place.tool.run(["check", "-c", "wrong.toml"])
    #expect(wrong.code == 2)
    #expect(wrong.err.contains("did you mean number") && wrong.err.contains("is stated as date and as time"))
    #expect(wrong.err.contains("wrong.toml:7:"))
  }
}
