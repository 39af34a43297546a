import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineTesting
import Foundation
import Synchronization
import TestSupport
import Testing

/// Draws of cell tables: against independent code, and what must not change them.
@Suite struct DrawsTests {
  private static let ridge = "estimators = [{ use = \"ridge\", with = { alpha = 0.5 } }]\nfeature_sets = [\"simple\"]"

  private struct Said: Encodable {
    let seed: UInt64
    let resamples, groups: Int
    let alpha: Double
    let sums: [Int64]
  }

  @Test(.enabled(if: OracleScripts.isAvailable, OracleScripts.missing))
  func everySumIsThatOfIndependentCode() async throws {
    let fixture = try await EvidenceFixture(rows: 4000, train: Self.ridge)
    let draws = try await fixture.draws("resamples = 18\ngroups = 3")
    #expect(draws.head.made == Array(0..<18) && draws.head.groupsMade == [0, 1, 2] && draws.head.isRefitted)
    let place = try Workplace()
    try fixture.sample.write(to: place.root)
    let said = Said(seed: 42, resamples: 18, groups: 3, alpha: 0.5, sums: draws.sums)
    try place.write("draws.json", String(decoding: JSONEncoder().encode(said), as: UTF8.self))
    let outcome = try OracleScripts.bootstrap(place.root)
    #expect(outcome.code == 0, "\(outcome.out) \(outcome.err)")
    #expect(outcome.out.contains("\(21 * 20 * 6) sums of 21 draws compared, 0 differ"))
    // The oracle can see a difference.
    var wrong = draws.sums
    wrong[7] += 1
    let other = Said(seed: 42, resamples: 18, groups: 3, alpha: 0.5, sums: wrong)
    try place.write("draws.json", String(decoding: JSONEncoder().encode(other), as: UTF8.self))
    #expect(try OracleScripts.bootstrap(place.root).code == 1)
  }

  @Test func neitherWorkersNorTheOrderOfRowsChangeABit() async throws {
    let fixture = try await EvidenceFixture(rows: 3000, train: Self.ridge, rejects: "parceling-score-band")
    let one = try await fixture.draws("resamples = 21", rejects: "parceling-score-band", workers: 1)
    let three = try await fixture.draws("resamples = 21", rejects: "parceling-score-band", workers: 3)
    #expect(one.sums == three.sums)
    let rows = fixture.sample
    let order = Array((0..<rows.rowCount).reversed())
    let turned = Sample(
      grid: rows.grid, measure: rows.measure, outside: rows.outside, cell: order.map { rows.cell[$0] },
      month: order.map { rows.month[$0] }, period: order.map { rows.period[$0] }, status: order.map { rows.status[$0] },
      outcome: order.map { rows.outcome[$0] }, scores: rows.scores.map { column in order.map { column[$0] } },
      amounts: Dictionary(
        uniqueKeysWithValues: try rows.amounts.map { amount in
          let values = try rows.values(of: amount)
          return (amount, order.map { values[$0] })
        }),
      eligible: RowSet(rowCount: rows.rowCount) { rows.eligible.contains(order[$0]) }, key: order.map { rows.key[$0] },
      summary: rows.summary)
    let other = try await fixture.draws("resamples = 21", rejects: "parceling-score-band", sample: turned)
    #expect(one.sums == other.sums)
    let seed = try await fixture.draws("resamples = 21", rejects: "parceling-score-band", seed: 43)
    #expect(one.sums != seed.sums)
    // More resamples add to those that were there.
    let more = try await fixture.draws("resamples = 30\ngroups = 0", rejects: "parceling-score-band")
    #expect(Array(more.sums.prefix(21 * 120)) == Array(one.sums.prefix(21 * 120)))
  }

