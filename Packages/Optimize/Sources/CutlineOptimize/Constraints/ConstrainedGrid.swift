internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineSearch

/// A cell table with its constraints, as arrays in the order of the searches.
struct ConstrainedGrid {
  let order: SafeOrder
  let sums: GridSumsND
  /// Pinned cells.
  let bounds: StrategyBounds
  /// In the scale of the cells; nil for none.
  let productionFloor: Int64?
  /// Everything that a strategy must keep, bounds and floor included.
  let constraints: StrategyConstraints
  /// The constraints that are set, as TOML; nil for none.
  let imposed: [String]?
  /// Whether there is more than bounds and a floor.
  var hasFurtherLimits: Bool { !constraints.sums.isEmpty || !constraints.risks.isEmpty }

  /// - Throws: `Faults` (usage) for cells and cutoffs that the grid does not have; `FrontierError` for pins that contradict
  ///   each other; `ComputeError` for sums that are too large.
  init(_ cells: CellTable, _ config: ConstraintConfig) throws {
    let imposed = config.imposed.map { $0.joined(separator: "\n") }
    self.imposed = imposed.isEmpty ? nil : imposed
    order = try SafeOrder(cells.grid)
    sums = try order.sums(of: cells)
    let order = order
    func positions(_ accept: Bool) throws -> [[Int]] {
      try config.pins.filter { $0.accept == accept }.map { try order.position($0.bins, at: "pins") }
    }
    bounds = try StrategyBounds(shape: order.shape, accepting: positions(true), rejecting: positions(false))
    let floor = try Self.whole(config.productionFloor, in: cells.scale, roundedUp: true)
    productionFloor = floor > 0 ? floor : nil
    var constraints = StrategyConstraints()
    constraints.bounds = bounds.isTrivial ? nil : bounds
    constraints.productionFloor = productionFloor
    if let limit = config.swapInProductionLimit {
      let most = try Self.whole(limit, in: cells.scale, roundedUp: false)
      constraints.sums.append(.init(values: order.arranged { cells.swapIn[$0].production }, atMost: most))
    }
    if let limit = config.swapInRiskLimit {
      constraints.risks.append(
        .init(
          numerator: order.arranged { cells.swapIn[$0].numerator },
          denominator: order.arranged { cells.swapIn[$0].denominator },
          limit: try cells.measure.ratio(of: DecimalNumber(limit))))
    }
    if let limit = config.changesLimit {
      constraints.sums.append(try Self.changes(limit, config.currentCutoffs, cells.grid, order))
    }
    try constraints.check(for: sums)
    self.constraints = constraints
  }

  private static func whole(_ amount: Double, in scale: AmountScale, roundedUp: Bool) throws -> Int64 {
    // What has no decimal form, or does not fit, is no amount of money.
    guard let value = (try? DecimalNumber(amount))?.whole(in: scale, roundedUp: roundedUp) else {
      throw Faults.usage("search", "\(amount) is no amount of money", "Write it with at most 18 decimals.")
    }
    return value
  }

  /// Σ over accepted cells of −1 (accepted today) or 1 (not), at most `limit` minus the cells accepted today.
  private static func changes(
    _ limit: Int, _ cutoffs: [Int], _ grid: CellGrid, _ order: SafeOrder
  ) throws -> StrategyConstraints.SumLimit {
    guard let last = grid.axes.last, cutoffs.count == grid.cellCount / last.binCount else {
      throw Faults.usage(
        "current_cutoffs",
        "\(cutoffs.count) cutoffs are given for \(grid.cellCount / (grid.axes.last?.binCount ?? 1)) bins",
        "Give one per bin of the first variable, or per combination of the bins of all but the last.")
    }
    let accepted = try cutoffs.map { cutoff in
      guard (0...last.binCount).contains(cutoff) else {
        throw Faults.usage(
          "current_cutoffs", "\(cutoff) is no bin of \(last.name)", "Its bins run from 1 to \(last.binCount); 0 = none."
        )
      }
      return cutoff == 0 ? 0 : last.safestIsLast ? last.binCount - cutoff + 1 : cutoff
    }
    let current = Strategy(accepted: accepted)
    let values = order.arranged { current.accepts($0, in: grid) ? -1 : 1 }
    return .init(values: values, atMost: Int64(limit) - Int64(values.count { $0 < 0 }))
  }
}
