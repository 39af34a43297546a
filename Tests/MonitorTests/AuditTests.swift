import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineMonitor

/// The audit of the small portfolio, row by row, and what makes it fail.
@Suite struct AuditTests {
  private struct Place {
    let folder = NSTemporaryDirectory() + "cutline-audit-" + UUID().uuidString
    func read(_ path: String) throws -> String {
      String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)")), as: UTF8.self)
    }
    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(path)") }
    func remove() { try? FileManager.default.removeItem(atPath: folder) }  // best effort in a temporary place
  }

  private static func run(
    _ input: Audit.Input, _ change: (inout AuditConfig) -> Void = { _ in }, in place: Place, workers: Int = 1
  ) async throws -> FileSet {
    var config = AuditConfig()
    change(&config)
    let context = RunContext(
      stageID: "audit", seed: 1, workers: workers, files: AttachedFiles(in: place.folder))
    return try await StandardAudit(config: config).run(input, in: context)
  }

  private static func input(cells: CellTable? = nil, sample: Sample? = nil) throws -> Audit.Input {
    let small = try SmallPortfolio()
    return Audit.Input(
      cells: cells ?? small.cells, scenarios: small.scenarios, source: small.source, sample: sample ?? small.sample,
      recent: nil)
  }

  @Test func everyRowHasItsClass() async throws {
    let place = Place()
    defer { place.remove() }
    let small = try SmallPortfolio()
    let files = try await Self.run(Self.input(), in: place)
    #expect(files.files.map(\.path) == ["data/audit_totals.csv"])
    let strategy = try #require(small.scenarios.scenarios[0].strategy)
    let lines = try place.read("data/audit_careful.csv").split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let column = { (name: String) throws -> Int in try #require(lines[0].firstIndex(of: name)) }
    let (own, production, row) = (
      try column("classification"), try column("oa_amt_h0_expected"), try column("row")
    )
    #expect(lines.count == 73)
    var sums = ["keep": 0.0, "swap_out": 0, "swap_in": 0]
    for line in lines.dropFirst() {
      let number = try #require(Int(line[row])) - 1
      let accepted = strategy.accepts(number % 9, in: small.sample.grid)
      let expected =
        small.sample.status[number] == .booked ? (accepted ? "keep" : "swap_out") : accepted ? "swap_in" : "rejected"
      #expect(line[own] == expected)
      if let sum = sums[expected] { sums[expected] = sum + (try #require(Double(line[production]))) }
    }
    let totals = small.cells.totals(of: strategy)
    #expect(sums["keep"] == Double(totals.kept.production) / 100)
    #expect(sums["swap_out"] == Double(totals.swapOut.production) / 100)
    #expect(sums["swap_in"] == Double(totals.swapIn.production) / 100)
    #expect(!place.exists("data/audit_careful_mr.csv"))
  }

  /// One cent more in a cell, or one application of another cell: the run must not go on.
  @Test func whatDoesNotAddUpFails() async throws {
    let small = try SmallPortfolio()
    var booked = small.cells.booked
    let cell = try #require(
      (0..<9).first { small.scenarios.scenarios[0].strategy?.accepts($0, in: small.sample.grid) ?? false })
    booked[cell].production += 1
    let own = small.cells
    let other = CellTable(
      grid: own.grid, measure: own.measure, booked: booked, rejected: own.rejected, rejectedRows: own.rejectedRows,
      swapIn: own.swapIn, predictedRisk: own.predictedRisk, rejectMultiplier: own.rejectMultiplier, exposureRatio: 4,
      basis: own.basis)
    let place = Place()
    defer { place.remove() }
    let faults = await expectFaults(.integrity) { try await Self.run(Self.input(cells: other), in: place) }
    #expect(faults?.problem.contains("rows of keep add up to") == true)
  }

  @Test func whatIsPredictedOfNobodyFails() async throws {
    // The rejected of the sample are booked in the cells' eyes: no row can take what is predicted.
    let small = try SmallPortfolio()
    let origin = try #require(small.sample.origin)
    let none = small.sample
    let other = Sample(
      grid: none.grid, measure: none.measure, cell: none.cell, month: none.month,
      status: none.status.map { $0 == .scoreRejected ? .cancelled : $0 }, outcome: none.outcome, scores: none.scores,
      amounts: Dictionary(uniqueKeysWithValues: try none.amounts.map { ($0, try none.values(of: $0)) }),
      summary: none.summary,
      origin: SampleOrigin(
        rows: origin.rows, period: origin.period, status: origin.status,
        reason: none.status.map { $0 == .scoreRejected ? 1 : 0 }, reasons: [SampleOrigin.cancellation]))
    let place = Place()
    defer { place.remove() }
    let faults = await expectFaults(.integrity) { try await Self.run(Self.input(sample: other), in: place) }
    #expect(faults?.problem.contains("rows of swap_in add up to 0") == true)
  }

  @Test func largeFilesAreGzippedAndTheSame() async throws {
    let (plain, packed) = (Place(), Place())
    defer {
      plain.remove()
      packed.remove()
    }
    _ = try await Self.run(Self.input(), in: plain)
    _ = try await Self.run(Self.input(), { $0.compressAbove = 10 }, in: packed, workers: 3)
    #expect(!packed.exists("data/audit_bold.csv"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dk", packed.folder + "/data/audit_bold.csv.gz"]
    try process.run()
    process.waitUntilExit()
    #expect(try packed.read("data/audit_bold.csv") == plain.read("data/audit_bold.csv"))
  }

  @Test func whatIsNotAskedForIsNotWritten() async throws {
    let place = Place()
    defer { place.remove() }
    #expect(try await Self.run(Self.input(), { $0.isWanted = false }, in: place).files.isEmpty)
    var config = AuditConfig()
    config.isWanted = false
    #expect(StandardAudit(config: config).needs(try Self.input()).isEmpty)
    _ = try await Self.run(Self.input(), { $0.scenarios = ["bold"] }, in: place)
    #expect(place.exists("data/audit_bold.csv") && !place.exists("data/audit_careful.csv"))
    await expectFaults(.usage) { try await Self.run(Self.input(), { $0.scenarios = ["blod"] }, in: place) }
  }
}
