import CutlineCompute
import CutlineSearch
import Testing

/// The price of change against enumeration, and against the search without a limit on changes.
@Suite struct ChangeSearchTests {
  /// All staircases of a grid.
  private static func strategies(_ rows: Int, _ columns: Int) -> [[UInt16]] {
    (0..<rows).reduce([[UInt16]]([[]])) { all, _ in
      all.flatMap { one in (0...Int(one.last ?? UInt16(columns))).map { one + [UInt16($0)] } }
    }
  }

  private static func grid(_ rows: Int, _ columns: Int, _ stream: inout RandomStream) throws -> GridSums {
    var numerator: [Int64] = []
    let production = (0..<rows * columns).map { _ in Int64(stream.index(below: 2000)) - 200 }
    let denominator = production.map { _ in Int64(stream.index(below: 1000)) }
    for row in 0..<rows {
      for column in 0..<columns {
        let risk = 0.02 * Double(row + column) + 0.1 * stream.uniform()
        numerator.append(Int64(risk * Double(denominator[row * columns + column])))
      }
    }
    return try GridSums(
      rows: rows, columns: columns, production: production, numerator: numerator, denominator: denominator)
  }

  @Test(arguments: [(1, 7), (4, 5), (6, 3), (5, 5), (7, 1)]) func everyNumberOfChanges(rows: Int, columns: Int) throws {
    var stream = RandomStream(seed: UInt64(rows * 10 + columns), stream: 1)
    let all = Self.strategies(rows, columns)
    for _ in 0..<25 {
      let grid = try Self.grid(rows, columns, &stream)
      let current = all[stream.index(below: all.count)]
      let limit = try RiskRatio(numerator: Int64(stream.index(below: 25)), denominator: 100)
      let points = try all.map { try grid.sums(accepted: $0) }
      func changes(_ accepted: [UInt16]) -> Int { zip(accepted, current).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) } }
      let counts = Array(0...rows * columns)
      let answers = try ChangeSearch().optima(of: grid, limit: limit, current: current, changes: counts)
      #expect(answers.count == counts.count)
      for (count, answer) in zip(counts, answers) {
        let best = points.filter { limit.admits($0) && changes($0.accepted) <= count }.map(\.production).max()
        // A strategy of nothing is none.
        #expect(answer.point?.production ?? 0 == best ?? 0, "\(count) changes of \(current) in \(grid), \(limit)")
        #expect(answer.status == (answer.point == nil ? .infeasible : .optimal))
        if best ?? 0 > 0 { #expect(answer.point != nil) }
        guard let point = answer.point else { continue }
        #expect(limit.admits(point) && changes(point.accepted) <= count && answer.changes == changes(point.accepted))
        #expect(try grid.sums(accepted: point.accepted) == point)
      }
      // Without a limit that binds, the optimum.
      let optimum = try ThresholdSearch().optima(of: grid, limits: [limit]).optima[0].point
      #expect(answers.last?.point?.production ?? 0 == optimum?.production ?? 0)
    }
  }

  @Test func pinnedCellsAndBadInput() throws {
    var stream = RandomStream(seed: 9, stream: 1)
    let grid = try Self.grid(4, 4, &stream)
    let bounds = try StrategyBounds(shape: [4, 4], accepting: [[1, 1]], rejecting: [[2, 3]])
    let current: [UInt16] = [4, 3, 1, 0]
    let limit = try RiskRatio(numerator: 12, denominator: 100)
    let all = try Self.strategies(4, 4).map { try grid.sums(accepted: $0) }
    for count in 0...16 {
      let answer = try ChangeSearch().optima(
        of: grid, limit: limit, current: current, changes: [count], bounds: bounds)[0]
      let best = all.filter { point in
        limit.admits(point) && bounds.contains(point.accepted)
          && zip(point.accepted, current).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) } <= count
      }.map(\.production).max()
      #expect(answer.point?.production ?? 0 == best ?? 0)
    }
    #expect(throws: ComputeError.self) {
      try ChangeSearch().optima(of: grid, limit: limit, current: [1, 2, 3, 4], changes: [1])
    }
    let negative = try GridSums(rows: 1, columns: 1, production: [1], numerator: [-1], denominator: [1])
    #expect(throws: FrontierError.negativeRisk) {
      try ChangeSearch().optima(of: negative, limit: limit, current: [0], changes: [1])
    }
    let few = try ChangeSearch(labelLimit: 1).optima(of: grid, limit: limit, current: current, changes: [8])[0]
    #expect(few.status == .limitReached)
  }
}
