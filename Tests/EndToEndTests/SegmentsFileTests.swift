import Foundation
import Testing

/// `segments.toml`: what it may say, and what is said of mistakes before any data is read.
@Suite struct SegmentsFileTests {
  /// The file of the requirement, as it stands there.
  static let required = """
    # --- Supersegments ---
    # Train a single model on combined data from multiple segments.
    [supersegments.no_premium]
    segment_filters = [
        "personal_loans,_fusion_and_tj_direct-no_premium-a-b",
        "personal_loans,_fusion_and_tj_direct-no_premium-c-d",
        "personal_loans,_fusion_and_tj_direct-no_premium-e-f"
    ]

    # --- Segments ---
    [segments.no_premium_ab]
    segment_filter = "personal_loans,_fusion_and_tj_direct-no_premium-a-b"
    optimum_risk = 1.1          # Per-segment risk appetite
    risk_step = 0.1             # Per-segment scenario step
    supersegment = "no_premium" # Use shared model
    min_risk = 0.8              # Optional: floor for global allocation
    max_risk = 1.4              # Optional: ceiling for global allocation

    # Optional: fixed cutoffs for this segment
    [segments.no_premium_ab.fixed_cutoffs]
    sc_octroi_new_clus = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]
    new_efx_clus = [3, 4, 5, 6, 7, 8, 9, 10, 12, 15]
    strict_validation = true
    run_all_scenarios = true

    [segments.no_premium_cd]
    segment_filter = "personal_loans,_fusion_and_tj_direct-no_premium-c-d"
    optimum_risk = 1.3
    risk_step = 0.1
    supersegment = "no_premium"

    [segments.premium]
    segment_filter = "personal_loans,_fusion_and_tj_direct-premium-"
    optimum_risk = 0.9
    risk_step = 0.1
    # No supersegment = individual model training

    """

