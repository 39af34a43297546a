import Foundation
import Testing

@Suite struct RunTests {
  @Test func aPortfolioBecomesThreeScenarios() throws {
    let place = try Workplace()
    try place.simulate(rows: 6000, format: "sas7bdat")
    let run = try place.tool("run", "--output", "out")
    #expect(run.code == 0, "\(run.err)")
    for word in ["Actual", "pessimistic", "base", "optimistic", "swap-in", "swap-out", "optimum", "rows in the file"] {
      #expect(run.out.contains(word))
    }
    for name in [
      "pareto_optimal_solutions", "optimal_solution_base", "risk_production_summary_pessimistic",
      "data_summary_desagregado_optimistic", "efficient_frontier_base", "cutoff_summary_by_segment",
      "cutoff_summary_wide", "reject_check",
    ] { #expect(place.exists("out/data/\(name).csv")) }
    let verify = try place.tool("verify", "out")
    #expect(verify.code == 0)
    #expect(verify.out.contains("match the manifest"))
    // Nothing but the input, the configuration and the run.
    #expect(try place.names() == ["applications.sas7bdat", "config.toml", "out"])
  }

  @Test func workersRepetitionAndFormatsGiveTheSameBytes() throws {
    let place = try Workplace()
    try place.simulate(rows: 4000)
    for file in ["a.xpt", "a.sas7bdat", "a.csv.gz"] {
      #expect(try place.tool("table", "applications.csv", "--output", file).code == 0)
    }
    #expect(try place.tool("run", "-o", "one", "--workers", "1").code == 0)
    let digest = try place.digest("one")
    #expect(try place.tool("run", "-o", "two", "--workers", "2", "--device", "cpu").code == 0)
    #expect(try place.digest("two") == digest)
    for file in ["a.xpt", "a.sas7bdat", "a.csv.gz"] {
      #expect(try place.tool("run", "-o", "other", "--set", "data_path=\(file)").code == 0)
      #expect(try place.digest("other") == digest, "\(file)")
    }
    #expect(try place.tool("run", "-o", "seed", "--set", "seed=7").code == 0)
  }

  @Test func theOrderOfTheFilePlaysNoRole() throws {
    let place = try Workplace()
    try place.simulate(rows: 4000)
    #expect(try place.tool("run", "-o", "out").code == 0)
    let lines = try place.read("applications.csv").split(separator: "\n")
    try place.write("turned.csv", lines[0] + "\n" + lines.dropFirst().reversed().joined(separator: "\n") + "\n")
    #expect(try place.tool("run", "-o", "turned", "--set", "data_path=turned.csv").code == 0)
    for file in try FileManager.default.contentsOfDirectory(atPath: place.path("out/data"))
    // The audit has a line a row of the file, in its order.
    where !file.hasPrefix("audit_") || file == "audit_totals.csv" {
      #expect(try place.read("out/data/\(file)") == place.read("turned/data/\(file)"), "\(file)")
    }
    #expect(try place.read("out/stages/train.json") == place.read("turned/stages/train.json"))
  }

  /// What is predicted for rejects stands beside how overrides went; far from it the run warns, or ends where that is asked for.
  @Test func whatIsPredictedForRejectsIsChecked() throws {
    let place = try Workplace()
    try place.simulate(rows: 40_000, seed: 4)
    func run(_ settings: String...) throws -> (code: Int32, said: String) {
      let run = try place.tool.run(["run", "-o", "out"] + settings.flatMap { ["--set", $0] })
      return (run.code, run.err.replacing("\n", with: " "))
    }
    let plain = try run("reject_inference_method=none")
    #expect(
      plain.code == 0 && plain.said.contains("Assumption: within a cell, whoever overrode the score knew nothing"))
    #expect(try place.read("out/data/reject_check.json").contains("\"verdict\" : \"inside\""), "\(plain.said)")
    let raised = ["reject_inference_method=parceling", "reject_uplift_factor=6", "reject_max_risk_multiplier=8"]
    let warned = try run(raised[0], raised[1], raised[2])
    #expect(warned.code == 0 && warned.said.contains("acceptance-uplift (infer-rejects) predicts"), "\(warned.said)")
    #expect(try place.read("out/data/reject_check.json").contains("\"verdict\" : \"outside\""))
    let stopped = try run(raised[0], raised[1], raised[2], "stages.reject-check.with={ stop = true }")
    #expect(stopped.code == 4 && stopped.said.contains("stop = false"), "\(stopped.said)")
    let evidence = try run("reject_inference_method=overrides")
    #expect(evidence.code == 0 && evidence.said.contains("effective) went"), "\(evidence.said)")
  }

