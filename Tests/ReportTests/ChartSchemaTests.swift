@_spi(Run) import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineReport

/// Every picture's document keeps the schema of Vega-Lite.
@Suite struct ChartSchemaTests {
  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Oracles/vega_lite_schema.py").path
  private static let missing: Comment = "needs a Python with altair and jsonschema (scripts/setup)"

  private static func python(_ arguments: [String], limit: Double = 120) -> AskedProgram {
    AskedProgram(
      "/usr/bin/env", ["python3", "-B"] + arguments,
      environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"], timeLimitSeconds: limit,
      byteLimit: 1 << 20)
  }

  /// Skipped with a reason where Python has not what it takes.
  private static func isAvailable() async -> Bool {
    // A failure to start it means just that.
    (try? await python(["-c", "import altair, jsonschema"]).answer("")) != nil
  }

  @Test(.enabled(missing) { await isAvailable() }) func everyPictureKeepsTheSchema() async throws {
    // Scenarios are drawn alike.
    let charts = try Pictures.all(of: ChartTables().tables()).filter { !$0.name.hasSuffix("_careful") }
    var lines = try charts.enumerated().map { try $1.document(dark: $0 % 2 == 1, titled: $0 % 3 > 0).json() }
    lines.append(
      try Chart.document(
        ["vconcat": .list(SharedScales.applied(to: charts.prefix(2).map(\.specification)))], finding: "a", basis: "b",
        foot: "c", columns: 1, dark: false, titled: true
      ).json())
    do {
      _ = try await Self.python([Self.script]).answer(lines.joined(separator: "\n") + "\n")
    } catch let fault as Faults {
      // The check says which of them breaks it, and where, on its standard error.
      Issue.record("\(fault.problem)")
    }
    await expectFaults(.io) {
      try await Self.python([Self.script]).answer("{\"mark\":\"pointt\"}\n")
    }
  }
}
