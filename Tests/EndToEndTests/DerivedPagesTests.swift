import CutlineCore
import CutlineWorkspace
import Foundation
import Testing

/// What is derived from the fields and the plans holds all of them and nothing else.
@Suite struct DerivedPagesTests {
  /// The keys that fields share, of all stages of the tool.
  private func shared() throws -> Set<String> {
    Set(try ConformanceTests.registry().all.flatMap { $0.fields.compactMap(\.sharedName) })
  }

  private func schema() throws -> [String: [String: Any]] {
    let text = try Tool(folder: NSTemporaryDirectory()).run(["schema"]).out
    let schema = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    return try #require(schema["properties"] as? [String: [String: Any]])
  }

  @Test func thePageOfTheConfigurationIsFresh() throws {
    let page = try String(contentsOfFile: PlanFileTests.repository + "/docs/configuration.md", encoding: .utf8)
    let outcome = try Tool(folder: NSTemporaryDirectory()).run(["describe", "--configuration", "--markdown"])
    #expect(
      outcome.out == page, "write it with: cutline describe --configuration --markdown > docs/configuration.md")
    for key in try shared() { #expect(page.contains("| `\(key)` |"), "\(key)") }
    #expect(!page.contains("{{"))
  }

  @Test func theSchemaHoldsTheKeysOfThePlan() throws {
    let properties = try schema()
    let plan = try PlanFile.named(nil)
    let table = try #require(plan.table)
    #expect(Set(properties.keys) == Set(ConfigDocument.rootKeys + [table, "extends"]))
    let keys = try #require(properties[table]?["properties"] as? [String: Any])
    let others = ["reject_inference_method", "log_level"]
    #expect(Set(keys.keys) == (try shared()).union(others))
    let stages = try #require(properties["stages"]?["properties"] as? [String: Any])
    #expect(Set(stages.keys) == Set(plan.requests.map(\.id)))
    let choices = try #require(properties["plan"]?["anyOf"] as? [[String: Any]])
    #expect(choices.first?["enum"] as? [String] == BuiltInPlan.all.map(\.name) + ["none"])
  }

  /// The keys that the portfolio's configurations have always had.
  @Test func noKeyIsLost() throws {
    #expect(
      try shared() == [
        "data_path", "keep_vars", "indicators", "repeated_ids", "segment_filter", "segment_match", "date_ini_book_obs",
        "date_fin_book_obs", "date_ini_book_obs_mr", "date_fin_book_obs_mr", "granularity", "variables", "bins",
        "bin_methods", "bins_scope",
        "octroi_bins", "efx_bins", "inv_var1", "filter_preset", "row_filters", "score_measures", "text_collisions",
        "duplicates", "eligible", "overrides", "n_months", "multiplier", "amount_scale", "currency", "immature_months",
        "stress",
        "stress_share", "stress_variable", "accept_direction_conflict", "values", "columns", "reject_flags", "bad_flag",
        "group_by", "monitor_only",
        "allow_overlap", "horizon", "z_threshold", "cv_folds", "reject_uplift_factor",
        "reject_max_risk_multiplier", "fixed_cutoffs", "strategy_in_force", "changes_most", "certificate", "pictures",
        "optimum_risk", "risk_step",
        "resamples",
        "risk_confidence", "value",
        "cz_config",
        "cz_enforce", "audit_tables", "stability_variables",
      ])
  }

  @Test func allMistakesOfAConfigurationAreSaidAtOnce() throws {
    let place = try Workplace()
    try place.simulate(rows: 10)
    try place.write(
      "wrong.toml",
      """
      extends = "config.toml"
      seed = -1
      colour = "red"

      [preprocessing]
      optimum_rsk = 3
      date_ini_book_obs = "soon"
      cv_folds = 1

      [stages.serach]
      use = "exhaustive"

      [stages.search]
      with = { memory_limit = "x", tolerence = 3 }
      frm = { cells = "cells" }

      [[stage]]
      id = "broken"
      kind = "train"
      usee = "linear"

      [[stage]]
      id = "compared"
      kind = "compare-surfaces"
      use = "standard"
      from = { cube = "cube", surfaces = ["train", "broken", "other"] }
      """)
    let check = try place.tool("check", "-c", "wrong.toml")
    #expect(check.code == 2)
    let lines = check.err.split(separator: "\n").filter { $0.contains("wrong.toml:") }
    let places = lines.map { $0.replacing("error: ", with: "").prefix { $0 != " " } }
    #expect(
      places == [
        "wrong.toml:2:8:", "wrong.toml:3:1:", "wrong.toml:6:1:", "wrong.toml:7:21:", "wrong.toml:8:12:",
        "wrong.toml:10:9:", "wrong.toml:14:25:", "wrong.toml:14:30:", "wrong.toml:15:1:", "wrong.toml:17:1:",
        "wrong.toml:20:1:", "wrong.toml:26:36:",
      ], "\(check.err)")
  }

  @Test func aThousandMistakesAreTwentyLines() throws {
    let place = try Workplace()
    try place.write(
      "config.toml", "[preprocessing]\n" + (1...1000).map { "optimum_rsk\($0) = 1\n" }.joined())
    let check = try place.tool("check")
    #expect(check.code == 2 && check.err.split(separator: "\n").count == 21, "\(check.err)")
    #expect(check.err.hasSuffix("There are 980 mistakes more.\n"))
  }
}
