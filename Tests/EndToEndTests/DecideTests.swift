import Foundation
import Testing

/// Decisions from the command line: a policy checked, asked, tuned, kept and approved.
@Suite struct DecideTests {
  private static let policy = """
    name = "loan"
    [rules]
    file = "rules.toml"
    [first]
    column = "p"
    calibrated = true
    threshold = 0.5
    margin_low = 0.3
    margin_high = 0.3

    """
  private static let rules = """
    name = "limits"
    hit = "priority"
    default = "pass"
    [fields]
    age = { type = "integer", domain = [0, 120], column = "Age" }
    [[rules]]
    id = "young"
    when = "age < 18"
    action = "decline"
    reason = { code = "A1", en = "Under 18", es = "Menor de 18" }

    """
  private static let people = "id,Age,p,bad\na,17,0.1,0\nb,40,0.1,0\nc,40,0.9,1\nd,40,0.5,1\ne,,0.1,0\nf,40,,0\n"

  private func place() throws -> Workplace {
    let place = try Workplace()
    try place.write("rules.toml", Self.rules)
    try place.write("policy.toml", Self.policy)
    try place.write("people.csv", Self.people)
    return place
  }

  @Test func aPolicyIsCheckedAndAsked() throws {
    let place = try place()
    let checked = try place.tool("decide", "check", "policy.toml")
    #expect(
      checked.code == 0 && checked.out.contains("p <= 0.2") && checked.out.contains("no second"), "\(checked.err)")
    let run = try place.tool("decide", "run", "policy.toml", "people.csv", "-o", "out.csv", "--lang", "es")
    #expect(run.code == 0 && run.out.contains("business_auto"), "\(run.err)")
    let lines = try place.read("out.csv").split(separator: "\n").map(String.init)
    #expect(lines.count == 7)
    let decisions = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false)[4] }
    #expect(decisions == ["decline", "approve", "decline", "review", "review", "review"])
    #expect(lines[1].hasSuffix("Menor de 18") && lines[6].contains("model_error"))
    // Counts are all that is told where no file is named; no row of an application is on the console.
    let counted = try place.tool("decide", "run", "policy.toml", "people.csv", "--json")
    #expect(counted.code == 0 && counted.out.contains("\"lr_confident\" : 2") && counted.out.contains("\"total\" : 6"))
    let again = try place.tool("decide", "run", "policy.toml", "people.csv", "-o", "out.csv")
    #expect(again.code == 7 && again.err.contains("is there already"), "\(again.err)")

    let one = try place.tool("decide", "one", "policy.toml", "{\"age\": 40, \"p\": 0.95}")
    #expect(one.code == 0 && one.out.contains("\"final_decision\" : 1"), "\(one.err)")
    let unknown = try place.tool("decide", "one", "policy.toml", "{\"agge\": 40}")
    #expect(unknown.code == 3 && unknown.err.contains("did you mean"), "\(unknown.err)")
    // A value of an application is in no message.
    let wrong = try place.tool("decide", "one", "policy.toml", "{\"age\": \"Maria Canary\", \"p\": 0.1}")
    #expect(wrong.code == 3 && wrong.err.contains("Age") && !wrong.err.contains("Canary"), "\(wrong.err)")
    for text in ["[1]", "{\"age\": 1, \"age\": 2}", "{\"age\": 1, \"Age\": 2}", "{\"age\": {}}"] {
      #expect(try place.tool("decide", "one", "policy.toml", text).code == 3, "\(text)")
    }
    try place.write("bad.toml", Self.policy.replacing("calibrated = true", with: "calibratd = true"))
    let refused = try place.tool("decide", "check", "bad.toml")
    #expect(refused.code == 2 && refused.err.contains("did you mean calibrated"), "\(refused.err)")
    let other = try place.tool("decide", "check", "policy.toml", "--lgd", "1")
    #expect(other.code == 2 && other.err.contains("not an option of decide check"), "\(other.err)")
  }

  @Test func marginsAreTuned() throws {
    let place = try place()
    let words = ["decide", "tune", "policy.toml", "people.csv", "--margin", "1", "--lgd", "4", "--cost", "0.5"]
    let tuned = try place.tool.run(words + ["--outcome", "bad"])
    #expect(tuned.code == 0 && tuned.out.contains("t* ="), "\(tuned.err)")
    #expect(tuned.out.contains("1 go to people in any case"), "\(tuned.out)")
    let json = try place.tool.run(words + ["--outcome", "bad", "--json", "--capacity", "1"])
    #expect(json.code == 0 && json.out.contains("\"reviews\" : 1"), "\(json.out)\(json.err)")
    let few = try place.tool.run(words + ["--outcome", "bad", "--capacity", "0"])
    #expect(few.code == 2 && few.err.contains("below the 1"), "\(few.err)")
    #expect(try place.tool.run(words).code == 2)
  }

  @Test func aPolicyIsKeptApprovedAndAsked() throws {
    let place = try place()
    try StoreTests.people(place)
    func version(_ words: String..., by who: String) throws {
      let outcome = try place.tool.run(["version"] + words + ["--token-file", who])
      try #require(outcome.code == 0, "\(words): \(outcome.err)")
    }
    let outside = try place.tool.run(
      ["version", "create", "p0", "--kind", "policy", "--content", "policy.toml", "--token-file", "anna"])
    #expect(outside.code == 3 && outside.err.contains("names its rules not as a version"), "\(outside.err)")
    try place.write("kept.toml", Self.policy.replacing("file = \"rules.toml\"", with: "version = \"r1\""))
    try version("create", "r1", "--kind", "rules", "--content", "rules.toml", by: "anna")
    try version("create", "p1", "--kind", "policy", "--content", "kept.toml", by: "anna")
    try version("submit", "p1", by: "anna")
    try version("approve", "p1", "--reason", "seen", by: "boris")
    let early = try place.tool.run(["version", "activate", "p1", "--token-file", "boris"])
    #expect(early.code == 2 && early.err.contains("rules/r1, which is draft"), "\(early.err)")
    try version("submit", "r1", by: "anna")
    try version("approve", "r1", "--reason", "seen", by: "boris")
    try version("activate", "p1", by: "boris")
    let run = try place.tool("decide", "run", "@active", "people.csv")
    #expect(run.code == 0 && run.out.contains("business_auto"), "\(run.err)")
  }
}
