import Foundation
import Testing

/// From outcomes to a draft that a model advised, by the command line.
@Suite struct LabelsTests {
  /// 3,000 applications of 2024 whose log-odds of bad rise with debt; every fiftieth was refused credit and has no outcome. In
  /// November and December debts are higher than before.
  private static func data(_ place: Workplace, source: String = "observed") throws {
    var state: UInt64 = 11
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / 0x1p53
    }
    var (table, outcomes) = (
      "application_id,decided_on,debt,age,bad\n",
      "application_id,event,occurred_on,seen_until,external_key,source\n"
    )
    for row in 0..<3000 {
      let month = row / 250 + 1
      let (debt, age) = (3 * pow(next(), month > 10 ? 0.4 : 1), 18 + (next() * 60).rounded(.down))
      let isBad = next() < 1 / (1 + exp(3.6 - 1.3 * debt - 0.03 * max(0, 45 - age)))
      let day = "2024-\(String(format: "%02d", month))-\(String(format: "%02d", row % 27 + 1))"
      let hasOutcome = row % 50 != 0
      table += "A\(row),\(day),\(String(format: "%.3f", debt)),\(Int(age)),\(hasOutcome ? (isBad ? "1" : "0") : "")\n"
      guard hasOutcome else { continue }
      let event = isBad ? "default,2024-\(String(format: "%02d", month))-28" : "none,2025-12-31"
      outcomes += "A\(row),\(event),2025-12-31,K\(row),\(source)\n"
    }
    try place.write("applications.csv", table)
    try place.write("outcomes.csv", outcomes)
  }

  private static let plan = """
    plan = "scorecard"
    [scorecard]
    data_path = "applications.csv"
    id = "application_id"
    labels = "built"
    labels_path = "labels.csv"
    [scorecard.characteristics.debt]
    edges = [0.5, 1, 1.5, 2]
    [scorecard.characteristics.age]
    edges = [25, 35, 45]
    """

  private static func tool(_ place: Workplace, _ words: String..., right: Int32 = 0) throws -> Tool.Outcome {
    let outcome = try place.tool.run(words)
    #expect(outcome.code == right, "\(words): \(outcome.code) \(outcome.err)")
    return outcome
  }

  @Test func outcomesBecomeADraft() throws {
    let place = try Workplace()
    try StoreTests.people(place)
    try Self.data(place)
    _ = try Self.tool(place, "outcomes", "append", "outcomes.csv", "--token-file", "anna")
    #expect(
      try Self.tool(place, "outcomes", "append", "outcomes.csv", "--token-file", "anna").out
        .contains("0 outcomes appended, 2940 were known already"))
    try place.write("broken.csv", place.read("outcomes.csv").replacing("K7,", with: ",").replacing("K9,", with: ","))
    let broken = try Self.tool(place, "outcomes", "append", "broken.csv", "--token-file", "anna", right: 3)
    #expect(broken.err.contains("external_key is empty") && !broken.err.contains("A7"), "\(broken.err)")
    #expect(try Self.tool(place, "outcomes", "list").out.contains("default"))
    _ = try Self.tool(
      place, "labels", "add-batch", "BATCH_001", "applications.csv", "--token-file", "anna")
    _ = try Self.tool(place, "labels", "build", "--batch", "BATCH_002", "--token-file", "anna", right: 2)
    let built = try Self.tool(place, "labels", "build", "--batch", "BATCH_001", "--token-file", "anna")
    #expect(built.out.contains("2024-12") && built.out.contains("within 90 days"), "\(built.out)")
    #expect(
      try Self.tool(place, "labels", "build", "--batch", "BATCH_001", "--token-file", "anna").out
        .contains("nothing was changed"))
    _ = try Self.tool(place, "labels", "show", "BATCH_001", "--output", "labels.csv")
    try place.write("card.toml", Self.plan)
    _ = try Self.tool(place, "run", "-c", "card.toml", "-o", "card")
    _ = try Self.tool(
      place, "version", "create", "v1", "--kind", "scorecard", "--from-run", "card", "--batch", "BATCH_001",
      "--token-file", "anna")
    let history = try Self.tool(place, "models", "history", "--type", "logistic_regression")
    let model = try #require(history.out.firstMatch(of: /model_[0-9a-f]{16}/).map { String($0.0) }, "\(history.out)")
    let shown = try Self.tool(place, "models", "show", model, "--store", "decisions.sqlite")
    #expect(shown.out.contains("BATCH_001") && shown.out.contains("loan/scorecard/v1 (draft)"), "\(shown.out)")
    for told in [
      "foretells  default within 180 days of the decision, labels built, as of 2025-12-31",
      "decided from 2024-01-01 to",
      "share of |coefficient · standard deviation of the WoE|", "information value",
    ] { #expect(shown.out.contains(told), "\(told) in \(shown.out)") }
    #expect(history.out.contains("default, 180 days"), "\(history.out)")
    #expect(try place.read("labels.csv").contains(",default,180,2025-12-31\n"))
    // Labels of an earlier cutline, which did not say what they are of, and such that say two things.
    let labels = try place.read("labels.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    try place.write("older.csv", labels.map { $0.prefix(5).joined(separator: ",") }.joined(separator: "\n") + "\n")
    var own = try place.read("labels.csv")
    if let first = own.range(of: ",180,") { own.replaceSubrange(first, with: ",90,") }
    try place.write("mixed.csv", own)
    _ = try Self.tool(
      place, "run", "-c", "card.toml", "-o", "older", "--set", "labels_path=\"older.csv\"", "--until",
      "generate_scorecard_labels")
    let mixed = try Self.tool(
      place, "run", "-c", "card.toml", "-o", "mixed", "--set", "labels_path=\"mixed.csv\"", right: 3)
    #expect(mixed.err.contains("another type, window or day"), "\(mixed.err)")
    // What the model advises on its own card is that card: no improvement, which is a gate's to say.
    let refined = try Self.tool(
      place, "scorecard", "refine", "--model", model, "--base", "v1", "--name", "v2", "--token-file", "anna", right: 4)
    #expect(refined.out.contains("improvement") && refined.out.contains("v2: draft"), "\(refined.out)")
    _ = try Self.tool(place, "version", "activate", "v2", "--token-file", "boris", right: 2)
    #expect(try Self.tool(place, "version", "live").out.contains("Nothing was in force"))
    #expect(try Self.tool(place, "audit", "verify").out.contains("are as they were written"))
    // Debt has moved in the last two months.
    let monitored = try Self.tool(
      place, "scorecard", "monitor", "card/data/scorecard.json", "applications.csv", "--outcome", "bad", right: 4)
    #expect(monitored.out.contains("ALERT 2024-11: debt has moved"), "\(monitored.out)")
    #expect(monitored.out.contains("; most in (") && monitored.out.contains("expected %"), "\(monitored.out)")
    #expect(!monitored.out.contains("ALERT 2024-05"), "\(monitored.out)")
    try place.write(
      "few.csv", place.read("applications.csv").split(separator: "\n").prefix(30).joined(separator: "\n") + "\n")
    let few = try Self.tool(place, "scorecard", "monitor", "v1", "few.csv", right: 3)
    #expect(few.err.contains("nothing to look at") && few.out.contains("not looked at"), "\(few.err)")
  }

  /// Labels that a model made teach that model.
  @Test func aModelsLabelsTeachNothing() throws {
    let place = try Workplace()
    try StoreTests.people(place)
    try Self.data(place, source: "model")
    _ = try Self.tool(place, "outcomes", "append", "outcomes.csv", "--token-file", "anna")
    _ = try Self.tool(place, "labels", "add-batch", "B", "applications.csv", "--token-file", "anna")
    _ = try Self.tool(place, "labels", "build", "--batch", "B", "--token-file", "anna")
    _ = try Self.tool(place, "labels", "show", "B", "--output", "labels.csv")
    try place.write("card.toml", Self.plan)
    let run = try Self.tool(place, "run", "-c", "card.toml", "-o", "card", right: 4)
    #expect(run.err.contains("were made by a model"), "\(run.err)")
    try place.write(
      "card.toml", Self.plan + "\n[stages.labels]\nwith = { allow_model_labels = \"a trial of the tool\" }\n")
    let allowed = try Self.tool(place, "run", "-c", "card.toml", "-o", "card")
    #expect(allowed.err.contains("a trial of the tool"), "\(allowed.err)")
  }
}
