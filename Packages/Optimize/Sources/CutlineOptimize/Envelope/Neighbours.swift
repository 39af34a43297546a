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
    while let (next, more) = try better(than: best, production) { (best, production) = (next, more) }
    return best
  }

  private func value(_ strategy: Strategy) -> Int64 { tables[0].totals(of: strategy).optimum.production }

  private func better(than strategy: Strategy, _ production: Int64) throws -> (Strategy, Int64)? {
    let moves = strategy.accepted.indices.flatMap { [($0, 1), ($0, -1), ($0, 2), ($0, -2)] }
    var found: [(strategy: Strategy, production: Int64)] = []
    func add(_ moves: [(Int, Int)]) {
      var accepted = strategy.accepted
      for (place, step) in moves { accepted[place] += step }
      let most = grid.axes.last?.binCount ?? 0
      let next = Strategy(accepted: accepted)
      guard accepted.allSatisfy((0...most).contains), next.firstViolation(in: grid) == nil else { return }
      let own = value(next)
      if own > production { found.append((next, own)) }
    }
    for move in moves { add([move]) }
    if strategy.accepted.count <= Self.pairLimit {
      for (a, first) in moves.enumerated() {
        for second in moves[(a + 1)...] where second.0 != first.0 { add([first, second]) }
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