  /// Their stages must be those of the run.
  @Test func otherStagesAreRefused() async throws {
    let fixture = try await EvidenceFixture(rows: 3000, train: Self.ridge)
    let rates = await expectFaults(.usage) {
      try await fixture.draws("resamples = 8\nrates = { use = \"stated\", with = { pass = 0.5 } }")
    }
    #expect(rates?.problem.contains("another production of swap-ins") ?? false, "\(String(describing: rates))")
    let risk = await expectFaults(.usage) {
      try await fixture.draws("resamples = 8", rejects: "acceptance-uplift")
    }
    #expect(risk?.problem.contains("another risk of swap-ins") ?? false)
    do {
      _ = try await EvidenceFixture.run(
        fixture.registry, "draws.poisson",
        ["surface": fixture.surface, "cells": fixture.cells, "sample": fixture.sample],
        "resamples = 8\nrejects = \"none\"\ntrain = { use = \"cross-validated\", with = { estimators = [\"poisson\"] } }",
        as: CellDraws.self)
      Issue.record("a surface of another estimator was fitted anew")
    } catch { #expect("\(error)".contains("none of its candidates"), "\(error)") }
  }

  /// Neither ends a run that would go well without resamples.
  @Test func tooMuchMemoryAndNoResamples() async throws {
    let fixture = try await EvidenceFixture(rows: 1500, train: Self.ridge)
    let said = Mutex<[String]>([])
    let excess = try await fixture.draws("resamples = 100000\nmemory_limit = 16") { event in
      if event.kind == .warning { said.withLock { $0.append(event.remark.shown) } }
    }
    #expect(excess.head.resamples == 100_000 && excess.head.made.isEmpty && excess.sums.isEmpty)
    let reason = try #require(excess.head.failures.first)
    // 100,020 draws of 20 cells: 92 MiB.
    #expect(reason.draws == 100_020 && reason.reason.contains("memory_limit of stage draws is 16; raise it"))
    #expect(reason.reason.contains("need 92 MiB or more"), "\(reason.reason)")
    #expect(said.withLock { $0 }.contains { $0.contains("no resamples, and no intervals") })
    let without = try await fixture.intervals(excess)
    #expect(without.made == 0 && without.resamples == 100_000 && without.failures == excess.head.failures)
    // What holds the draws holds the rows, too.
    let rows = try await fixture.draws("resamples = 8\ngroups = 0\nmemory_limit = 16")
    #expect(rows.head.made.count == 8)
    let none = try await fixture.draws("resamples = 0")
    #expect(none.head.resamples == 0 && none.sums.isEmpty)
    let intervals = try await fixture.intervals(none)
    #expect(intervals.made == 0 && intervals.scenarios.allSatisfy { $0.intervals.isEmpty && $0.selection == nil })
  }

  /// Rows count in what the draws need: a million of them are more than the draws of a small grid.
  @Test func rowsAreCountedAmongTheBytes() async throws {
    let fixture = try await EvidenceFixture(rows: 1500, train: Self.ridge)
    let rows = fixture.sample
    // 100 times the rows, of keys of their own.
    let times = 100
    func many<Value>(_ column: [Value]) -> [Value] { (0..<times).flatMap { _ in column } }
    let large = Sample(
      grid: rows.grid, measure: rows.measure, outside: rows.outside, cell: many(rows.cell), month: many(rows.month),
      period: many(rows.period), status: many(rows.status), outcome: many(rows.outcome), scores: rows.scores.map(many),
      amounts: Dictionary(uniqueKeysWithValues: try rows.amounts.map { ($0, many(try rows.values(of: $0))) }),
      key: (0..<times * rows.rowCount).map { UInt64($0) }, summary: rows.summary)
    let draws = try await fixture.draws("resamples = 8\ngroups = 0\nmemory_limit = 16", sample: large)
    #expect(draws.head.made.isEmpty)
    #expect(draws.head.failures.first?.reason.contains("\(large.rowCount) applications") ?? false)
  }

  /// The law: totals of any cells can be added up.
  @Test func sumsOfADrawStayBelowTheirBound() async throws {
    let fixture = try await EvidenceFixture(rows: 1500, train: Self.ridge)
    let draws = try await fixture.draws("resamples = 20\ngroups = 0")
    let stage = try fixture.registry.stage(kind: "draws", name: "poisson", at: .default)
    let inputs = PortValues(["surface": fixture.surface, "cells": fixture.cells, "sample": fixture.sample])
    try stage.check(draws, against: inputs)
    for (value, isRefused) in [(Int64(1) << 52, true), (Int64(1) << 51, false)] {
      var sums = draws.sums
      // The production of booked applications of two cells of the second draw, one of them below zero.
      (sums[120], sums[126]) = (value, -value)
      let wrong = try CellDraws(head: draws.head, sums: sums)
      if isRefused {
        #expect(throws: Faults.self) { try stage.check(wrong, against: inputs) }
      } else {
        try stage.check(wrong, against: inputs)
      }
    }
  }

  /// So few bad applications that resamples would show a certainty that nobody has: counted as not made, and said.
  @Test func tooFewBadApplicationsGiveNoDraws() async throws {
    let fixture = try await EvidenceFixture(rows: 220, train: Self.ridge, limit: 50)
    // Two booked applications with an outcome, of different cells: many resamples miss one of them.
    let rows = fixture.sample
    var seen: Set<Int32> = []
    let kept = (0..<rows.rowCount).filter { row in
      guard rows.isDecided(row), rows.status[row] == .booked else { return true }
      return rows.outcome[row] == .mature && seen.count < 3 && seen.insert(rows.cell[row]).inserted
    }
    let small = try Self.rows(kept, of: rows)
    let cube = try Cube(of: small)
    let said = Mutex<[String]>([])
    do {
      let few = try await Self.drawn(small, cube, fixture) { event in
        if event.kind == .warning { said.withLock { $0.append(event.remark.shown) } }
      }
      let failed = few.head.failures.reduce(0) { $0 + $1.draws }
      #expect(few.head.made.count + few.head.groupsMade.count + failed == 60)
      #expect(few.head.made.isEmpty && failed == 60)
      #expect(
        said.withLock { $0 }.contains { $0.contains("no resamples, and no intervals") && $0.contains("went bad") })
    } catch let error as Faults { Issue.record("\(error)") }
  }

