import CutlineCompute
import CutlineCore
import CutlineCredit
import Synchronization
import Testing

@testable import CutlineOptimize

@Suite struct DeviceStageTests {
  /// The stage gives the same artefact whatever the device, and says where it searched unless told.
  @Test func theFrontierDoesNotDependOnTheDevice() async throws {
    var stream = RandomStream(seed: 4)
    let table = Cells.table(Cells.grid((.higherIsSafer, .higherIsRiskier), 5, 6)) { _ in
      let production = Int64(stream.index(below: 1000))
      return CellSums(numerator: Int64(stream.index(below: 100)), denominator: 7 * production, production: production)
    }
    let expected = try await Cells.search(table, .scalar)
    for device in DeviceChoice.allCases {
      let remarks = Mutex<[String]>([])
      let context = RunContext(stageID: "search", seed: 1, workers: 2, device: device) { event in
        if event.kind == .note { remarks.withLock { $0.append(event.message) } }
      }
      let frontier = try await ExhaustiveSearchStage(config: ExhaustiveSearchConfig()).run(
        Search.ports.make(PortValues(["cells": table])), in: context)
      #expect(frontier.points == expected.points && frontier.strategyCount == expected.strategyCount, "\(device)")
      #expect(remarks.withLock { $0 }.contains { $0.hasPrefix("searched ") })
    }
  }
}
