import Foundation
import Testing

/// Runs of older formats are read for ever. `Fixtures/runs` keeps one of each, as the version of its time wrote it, with
/// its configuration and what that version's `evaluate` printed; they are never written again.
@Suite struct OlderFormatTests {
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/runs").path

  @Test(arguments: ["format-1"]) func oldRunsAreRead(_ name: String) throws {
    let place = try Workplace()
    try FileManager.default.copyItem(atPath: "\(Self.fixtures)/\(name)", toPath: place.path("old"))
    let verify = try place.tool("verify", "old")
    #expect(verify.code == 0, "\(verify.err)")
    let evaluated = try place.tool("evaluate", "old", "old/data/cutoff_summary_wide.csv")
    #expect(evaluated.code == 0, "\(evaluated.err)")
    let expected = try String(contentsOfFile: "\(Self.fixtures)/\(name).evaluated.csv", encoding: .utf8)
    #expect(evaluated.out == expected)
    // Its models serve a run of today, and the old run may be replaced by one.
    try place.simulate(rows: 2000, seed: 11)
    try place.write("config.toml", String(contentsOfFile: "\(Self.fixtures)/\(name).toml", encoding: .utf8))
    let served = try place.tool("run", "--model-path", "old", "-o", "new")
    #expect(served.code == 0, "\(served.err)")
    let replaced = try place.tool("run", "-o", "old")
    #expect(replaced.code == 0 && !replaced.err.contains("(unchanged)"), "\(replaced.err)")
    #expect(try place.tool("verify", "old").code == 0)
  }

  @Test func aNewerRunIsRefusedWithItsVersion() throws {
    let place = try Workplace()
    try FileManager.default.createDirectory(atPath: place.path("new"), withIntermediateDirectories: true)
    try place.write("new/manifest.json", #"{"format": "cutline-run-9", "version": "7.1.0", "things": []}"#)
    for arguments in [["verify", "new"], ["evaluate", "new", "none.csv"]] {
      let said = try place.tool.run(arguments)
      #expect(said.code == 6, "\(said.err)")
      #expect(said.err.contains("was written by cutline 7.1.0 in a newer format, cutline-run-9"), "\(said.err)")
    }
    // And not replaced.
    try place.simulate(rows: 300)
    let replaced = try place.tool("run", "-o", "new")
    #expect(replaced.code == 6 && replaced.err.contains("cutline 7.1.0"), "\(replaced.err)")
    #expect(try place.read("new/manifest.json").contains("cutline-run-9"))
  }
}
