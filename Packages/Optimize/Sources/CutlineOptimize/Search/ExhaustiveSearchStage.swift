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
    let sums = try order.sums(of: cells)
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
      points: result.points.map(order.point), strategyCount: result.strategies, search: Self.name)
  }
}
