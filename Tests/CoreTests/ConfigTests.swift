import CutlineCore
import TestSupport
import Testing

private struct Oven: StageConfig {
  enum Mode: String, Sendable, CaseIterable { case upper, lowerHeat = "lower-heat" }
  var degrees = 180.0
  var trays = 1
  var mode = Mode.upper
  var guests: [String] = []
  var since: CalendarDate?

  static let fields: [Field<Self>] = [
    .double("degrees", \.degrees, in: 50...300, unit: "°C", "Temperature of the oven."),
    .int("trays", \.trays, in: 1...4, "How many trays."),
    .choice("mode", \.mode, "Which heat."),
    .texts("guests", \.guests, "Who comes."),
    .date("since", \.since, "First day."),
  ]
}

@Suite struct ConfigTests {
  private func read(_ text: String) throws -> Oven {
    let table = try ConfigDocument.parse(text, source: "oven.toml")
    return try Oven.read(table.entries, at: Place(source: "oven.toml"), origin: "the oven").config
  }

  private func message(_ text: String) -> String {
    do {
      _ = try read(text)
      return "accepted"
    } catch { return "\(error)" }
  }

  @Test func valuesAndDefaults() throws {
    let oven = try read("degrees = 200\nmode = \"lower-heat\"\nsince = 2024-02-29\nguests = [\"a\"]")
    #expect(oven.degrees == 200)
    #expect(oven.trays == 1)
    #expect(oven.mode == .lowerHeat)
    #expect(oven.since?.iso == "2024-02-29")
    #expect(oven.guests == ["a"])
  }

  @Test func settingsSayWhereTheyComeFrom() throws {
    let table = try ConfigDocument.parse("\n  degrees = 75.5", source: "oven.toml")
    let settings = try Oven.read(table.entries, at: .default, origin: "the oven").settings
    #expect(settings[0].key == "degrees")
    #expect(settings[0].value == "75.5")
    #expect(settings[0].origin == "oven.toml:2:13")
    #expect(settings[1].origin == "default")
    #expect(settings[4].value == "unset")
  }

  @Test(arguments: [
    (
      "trays = 1\ndegres = 3",
      "oven.toml:2:1: unknown key degres of the oven; did you mean degrees. Its keys: degrees, trays, mode, guests, since."
    ),
    ("degrees = 301", "oven.toml:1:11: degrees is the number 301. It must be a number in 50.0...300.0 (°C)."),
    ("degrees = nan", "oven.toml:1:11: degrees is the number nan. It must be a number in 50.0...300.0 (°C)."),
    ("trays = 1.5", "oven.toml:1:9: trays is the number 1.5. It must be a whole number in 1...4."),
    (
      "mode = \"uper\"",
      "oven.toml:1:8: mode is the text \"uper\"; did you mean upper. It must be one of \"upper\", \"lower-heat\"."
    ),
    ("guests = \"a\"", "oven.toml:1:10: guests is the text \"a\". It must be a list of texts."),
    (
      "since = \"2023-02-29\"",
      "oven.toml:1:9: since is the text \"2023-02-29\". It must be a date like \"2022-01-31\"."
    ),
  ])
  func everyRefusalNamesPlaceAndRemedy(text: String, expected: String) { #expect(message(text) == expected) }

  @Test(arguments: [
    "a = ", "a = 1\na = 2", "[x\n", "a = \"\u{0}\"", "= 1", "a = 1 b = 2",
    // A name that would end at the zero; one name in two Unicode forms.
    "\"a\\u0000b\" = 1", "[t.\"a\\u0000\"]\nb = 1", "\"\u{E9}\" = 1\n\"e\u{301}\" = 2",
    "[t]\n\"\u{E9}\".x = 1\n\"e\u{301}\".y = 2",
  ])
  func brokenTomlIsRefusedWithItsPlace(text: String) {
    let error = message(text)
    #expect(error.hasPrefix("oven.toml:"))
    #expect(error.contains("not valid TOML"))
  }

  @Test func tablesKeepTheOrderOfTheFile() throws {
    let table = try ConfigDocument.parse("z = 1\na = 2\n[t]\ny = 1\nb = 2", source: "x")
    #expect(table.entries.map(\.key) == ["z", "a", "t"])
    #expect(table["t"]?.table?.entries.map(\.key) == ["y", "b"])
  }

  @Test func baseFilesAndSettingsAreLaidOverEachOther() throws {
    let folder = TemporaryFolder()
    try folder.write(
      "base.toml", "[preprocessing]\noptimum_risk = 1.0\nrisk_step = 0.1\n[preprocessing.bins.a]\nsource = \"x\"")
    try folder.write(
      "own.toml", "extends = \"base.toml\"\n[preprocessing]\noptimum_risk = 2.0\n[preprocessing.bins.b]\nsource = \"y\""
    )
    let document = try ConfigDocument.load(
      folder.path("own.toml"),
      settings: ["risk_step=0.5", "stages.search.use=exhaustive", "preprocessing.bins.a.source=\"z w\""])
    let table = try #require(document.root["preprocessing"]?.table)
    #expect(table["optimum_risk"]?.number == 2)
    #expect(table["risk_step"]?.number == 0.5)
    #expect(table["risk_step"]?.place.description == "--set risk_step=0.5")
    #expect(table["bins"]?.table?["a"]?.table?["source"]?.string == "z w")
    #expect(table["bins"]?.table?["b"]?.table?["source"]?.string == "y")
    #expect(document.root["stages"]?.table?["search"]?.table?["use"]?.string == "exhaustive")
  }

  @Test func aCircleOfBaseFilesEnds() throws {
    let folder = TemporaryFolder()
    try folder.write("a.toml", "extends = \"b.toml\"")
    try folder.write("b.toml", "extends = \"a.toml\"")
    expectFaults(.usage) { try ConfigDocument.load(folder.path("a.toml")) }
  }

  @Test(arguments: ["risk_step", "=1", "a..b=1", ".a=1"])
  func settingsThatAreNoneAreRefused(setting: String) throws {
    let folder = TemporaryFolder()
    try folder.write("a.toml", "[preprocessing]")
    expectFaults(.usage) { try ConfigDocument.load(folder.path("a.toml"), settings: [setting]) }
  }

  @Test func printedTomlReadsBack() throws {
    let text = "{ a = \"q\\\"\\\\\\n\\u0001é\", \"b c\" = [1, -inf, 1e-300, true], d = { e = 0.1 } }"
    let first = try #require(try ConfigDocument.parse("v = \(text)", source: "x")["v"])
    let second = try #require(try ConfigDocument.parse("v = \(first.toml)", source: "x")["v"])
    #expect(first.toml == second.toml)
  }
}
