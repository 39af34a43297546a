import Foundation
import Testing

/// `cutline init` on files whose words, reasons and signs nobody knows: it asks, and takes the answers.
@Suite struct InitTests {
  /// The simulated portfolio with some of its words and values written otherwise.
  private func portfolio(
    _ place: Workplace, rows: Int = 4000, separator: String = ",", name: String = "theirs.csv",
    _ change: (_ column: String, _ value: String, _ row: Int) -> String
  ) throws {
    if !place.exists("applications.csv") { try place.simulate(rows: rows) }
    let lines = try place.read("applications.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let text = lines.enumerated().map { row, line in
      zip(lines[0], line).map { column, value in row == 0 ? value : change(column, value, row) }
        .joined(separator: separator)
    }
    try place.write(name, text.joined(separator: "\n") + "\n")
  }

  private func status(_ column: String, _ value: String, _ words: [String: String]) -> String {
    column == "status_name" ? words[value] ?? value : value
  }

  @Test func reasonsAreListedAndAskedWhereTheirWordsSayNothing() throws {
    let place = try Workplace()
    try portfolio(place) { column, value, _ in
      column == "reject_reason" ? ["09-score": "9", "08-other": "8"][value] ?? value : value
    }
    let asked = try place.tool("init", "theirs.csv", "-o", "asked.toml")
    #expect(
      asked.code == 0 && asked.err.contains("you must say which reject reasons are the score's: 9 ("), "\(asked.err)")
    #expect(asked.err.contains("--score-reject WORD"))
    #expect(try place.read("asked.toml").contains("rows: \"8\"\n"))
    let said = try place.tool("init", "theirs.csv", "-o", "said.toml", "--score-reject", "9")
    #expect(said.code == 0 && !said.err.contains("you must say"), "\(said.err)")
    #expect(try place.read("said.toml").contains("score_reject = [\"9\"]\n"))
    #expect(try place.tool("run", "-c", "said.toml", "-o", "out", "--set", "pictures=none").code == 0)
    let wrong = try place.tool("init", "theirs.csv", "-o", "wrong.toml", "--score-reject", "99")
    #expect(wrong.code == 2 && wrong.err.contains("no row has it in reject_reason"), "\(wrong.err)")
    #expect(!place.exists("wrong.toml"))
  }

  @Test func aNegationIsNotTakenForTheScore() throws {
    let place = try Workplace()
    try portfolio(place) { column, value, _ in
      guard column == "reject_reason" else { return value }
      return ["09-score": "Below cut-off", "08-other": "Other than score"][value]
        ?? value
    }
    let proposed = try place.tool("init", "theirs.csv", "-o", "theirs.toml")
    #expect(proposed.code == 0 && !proposed.err.contains("you must say"), "\(proposed.err)")
    #expect(proposed.err.contains("values.score_reject"))
    let text = try place.read("theirs.toml")
    #expect(text.contains("score_reject = [\"Below cut-off\"]"), "\(text)")
    #expect(text.contains("\"Other than score\", with a negation"))
    // Where none is stated, the run takes the same and says so.
    let config = try place.read("config.toml").replacing("applications.csv", with: "theirs.csv")
    try place.write("bare.toml", config)
    let run = try place.tool("run", "-c", "bare.toml", "-o", "out", "--set", "pictures=none")
    #expect(
      run.err.contains("warning: reject_reason: below_cut-off counts as rejected by score"), "\(run.err)"
    )
  }

  @Test func wordsThatAreNotKnownAreAskedAndNothingIsGuessedFromThem() throws {
    let place = try Workplace()
    try portfolio(place) { column, value, _ in status(column, value, ["booked": "1", "rejected": "0"])
    }
    let asked = try place.tool("init", "theirs.csv", "-o", "asked.toml")
    #expect(asked.code == 0)
    #expect(asked.err.contains("you must say what the status 0, 1 of status_name means"), "\(asked.err)")
    #expect(!asked.err.contains("which two numeric columns"), "\(asked.err)")
    let open = try place.read("asked.toml")
    #expect(open.contains("\nvariables = [\"") && open.contains("source = \"score_rf\"\n"))
    for key in ["date_ini_book_obs", "optimum_risk", "direction", "edges"] {
      #expect(open.contains("\n# \(key) = ") && !open.contains("\n\(key) = "), "\(key)\n\(open)")
    }
    let said = try place.tool(
      "init", "theirs.csv", "-o", "said.toml", "--booked", "1", "--rejected", "0")
    #expect(said.code == 0 && !said.err.contains("you must say"), "\(said.err)")
    let run = try place.tool("run", "-c", "said.toml", "-o", "out", "--set", "pictures=none")
    #expect(run.code == 0, "\(run.err)")
    for (options, problem) in [
      (["--booked", "Funded"], "no row has it in status_name"),
      (["--booked", "1", "--rejected", "1"], "is booked as well"),
      (["--column", "mis_dat=mis_date"], "did you mean mis_date"),
      (["--column", "mis_date=mis_dote"], "the data has no column mis_dote; did you mean mis_date"),
      (["--column", "mis_date"], "is not OURS=THEIRS"),
      (["--column", "oa_amt=score_rf", "--column", "oa_amt=oa_amt_h0"], "twice"),
    ] {
      let refused = try place.tool.run(["init", "theirs.csv", "-o", "x.toml"] + options)
      #expect(refused.code == 2 && refused.err.contains(problem), "\(options) \(refused.err)")
    }
    #expect(!place.exists("x.toml"))
    // The error of a run ends once.
    try place.write("bare.toml", place.read("config.toml").replacing("applications.csv", with: "theirs.csv"))
    let failed = try place.tool("run", "-c", "bare.toml", "-o", "no", "--set", "pictures=none")
    #expect(failed.code == 3 && failed.err.contains("0, 1 are not known as a status"), "\(failed.err)")
    #expect(!failed.err.contains(".."), "\(failed.err)")
  }

  @Test func columnsAreTakenAsAPersonSays() throws {
    let place = try Workplace()
    try portfolio(place) { column, value, _ in
      status(column, value, ["booked": "Ausgezahlt", "rejected": "Abgelehnt", "canceled": "Storniert"])
    }
    let names = [
      "mis_date": "Eingang", "status_name": "Zustand", "score_rf": "Wert A", "risk_score_rf": "Wert B",
      "oa_amt": "Summe",
    ]
    var lines = try place.read("theirs.csv").split(separator: "\n").map(String.init)
    lines[0] = lines[0].split(separator: ",").map { names[String($0)] ?? String($0) }.joined(separator: ",")
    try place.write("theirs.csv", lines.joined(separator: "\n") + "\n")
    let options = names.sorted { $0.key < $1.key }.flatMap { ["--column", "\($0.key)=\($0.value)"] }
    let said = try place.tool.run(["init", "theirs.csv", "-o", "said.toml"] + options)
    #expect(said.code == 0 && !said.err.contains("you must say"), "\(said.err)")
    let text = try place.read("said.toml")
    for line in [
      "mis_date = \"Eingang\"\n", "oa_amt = \"Summe\"\n", "booked = [\"Ausgezahlt\"]", "source = \"wert_a\"",
    ] {
      #expect(text.contains(line), "\(line)\n\(text)")
    }
    let run = try place.tool("run", "-c", "said.toml", "-o", "out", "--set", "pictures=none")
    #expect(run.code == 0, "\(run.err)")
  }

  /// Neither a later month's amount nor what only booked applications have stands in for a score that is text.
  @Test(arguments: ["percent", "code", "comma and code"]) func aScoreThatIsTextIsAskedAbout(kind: String) throws {
    let place = try Workplace()
    try portfolio(place) { column, value, row in
      guard column == "score_rf", !value.isEmpty else { return value }
      if kind == "percent" { return value + "%" }
      if row % 50 == 0 { return "NH" }
      return kind == "code" ? value : "\"\(value.replacing(".", with: ","))\""
    }
    let asked = try place.tool("init", "theirs.csv", "-o", "asked.toml")
    let option = kind == "percent" ? ["--type", "score_rf=number"] : ["--missing", "NH"]
    #expect(asked.err.contains("you must say ") && asked.err.contains(option.joined(separator: " ")), "\(asked.err)")
    #expect(try !place.read("asked.toml").contains("source = \"todu"))
    let said = try place.tool.run(["init", "theirs.csv", "-o", "said.toml"] + option)
    #expect(said.code == 0 && !said.err.contains("you must say"), "\(said.err)")
    // Then its marks are found, too.
    #expect(said.err.contains("the numbers of score_rf") == (kind == "comma and code"), "\(said.err)")
    #expect(try place.read("said.toml").contains("source = \"score_rf\""))
    let run = try place.tool("run", "-c", "said.toml", "-o", "out", "--set", "pictures=none")
    #expect(run.code == 0, "\(run.err)")
  }

  /// The same portfolio with marks of other countries gives the same figures, in two commands.
  @Test(arguments: ["german", "swiss", "american"]) func amountsOfOtherCountries(form: String) throws {
    let place = try Workplace()
    func written(_ value: String) -> String {
      guard let number = Double(value) else { return value }
      let cents = Int((number * 100).rounded())
      var groups: [String] = []
      var rest = cents / 100
      while rest >= 1000 {
        groups.insert(String(rest % 1000 + 1000).dropFirst().description, at: 0)
        rest /= 1000
      }
      groups.insert("\(rest)", at: 0)
      let marks = ["german": (".", ","), "swiss": ("'", "."), "american": (",", ".")][form] ?? ("", ".")
      return (form == "american" ? "\"$" : "") + groups.joined(separator: marks.0) + marks.1
        + String(cents % 100 + 100).dropFirst() + (form == "american" ? "\"" : "")
    }
    try portfolio(place, separator: form == "american" ? "," : ";") { column, value, _ in
      column.hasPrefix("oa_amt") || column.hasPrefix("todu_") ? written(value) : value
    }
    try portfolio(place, name: "plain.csv") { column, value, _ in
      guard column.hasPrefix("oa_amt") || column.hasPrefix("todu_"), let number = Double(value) else { return value }
      return "\((number * 100).rounded() / 100)"
    }
    // A point in the scores and a comma in the amounts is no one form: each column has its own.
    for (file, output) in [("theirs.csv", "theirs"), ("plain.csv", "plain")] {
      let proposed = try place.tool("init", file, "-o", "\(output).toml")
      #expect(proposed.code == 0 && !proposed.err.contains("you must say"), "\(proposed.err)")
      let run = try place.tool("run", "-c", "\(output).toml", "-o", output, "--set", "pictures=none")
      #expect(run.code == 0, "\(run.err)")
    }
    for name in ["cutoff_summary_wide", "pareto_optimal_solutions"] {
      #expect(try place.read("theirs/data/\(name).csv") == place.read("plain/data/\(name).csv"), "\(name)")
    }
  }

  @Test func aFormOfDatesIsTheOnlyQuestionAboutThem() throws {
    let place = try Workplace()
    try portfolio(place) { column, value, _ in
      guard column == "mis_date" else { return value }
      let parts = value.split(separator: "-")
      return "\(parts[1])/\(parts[2])/\(parts[0])"
    }
    let asked = try place.tool("init", "theirs.csv", "-o", "asked.toml")
    #expect(asked.err.contains("in which form mis_date holds dates"), "\(asked.err)")
    #expect(!asked.err.contains("which column is the date"), "\(asked.err)")
    // What is marked with ? in the file stands on the console, too.
    for word in ["guessed", "values.score_reject", "bins.score_rf_bin.direction"] {
      #expect(asked.err.contains(word), "\(asked.err)")
    }
  }

  @Test func aRowOfTotalsIsAskedAbout() throws {
    let place = try Workplace()
    try portfolio(place) { _, value, _ in value }
    let text = try place.read("theirs.csv")
    let columns = text.prefix { $0 != "\n" }.count { $0 == "," }
    try place.write("theirs.csv", text + "Total" + String(repeating: ",", count: columns) + "\n")
    let asked = try place.tool("init", "theirs.csv", "-o", "asked.toml")
    #expect(
      asked.err.contains("what row 4001 is, which has no status_name") && asked.err.contains("--comment"),
      "\(asked.err)")
    let said = try place.tool("init", "theirs.csv", "-o", "said.toml", "--comment", "Total")
    #expect(said.code == 0 && !said.err.contains("you must say"), "\(said.err)")
  }
}
