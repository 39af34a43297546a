internal import CutlineCompute
internal import CutlineCore

struct FrontierSearchConfig: StageConfig {
  /// A cell whose decision is given.
  struct Pin: Sendable {
    let bins: [Int]
    let accept: Bool
  }

  var pins: [Pin] = []
  var productionFloor = 0.0
  var memoryLimit = 4096

  static let fields: [Field<Self>] = [
    .custom(
      "pins", allowed: "a list of texts like \"3,7=accept\" or \"3,7=reject\"",
      "Cells that every strategy accepts or rejects, by their bin numbers.",
      refused: [.integer(1), .array([ConfigValue(.string("3,7"), at: .default)])],
      show: { config in
        "["
          + config.pins.map {
            "\"\($0.bins.map(String.init).joined(separator: ","))=\($0.accept ? "accept" : "reject")\""
          }
          .joined(separator: ", ") + "]"
      },
      read: { config, value in
        guard let items = value.array else {
          throw Field<Self>.refusal("pins", value, "a list of texts like \"3,7=accept\"")
        }
        config.pins = try items.map { item in
          guard let pin = item.string.flatMap(Pin.init) else {
            throw Field<Self>.refusal("pins", item, "a text like \"3,7=accept\" or \"3,7=reject\"")
          }
          return pin
        }
      }),
    .double(
      "production_floor", \.productionFloor, in: 0...9e13, unit: "currency, of the period",
      "Strategies with less production are left out; 0 = none."),
    .int(
      "memory_limit", \.memoryLimit, in: 64...1_000_000, unit: "MiB",
      "Memory for the search; beyond it what is open is named."),
  ]
}

extension FrontierSearchConfig.Pin {
  /// Reads `3,7=accept`.
  init?(_ text: String) {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1] == "accept" || parts[1] == "reject" else { return nil }
    let numbers = parts[0].split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count >= 2, !numbers.contains(nil) else { return nil }
    bins = numbers.compactMap { $0 }
    accept = parts[1] == "accept"
  }
}

/// The complete exact frontier of two scores without enumeration: labels on the lattice of cutoffs, corner bounds and
/// cone dominance (see docs/methods/frontier.md). The same points as `exhaustive`, bit for bit.
struct FrontierSearchStage: Stage {
  typealias Kind = Search
  static let name = "frontier"
  static let summary =
    "The complete exact frontier of two scores without enumeration; also pins and a production floor."
  let config: FrontierSearchConfig

  func run(_ input: Search.Input, in context: RunContext) async throws -> Frontier {
    let order = try SafeOrder(input.cells.grid)
    let sums = try order.sums(of: input.cells)
    let cells = try config.pins.map { try order.cell($0.bins, at: "pins") }
    let bounds = try StrategyBounds(
      shape: sums.shape, accepting: zip(config.pins, cells).filter { $0.0.accept }.map(\.1),
      rejecting: zip(config.pins, cells).filter { !$0.0.accept }.map(\.1))
    let floor = Int64((config.productionFloor * 100).rounded(.up))
    let result = try FrontierSearch(workers: context.workers, memoryLimit: config.memoryLimit << 20)
      .frontier(
        of: sums, bounds: bounds, productionFloor: floor > 0 ? floor : nil, progress: { context.progress($0) },
        isCancelled: { Task.isCancelled })
    context.note("\(result.strategies) strategies covered, \(result.points.count) on the frontier")
    return Frontier(
      points: result.points.map(order.point), strategyCount: result.strategies, search: Self.name,
      open: result.open.map { .init(from: $0.from?.value, to: $0.to?.value) })
  }
}
