import Foundation
import Testing

/// A killed run leaves the old complete run or the new one, and the next run works.
@Suite struct KillTests {
  @Test func aRunKilledAtAnyMomentLeavesOneCompleteRun() throws {
    let place = try Workplace()
    try place.simulate(rows: 8000)
    let began = ContinuousClock().now
    #expect(try place.tool("run", "-o", "out").code == 0)
    let length = ContinuousClock().now - began
    let old = try place.digest("out")
    #expect(try place.tool("run", "-o", "other", "--set", "optimum_risk=5.3").code == 0)
    let new = try place.digest("other")
    var seen: [String: Int] = [:]
    var generator = SystemRandomNumberGenerator()
    for attempt in 0..<20 {
      let process = try place.tool.start(["run", "-o", "out", "--fresh", "--set", "optimum_risk=5.3"])
      let moment = Double.random(in: 0...1.1, using: &generator)
      Thread.sleep(
        forTimeInterval: moment * Double(length.components.attoseconds) * 1e-18 + moment
          * Double(length.components.seconds))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let digest = try place.digest("out")
      #expect(digest == old || digest == new, "attempt \(attempt), killed at \(moment)")
      seen[digest, default: 0] += 1
      #expect(try place.tool("verify", "out").code == 0, "attempt \(attempt), killed at \(moment)")
    }
    #expect(try place.tool("run", "-o", "out", "--set", "optimum_risk=5.3").code == 0)
    #expect(try place.digest("out") == new)
    #expect(try place.names() == ["applications.csv", "config.toml", "other", "out"])
    #expect(seen.values.reduce(0, +) == 20)
  }

  /// The same where a program streams files, which the next run links.
  @Test func attachedFilesAreWholeOrNotThere() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    try place.write(
      "noting.sh",
      """
      echo '{"checks": [], "skipped": false, "duplicateRows": []}' > $CUTLINE_FOLDER/output/quality-report.json
      mkdir -p $CUTLINE_FOLDER/output/files/data
      for i in 1 2 3 4; do yes "$1" | head -c 4000000 > $CUTLINE_FOLDER/output/files/data/notes$i.txt; done
      """)
    for word in ["one", "two"] {
      try place.write(
        "\(word).toml",
        """
        extends = "config.toml"
        [stages.quality]
        use = "process"
        with = { command = ["sh", "noting.sh", "\(word)"] }

        """)
    }
    let began = ContinuousClock().now
    let first = try place.tool("run", "-c", "one.toml", "-o", "out")
    #expect(first.code == 0, "\(first.err)")
    let length = ContinuousClock().now - began
    #expect(try place.tool("run", "-c", "two.toml", "-o", "other").code == 0)
    let whole = Set([try place.digest("out"), try place.digest("other")])
    let inode = try place.inode("out/data/notes1.txt")
    let again = try place.tool("run", "-c", "one.toml", "-o", "out")
    #expect(!again.err.contains("✓"), "\(again.err)")
    #expect(try place.inode("out/data/notes1.txt") == inode, "linked")
    for attempt in 0..<8 {
      // In turns all is made again, or all is linked.
      let config = ["one.toml", "two.toml"][attempt / 2 % 2]
      let process = try place.tool.start(["run", "-c", config, "-o", "out"] + (attempt % 2 == 0 ? ["--fresh"] : []))
      Thread.sleep(forTimeInterval: Double.random(in: 0...1.1) * (length / .seconds(1)))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let digest = try place.digest("out")
      #expect(whole.contains(digest), "attempt \(attempt)")
      #expect(try place.tool("verify", "out").code == 0, "attempt \(attempt)")
    }
    #expect(try place.tool("run", "-c", "one.toml", "-o", "out").code == 0)
    #expect(
      try place.names() == ["applications.csv", "config.toml", "noting.sh", "one.toml", "other", "out", "two.toml"])
  }

  /// A disk that takes no more (here: a limit on the size of files) leaves the old run, and nothing beside it.
  @Test func aFullDiskLeavesTheOldRun() throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    try place.write(
      "noting.sh",
      """
      echo '{"checks": [], "skipped": false, "duplicateRows": []}' > $CUTLINE_FOLDER/output/quality-report.json
      mkdir -p $CUTLINE_FOLDER/output/files/data
      for i in 1 2 3 4; do yes more | head -c 3000000 > $CUTLINE_FOLDER/output/files/data/notes$i.txt; done
      """)
    #expect(try place.tool("run", "-o", "out").code == 0)
    let digest = try place.digest("out")
    try place.write(
      "more.toml",
      """
      extends = "config.toml"
      [stages.quality]
      use = "process"
      with = { command = ["sh", "-c", "ulimit -f unlimited; . ./noting.sh"] }

      """)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "trap '' XFSZ; ulimit -S -f 4000; exec \"$0\" run -c more.toml -o out 2> said.txt", Tool.executable,
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: place.root)
    try process.run()
    process.waitUntilExit()
    let said = try place.read("said.txt")
    #expect(process.terminationStatus == 7, "\(said)")
    #expect(said.contains("file data/notes1.txt: cannot be written"), "\(said)")
    #expect(try place.digest("out") == digest)
    #expect(try place.tool("verify", "out").code == 0)
  }
}
