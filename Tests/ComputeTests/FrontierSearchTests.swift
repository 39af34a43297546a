import CutlineCompute
import Synchronization
import Testing

@Suite struct FrontierSearchTests {
  static let shapes = [
    (1, 1), (1, 9), (9, 1), (2, 2), (2, 5), (5, 2), (7, 2), (2, 7), (3, 3), (3, 4), (4, 3), (4, 4), (5, 4), (5, 5),
  ]

  #if DEBUG
    static let rounds = 6
    static let largerShapes = [(6, 7)]
  #else
    static let rounds = 600
    static let largerShapes = [(6, 6), (9, 9), (8, 12), (12, 8), (7, 15), (8, 16), (3, 40), (40, 3)]
  #endif

  /// All instruction sets of this processor in turn, which must not matter.
  static func search(_ round: Int, workers: Int = 1) -> FrontierSearch {
    let sets = InstructionSet.supported
    return FrontierSearch(workers: workers, instructionSet: sets[round % sets.count])
  }

  @Test(arguments: SearchOracle.Family.allCases)
  func equalsTheDefinitionOnSmallGrids(family: SearchOracle.Family) throws {
    var random = RandomStream(seed: 21, stream: UInt64(family.rawValue))
    let definition = ExhaustiveSearch(form: .scalar)
    for round in 0..<Self.rounds {
      for (rows, columns) in Self.shapes {
        let grid = try SearchOracle.grid(family, rows: rows, columns: columns, random: &random)
        let result = try Self.search(round).frontier(of: grid)
        #expect(result.isComplete)
        #expect(
          result.points == (try definition.frontier(of: grid).points), "\(family) \(rows)×\(columns) round \(round)")
      }
    }
  }

  @Test(arguments: SearchOracle.Family.allCases)
  func equalsTheExhaustiveSearch(family: SearchOracle.Family) throws {
    var random = RandomStream(seed: 22, stream: UInt64(family.rawValue))
    for (rows, columns) in Self.largerShapes + [(4, 9), (9, 4), (1, 90), (70, 1), (2, 30)] {
      let grid = try SearchOracle.grid(family, rows: rows, columns: columns, random: &random)
      let expected = try ExhaustiveSearch().frontier(of: grid).points
      for (round, workers) in [1, 2, 5].enumerated() {
        let result = try Self.search(round, workers: workers).frontier(of: grid)
        #expect(result.isComplete)
        #expect(result.points == expected, "\(family) \(rows)×\(columns) \(workers) workers")
      }
    }
  }
}
