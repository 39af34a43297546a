import CutlineCore
import CutlineRun
import Testing

/// All mistakes are said at once, in order, each once.
@Suite struct ReadingTests {
  private func collected(_ body: (inout Reading) throws -> Void) -> String {
    var reading = Reading()
    do {
      try body(&reading)
      try reading.finish()
      return "clean"
    } catch { return "\(error)" }
  }

  private func mistake(_ line: Int, _ file: String = "a.toml") -> Faults {
    Faults.usage(Place(source: file, line: line, column: 1), "is wrong", "Mend it.")
  }

  @Test func oneMistakeIsItself() {
    #expect(collected { $0.add(mistake(3)) } == "a.toml:3:1: is wrong. Mend it.")
    #expect(collected { _ in } == "clean")
  }

  @Test func mistakesStandInOrderOfTheirPlaces() {
    let text = collected { reading in
      for error in [mistake(10), mistake(2, "b.toml"), mistake(9), mistake(1, "b.toml"), mistake(9)] {
        try reading.attempt { throw error }
      }
      reading.add(Faults.usage("--set x", "is wrong", "Mend it."))
    }
    #expect(
      text.split(separator: "\n").map { $0.prefix(while: { $0 != " " }) } == [
        "a.toml:9:1:", "a.toml:10:1:", "b.toml:1:1:", "b.toml:2:1:", "--set",
      ])
  }

  @Test func collectionsAreTakenApart() {
    let text = collected { reading in
      try reading.attempt {
        var inner = Reading()
        inner.add(mistake(2))
        inner.add(mistake(1))
        try inner.finish()
      }
      reading.add(mistake(1))
    }
    #expect(text.split(separator: "\n").count == 2)
  }

  @Test func twentyAreSaidAndTheOthersCounted() {
    let lines = collected { reading in for line in 1...1000 { reading.add(mistake(line)) } }.split(separator: "\n")
    #expect(lines.count == 21 && lines[19].hasPrefix("a.toml:20:1:") && lines[20] == "There are 980 mistakes more.")
  }

  /// Whatever is no mistake of a configuration ends the reading.
  @Test func otherErrorsAreNotCollected() {
    let text = collected { reading in
      reading.add(mistake(1))
      try reading.attempt { throw Faults.io("a.csv", "cannot be read", "Check it.") }
    }
    #expect(text == "a.csv: cannot be read. Check it.")
  }

  @Test func allMistakesOfAPlanAreSaidAtOnce() throws {
    var requests = Toys.requests()
    requests[1].settings = [Toys.setting("value", .float(101)), Toys.setting("vlaue", .float(1))]
    requests[3].from["c"] = "left"
    requests[3].from["b"] = "rihgt"
    requests.append(StageRequest(id: "x", kind: "giv", use: "constant"))
    let text = collected { _ in _ = try Plan(requests, registry: Toys.registry(), seed: 1) }
    for said in ["value is the number 101.0", "unknown key vlaue", "has no port c", "the stage rihgt", "no kind giv"] {
      #expect(text.contains(said), "\(text)")
    }
    #expect(text.split(separator: "\n").count == 5, "\(text)")
  }

  /// A stage whose name is wrong is not missed at its connections.
  @Test func oneMistakeHasNoFollowers() throws {
    var requests = Toys.requests()
    requests[1].use = "constnat"
    let text = collected { _ in _ = try Plan(requests, registry: Toys.registry(), seed: 1) }
    #expect(text.split(separator: "\n").count == 1 && text.contains("constnat"), "\(text)")
  }
}
