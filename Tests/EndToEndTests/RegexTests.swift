import CutlineData
import CutlineTesting
import Foundation
import Testing

/// Regular expressions of the configuration: what they match, how long they may take, and which are none.
@Suite struct RegexTests {
  /// Against Python's `re`, on 2,000 random expressions without look-around.
  @Test(.enabled(if: OracleScripts.isAvailable, OracleScripts.missing)) func matchesArePythons() throws {
    let outcome = try OracleScripts.python(["\(OracleScripts.folder)/regex.py", "2000", "16"])
    try #require(outcome.code == 0, "\(outcome.err)")
    var (seen, matched) = (0, 0)
    var known: (pattern: String, regex: LinearRegex)?
    for line in outcome.out.split(separator: "\n") {
      let parts = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any])
      let (pattern, text) = (try #require(parts[0] as? String), try #require(parts[1] as? String))
      if known?.pattern != pattern { known = (pattern, try LinearRegex(pattern, at: "test")) }
      let expected = parts[2] as? Int == 1
      #expect(known?.regex.matches(text) == expected, "\(pattern) on \(text.debugDescription)")
      seen += 1
      if expected { matched += 1 }
    }
    #expect(seen == 12_000 && matched > 400, "\(seen), \(matched)")
  }

  /// Expressions that keep a backtracking matcher busy for ever: twice the text takes about twice the time.
  @Test(arguments: [
    "(a+)+$", "(a|a)*$", "(a|aa)+$", "(.*a){12}", "([a-z]+)*$", "(a*)*b", "((a?){20}){20}b", "(x+x+)+y",
  ])
  func timeIsLinear(pattern: String) throws {
    let regex = try LinearRegex(pattern, at: "test")
    let text = String(repeating: "a", count: 200_000) + "!"
    let start = ContinuousClock.now
    #expect(!regex.matches(text))
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test func whatIsNoneIsRefusedByCheck() throws {
    let place = try Workplace()
    try place.simulate(rows: 200)
    for (pattern, sentence) in [
      ("a(?=b)", "looks ahead or behind"), ("a(?!b)", "looks ahead or behind"), ("(?<=a)b", "looks ahead or behind"),
      ("(?<!a)b", "looks ahead or behind"), ("(a)\\1", "refers back to a group"), ("(", "is not a regular expression"),
      ("(?<n>a)", "names a group as RE2 does not"), ("\\x{110000}", "is not a regular expression"),
      ("a{2000}", "is not a regular expression"), ("((a{100}){100}){100}", "is not a regular expression"),
    ] {
      try place.write(
        "r.toml",
        "extends = \"config.toml\"\n[preprocessing]\nsegment_match = \"regex\"\n  segment_filter = ['consumer_.*', '\(pattern)']\n"
      )
      let check = try place.tool("check", "-c", "r.toml")
      #expect(check.code == 2 && check.err.contains("r.toml:4:") && check.err.contains(sentence), "\(check.err)")
    }
    try place.write(
      "good.toml",
      "extends = \"config.toml\"\n[preprocessing]\nsegment_match = \"regex\"\nsegment_filter = 'consumer_(std|plus)'\n")
    #expect(try place.tool("check", "-c", "good.toml").code == 0)
  }

  private static let evil = SharedFiles.path("cases/R-regex-dos", from: #filePath)

  /// The file of the case, with its configuration.
  @Test(.enabled(if: evil != nil, "../shared is not there")) func theCaseEnds() throws {
    let place = try Workplace()
    let folder = try #require(Self.evil)
    for name in ["evil.csv.gz", "r.toml"] {
      try FileManager.default.copyItem(atPath: folder + "/" + name, toPath: place.path(name))
    }
    let start = ContinuousClock.now
    let run = try place.tool("run", "-c", "r.toml", "-o", "o")
    #expect([0, 2, 3, 4].contains(run.code) && ContinuousClock.now - start < .seconds(60), "\(run.err)")
  }
}
