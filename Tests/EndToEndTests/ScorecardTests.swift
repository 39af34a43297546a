import CutlineTesting
import Foundation
import Testing

/// The plan `scorecard` from a file to a version in force, and against statsmodels on public data.
@Suite struct ScorecardTests {
  /// 6,000 applications whose log-odds of bad are known: −2 + 0.05 (age below 40) + 1.2 debt, with codes and missing values.
  private static func applications(_ place: Workplace, rows: Int = 6000, seed: UInt64 = 5) throws {
    var state = seed
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / 0x1p53
    }
    var text = "application_id,decided_on,age,debt,noise,bad\n"
    for row in 0..<rows {
      let (age, debt, noise) = (18 + (next() * 60).rounded(.down), next() * 3, next())
      let sum = -3.2 + 0.06 * max(0, 45 - age) + 1.1 * debt
      let bad = next() < 1 / (1 + exp(-sum)) ? 1 : 0
      let day = row * 360 / rows
      let date = "2024-\(String(format: "%02d", day / 30 + 1))-\(String(format: "%02d", day % 28 + 1))"
      let shown = row % 50 == 0 ? "999" : row % 37 == 0 ? "" : "\(Int(age))"
      text += "A\(row),\(date),\(shown),\(String(format: "%.3f", debt)),\(String(format: "%.2f", noise)),\(bad)\n"
    }
    try place.write("applications.csv", text)
  }

  private static let plan = """
    plan = "scorecard"
    [scorecard]
    data_path = "applications.csv"
    id = "application_id"
    outcome = "bad"
    decided_on = "decided_on"
    cutoff = 560
    [scorecard.characteristics.age]
    special = { 999 = "unknown" }
    protected = true
    [scorecard.characteristics.debt]
    direction = "higher-is-riskier"
    max_bins = 5
    """

  @Test func aCardComesIntoForce() throws {
    let place = try Workplace()
    try Self.applications(place)
    try place.write("card.toml", Self.plan)
    let run = try place.tool("run", "-c", "card.toml", "-o", "card")
    try #require(run.code == 0, "\(run.err)")
    let again = try place.tool("run", "-c", "card.toml", "-o", "card2")
    #expect(try again.code == 0 && place.digest("card") == place.digest("card2"))
    let shown = try place.tool("scorecard", "show", "card/data/scorecard.json")
    #expect(shown.code == 0 && shown.out.contains("unknown") && shown.out.contains("missing"), "\(shown.err)")
    let gates = try place.read("card/data/gates.csv")
    for (gate, state) in [
      ("samples", "PASS"), ("auc", "PASS"), ("improvement", "WARN"), ("out_of_time", "PASS"), ("signs", "PASS"),
    ] {
      #expect(gates.contains("\n\(gate),\(state),"), "\(gates)")
    }
    // The table with scores: they add up, and fall with debt.
    let scored = try place.tool(
      "scorecard", "score", "card/data/scorecard.json", "applications.csv", "--reasons", "-o", "scored.csv")
    #expect(scored.code == 0, "\(scored.err)")
    let lines = try place.read("scored.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let (names, rows) = (lines[0].map(String.init), lines.dropFirst())
    func column(_ name: String) throws -> Int { try #require(names.firstIndex(of: name)) }
    let (score, decision, reason) = (try column("score"), try column("decision"), try column("reason_1"))
    #expect(rows.count == 6000)
    #expect(rows.allSatisfy { (Double($0[score]) ?? 0 >= 560) == ($0[decision] == "approve") })
    #expect(rows.allSatisfy { $0[decision] == "decline" || $0[reason].isEmpty })
    let told = rows.filter { $0[decision] == "decline" }.map { String($0[reason]) }
    #expect(told.contains("debt") && told.allSatisfy { ["debt", ""].contains($0) }, "age is protected")
    #expect(
      try place.tool("scorecard", "score", "card/data/scorecard.json", "applications.csv", "-o", "scored.csv").code == 7
    )
    try StoreTests.people(place)
    let made = try place.tool("version", "create", "--kind", "scorecard", "--from-run", "card", "--token-file", "anna")
    #expect(made.code == 0, "\(made.err)")
    #expect(try place.tool("version", "content", "v1").out == place.read("card/data/scorecard.json"))
    #expect(try place.tool("scorecard", "show", "v1").out == shown.out, "a version is a card")
    #expect(try place.tool("scorecard", "export", "v1", "--format", "sql", "-o", "v1.sql").code == 0)
    #expect(try place.tool("version", "activate", "v1", "--token-file", "boris").code == 2, "nobody has approved it")
    #expect(try place.tool("version", "submit", "v1", "--token-file", "anna").code == 0)
    #expect(try place.tool("version", "approve", "v1", "--reason", "seen", "--token-file", "boris").code == 0)
    #expect(try place.tool("version", "activate", "v1", "--token-file", "cora").code == 0)
    // A second card against the one in force.
    try place.write(
      "next.toml", Self.plan.replacing("cutoff = 560", with: "cutoff = 560\nactive = \"card/data/scorecard.json\""))
    let next = try place.tool("run", "-c", "next.toml", "-o", "next")
    #expect(next.code == 4, "the same card is no improvement: \(next.err)")
    #expect(try place.read("next.failed/data/gates.csv").contains("\nimprovement,FAIL,0,"))
    let compared = try place.tool(
      "scorecard", "compare", "card/data/scorecard.json", "applications.csv", "--with", "card2/data/scorecard.json",
      "--outcome", "bad")
    #expect(
      compared.code == 0 && compared.out.contains("same") && compared.out.contains("Spearman 1.000"), "\(compared.err)")
  }

  /// Words: what a configuration says of levels that nobody has, reasons of single bins, bins of another card, and a leak.
  @Test func whatAConfigurationSaysOfWords() throws {
    let place = try Workplace()
    var text = "id,debt,job,told,bad\n"
    for row in 0..<1200 {
      let (isBad, job) = (row * 7919 % 10 < 2 + row % 3, ["Mgr", "Office", "Sales"][row % 3])
      text += "A\(row),\(row % 40 + (isBad ? 9 : 0)),\(job),\(isBad ? "yes" : "no"),\(isBad ? 1 : 0)\n"
    }
    try place.write("data.csv", text)
    let plan = """
      plan = "scorecard"
      [scorecard]
      data_path = "data.csv"
      id = "id"
      outcome = "bad"
      [scorecard.characteristics.debt]
      reason = { code = "D" }
      reasons = { 3 = { code = "D-low" }, missing = { code = "D-none" } }
      [scorecard.characteristics.job]
      groups = [["Mgr"], ["Office", "Ofice"]]
      reasons = { Mgr = { code = "J-mgr" }, other = { code = "J-other" } }
      """
    try place.write("card.toml", plan)
    let run = try place.tool("run", "-c", "card.toml", "-o", "card")
    try #require(run.code == 0, "\(run.err)")
    #expect(run.err.contains("groups name \"Ofice\", which no row of column job has"), "\(run.err)")
    let card = try place.read("card/data/scorecard.json")
    for code in ["D-low", "D-none", "J-mgr", "J-other"] { #expect(card.contains("\"code\" : \"\(code)\""), "\(code)") }
    // Another method would cut debt elsewhere; the bins of the first card stay.
    let fewer = plan.replacing("groups = [[\"Mgr\"], [\"Office\", \"Ofice\"]]", with: "max_bins = 2")
      .replacing(
        "[scorecard.characteristics.debt]",
        with: "bins_from = \"card/data/scorecard.json\"\n[scorecard.characteristics.debt]\nmax_bins = 2")
    try place.write("refit.toml", fewer)
    let refit = try place.tool("run", "-c", "refit.toml", "-o", "refit")
    #expect(refit.code == 0, "\(refit.err)")
    #expect(try place.read("refit/data/scorecard_points.csv") == place.read("card/data/scorecard_points.csv"))
    // What knows the outcome fails, also where it has no bins; somebody may waive it.
    let leak = "\n[scorecard.characteristics.told]\n"
    try place.write("leak.toml", plan + leak)
    let leaking = try place.tool("run", "-c", "leak.toml", "-o", "leak")
    #expect(leaking.code == 4 && leaking.err.contains("leak ("), "\(leaking.code) \(leaking.err)")
    #expect(try place.read("leak.failed/data/gates.csv").contains("\nleak,FAIL,1,"))
    try place.write("leak.toml", plan + leak + "[stages.gates]\nwith = { on_fail = \"report\" }\n")
    #expect(try place.tool("run", "-c", "leak.toml", "-o", "leak").code == 0)
    try place.write(
      "leak.toml", plan + leak + "[stages.gates]\nwith = { leak_area = 101, leak_information_value = 1000 }\n")
    #expect(try place.tool("run", "-c", "leak.toml", "-o", "leak").code == 0)
    for (old, new, code, sentence) in [
      (
        "groups = [[\"Mgr\"]", "direction = \"higher-is-safer\"\ngroups = [[\"Mgr\"]", Int32(2),
        "has a direction and is a category"
      ),
      ("Mgr = { code", "Mgrs = { code", 2, "names no bin"), ("3 = { code", "3 = { cod", 2, "has no code"),
      ("other = { code", "Office = { code = \"x\" }, Ofice = { code", 2, "two reasons of the bin"),
      ("id = \"id\"", "id = \"id\"\nbins_from = \"card/data/scorecard.json\"", 2, "and those of bins_from"),
      ("reason = { code = \"D\" }", "edges = [-inf, 3, inf]", 2, "inner edges only"),
    ] {
      try #require(plan.contains(old), "\(old)")
      try place.write("wrong.toml", plan.replacing(old, with: new))
      let wrong = try place.tool("run", "-c", "wrong.toml", "-o", "wrong")
      #expect(wrong.code == code && wrong.err.contains(sentence), "\(new): \(wrong.code) \(wrong.err)")
    }
    try place.write(
      "words.toml",
      plan.replacing("groups = [[\"Mgr\"], [\"Office\", \"Ofice\"]]", with: "direction = \"higher-is-safer\""))
    let words = try place.tool("run", "-c", "words.toml", "-o", "words")
    #expect(words.code == 0 && words.err.contains("column job holds words, of which direction"), "\(words.err)")
    // Numbers with a comma: the option that helps, and the column as the file spells it.
    try place.write("comma.csv", "Debt;Job\n1,5;Mgr\n2,25;Office\n")
    let comma = try place.tool("scorecard", "score", "card/data/scorecard.json", "comma.csv", "-o", "comma.out.csv")
    #expect(
      comma.code == 3 && comma.err.contains("column Debt") && comma.err.contains("--decimal-mark ,"), "\(comma.err)")
    #expect(
      try place.tool(
        "scorecard", "score", "card/data/scorecard.json", "comma.csv", "--decimal-mark", ",", "-o", "comma.out.csv"
      ).code == 0)
    try place.write("mixed.csv", "Debt,Job\n1.5,Mgr\nn/k,Office\n3,Mgr\n")
    let mixed = try place.tool("scorecard", "score", "card/data/scorecard.json", "mixed.csv", "-o", "mixed.out.csv")
    #expect(mixed.code == 3 && mixed.err.contains("--missing TEXT") && mixed.err.contains("row 2"), "\(mixed.err)")
  }

  @Test func mistakesAreSaid() throws {
    let place = try Workplace()
    try Self.applications(place, rows: 300)
    for (old, new, code, sentence) in [
      ("outcome = \"bad\"", "outcome = \"bda\"", Int32(3), "bda"),
      ("outcome = \"bad\"", "outcome = \"bad\"\nbad = [\"0\"]\ngood = [\"2\"]", 3, "neither a bad nor a good"),
      ("[scorecard.characteristics.age]", "[scorecard.characteristics.agee]", 3, "agee"),
      ("max_bins = 5", "max_bins = 1", 2, "2...100"), ("max_bins = 5", "maxbins = 5", 2, "max_bins"),
      ("cutoff = 560", "cutoff = 560\npdo = -20", 2, "pdo"),
      ("cutoff = 560", "cutoff = 5600", 4, "reachability"),
      ("cutoff = 560", "cutoff = 560\nbands = { best = 2000, rest = 0 }", 4, "reachability"),
    ] {
      try place.write("card.toml", Self.plan.replacing(old, with: new))
      let run = try place.tool("run", "-c", "card.toml", "-o", "card")
      #expect(run.code == code && run.err.contains(sentence), "\(new): \(run.code) \(run.err)")
    }
  }

  /// Days of decisions and events: the window decides, not the flag.
  @Test func aWindowMakesLabels() throws {
    let place = try Workplace()
    var text = "id,decided,event,x\n"
    for row in 0..<600 {
      let isBad = row % 5 == 0
      text +=
        "A\(row),2024-01-\(String(format: "%02d", row % 28 + 1)),\(isBad ? "2024-03-01" : ""),\(row % 7 + (isBad ? 3 : 0))\n"
    }
    // One that went bad after the window, one that is immature, one with an event before its decision.
    text += "B1,2024-01-01,2024-12-01,3\nB2,2024-12-01,2024-12-15,9\nB3,2024-02-01,2024-01-15,9\n"
    try place.write("data.csv", text)
    try place.write(
      "card.toml",
      """
      plan = "scorecard"
      [scorecard]
      data_path = "data.csv"
      id = "id"
      labels = "observation-window"
      decided_on = "decided"
      event_on = "event"
      as_of = "2024-12-31"
      observation_window_days = 180
      [scorecard.characteristics.x]
      [stages.gates]
      with = { on_fail = "report" }
      """)
    let run = try place.tool("run", "-c", "card.toml", "-o", "card")
    #expect(run.code == 0, "\(run.err)")
    #expect(
      run.err.contains("1 applications are immature")
        && run.err.contains("1 applications have a bad event on or before"), "\(run.err)")
    let gates = try place.read("card/data/gates.csv")
    #expect(gates.contains("\nsamples,PASS,601,"), "\(gates)")
  }
}

