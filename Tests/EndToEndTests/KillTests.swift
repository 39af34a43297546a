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
}
