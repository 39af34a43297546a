import Foundation
import Testing

/// An input that another file replaces at the n-th time that it is opened, for all n: the run fails and says so, or its
/// digest is that of the bytes whose results it keeps. The next run is right.
@Suite struct SwappedInputTests {
  struct Input: CustomTestStringConvertible {
    let name: String
    /// What makes two files of it, `one` and `two`, from `one.csv` and `two.csv`.
    let convert: [String]?
    var testDescription: String { name }
  }

  static let inputs = [
    Input(name: "d.csv", convert: nil), Input(name: "d.csv.gz", convert: ["table", "-o"]),
    Input(name: "d.sas7bdat", convert: ["table", "-o"]), Input(name: "d.xpt", convert: ["table", "-o"]),
  ]

  private static func make(_ input: Input, _ place: Workplace, seed: Int, as name: String) throws {
    let outcome = try place.tool("simulate", "-n", "300", "--seed", "\(seed)", "-o", "made-\(input.name)")
    #expect(outcome.code == 0, "\(outcome.err)")
    let target = place.path(name)
    try? FileManager.default.removeItem(atPath: target)  // the first time there is none
    try FileManager.default.moveItem(atPath: place.path("made-\(input.name)"), toPath: target)
  }

  @Test(arguments: inputs) func aTableThatIsReplaced(input: Input) throws {
    let place = try Workplace()
    guard let shim = try FaultShim(place) else { return }
    try place.simulate(rows: 300)
    let run = ["run", "--until", "cube", "--set", "data_path=\(input.name)", "-o"]
    for (seed, name) in [(21, "one"), (22, "two")] {
      try Self.make(input, place, seed: seed, as: input.name)
      #expect(try place.tool.run(run + [name]).code == 0)
    }
    let right = try [place.inputDigest("one"): place.digest("one"), place.inputDigest("two"): place.digest("two")]
    #expect(right.count == 2)
    let faults: [FaultShim.Fault] = [.swap(input.name, file: "new"), .lend(input.name, file: "new")]
    for fault in faults {
      var reached = 0
      for call in 1...20 {
        try Self.make(input, place, seed: 21, as: input.name)
        try Self.make(input, place, seed: 22, as: "new")
        try? FileManager.default.removeItem(atPath: place.path("out"))  // of the time before
        let swapped = try shim.run(run + ["out"], fault, at: call)
        reached = swapped.calls
        if swapped.code == 0 {
          #expect(try right[place.inputDigest("out")] == place.digest("out"), "\(fault) at open \(call)")
        } else {
          #expect(swapped.code == 7 && swapped.err.contains("changed while it was read"), "\(swapped.err)")
          #expect(!place.exists("out"))
        }
        let next = try place.tool.run(run + ["out"])
        #expect(next.code == 0, "\(next.err)")
        #expect(try right[place.inputDigest("out")] == place.digest("out"), "the run after \(fault) at open \(call)")
        if call > swapped.calls { break }
      }
      #expect(reached >= 2, "the file is opened for its digest and for its rows")
    }
  }

  /// Configurations and files of segments are read once: old or new.
  @Test(arguments: ["config.toml", "segments.toml"]) func aSettingThatIsReplaced(name: String) throws {
    let place = try Workplace()
    guard let shim = try FaultShim(place) else { return }
    try place.simulate(rows: 300)
    try place.write("segments.toml", "[segments.one]\nsegment_filter = \"CONSUMER_STD\"\n")
    let first = try place.read(name)
    let command =
      name == "config.toml" ? ["run", "--until", "cube", "-o", "out"] : ["batch", "--list", "--segments-config", name]
    for call in 1...6 {
      try place.write(name, first)
      try place.write("new", first + "# another\n")
      let outcome = try shim.run(command, .swap(name, file: "new"), at: call)
      #expect([0, 2, 7].contains(outcome.code), "\(outcome.err)")
      if call > outcome.calls { break }
    }
  }
}

extension Workplace {
  /// The digest of the first input in a run's manifest.
  func inputDigest(_ run: String) throws -> String {
    let text = try read(run + "/manifest.json")
    guard let match = text.firstMatch(of: /"inputs" : \[[^\]]*?"sha256" : "([0-9a-f]+)"/) else {
      throw Failed(said: "no input")
    }
    return String(match.1)
  }
}