  @Test func aSecondRunTakesUnchangedStages() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    #expect(try place.tool("run", "-o", "out").code == 0)
    let digest = try place.digest("out")
    let again = try place.tool("run", "-o", "out")
    #expect(again.err.contains("= train (unchanged)"))
    #expect(!again.err.contains("✓"), "nothing runs: \(again.err)")
    #expect(try place.tool("verify", "out").code == 0)
    #expect(again.err.contains("warning"), "the warnings of the first run are repeated")
    #expect(try place.digest("out") == digest)
    let changed = try place.tool("run", "-o", "out", "--set", "optimum_risk=5.2")
    #expect(changed.err.contains("= search (unchanged)"))
    #expect(changed.err.contains("✓ scenarios"))
    let fresh = try place.tool("run", "-o", "out", "--fresh")
    #expect(fresh.err.contains("✓ source"))
    #expect(try place.digest("out") == digest)
  }

  @Test func theIdentityOfTheSummaryHolds() throws {
    let place = try Workplace()
    try place.simulate(rows: 6000)
    #expect(try place.tool("run", "-o", "out").code == 0)
    for scenario in ["pessimistic", "base", "optimistic"] {
      let rows = try place.read("out/data/risk_production_summary_\(scenario).csv").split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      let header = try #require(rows.first).map(String.init)
      for name in ["Production (€)", "todu_30ever_h6", "todu_amt_pile_h6"] {
        let column = try #require(header.firstIndex(of: name))
        let values = try Dictionary(
          uniqueKeysWithValues: rows.dropFirst().map { (String($0[0]), try #require(Double($0[column]))) })
        let actual = try #require(values["Actual"])
        let out = try #require(values["Swap-out"])
        let into = try #require(values["Swap-in"])
        let optimum = try #require(values["Optimum selected"])
        #expect(abs(optimum - (actual - out + into)) <= 1e-9 * actual)
      }
    }
  }

  @Test func evaluationReproducesTheSummary() throws {
    let place = try Workplace()
    try place.simulate(rows: 5000)
    #expect(try place.tool("run", "-o", "out").code == 0)
    let wide = try place.tool("evaluate", "out", "out/data/cutoff_summary_wide.csv")
    let long = try place.tool("evaluate", "out", "out/data/cutoff_summary_by_segment.csv")
    #expect(wide.code == 0, "\(wide.err)")
    #expect(wide.out == long.out)
    let first = try #require(wide.out.split(separator: "\n").dropFirst().first)
    let risk = try #require(first.split(separator: ",", omittingEmptySubsequences: false).last)
    #expect(try place.read("out/data/cutoff_summary_wide.csv").contains(",\(risk),"))
    let cells = try place.tool(
      "evaluate", "out/data/data_summary_desagregado_base.csv", "out/data/cutoff_summary_wide.csv", "--grid",
      "score_bin,bureau_bin", "--directions", "higher-is-safer,higher-is-safer")
    #expect(cells.code == 0, "\(cells.err)")
    #expect(cells.out == wide.out)
  }

  @Test func modelsOfOneRunServeAnother() throws {
    let place = try Workplace()
    try place.simulate(rows: 4000)
    #expect(try place.tool("run", "-o", "full").code == 0)
    let training = try place.tool("run", "--training-only", "-o", "training")
    #expect(training.code == 0, "\(training.err)")
    #expect(place.exists("training/models"))
    #expect(!place.exists("training/data/row_waterfall.csv"))
    let served = try place.tool("run", "-m", "training/models", "-o", "served")
    #expect(served.code == 0, "\(served.err)")
    #expect(
      try place.read("served/data/pareto_optimal_solutions.csv") == place.read("full/data/pareto_optimal_solutions.csv")
    )
    // The model is explained where it is trained, and the same where it is used.
    for file in ["shap_summary.json", "shap_summary.csv", "shap_values.csv", "partial_dependence.csv"] {
      let own = try place.read("full/data/\(file)")
      for run in ["training", "served"] { #expect(try place.read("\(run)/data/\(file)") == own, "\(run): \(file)") }
    }
    let others = try place.tool(
      "run", "-m", "training", "-o", "others", "--set", "preprocessing.bins.score_bin.closed=left")
    #expect(others.code == 6)
    #expect(others.err.contains("other bins") || others.err.contains("other edges"))
    let models = try FileManager.default.contentsOfDirectory(atPath: place.path("training/models"))
    let model = try #require(models.first { $0.hasPrefix("model_") })
    // No part may change or be missing: neither of the model, nor of the exposure model beside it.
    for part in ["\(model)/model.json", "\(model)/metadata.json", "todu_model/model.json", "todu_model/metadata.json"] {
      let file = "training/models/\(part)"
      let good = try place.read(file)
      try place.write(file, good + " ")
      let changed = try place.tool("run", "-m", "training", "-o", "others")
      #expect(changed.code == 6 && changed.err.contains("was changed"), "\(part): \(changed.err)")
      try FileManager.default.removeItem(atPath: place.path(file))
      let missing = try place.tool("run", "-m", "training", "-o", "others")
      #expect(missing.code == 6 && missing.err.contains("is missing"), "\(part): \(missing.err)")
      try place.write(file, good)
    }
    #expect(!place.exists("others"))
  }

  @Test func anInfeasibleLimitIsNamedAndNeverReplaced() throws {
    let place = try Workplace()
    try place.simulate(rows: 4000)
    let run = try place.tool("run", "-o", "out", "--set", "optimum_risk=0.06", "--set", "risk_step=0.05", "--strict")
    #expect(run.code == 5 || !run.out.contains("infeasible"))
    let none = try place.tool(
      "run", "-o", "none", "--set", "optimum_risk=0.000002", "--set", "risk_step=0.000001", "--strict", "--json")
    if none.out.contains("infeasible") { #expect(none.code == 5) }
    #expect(try place.tool("run", "-o", "none", "--set", "optimum_risk=0.000002", "--set", "risk_step=0").code == 0)
  }

  @Test func everyHelpPageIsThere() throws {
    let place = try Workplace()
    #expect(try place.tool("--help").out.contains("cutline simulate --rows"))
    for command in ["run", "check", "plan", "list", "describe", "verify", "evaluate", "models", "table", "simulate"] {
      let help = try place.tool(command, "--help")
      #expect(help.code == 0)
      #expect(help.out.hasPrefix("cutline \(command)"))
    }
    #expect(try place.tool().code == 2)
    #expect(try place.tool("rnu").err.contains("did you mean run"))
    #expect(try place.tool("run", "--ouptut", "x").err.contains("did you mean --output"))
  }
}
