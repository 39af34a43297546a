import Foundation
import Testing

/// The scripts of Examples/batch, on fewer applications.
@Suite struct ExampleBatchTests {
  @Test(arguments: ["standard-batch", "fixed-cutoffs", "supersegment", "new-segment"])
  func theScriptRuns(_ name: String) throws {
    let place = try Workplace()
    try FileManager.default.copyItem(
      at: URL(fileURLWithPath: PlanFileTests.repository + "/Examples/batch"),
      to: URL(fileURLWithPath: place.path("batch")))
    // Resamples and the price of change take a build without optimisation minutes.
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [
      "batch/\(name).sh", "--set", "resamples=0", "--set", "changes_most=1", "--set", "audit_tables=false",
      "--set", "preprocessing.bins.score_bin.edges=[-inf, 455, 470, 480, 490, 500, 510, 520, 530, 545, inf]",
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: place.root)
    var environment = ProcessInfo.processInfo.environment
    let folder = (Tool.executable as NSString).deletingLastPathComponent
    environment["PATH"] = folder + ":" + (environment["PATH"] ?? "")
    environment["ROWS"] = "8000"
    process.environment = environment
    let log = place.path("log")
    try Data().write(to: URL(fileURLWithPath: log))
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    let said = try place.read("log")
    #expect(process.terminationStatus == 0, "\(said)")
    let expected = [
      "standard-batch": ["existing_customer", "TOTAL", "segments.toml:"], "fixed-cutoffs": ["Fixed cutoffs"],
      "supersegment": ["= supersegment consumer (its models are reused)"], "new-segment": ["match the manifest"],
    ]
    for word in expected[name] ?? ["unknown script"] { #expect(said.contains(word), "\(word): \(said)") }
  }
}
