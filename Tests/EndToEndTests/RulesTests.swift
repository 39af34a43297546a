import Foundation
import Testing

/// Rules from the command line: proved, asked, taken to DMN and back, kept, approved, compared.
@Suite struct RulesTests {
  private static let table = """
    name = "limits"
    hit = "unique"
    [fields]
    age = { type = "integer", domain = [0, 120] }
    [[rules]]
    id = "young"
    cells = { age = "< 18" }
    action = "decline"
    on_missing = "pass"
    reason = { code = "A1", en = "Under 18" }
    [[rules]]
    id = "grown"
    cells = { age = ">= 18, null" }
    action = "approve"
    on_missing = "pass"
    reason = { code = "A2", en = "Grown up" }

    """

  @Test func aTableIsProvedAskedAndTaken() throws {
    let place = try Workplace()
    try place.write("rules.toml", Self.table)
    try place.write("gap.toml", Self.table.replacing(">= 18, null", with: ">= 18"))
    try place.write("new.toml", Self.table.replacing("< 18", with: "< 21").replacing(">= 18", with: ">= 21"))
    try place.write("people.csv", "id,Age\na,17\nb,18\nc,\nd,20\ne,121\n")

    let shown = try place.tool("rules", "show", "rules.toml")
    #expect(shown.code == 0 && shown.out.contains("unique") && shown.out.contains("< 18"), "\(shown.err)")
    let proved = try place.tool("rules", "check", "rules.toml", "-o", "gates.csv")
    #expect(proved.code == 0 && proved.out.contains("missing values included"), "\(proved.out)\(proved.err)")
    #expect(try place.read("gates.csv").hasPrefix("gate,state,detail,source\nrules-total,PASS"))
    let gap = try place.tool("rules", "check", "gap.toml")
    #expect(gap.code == 4 && gap.out.contains("age = missing"), "\(gap.out)")
    let json = try place.tool("rules", "check", "gap.toml", "--json")
    let proof = try #require(try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
    let findings = try #require(proof["findings"] as? [[String: Any]])
    #expect(
      json.code == 4
        && findings.contains { $0["kind"] as? String == "gap" && ($0["record"] as? [String: Any])?["age"] is NSNull })

    let run = try place.tool("rules", "run", "rules.toml", "people.csv", "--lang", "en", "-o", "out.csv")
    #expect(run.code == 0, "\(run.err)")
    #expect(
      try place.read("out.csv") == """
        id,Age,action,rule,cause,queue,fired,unknown,failures,reason,reason_en
        a,17,decline,young,fired,,young,,,A1,Under 18
        b,18,approve,grown,fired,,grown,,,A2,Grown up
        c,,approve,grown,fired,,grown,young,,A2,Grown up
        d,20,approve,grown,fired,,grown,,,A2,Grown up
        e,121,manual,young,failure,,,,age,,

        """)
    #expect(try place.tool("rules", "run", "rules.toml", "people.csv", "-o", "out.csv").code == 7)
    #expect(try place.tool("rules", "run", "rules.toml", "people.csv", "--lang", "ru", "-o", "ru.csv").code == 2)
    #expect(
      try place.tool("rules", "run", "escalation", "people.csv", "-o", "x.csv").code == 2 && !place.exists("x.csv"))
    let counts = try place.tool("rules", "run", "rules.toml", "people.csv", "-o", "again.csv", "--json")
    let statistics = try #require(try JSONSerialization.jsonObject(with: Data(counts.out.utf8)) as? [String: Any])
    let outcomes = try #require(statistics["outcomes"] as? [[String: Any]])
    #expect(statistics["total"] as? Int == 5 && outcomes.reduce(0) { $0 + ($1["applications"] as? Int ?? 0) } == 5)

    #expect(try place.tool("rules", "export", "rules.toml", "--format", "dmn", "-o", "rules.dmn").code == 0)
    let read = try place.tool("rules", "import", "rules.dmn", "--format", "dmn", "-o", "back.toml")
    #expect(read.code == 0, "\(read.err)")
    let same = try place.tool("rules", "compare", "rules.toml", "--with", "back.toml", "people.csv")
    #expect(same.out.contains("0 of 5 applications"), "\(same.out)\(same.err)")
    let other = try place.tool("rules", "compare", "rules.toml", "--with", "new.toml", "people.csv")
    #expect(other.out.contains("2 of 5 applications") && other.out.contains("rule young changed"), "\(other.out)")
    try place.write(
      "evil.dmn", "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>" + place.read("rules.dmn").dropFirst(39))
    #expect(try place.tool("rules", "import", "evil.dmn", "--format", "dmn", "-o", "evil.toml").code == 3)
    let refused = try place.tool("rules", "check", "nothing.toml")
    #expect(refused.code == 7 || refused.code == 2, "\(refused.err)")
    try place.write("broken.toml", Self.table.replacing("\"< 18\"", with: "\"< eighteen\""))
    let broken = try place.tool("rules", "check", "broken.toml")
    #expect(broken.code == 2 && broken.err.contains("broken.toml:7:"), "\(broken.err)")
  }

  @Test func aTableIsApprovedOnlyWhenItIsProved() throws {
    let place = try Workplace()
    try place.write("rules.toml", Self.table)
    try place.write("gap.toml", Self.table.replacing(">= 18, null", with: ">= 18"))
    #expect(try place.tool("store", "init", "--admin", "root", "--write-token", "root.token").code == 0)
    for (name, role) in [("ann", "analyst"), ("bob", "approver")] {
      let made = try place.tool(
        "principal", "add", name, "--role", role, "--write-token", "\(name).token", "--token-file", "root.token")
      #expect(made.code == 0, "\(made.err)")
    }
    #expect(try place.tool("product", "add", "loan", "--currency", "EUR", "--token-file", "root.token").code == 0)
    let made = try place.tool(
      "version", "create", "v1", "--kind", "rules", "--content", "rules.toml", "--token-file", "ann.token")
    #expect(made.code == 0, "\(made.err)")
    _ = try place.tool(
      "version", "create", "v2", "--kind", "rules", "--content", "gap.toml", "--token-file", "ann.token")
    #expect(try place.tool("version", "submit", "v1", "--token-file", "ann.token").code == 0)
    let refused = try place.tool("version", "submit", "v2", "--token-file", "ann.token")
    #expect(refused.code == 4 && refused.err.contains("rules-total"), "\(refused.err)")
    #expect(try place.tool("version", "approve", "v1", "--reason", "read", "--token-file", "bob.token").code == 0)
    #expect(try place.tool("version", "activate", "v1", "--token-file", "bob.token").code == 0)
    try place.write("people.csv", "age\n17\n40\n")
    let run = try place.tool("rules", "run", "@active", "people.csv", "-o", "out.csv")
    #expect(run.code == 0 && run.out.contains("decline"), "\(run.err)")
    let compared = try place.tool("rules", "compare", "@active", "--with", "v2", "--json")
    #expect(compared.code == 0 && compared.out.contains("rule grown"), "\(compared.err)")
  }
}
