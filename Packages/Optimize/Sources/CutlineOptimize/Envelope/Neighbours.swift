internal import CutlineCore
internal import CutlineCredit

/// Monotone strategies that accept one bin more in some combinations and one less in others, and keep a limit under several
/// tables of cells.
struct Neighbours {
  private let tables: [CellTable]
  private let limit: DecimalNumber
  private let grid: CellGrid
  /// Beyond that many combinations pairs of moves are too many.
  private static let pairLimit = 100

  /// - Parameter tables: at least one; all with the same production.
  init(_ tables: [CellTable], _ limit: DecimalNumber) {
    (self.tables, self.limit, grid) = (tables, limit, tables[0].grid)
  }

  /// The best that steps of up to two moves lead to, each to more production. Each step is one of finitely many strategies with
  /// more production than the last, so that it ends.
  func climb(from start: Strategy) throws -> Strategy {
    var (best, production) = (start, value(start))
    while let (next, more) = try better(than: best, production) {
      try Task.checkCancellation()
      (best, production) = (next, more)
    }
    return best
  }

  private func value(_ strategy: Strategy) -> Int64 { tables[0].totals(of: strategy).optimum.production }

  private func gain(_ accepted: Int, step: Int, in combination: Int) -> Int64 {
    guard let last = grid.axes.last else { return 0 }
    let (low, high) = (min(accepted, accepted + step), max(accepted, accepted + step))
    let sum = (low..<high).reduce(Int64(0)) { sum, position in
      sum + tables[0].total(combination * last.binCount + last.bin(atPosition: position)).production
    }
    return step > 0 ? sum : -sum
  }

  private func better(than strategy: Strategy, _ production: Int64) throws -> (Strategy, Int64)? {
    let most = grid.axes.last?.binCount ?? 0
    let moves = strategy.accepted.indices.flatMap { place in
      [1, -1, 2, -2].filter { (0...most).contains(strategy.accepted[place] + $0) }.map { (place, $0) }
    }
    // What a combination gains by a step, as production does not depend on the table.
    let gains = moves.map { gain(strategy.accepted[$0.0], step: $0.1, in: $0.0) }
    var found: [(strategy: Strategy, production: Int64)] = []
    func add(_ chosen: [Int]) {
      let more = chosen.reduce(0) { $0 + gains[$1] }
      guard more > 0 else { return }
      var accepted = strategy.accepted
      for move in chosen { accepted[moves[move].0] += moves[move].1 }
      let next = Strategy(accepted: accepted)
      if next.firstViolation(in: grid) == nil { found.append((next, production + more)) }
    }
    for move in moves.indices { add([move]) }
    if strategy.accepted.count <= Self.pairLimit {
      for first in moves.indices {
        for second in moves.indices[(first + 1)...] where moves[first].0 != moves[second].0 { add([first, second]) }
      }
    }
    for candidate in found.sorted(by: {
      ($0.production, $1.strategy.accepted.description) > ($1.production, $0.strategy.accepted.description)
    }) {
      let holds = try tables.allSatisfy {
        try $0.measure.fits($0.totals(of: candidate.strategy).optimum, limit: limit)
      }
      if holds { return candidate }
    }
    return nil
  }
}
