import CutlineCredit
import Foundation
import Testing

@testable @_spi(Run) import CutlineCore
@testable import CutlineRun

/// Run folders by other hands: their digests are right, what they hold is not.
@Suite struct ContradictionTests {
  /// Changes a stored output and every digest that covers it, as somebody would who knows the format.
  static func forge(_ run: String, _ path: String, _ change: (inout String) -> Void) throws {
    let file = URL(fileURLWithPath: run + "/" + path)
    var text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    let before = text
    change(&text)
    try #require(text != before)
    try Data(text.utf8).write(to: file)
    let place = URL(fileURLWithPath: run + "/manifest.json")
    var manifest = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: place)) as? [String: Any])
    let digest = Digest.of(Data(text.utf8))
    manifest["files"] = (manifest["files"] as? [[String: Any]])?.map { own in
      guard own["path"] as? String == path else { return own }
      return own.merging(["sha256": digest, "bytes": text.utf8.count]) { $1 }
    }
    manifest["stages"] = (manifest["stages"] as? [[String: Any]])?.map { own in
      guard path == "stages/\(own["id"] as? String ?? "").json" else { return own }
      return own.merging(["outputDigest": digest]) { $1 }
    }
    var read = try CanonicalJSON.decode(Manifest.self, from: JSONSerialization.data(withJSONObject: manifest))
    manifest["resultsDigest"] = Manifest.resultsDigest(of: read.files)
    read = try CanonicalJSON.decode(Manifest.self, from: JSONSerialization.data(withJSONObject: manifest))
    try read.encoded().write(to: place)
  }

  private static let ends = ["9223372036854775807", "-9223372036854775808", "4611686018427387904"]

  /// Another grid, sums at the ends of 64 bits, lists cut short: the stage is made again, and the run is what it was.
  @Test func whatContradictsIsMadeAgain() throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    let run = ["run", "-o", "out", "--until", "scenarios"]
    #expect(try place.tool.run(run).code == 0)
    let digest = try place.digest("out")
    let again = try place.tool.run(run)
    #expect(again.code == 0 && !again.err.contains("✓"), "\(again.err)")
    for end in Self.ends {
      for (path, key) in [
        ("stages/cells.json", "production"), ("stages/search.json", "production"), ("stages/scenarios.json", "point"),
        ("stages/cells.json", "rejectedRows\":[0"),
      ] {
        try Self.forge(place.path("out"), path) { text in
          if let found = text.firstRange(of: "\"\(key)\":") {
            let stop = text[found.upperBound...].firstIndex { !($0.isNumber || $0 == "-") } ?? text.endIndex
            text.replaceSubrange(found.upperBound..<stop, with: end)
          } else if let found = text.firstRange(of: "\"rejectedRows\":[") {
            let stop = text[found.upperBound...].firstIndex { !($0.isNumber || $0 == "-") } ?? text.endIndex
            text.replaceSubrange(found.upperBound..<stop, with: end)
          }
        }
        let mended = try place.tool.run(run)
        #expect(mended.code == 0, "\(path) \(key) \(end): \(mended.code) \(mended.err)")
        #expect(try place.digest("out") == digest, "\(path) \(key) \(end)")
      }
    }
  }

  /// The same folders before commands that only read: exit 6, or an answer, never a trap.
  @Test func readersGiveAnAnswer() throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    #expect(try place.tool("run", "-o", "good").code == 0)
    for (name, path) in [
      ("cells", "stages/cells.json"), ("scenarios", "stages/scenarios.json"), ("search", "stages/search.json"),
    ] {
      for end in Self.ends {
        try FileManager.default.copyItem(atPath: place.path("good"), toPath: place.path("bad"))
        try Self.forge(place.path("bad"), path) { text in
          for key in ["production", "numerator", "denominator"] {
            guard let found = text.firstRange(of: "\"\(key)\":") else { continue }
            let stop = text[found.upperBound...].firstIndex { !($0.isNumber || $0 == "-") } ?? text.endIndex
            text.replaceSubrange(found.upperBound..<stop, with: end)
          }
        }
        for words in [
          ["check-certificate", "bad"], ["explain-kpi", "bad", "--cell", "1,1"], ["diff", "good", "bad"],
          ["frontier", "--cells", "bad", "-o", "f.csv"], ["allocate", "bad", "--target", "4", "-o", "a"],
          ["export", "bad", "--format", "json"], ["stress", "bad", "--vintage", "2022-03..2022-08"],
        ] {
          let said = try place.tool.run(words)
          #expect(said.code < 128, "\(name) \(end) \(words): \(said.code) \(said.err.suffix(300))")
        }
        for left in ["bad", "f.csv", "a"] where place.exists(left) {
          try FileManager.default.removeItem(atPath: place.path(left))
        }
      }
    }
  }

  /// Exit codes of grids that no search takes, of scores that stand twice, of certificates of another direction.
  @Test func wrongGridsAndDirections() throws {
    let place = try Workplace()
    for (name, swap) in [("long.csv", false), ("wide.csv", true)] {
      let rows = (0..<65_536).map { swap ? "0,\($0),1,1,10" : "\($0),0,1,1,10" }
      try place.write(name, "i,j,p,n,d\n" + rows.joined(separator: "\n") + "\n")
      let said = try place.tool(
        "frontier", "--cells", name, "--grid", "i,j", "--directions", "higher-is-safer,higher-is-safer", "--production",
        "p",
        "--numerator", "n", "--denominator", "d", "-o", "f.csv")
      #expect(said.code == 3 && said.err.contains("more than 65535 bins of \(swap ? "j" : "i")"), "\(said.err)")
    }
    try place.write("c.csv", "i,j,p,n,d\n1,1,5,1,10\n1,2,6,3,10\n2,1,7,2,10\n2,2,9,1,12\n")
    let columns = ["--production", "p", "--numerator", "n", "--denominator", "d"]
    let twice = try place.tool.run(
      ["frontier", "--cells", "c.csv", "--grid", "i,i", "--directions", "higher-is-safer,higher-is-safer"] + columns)
    #expect(twice.code == 2 && twice.err.contains("names i twice"), "\(twice.err)")
    let made = try place.tool.run(
      [
        "frontier", "--cells", "c.csv", "--grid", "i,j", "--directions", "higher-is-safer,higher-is-safer", "-o",
        "f.csv",
        "--certificate", "c.json",
      ] + columns)
    #expect(made.code == 0, "\(made.err)")
    let text = try place.read("c.json")
    for other in ["higher-is-riskier", "sideways", ""] {
      try place.write("other.json", text.replacing("higher-is-safer", with: other))
      let said = try place.tool("check-certificate", "c.csv", "other.json")
      #expect(said.code == 6, "\(other): \(said.code) \(said.err)")
    }
    let deep = String(text.dropLast()) + ",\"x\":" + String(repeating: "[", count: 100_000)
    try place.write("deep.json", deep)
    #expect(try place.tool("check-certificate", "c.csv", "deep.json").code == 6)
    let key = Array(repeating: "a", count: 20_000).joined(separator: ".")
    try place.write("keys.toml", key + " = 1\n")
    #expect(try place.tool("check", "-c", "keys.toml").code == 2)
    #expect(try place.tool("check", "-c", "keys.toml", "--set", key + "=1").code == 2)
  }

  /// A model whose description is none, with digests that fit.
  @Test func brokenMetadataIsRefused() throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    #expect(try place.tool("run", "-o", "out").code == 0)
    let models = try FileManager.default.contentsOfDirectory(atPath: place.path("out/models"))
    let name = try #require(models.first { $0.hasPrefix("model_") })
    let folder = place.path("out/models/\(name)")
    for broken in ["{\"format\": ", "[1, 2]", String(repeating: "[", count: 100_000), "\u{0}"] {
      try Data(broken.utf8).write(to: URL(fileURLWithPath: folder + "/metadata.json"))
      var sums = try String(contentsOfFile: folder + "/SHA256SUMS", encoding: .utf8)
      sums =
        sums.split(separator: "\n").map { line in
          line.hasSuffix("  metadata.json") ? "\(Digest.of(Data(broken.utf8)))  metadata.json" : String(line)
        }.joined(separator: "\n") + "\n"
      try FileManager.default.createDirectory(
        atPath: place.path("copy"), withIntermediateDirectories: true)
      let own = place.path("copy/model_" + Digest.of(Data(sums.utf8)).prefix(16))
      try FileManager.default.copyItem(atPath: folder, toPath: own)
      try FileManager.default.copyItem(
        atPath: place.path("out/models/todu_model"), toPath: place.path("copy/todu_model"))
      try Data(sums.utf8).write(to: URL(fileURLWithPath: own + "/SHA256SUMS"))
      for words in [["models", "show", own], ["run", "-m", own, "-o", "with"]] {
        let said = try place.tool.run(words)
        #expect(said.code == 6 && said.err.contains("metadata.json"), "\(words): \(said.code) \(said.err)")
      }
      try FileManager.default.removeItem(atPath: place.path("copy"))
    }
  }
}
