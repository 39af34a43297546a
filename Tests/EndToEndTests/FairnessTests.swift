import Foundation
import Testing

/// Acceptance by group, counted again from the file and the audit.
@Suite struct FairnessTests {
  private static func table(_ text: String) -> [[String: String]] {
    let lines = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  @Test func groupsAreCountedAndSmallOnesHidden() throws {
    let place = try Workplace()
    try place.simulate(rows: 6000)
    // A column of groups that nothing else knows: three large ones, one of a handful of applications, and those without any.
    let lines = try place.read("applications.csv").split(separator: "\n").map(String.init)
    let group = { (row: Int) in row % 700 == 7 ? "rare" : row % 10 < 5 ? "a" : row % 10 < 8 ? "b" : "" }
    try place.write(
      "applications.csv",
      ([lines[0] + ",region"] + lines.dropFirst().enumerated().map { "\($1),\(group($0))" }).joined(separator: "\n")
        + "\n")
    let run = try place.tool("run", "-o", "out", "--set", "monitor_only=[\"region\"]")
    #expect(run.code == 0, "\(run.err)")
    let audit = Self.table(try place.read("out/data/audit_base.csv"))
    #expect(audit.count == 6000)
    var counts: [String: (all: Int, booked: Int, proposed: Int)] = [:]
    for (row, line) in audit.enumerated() {
      let kind = line["classification"] ?? ""
      guard ["keep", "swap_in", "swap_out", "rejected"].contains(kind) else { continue }
      let name = group(row).isEmpty ? "missing" : group(row)
      var own = counts[name] ?? (0, 0, 0)
      own.all += 1
      if kind == "keep" || kind == "swap_out" { own.booked += 1 }
      if kind == "keep" || kind == "swap_in" { own.proposed += 1 }
      counts[name] = own
    }
    let shown = Self.table(try place.read("out/data/fairness_base.csv"))
    #expect(Set(shown.compactMap { $0["group"] }) == ["a", "b", "2 groups together"])
    let reference = try #require(counts["a"])
    for line in shown {
      let name = line["group"] ?? ""
      // The rare group stands with the smallest of the others, which would give it away.
      let pool = ["rare", "missing"].compactMap { counts[$0] }
      let own =
        counts[name]
        ?? (pool.reduce(0) { $0 + $1.all }, pool.reduce(0) { $0 + $1.booked }, pool.reduce(0) { $0 + $1.proposed })
      #expect(line["status"] == (name == "a" ? "reference" : name == "b" ? "shown" : "together"))
      #expect(line["applications"] == String(own.all))
      #expect(line["accepted_today"] == String(own.booked) && line["accepted_proposed"] == String(own.proposed))
      guard name != "a" else { continue }
      let ratio = Double(own.proposed) / Double(own.all) * Double(reference.all) / Double(reference.proposed)
      #expect(abs((Double(line["ratio_proposed"] ?? "") ?? 0) - ratio) < 1e-12)
      let (low, high) = (Double(line["ratio_today_low"] ?? "") ?? 9, Double(line["ratio_today_high"] ?? "") ?? 0)
      #expect(low <= 1 && high >= 1)  // groups by row number: nothing differs
    }
    // What is only watched decides about nobody.
    let used = try place.tool("run", "-o", "no", "--set", "monitor_only=[\"score_rf\"]")
    #expect(used.code == 2 && used.err.contains("is in monitor_only"), "\(used.err)")
    let unknown = try place.tool("run", "-o", "no", "--set", "monitor_only=[\"regoin\"]")
    #expect(unknown.code == 2 && unknown.err.contains("did you mean region"), "\(unknown.err)")
    let names = try place.tool("run", "-o", "no", "--set", "monitor_only=[\"authorization_id\"]")
    #expect(names.code == 2 && names.err.contains("names applications"), "\(names.err)")
  }
}