  /// The file of the requirement on a portfolio with its segments: listed, compared, run.
  @Test func theFileOfTheRequirementWorks() throws {
    let place = try Workplace()
    try place.simulate(rows: 9000)
    let names = [
      ("CONSUMER_STD", "no premium-A-B"), ("CONSUMER_PLUS", "no premium-C-D"), ("NEW_CUSTOMER", "no premium-E-F"),
      ("EXISTING_CUSTOMER", "premium-"),
    ]
    var text = try place.read("applications.csv")
    for (old, new) in names { text = text.replacing(old, with: "\"Personal loans, Fusion and TJ direct-\(new)\"") }
    try place.write("applications.csv", text)
    // The variables as the requirement calls them, the bins of the second from its safe end.
    try place.write(
      "config.toml",
      place.read("config.toml").replacing("score_bin", with: "sc_octroi_new_clus")
        .replacing("bureau_bin", with: "new_efx_clus")
        .replacing("source = \"risk_score_rf\"\n", with: "source = \"risk_score_rf\"\nnumbering = \"descending\"\n")
        .replacing("changes_most = 2\n", with: "changes_most = 1\naudit_tables = false\ntext_collisions = \"merge\"\n"))
    try place.write("segments.toml", Self.required)
    let list = try place.tool("batch", "-l")
    #expect(list.code == 0, "\(list.err)")
    for word in ["no_premium_ab", "no_premium_cd", "premium", "no_premium"] { #expect(list.out.contains(word)) }
    #expect(try place.names() == ["applications.csv", "config.toml", "segments.toml"], "nothing is written")
    let difference = try place.tool("config", "diff", "no_premium_ab", "base")
    #expect(difference.code == 0, "\(difference.err)")
    for line in [
      "optimum_risk 1.1 segments.toml:13:16 config.toml:9:16", "min_risk 0.8",
      "supersegment \"no_premium\" segments.toml:15:16",
      "fixed_cutoffs.strict_validation true segments.toml:23:21",
    ] {
      let words = line.split(separator: " ")
      #expect(
        difference.out.split(separator: "\n").contains { own in words.allSatisfy { own.contains($0) } },
        "\(line): \(difference.out)")
    }
    let batch = try place.tool("batch")
    #expect(batch.err.contains("no segment of supersegment no_premium has the filter"), "\(batch.err)")
    #expect(batch.err.contains("-e-f"))
    #expect(batch.code == 0, "\(batch.err) \(batch.out)")
    for run in ["no_premium_ab", "no_premium_cd", "premium"] { #expect(place.exists("output/\(run)/manifest.json")) }
    let summary = try place.read("output/no_premium_ab/data/risk_production_summary_pessimistic.csv")
    #expect(summary.contains("Fixed cutoffs"), "\(summary)")
    // Segments go before the configuration, the command line before both.
    let other = try place.tool("config", "diff", "no_premium_cd", "base", "--set", "optimum_risk=2", "--json")
    #expect(other.code == 0 && !other.out.contains("optimum_risk"), "\(other.out)")
  }

  private func refusal(
    _ segments: String, _ words: String..., at place: Workplace
  ) throws -> String {
    try place.write("segments.toml", segments)
    let outcome = try place.tool.run(["batch"] + words)
    #expect(outcome.code == 2, "\(outcome.err)")
    #expect(!place.exists("output"), "nothing is written")
    return outcome.err
  }

  @Test func mistakesAreSaidBeforeDataIsRead() throws {
    let place = try Workplace()
    try place.simulate(rows: 10)
    // Whatever reads it now fails otherwise.
    try FileManager.default.removeItem(atPath: place.path("applications.csv"))
    let good = BatchFixture.segments
    #expect(
      try refusal(good, "-s", "stdd", "plus", at: place).contains(
        "stdd is no segment of segments.toml; did you mean std"))
    #expect(try refusal(good, "-s", "consumer", at: place).contains("but a supersegment"))
    let undefined = good.replacing("supersegment = \"consumer\"\noptimum_risk = 8", with: "supersegment = \"consume\"")
    let said = try refusal(undefined, at: place)
    #expect(said.contains("segments.toml:13:16: there is no supersegment consume; did you mean consumer"), "\(said)")
    for (name, why) in [
      ("\"..\"", "it begins with"), ("\"a/b\"", "it holds \"/\""), ("_a", "it begins with"),
      ("\".a\"", "it begins with"),
      ("\"a b\"", "it holds \" \""), ("base", "it is kept for something else"), ("\"a.failed\"", "kept for something"),
      ("\"\"", "it is empty"),
    ] {
      let said = try refusal("[segments.\(name)]\nsegment_filter = \"x\"\n", at: place)
      #expect(said.contains("segments.toml:1:") && said.contains(why), "\(name): \(said)")
    }
    #expect(
      try refusal("[segments.A]\n[segments.a]\n", at: place).contains("a and A are one name where capitals"))
    for (text, word) in [
      ("[segment.a]\nsegment_filter = \"x\"\n", "unknown table or key segment; did you mean segments"),
      (
        "[segments.a]\nsegment_fliter = \"x\"\n",
        "segments.toml:2:1: unknown key segment_fliter of [preprocessing]; did you mean segment_filter"
      ),
      ("[segments.a]\nmin_risk = 2\nmax_risk = 1\n", "segments.toml:3:12: max_risk 1.0 is below min_risk 2.0"),
      ("[segments.a]\nmin_risk = \"x\"\n", "segments.toml:2:12: min_risk is the text \"x\""),
      ("[segments.a]\nmin_production = \"x\"\n", "segments.toml:2:18: min_production is the text \"x\""),
      ("[segments.a]\nmax_change = -1\n", "segments.toml:2:14: max_change is the number -1"),
      ("[segments.a]\nlock = \"tomorrow\"\n", "segments.toml:2:8: lock is the text \"tomorrow\""),
      ("[supersegments.a]\nfilters = [\"x\"]\n[segments.b]\n", "unknown key filters of [supersegments.a]"),
      ("[supersegments.a]\n[segments.b]\n", "has no segment_filters"), ("", "holds no segment"),
      ("[segments.a]\noptimum_risk = \"x\"\n[segments.b]\nrisk_step = -1\n", "segments.toml:2:16"),
      ("[segments.a]\noptimum_risk = \"x\"\n[segments.b]\nrisk_step = -1\n", "segments.toml:4:13"),
      ("segments = 3\n", "segments is the number 3"),
    ] {
      let said = try refusal(text, at: place)
      #expect(said.contains(word), "\(word): \(said)")
    }
    #expect(try refusal(good, "--workers", "2", at: place).contains("Say --parallel, too"))
    #expect(try refusal(good, "--set", "segment_filter=x", at: place).contains("would make every segment the same"))
    #expect(try refusal(good, "--clean-only", "--consolidate-only", at: place).contains("does not go with"))
    #expect(
      try refusal(good, "--segments-config", "none.toml", at: place).contains(
        "none.toml: there is no such file of segments"))
    #expect(try refusal(good, "--consolidate-only", at: place).contains("holds no finished run of a segment"))
    let unknown = try place.tool("config", "diff", "std", "pluss")
    #expect(unknown.code == 2 && unknown.err.contains("did you mean plus"), "\(unknown.err)")
    #expect(try place.tool("config", "dif", "std", "plus").err.contains("did you mean diff"))
    // Data that is not there is met by every segment, and said once for each.
    try place.write("segments.toml", good)
    let absent = try place.tool("batch")
    #expect(absent.code == 7 && absent.err.contains("applications.csv"), "\(absent.err)")
  }

  /// A folder with spaces and letters beyond ASCII, outside of the working folder; a segment that takes its filter from nobody.
  @Test func outputsMayLieAnywhere() throws {
    let fixture = try BatchFixture(rows: 3000, resamples: 0, segments: "[segments.\"Größe\"]\nrisk_step = 1\n")
    let output = fixture.place.path("an output, für alle")
    let outcome = try fixture.batch("-o", output, "--no-consolidation", "--skip-dq-checks")
    #expect(outcome.code == 0, "\(outcome.err)")
    #expect(fixture.place.exists("an output, für alle/Größe/manifest.json"))
    #expect(!fixture.place.exists("an output, für alle/consolidated_risk_production.csv"))
    #expect(!outcome.err.contains("in no segment") && outcome.out.contains("Größe"))
  }
}
