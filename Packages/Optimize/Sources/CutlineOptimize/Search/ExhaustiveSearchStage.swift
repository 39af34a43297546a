internal import CutlineCompute
internal import CutlineCore

/// Evaluates every monotone combination of cutoffs of two scores and keeps the exact frontier.
struct ExhaustiveSearchStage: Stage {
  typealias Kind = Search
  static let name = "exhaustive"
  static let summary = "Evaluates every monotone combination of cutoffs of two scores; exact."
  init(config: NoConfig) {}

  func run(_ input: Search.Input, in context: RunContext) async throws -> Frontier {
    let cells = input.cells
    let order = try SafeOrder(cells.grid)
    let sums = try GridSums(
      rows: order.rows, columns: order.columns, production: order.arranged { cells.total($0).production },
      numerator: order.arranged { cells.total($0).numerator },
      denominator: order.arranged { cells.total($0).denominator })
    let preference: DeviceSelection.Preference =
      switch context.device {
      case .auto: .auto
      case .scalar: .scalar
      case .cpu: .cpu
      case .opencl: .opencl
      }
    let search = try DeviceSelection()
      .frontier(
        of: sums, preference: preference, workers: context.workers, progress: { context.progress($0) },
        isCancelled: { Task.isCancelled })
    let result = search.result
    context.note(search.remark)
    context.note("\(result.strategies) strategies evaluated, \(result.points.count) on the frontier")
    return Frontier(
      points: result.points.map { point in
        Frontier.Point(
          production: point.production, numerator: point.numerator, denominator: point.denominator,
          strategy: order.strategy(point.accepted.map(Int.init)))
      }, strategyCount: result.strategies, search: Self.name)
  }
}

/// The cells of a two-score grid in the order that searches use: safest row and safest column first.
struct SafeOrder {
  let rows, columns: Int
  private let grid: CellGrid

  /// - Throws: `ConfigError` unless the grid has two scores.
  init(_ grid: CellGrid) throws {
    guard grid.axes.count == 2 else {
      throw ConfigError("search exhaustive", "the grid has \(grid.axes.count) scores", "This search takes exactly two.")
    }
    self.grid = grid
    rows = grid.axes[0].binCount
    columns = grid.axes[1].binCount
  }

  /// One value a cell, row-major from the safest row and column.
  func arranged(_ value: (Int) -> Int64) -> [Int64] {
    (0..<rows).flatMap { row in
      (0..<columns).map { column in
        value(grid.index([grid.axes[0].bin(atPosition: row), grid.axes[1].bin(atPosition: column)]))
      }
    }
  }

  /// Accepted counts per row from the safest on, as a strategy by bin number.
  func strategy(_ accepted: [Int]) -> Strategy {
    var byBin = [Int](repeating: 0, count: rows)
    for row in 0..<rows { byBin[grid.axes[0].bin(atPosition: row)] = accepted[row] }
    return Strategy(accepted: byBin)
  }
}
