import Foundation
import Testing

/// A run equals its recomputation by independent code: rows, scalars, surface, cells, frontier, scenarios, files.
@Suite(.enabled(if: OracleScripts.isAvailable, OracleScripts.missing)) struct OracleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let settings: [String]
    /// Whether cutoffs are evaluated too: where the cells or their order are others than in a case above.
    let evaluates: Bool

    init(_ name: String, _ settings: String..., evaluates: Bool = true) {
      testDescription = name
      self.settings = settings
      self.evaluates = evaluates
    }
  }

  private static let score = "preprocessing.bins.score_bin"
  private static let bureau = "preprocessing.bins.bureau_bin"

  /// Every choice that changes which rows count, where they lie or what they are worth.
  static let cases = [
    Case("as in the example"),
    Case("reject inference", "reject_inference_method=\"acceptance-uplift\"", evaluates: false),
    Case(
      "reject inference with a cap that binds, and stress", "reject_inference_method=\"parceling\"",
      "reject_uplift_factor=4.3", "reject_max_risk_multiplier=2.2", "stress=\"global\"", evaluates: false),
    Case("one segment", "segment_filter=\"CONSUMER_STD\""),
    Case("two segments, spelt otherwise", "segment_filter=[\"consumer_std\", \" Consumer_Plus \"]"),
    Case("another multiplier", "multiplier=4.5"),
    Case("numbered descending", "\(score).numbering=\"descending\"", "\(bureau).numbering=\"descending\""),
    Case(
      "missing and special scores in bins of their own", "\(score).missing=\"own-bin\"",
      "\(bureau).missing=\"own-bin\"", "\(bureau).special={ 9999 = \"own-bin\", 0 = \"drop\" }"),
    Case(
      "closed on the left, on values of the data, with an outside", "\(score).closed=\"left\"",
      "\(bureau).closed=\"left\"", "\(bureau).edges=[500, 539.65, 606.34, 651.26, 674.06, 731.4, 801.0]",
      "\(bureau).outside=\"drop\""),
    Case(
      "other stress and window", "stress_share=0.07", "stress_variable=\"score_bin\"", "n_months=3", evaluates: false),
    Case("scores that work together", "stages.train.with.feature_sets=[\"full\"]", evaluates: false),
    Case("limits that nothing keeps", "optimum_risk=0.2", "risk_step=0.1", evaluates: false),
    Case("limits with more decimals than binary has", "optimum_risk=4.15", "risk_step=0.05", evaluates: false),
  ]

  @Test(.enabled(if: PublicPortfolio.isPresent, PublicPortfolio.missing), arguments: cases)
  func theSasFileAgrees(_ example: Case) throws {
    let sas = try #require(PublicPortfolio.sas)
    try expectAgreement(
      example.settings + PublicPortfolio.sasMonths, config: PublicPortfolio.example, read: sas,
      check: try #require(PublicPortfolio.csv), rows: PublicPortfolio.sasRows, in: try Workplace(),
      evaluates: example.evaluates)
  }

  @Test(
    .enabled(if: PublicPortfolio.isPresent, PublicPortfolio.missing),
    arguments: [
      Case("2022", evaluates: false),
      Case(
        "months without an outcome", "date_ini_book_obs=\"2022-07-01\"", "date_fin_book_obs=\"2023-06-01\"",
        evaluates: false),
    ])
  func theWholeFileAgrees(_ example: Case) throws {
    let csv = try #require(PublicPortfolio.csv)
    try expectAgreement(
      example.settings, config: PublicPortfolio.example, read: csv, check: csv, rows: nil, in: try Workplace(),
      evaluates: example.evaluates)
  }

  /// A score with the sign turned round is the same score: the same strategies in other words.
  @Test(.enabled(if: PublicPortfolio.isPresent, PublicPortfolio.missing), arguments: ["ascending", "descending"])
  func aScoreWithRiskyHighValuesAgrees(numbering: String) throws {
    let place = try Workplace()
    let sas = try #require(PublicPortfolio.sas)
    let printed = try place.tool("table", sas, "-o", "plain.csv")
    #expect(printed.code == 0)
    try place.write("turned.csv", try Self.negated(try place.read("plain.csv"), column: "score_rf"))
    let edges = "[-inf, -555.4, -539.7, -508.4, -473.5, -449.4, inf]"
    let turned = [
      "\(Self.score).direction=\"higher-is-riskier\"", "\(Self.score).numbering=\"\(numbering)\"",
      // Left-closed bins of the turned score are right-closed ones of the score.
      "\(Self.score).closed=\"left\"", "\(Self.score).edges=\(edges)",
    ]
    let file = place.path("turned.csv")
    try expectAgreement(
      turned + PublicPortfolio.sasMonths, config: PublicPortfolio.example, read: file, check: file, rows: nil, in: place
    )
    let plain = try place.tool.run(
      ["run", "-c", PublicPortfolio.example, "-o", "plain"]
        + ([
          "data_path=\"plain.csv\"", "resamples=0", "changes_most=0", "pictures=none",
          "\(Self.score).edges=[-inf, 449.4, 473.5, 508.4, 539.7, 555.4, inf]",
        ] + PublicPortfolio.sasMonths).flatMap { ["--set", $0] })
    #expect(plain.code == 0)
    #expect(try Self.actualAndOptimum(place, "plain") == Self.actualAndOptimum(place, "out"))
  }

  /// `octroi_bins` and `efx_bins`, the requirement's form of bins, for files without special codes.
  @Test(arguments: [false, true])
  func theOlderFormOfBinsAgrees(inverted: Bool) throws {
    let place = try Workplace()
    try place.simulate(rows: 12_000, seed: 23)
    let lines = try place.read("applications.csv").split(separator: "\n")
    let header = try #require(lines.first).split(separator: ",")
    let columns = try ["score_rf", "risk_score_rf"].map { name in try #require(header.firstIndex { $0 == name }) }
    let scored = lines.dropFirst().filter { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      return columns.allSatisfy { Double(fields[$0]).map { $0 > 0 && $0 < 9999 } ?? false }
    }
    try place.write("scored.csv", ([lines[0]] + scored).joined(separator: "\n") + "\n")
    let text = try place.read("config.toml")
    let head = try #require(text.components(separatedBy: "[preprocessing.bins").first)
    try place.write("older.toml", head)
    let file = place.path("scored.csv")
    try expectAgreement(
      [
        "variables=[\"sc_octroi_new_clus\", \"new_efx_clus\"]", "octroi_bins=[-inf, 455, 480, 500, 520, 545, inf]",
        "efx_bins=[-inf, 560, 600, 630, 660, 690, 720, inf]", "inv_var1=\(inverted)",
      ] + (inverted ? ["accept_direction_conflict=\"the other end\""] : []),
      config: place.path("older.toml"), read: file, check: file, rows: nil, in: place)
  }

  @Test func aSimulatedPortfolioAgrees() throws {
    let place = try Workplace()
    try place.simulate(rows: 30_000, seed: 17)
    let file = place.path("applications.csv")
    try expectAgreement([], config: place.path("config.toml"), read: file, check: file, rows: nil, in: place)
  }

  /// Where the rejected are as risky as the booked of their cell, the predicted risk of the optimum is the true one.
  ///
  /// The transformation rate is the share of the approved who take the loan. The stress factor is prudence on top: it
  /// raises the risk of every reject, and the comparison says so.
  @Test(arguments: [1, 2, 3])
  func thePredictedRiskIsTheTrueOne(seed: Int) throws {
    let place = try Workplace()
    let written = try place.tool(
      "simulate", "--rows", "100000", "--seed", "\(seed)", "--output", "applications.csv", "--truth", "truth.csv",
      "--config", "config.toml")
    #expect(written.code == 0, "\(written.err)")
    let takeUp = "eligible={ column = \"status_name\", values = [\"booked\", \"canceled\"] }"
    func compare(_ stress: String) throws -> Tool.Outcome {
      let settings = [takeUp, "stress=\"\(stress)\""]
      let run = try place.tool.run(["run", "-o", stress] + settings.flatMap { ["--set", $0] })
      #expect(run.code == 0, "\(run.err)")
      return try OracleScripts(
        config: place.path("config.toml"), data: place.path("applications.csv"), settings: settings, rows: nil
      ).truth(place.path(stress), place.path("truth.csv"))
    }
    let off = try compare("off")
    #expect(off.code == 0, "\(off.out)\(off.err)")
    if seed == 1 { #expect(try compare("global").code == 1) }
  }

  /// The recomputation itself notices what is wrong: another setting, another row, another cell.
  @Test func theRecomputationSeesDifferences() throws {
    let place = try Workplace()
    try place.simulate(rows: 6000, seed: 3)
    #expect(try place.tool("run", "-o", "out", "--set", "stress=\"global\"").code == 0)
    let file = place.path("applications.csv")
    func code(_ settings: [String] = [], rows: Int? = nil) throws -> Int32 {
      let all = settings.contains { $0.hasPrefix("stress=") } ? settings : ["stress=\"global\""] + settings
      return try OracleScripts(config: place.path("config.toml"), data: file, settings: all, rows: rows)
        .portfolio(place.path("out")).code
    }
    #expect(try code() == 0)
    for wrong in [
      "multiplier=7.000001", "optimum_risk=5.3", "stress_share=0.06", "n_months=7", "stress=\"off\"",
      "\(Self.bureau).edges=[-inf, 600, inf]", "reject_inference_method=\"parceling\"",
    ] {
      #expect(try code([wrong]) != 0, "\(wrong)")
    }
    #expect(try code(rows: 5999) == 1)
    let values = try place.read("out/data/shap_values.csv")
    let last = try #require(values.firstMatch(of: /\d\n[\s\S]*\d(\d)\n$/))
    try place.write(
      "out/data/shap_values.csv",
      values.replacingCharacters(in: last.1.startIndex..<last.1.endIndex, with: "5e-3"))
    #expect(try code() == 1)
    try place.write("out/data/shap_values.csv", values)
    let cells = try place.read("out/stages/cells.json")
    let amount = try #require(cells.firstMatch(of: /"production":([1-9]\d*)/))
    let more = try #require(Int(amount.1)) + 1
    try place.write(
      "out/stages/cells.json", cells.replacingCharacters(in: amount.1.startIndex..<amount.1.endIndex, with: "\(more)"))
    #expect(try code() == 1)
  }

  private func expectAgreement(
    _ settings: [String], config: String, read: String, check: String, rows: Int?, in place: Workplace,
    evaluates: Bool = true
  ) throws {
    let changes = (settings + ["data_path=\"\(read)\"", "resamples=0", "changes_most=0", "pictures=none"]).flatMap {
      ["--set", $0]
    }
    let run = try place.tool.run(["run", "-c", config, "-o", place.path("out")] + changes)
    #expect(run.code == 0, "\(run.err)")
    guard run.code == 0 else { return }
    let scripts = OracleScripts(config: config, data: check, settings: settings, rows: rows)
    let portfolio = try scripts.portfolio(place.path("out"))
    #expect(portfolio.code == 0, "\(portfolio.out)\(portfolio.err)")
    #expect(portfolio.out.contains(" 0 differences"))
    guard evaluates else { return }
    let evaluate = try scripts.evaluate(place.path("out"))
    #expect(evaluate.code == 0, "\(evaluate.out)\(evaluate.err)")
    #expect(evaluate.out.contains("21001 values checked, 0 differences"))
  }

  /// The file with the sign of one column turned round; a zero has none.
  private static func negated(_ csv: String, column: String) throws -> String {
    var lines = csv.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let index = try #require(lines[0].split(separator: ",").firstIndex { $0 == column })
    for line in lines.indices.dropFirst() where !lines[line].isEmpty {
      var fields = lines[line].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      if !fields[index].isEmpty {
        fields[index] = fields[index].hasPrefix("-") ? String(fields[index].dropFirst()) : "-" + fields[index]
      }
      lines[line] = fields.joined(separator: ",")
    }
    return lines.joined(separator: "\n")
  }

  /// The rows of the base summary that the orientation of a score cannot change.
  private static func actualAndOptimum(_ place: Workplace, _ run: String) throws -> [Substring] {
    try place.read("\(run)/data/risk_production_summary_base.csv").split(separator: "\n")
      .filter { $0.hasPrefix("Actual") || $0.hasPrefix("Optimum") }
  }
}
