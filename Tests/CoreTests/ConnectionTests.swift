import CutlineCore
import CutlineRun
import TestSupport
import Testing

/// How the stages of an earlier run were connected, by what their keys say.
@Suite struct ConnectionTests {
  private let folder = TemporaryFolder()

  private func options(_ program: String) -> Runner.Options {
    Runner.Options(
      output: folder.path("a"), workers: 1, version: "1", program: program, configuration: "toy.toml")
  }

  private func plan(_ from: [String: PortSource], value: Double = 1, file: String? = nil) throws -> Plan {
    var requests = Toys.requests(value: value, file: file)
    requests[3].from = from
    return try Plan(requests, registry: Toys.registry(), seed: 1)
  }

  /// Exchanged sources are seen whatever the build, the settings and the files are now; nothing else is.
  @Test func otherConnectionsAreSeen() async throws {
    try folder.write("input.txt", "one")
    let file = folder.path("input.txt")
    let first = try plan(["a": "left", "b": "right"], file: file)
    let manifest = try await Runner(plan: first, options: options("p")) { _ in }.run().manifest
    func isConnected(_ id: String, _ plan: Plan) -> Bool? {
      Runner(plan: plan, options: options("another build")) { _ in }.isConnected(id, as: manifest)
    }
    try folder.write("input.txt", "two")
    let same = try plan(["a": "left", "b": "right"], value: 7, file: file)
    for id in ["left", "right", "both", "out"] { #expect(isConnected(id, same) == true, "\(id)") }
    let exchanged = try plan(["a": "right", "b": "left"], file: file)
    #expect(isConnected("both", exchanged) == false)
    #expect(isConnected("left", exchanged) == true && isConnected("out", exchanged) == true)
    #expect(isConnected("both", try plan(["a": "left", "b": "left"], file: file)) == false)
    #expect(isConnected("nobody", same) == nil)
  }
}
