import CutlineCredit
import CutlineRun
import Foundation
import Testing

/// A file of another house: `cutline init` and `cutline run`, unedited.
@Suite struct ForeignFileTests {
  /// The simulated portfolio under other names and words, its arrears as a flag.
  private func foreign(_ place: Workplace, rows: Int = 4000, dates: (String) -> String = { $0 }) throws {
    try place.simulate(rows: rows)
    let lines = try place.read("applications.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    func column(_ name: String) throws -> Int { try #require(lines[0].firstIndex(of: name)) }
    let taken = try [
      ("App Number", "authorization_id"), ("ApplicationDate", "mis_date"), ("Decision", "status_name"),
      ("DeclineReason", "reject_reason"), ("RequestedAmount", "oa_amt"), ("FundedAmount", "oa_amt_h0"),
      ("BehaviourScore", "score_rf"), ("BureauScore", "risk_score_rf"), ("DefaultFlag", "early_bad"),
    ].map { ($0.0, try column($0.1)) }
    let words = ["booked": "Funded", "rejected": "Declined", "canceled": "Withdrawn", "09-score": "LOW SCORE"]
    let status = try column("status_name")
    let text = lines.dropFirst().map { line in
      taken.map { name, at in
        let value = line[at]
        if name == "ApplicationDate" { return dates(value) }
        if name == "DefaultFlag" { return line[status] == "booked" && !value.isEmpty ? (value == "1" ? "Y" : "N") : "" }
        return words[value] ?? value
      }.joined(separator: ",")
    }
    try place.write("theirs.csv", ([taken.map(\.0).joined(separator: ",")] + text).joined(separator: "\n") + "\n")
  }

  private func scenarios(_ place: Workplace, _ folder: String) throws -> ScenarioSet {
    try RunArtifact.load(ScenarioSet.self, stage: "scenarios", from: place.path(folder))
  }

  @Test(arguments: ["iso", "day first", "digits"]) func twoCommandsGiveScenarios(form: String) throws {
    let place = try Workplace()
    try foreign(place) { date in
      let parts = date.split(separator: "-").map(String.init)
      // A day of the month that tells it from the month.
      return switch form {
      case "day first": "17/\(parts[1])/\(parts[0])"
      case "digits": "\(parts[0])\(parts[1])17"
      default: date
      }
    }
    let proposed = try place.tool("init", "theirs.csv", "-o", "theirs.toml")
    #expect(proposed.code == 0 && !proposed.err.contains("you must say"), "\(proposed.err)")
    let text = try place.read("theirs.toml")
    for line in [
      "authorization_id = \"App Number\"", "mis_date = \"ApplicationDate\"", "oa_amt = \"RequestedAmount\"",
      "oa_amt_h0 = \"FundedAmount\"", "bad_flag = \"DefaultFlag\"", "booked = [\"Funded\"]",
      "score_reject = [\"LOW SCORE\"]",
      "variables = [\"behaviourscore_bin\", \"bureauscore_bin\"]",
    ] { #expect(text.contains(line), "\(line) is not in\n\(text)") }
    #expect(text.contains("\"9999\" = \"own-bin\"") && text.contains("\"0\" = \"own-bin\""), "\(text)")
    let run = try place.tool("run", "-c", "theirs.toml", "-o", "out", "--set", "pictures=none")
    #expect(run.code == 0, "\(run.err)")
    #expect(try scenarios(place, "out").scenarios.map(\.status) == [.optimal, .optimal, .optimal])
  }

  @Test func whatOnlyAPersonKnowsIsAsked() throws {
    let place = try Workplace()
    try place.write(
      "bare.csv",
      "when,what,much\n" + (0..<200).map { "2024-0\($0 % 9 + 1)-01,\($0 % 3),\($0 * 10)" }.joined(separator: "\n")
        + "\n")
    let proposed = try place.tool("init", "bare.csv")
    #expect(proposed.code == 0)
    for word in ["booked or rejected", "what became of booked", "which two numeric columns", "date of the application"]
    {
      #expect(proposed.err.contains(word), "\(proposed.err)")
    }
    #expect(try place.read("config.toml").contains("# Only a person can say:"))
    // What is there stays.
    let again = try place.tool("init", "bare.csv")
    #expect(again.code == 2 && again.err.contains("is there already"))
    #expect(try place.tool("init", "none.csv", "-o", "x.toml").code == 7 && !place.exists("x.toml"))
    try place.write("empty.csv", "a,b\n")
    #expect(try place.tool("init", "empty.csv", "-o", "x.toml").code == 3 && !place.exists("x.toml"))
  }

  /// Names and words of a file are data: they never become lines of the configuration.
  @Test func aFileCannotWriteIntoItsConfiguration() throws {
    let place = try Workplace()
    try foreign(place)
    let lines = try place.read("theirs.csv").split(separator: "\n").map(String.init)
    let attack =
      "leak\n[stages.quality]\nuse = \"process\"\n[stages.quality.with]\ncommand = [\"touch\", \"pwned\"]\n[stages.quality.with.config]\n#"
    let quoted = "\"\(attack.replacing("\"", with: "\"\""))\""
    let flag = try #require(lines[0].split(separator: ",").firstIndex(of: "DefaultFlag"))
    // A column that knows the outcome is spoken of in a comment; so is a status that nobody knows.
    // Equal rows stay equal.
    let rows = lines.dropFirst().map { line -> String in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let number = line.utf8.reduce(0) { $0 + Int($1) } % 97
      return line + ",\(fields[flag] == "Y" ? 900 + number : number)"
    }
    try place.write("theirs.csv", ([lines[0] + "," + quoted] + rows).joined(separator: "\n") + "\n")
    let proposed = try place.tool("init", "theirs.csv", "-o", "theirs.toml")
    #expect(proposed.code == 0)
    #expect(try place.read("theirs.toml").contains("was it known when the application came?"))
    #expect(try place.read("theirs.toml").split(separator: "\n").allSatisfy { !$0.hasPrefix("[stages.quality]") })
    let run = try place.tool("run", "-c", "theirs.toml", "-o", "out", "--set", "pictures=none")
    #expect(run.code == 0 && !place.exists("pwned"), "\(run.err)")
    // Every score's name makes a table.
    let odd = lines[0].replacing("BehaviourScore", with: "Bonitätsscore (neu) 1.2").replacing(
      "BureauScore", with: "score'x")
    try place.write("odd.csv", ([odd] + lines.dropFirst()).joined(separator: "\n") + "\n")
    #expect(try place.tool("init", "odd.csv", "-o", "odd.toml").code == 0)
    let ran = try place.tool("run", "-c", "odd.toml", "-o", "odd", "--set", "pictures=none")
    #expect(ran.code == 0, "\(ran.err)")
    #expect(try place.tool("init", "/dev/stdin", "-o", "x.toml").code == 2)
    #expect(try place.tool("init", "odd.csv", "-o", "nowhere/x.toml").code == 7)
  }