  /// A resample that lost what a fit needs fails alone: it is counted, its reason kept, and the others stand.
  @Test func singleDrawsFail() async throws {
    let fixture = try await EvidenceFixture(rows: 6000, train: Self.ridge, limit: 50)
    let rows = fixture.sample
    let mature = (0..<rows.rowCount).filter { rows.isDecided($0) && rows.outcome[$0] == .mature }
    let byCell = Dictionary(grouping: mature) { rows.cell[$0] }
    let numerator = try rows.values(of: .numerator)
    let bads = byCell.mapValues { rows in rows.count { numerator[$0] > 0 } }
    // All of the cell with most bad applications, and single ones of two others: some resamples have neither.
    let main = try #require(bads.max { ($0.value, $0.key) < ($1.value, $1.key) })
    #expect(main.value >= 10)
    let others = byCell.keys.filter { $0 != main.key }.sorted().prefix(2).compactMap { byCell[$0]?.first }
    let used = Set((byCell[main.key] ?? []) + others)
    let small = try Self.rows(
      (0..<rows.rowCount).filter { row in
        rows.isDecided(row) && rows.status[row] == .booked ? used.contains(row) : true
      }, of: rows)
    let some = try await Self.drawn(small, Cube(of: small), fixture) { _ in }
    let failed = some.head.failures.reduce(0) { $0 + $1.draws }
    #expect(some.head.made.count + some.head.groupsMade.count + failed == 60)
    #expect((3...30).contains(failed), "\(some.head.failures)")
    #expect(some.head.failures.allSatisfy { !$0.reason.isEmpty })
    #expect(some.head.made == some.head.made.sorted() && Set(some.head.made).count == some.head.made.count)
  }

  private static func rows(_ kept: [Int], of rows: Sample) throws -> Sample {
    let booked = kept.count { rows.isDecided($0) && rows.status[$0] == .booked }
    let rejected = kept.count { rows.isDecided($0) && rows.status[$0] == .scoreRejected }
    let own = rows.summary
    return Sample(
      grid: rows.grid, measure: rows.measure, outside: rows.outside, cell: kept.map { rows.cell[$0] },
      month: kept.map { rows.month[$0] }, period: kept.map { rows.period[$0] }, status: kept.map { rows.status[$0] },
      outcome: kept.map { rows.outcome[$0] }, scores: rows.scores.map { column in kept.map { column[$0] } },
      amounts: Dictionary(
        uniqueKeysWithValues: try rows.amounts.map { amount in
          let values = try rows.values(of: amount)
          return (amount, kept.map { values[$0] })
        }), key: kept.map { rows.key[$0] },
      summary: SampleSummary(
        basis: own.basis,
        account: RowAccount(
          waterfall: [.init(.input, "rows", booked + rejected), .init(.used, "in the grid", booked + rejected)],
          bookedRows: booked, scoreRejectedRows: rejected, immatureRows: 0), stress: own.stress,
        transformation: own.transformation, qualitySkipped: true))
  }

  /// With a surface of two cells, by the settings of the fixture.
  private static func drawn(
    _ sample: Sample, _ cube: Cube, _ fixture: EvidenceFixture, heard: @escaping EventSink
  ) async throws -> CellDraws {
    let registry = fixture.registry
    let surface = try await EvidenceFixture.run(
      registry, "train.cross-validated", ["cube": cube, "sample": sample, "chosen": fixture.surface], fixture.train,
      as: RiskSurface.self)
    let exposure = try await EvidenceFixture.run(registry, "exposure.ratio", ["cube": cube], as: ExposureModel.self)
    let none = try await EvidenceFixture.run(
      registry, "infer-rejects.none", ["cube": cube, "surface": surface], as: RejectAdjustment.self)
    let rates = try await EvidenceFixture.run(registry, "rates.measured", ["cube": cube], as: SwapInRates.self)
    let cells = try await EvidenceFixture.run(
      registry, "cells.standard",
      ["cube": cube, "surface": surface, "exposure": exposure, "rejects": none, "rates": rates], as: CellTable.self)
    let own = fixture.train.split(separator: "\n").joined(separator: ", ")
    return try await EvidenceFixture.run(
      registry, "draws.poisson", ["surface": surface, "cells": cells, "sample": sample],
      "resamples = 40\ntrain = { use = \"cross-validated\", with = { \(own) } }\nrejects = \"none\"\n", heard: heard,
      as: CellDraws.self)
  }
}
