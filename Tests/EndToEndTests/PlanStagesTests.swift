import Foundation
import Testing

/// Settings that hold a stage of the plan: `{ stage = "train" }`.
@Suite struct PlanStagesTests {
  private func settings(_ place: Workplace, _ extra: String...) throws -> Tool.Outcome {
    try place.tool.run(["plan", "-c", "config.toml", "--settings"] + extra.flatMap { ["--set", $0] })
  }

  @Test func theyFollowTheirStage() throws {
    let place = try Workplace()
    try place.simulate(rows: 200)
    let plain = try settings(place)
    #expect(plain.code == 0, "\(plain.err)")
    #expect(plain.out.contains("rejects = \"none\""), "\(plain.out)")
    let chosen = try settings(place, "reject_inference_method=parceling-score-band", "n_months=7", "cv_folds=4")
    #expect(chosen.out.contains("rejects = { use = \"parceling-score-band\""))
    #expect(chosen.out.contains("rates = { use = \"measured\", with = { n_months = 7 } }"), "\(chosen.out)")
    #expect(chosen.out.contains("cv_folds = 4"))
    // What threshold refuses is left to the run's own search.
    let milp = try settings(place, "stages.search.use=milp", "stages.search.with.swap_in_risk_limit=9.0")
    #expect(milp.out.contains("search = { use = \"milp\", with = { limits = [], "), "\(milp.out) \(milp.err)")
    let pinned = try settings(place, "stages.search.with.pins=[\"1,1=accept\"]")
    #expect(pinned.out.contains("search = { use = \"threshold\"") && pinned.out.contains("pins = [\"1,1=accept\"]"))
    // Resamples are searched without a clock; the value of strategies is searched once, with it.
    let timed = try settings(place, "stages.search.with.time_limit=7.5", "stages.search.with.pins=[\"1,1=accept\"]")
    #expect(timed.out.components(separatedBy: "time_limit = 7.5").count == 3, "\(timed.out)")
    #expect(timed.out.contains("search = { use = \"threshold\"") && timed.out.contains("pins = [\"1,1=accept\"]"))
    let over = try settings(place, "stages.draws.with.rates={ stage = \"rates\", with = { n_months = 3 } }")
    #expect(over.out.contains("rates = { use = \"measured\", with = { n_months = 3 } }"), "\(over.err)")
  }

  @Test func mistakesAreSaidAtTheirPlace() throws {
    let place = try Workplace()
    try place.simulate(rows: 200)
    func said(_ setting: String) throws -> String {
      let outcome = try settings(place, "stages.draws.with.\(setting)")
      #expect(outcome.code == 2, "\(setting): \(outcome.out)")
      return outcome.err
    }
    #expect(try said("train={ stage = \"trian\" }").contains("the plan has no stage trian; did you mean train."))
    #expect(
      try said("train={ stage = \"cube\" }").contains("stage cube is of kind cube, and one of kind train is needed"))
    #expect(try said("train={ stage = \"train\", wiht = {} }").contains("unknown key wiht beside stage"))
    #expect(try said("train={ stage = \"train\", without = \"cv_folds\" }").contains("without is"))
    #expect(try said("train={ stage = 3 }").contains("the plan has no stage"))
    #expect(try said("train={ stage = \"train\", prefer = \"nothing\" }").contains("nothing"))
    try place.write(
      "round.toml",
      "extends = \"config.toml\"\n[stages.infer-rejects]\nuse = \"fuzzy-augmentation\"\nwith = { nonsense = 1 }\n")
    #expect(try place.tool("plan", "-c", "round.toml").code == 2)
  }

  /// The key of the outer stage covers what it holds: only then is it computed anew.
  @Test func aChangeOfTheStageReachesTheKey() throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    let first = try place.tool("run", "-c", "config.toml", "-o", "out", "--set", "resamples=24")
    #expect(first.code == 0, "\(first.err)")
    let again = try place.tool("run", "-c", "config.toml", "-o", "out", "--set", "resamples=24", "--json")
    #expect(again.out.contains("\"draws\" : \"unchanged\"") && again.out.contains("\"intervals\" : \"unchanged\""))
    let other = try place.tool(
      "run", "-c", "config.toml", "-o", "out", "--set", "resamples=24", "--set",
      "stages.search.with.pins=[\"1,1=accept\"]",
      "--json")
    #expect(
      other.out.contains("\"draws\" : \"unchanged\"") && other.out.contains("\"intervals\" : \"run\""), "\(other.out)")
  }
}
