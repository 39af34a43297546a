import CutlineCore
import CutlineCredit
import CutlineTesting
import TestSupport
import Testing

/// Searches that lie, to see whether the kit finds out.
private enum Lie: String, CaseIterable {
  case sums, dominated, notMonotone, aboveLimit, optimalWithoutStrategy, boundBelow, none
}

private struct LyingSearch: Stage {
  struct Config: StageConfig {
    var lie = "none"
    static let fields: [Field<Self>] = [.text("lie", \.lie, "How it lies.")]
  }
  typealias Kind = Search
  static let name = "lying"
  static let summary = "Gives what it should not."
  let config: Config

  func run(_ input: Search.Input, in context: RunContext) async throws -> Frontier {
    let cells = input.cells
    func point(_ accepted: [Int], extra: Int64 = 0) -> Frontier.Point {
      let strategy = Strategy(accepted: accepted)
      let sums = cells.totals(of: strategy).optimum
      return Frontier.Point(
        production: sums.production + extra, numerator: sums.numerator, denominator: sums.denominator,
        strategy: strategy)
    }
    let honest = [point([0, 0, 0]), point([0, 0, 2]), point([0, 1, 3])]
    let limit = try DecimalNumber(100)
    func answering(_ limit: DecimalNumber, _ status: Frontier.Answer.Status, _ place: Int?, _ bound: Int64?) -> Frontier
    {
      Frontier(
        points: honest, strategyCount: "35", search: "lying",
        answers: [.init(limit: limit, status: status, point: place, bound: bound)])
    }
    switch Lie(rawValue: config.lie) ?? .none {
    case .sums: return Frontier(points: [honest[0], point([0, 0, 2], extra: 1)], strategyCount: "35", search: "lying")
    case .dominated: return Frontier(points: [honest[1], honest[0]], strategyCount: "35", search: "lying")
    case .notMonotone: return Frontier(points: [point([2, 0, 0])], strategyCount: "35", search: "lying")
    case .aboveLimit: return answering(try DecimalNumber(0.001), .optimal, 2, honest[2].production)
    case .optimalWithoutStrategy: return answering(limit, .optimal, nil, nil)
    case .boundBelow: return answering(limit, .unproven, 2, honest[2].production - 1)
    case .none: return Frontier(points: honest, strategyCount: "35", search: "lying")
    }
  }
}

@Suite struct KindLawTests {
  @Test(arguments: Lie.allCases) fileprivate func liesOfASearchAreFound(lie: Lie) async throws {
    var registry = Registry()
    try registry.register(LyingSearch.self)
    let stage = try registry.stage(kind: "search", name: "lying", at: .default)
    let cells = Cells.table(Cells.grid()) { cell in
      CellSums(numerator: Int64(15 - cell), denominator: 700, production: 100)
    }
    let settings = [
      ConfigTable.Entry(key: "lie", place: .default, value: ConfigValue(.string(lie.rawValue), at: .default))
    ]
    let broken = try await StageConformance.lawful(stage, settings: settings, inputs: PortValues(["cells": cells]))
    #expect(broken.isEmpty == (lie == .none), "\(lie): \(broken)")
  }

  /// What a stage of a library gives is checked when it runs, so that nothing downstream believes it.
  @Test(arguments: Lie.allCases) fileprivate func liesOfALibraryStopTheRun(
    lie: Lie
  ) async throws {
    var registry = Registry()
    let library = StageOwner(name: "liar", version: "1", library: .init(path: "libLiar.so", sha256: ""))
    try registry.owned(by: library) { try $0.register(LyingSearch.self) }
    let stage = try registry.stage(kind: "search", name: "lying", at: .default)
    let cells = Cells.table(Cells.grid()) { cell in
      CellSums(numerator: Int64(15 - cell), denominator: 700, production: 100)
    }
    let setting = ConfigTable.Entry(
      key: "lie", place: .default, value: ConfigValue(.string(lie.rawValue), at: .default))
    let run = { try await stage.instance([setting]).run(["cells": cells], in: RunContext(stageID: "s", seed: 1)) }
    if lie == .none {
      _ = try await run()
    } else {
      await expectFaults(.data, "\(lie)") { try await run() }
    }
  }
}