  /// The same portfolio under its own names and under others: the same strategy, to the last byte.
  @Test func namesAndWordsDoNotChangeAResult() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    #expect(try place.tool("run", "-o", "ours", "--set", "pictures=none").code == 0)
    let text = try place.read("applications.csv")
      .replacing("status_name", with: "Entscheid").replacing("reject_reason", with: "Grund")
      .replacing("authorization_id", with: "Antrag").replacing(",booked,", with: ",Ausbezahlt,")
      .replacing(",rejected,", with: ",Abgelehnt,").replacing("09-score", with: "RF")
    try place.write("applications.csv", text)
    try place.write(
      "theirs.toml",
      """
      extends = "config.toml"
      [preprocessing]
      keep_vars = ["antrag", "mis_date"]
      [preprocessing.columns]
      status_name = "Entscheid"
      reject_reason = "Grund"
      [preprocessing.values]
      booked = ["Ausbezahlt"]
      rejected = ["Abgelehnt"]
      score_reject = ["RF"]
      """.replacing("\"antrag\"", with: "\"authorization_id\"")
        .replacing("status_name = ", with: "authorization_id = \"Antrag\"\nstatus_name = "))
    let run = try place.tool("run", "-c", "theirs.toml", "-o", "theirs", "--set", "pictures=none")
    #expect(run.code == 0, "\(run.err)")
    for name in ["cutoff_summary_wide", "pareto_optimal_solutions", "row_waterfall", "risk_production_summary_base"] {
      #expect(try place.read("ours/data/\(name).csv") == place.read("theirs/data/\(name).csv"), "\(name)")
    }
    let lost = try place.tool(
      "run", "-c", "theirs.toml", "-o", "lost", "--set", "pictures=none", "--set",
      "columns={ status_name = \"Entscheidung\" }")
    #expect(
      lost.code == 3 && lost.err.contains("the data has no column Entscheidung; did you mean entscheid"), "\(lost.err)")
  }
}