/// The whole plan on public data, with the oracle's edges: its coefficients, errors and points.
@Suite(
  .enabled(if: SharedFiles.path("oracles/decisions/scorecard.json", from: #filePath) != nil, "../shared is not there"))
struct ScorecardOracleRunTests {
  private struct Oracle: Decodable {
    struct Card: Decodable {
      struct Variable: Decodable {
        let variable: String
        let edges: [Double]
      }
      let name: String
      let variables: [Variable]
      let coefficients, standardErrors, p: [Double]
      let points: [[Int]]
      let pdo, basePoints, baseOdds: Double
      let logLikelihood, nullLogLikelihood: Double
    }
    let scorecards: [Card]
  }

  @Test func coefficientsAndPointsAreStatsmodels() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let file = try #require(SharedFiles.path("oracles/decisions/scorecard.json", from: #filePath))
    let oracle = try decoder.decode(Oracle.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    let hmeq = [
      "LOAN", "MORTDUE", "VALUE", "REASON", "JOB", "YOJ", "DEROG", "DELINQ", "CLAGE", "NINQ", "CLNO", "DEBTINC",
    ]
    let place = try Workplace()
    for (index, card) in oracle.scorecards.enumerated() {
      let isGerman = card.name.hasPrefix("german")
      let name = isGerman ? "germancredit_labelled" : "hmeq"
      let data = try #require(SharedFiles.path("data/classic/\(name).csv", from: #filePath))
      let lines = try String(contentsOfFile: data, encoding: .utf8).split(whereSeparator: \.isNewline)
      let header = lines.first.map(String.init) ?? ""
      let label = isGerman ? (header.split(separator: ",").last.map(String.init) ?? "") : "st"
      var text =
        "plan = \"scorecard\"\n[scorecard]\ndata_path = \"\(data)\"\noutcome = \"\(label)\"\ntest_share = 0.0\n"
      text += "pdo = \(card.pdo)\nbase_points = \(card.basePoints)\nbase_odds = \(card.baseOdds)\n"
      if isGerman { text += "bad = [\"bad\"]\ngood = [\"good\"]\n" }
      for variable in card.variables {
        let column = isGerman ? variable.variable : "h\((hmeq.firstIndex(of: variable.variable) ?? -1) + 1)"
        text += "[scorecard.characteristics.\(variable.variable)]\ncolumn = \"\(column)\"\nedges = \(variable.edges)\n"
      }
      text +=
        "[stages.gates]\nwith = { on_fail = \"report\" }\n[stages.model]\nwith = { estimator = { use = \"logistic\", with = { tolerance = 1e-12 } } }\n"
      try place.write("card\(index).toml", text)
      let run = try place.tool("run", "-c", "card\(index).toml", "-o", "card\(index)")
      try #require(run.code == 0, "\(run.err)")
      let model = try place.read("card\(index)/data/scorecard_model.csv").split(separator: "\n").dropFirst().map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
      }
      for (row, coefficient) in zip(model, card.coefficients) {
        #expect(abs(row[1] / coefficient - 1) < 1e-7, "\(card.name)")
      }
      for (row, (error, p)) in zip(model.dropFirst(), zip(card.standardErrors.dropFirst(), card.p.dropFirst())) {
        #expect(abs(row[2] / error - 1) < 1e-6 && abs(row[4] - p) < 1e-7, "\(card.name)")
      }
      let points = try place.read("card\(index)/data/scorecard_points.csv").split(separator: "\n").dropFirst().map {
        line in
        Self.fields(line)
      }
      for (variable, expected) in zip(card.variables, card.points) {
        #expect(
          points.filter { $0[0] == variable.variable }.map { Int($0[3]) } == expected,
          "\(card.name) \(variable.variable)")
      }
    }
  }

  private static func fields(_ line: Substring) -> [String] {
    var (fields, field, isQuoted) = ([String](), "", false)
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        fields.append(field)
        field = ""
      default: field.append(character)
      }
    }
    return fields + [field]
  }
}
