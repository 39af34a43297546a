internal import CutlineCore
internal import CutlineCredit

/// Strategies of all segments, chosen at once under one limit on their risk: no frontier is fixed before.
///
/// The slack n D − d N and production are sums over cells, so that the limit's multiplier goes into the cells: for a price a the
/// greatest weight 2^b P + a s of a segment is found by dynamic programming over its rows, and the price at which the slacks of
/// all segments use up the budget gives the bound L. Then `ChoiceSearch` runs over the strategies that lose little at that price,
/// which `StripSearch` enumerates. It ends as there: the best one found is proven when nothing outside can be as good.
struct JointSearch {
  let problem: AllocationProblem
  let limit: Int
  private let grids: [JointGrid?]
  private let fixed: [[SegmentOptions.Option]]

  struct Solution {
    let choices: [Allocation.Choice]
    let found: ChoiceSearch.Found
    let dual: ChoiceDual
  }

  /// - Throws: `Faults` (usage) for segments whose strategies are not known, or of more than two scores.
  init(_ problem: AllocationProblem, limit: Int) throws {
    (self.problem, self.limit) = (problem, limit)
    let options = problem.options
    let active = Set(options.constraints)
    guard options.limits.weight == .exposure else {
      throw Faults.usage(
        "joint", "adds up cells, and risks weighted by production are no sums over cells",
        "Use --risk-weight exposure, or --method exact.")
    }
    guard options.limits.objective == .production else {
      throw Faults.usage("joint", "finds most production, not most value", "Use --method exact.")
    }
    var grids: [JointGrid?] = []
    var fixed: [[SegmentOptions.Option]] = []
    for (index, segment) in options.segments.enumerated() {
      let own = try options.options(index, active: active)
      guard !active.contains(.lock(index)) else {
        grids.append(nil)
        fixed.append(own)
        continue
      }
      let place = "segment \(segment.name)"
      guard let cells = segment.cells else {
        throw Faults.usage(place, "its cells are not known", "Name run folders, or use --method exact.")
      }
      guard cells.grid.axes.count <= 2 else {
        throw Faults.usage(
          place, "has \(cells.grid.axes.count) scores; strategies of all segments at once are searched on up to two",
          "Use --method exact.")
      }
      guard segment.constraints.isEmpty else {
        throw Faults.usage(
          place,
          "its search had to keep \(segment.constraints.joined(separator: ", ")), which other strategies need not",
          "Use --method exact, or run it without.")
      }
      grids.append(try JointGrid(segment, cells, problem.budget))
      fixed.append(own.filter(\.isToday))
    }
    (self.grids, self.fixed) = (grids, fixed)
  }

  private func change(isToday: Bool) -> Int32 { problem.options.limits.mostChanged != nil && !isToday ? 1 : 0 }

  /// Of what is no strategy of the grid: today, or a locked point.
  private func fixedOptions(_ segment: Int) throws -> [ChoiceOption] {
    try fixed[segment].enumerated().map { place, option in
      ChoiceOption(
        value: option.sums.production, slack: try problem.budget.slack(option.sums),
        change: change(isToday: option.isToday), id: Int32(place))
    }
  }

  /// The best strategies, nil where none keep the limits.
  /// - Parameter known: production of a choice that keeps all limits; nil where none is at hand.
  func best(known: Int64?, charge: Double) throws -> Solution? {
    let fixedOptions = try grids.indices.map(fixedOptions)
    let dual = try price(fixedOptions, charge: charge)
    let strips = grids.map { $0.map { StripSearch($0, dual, limit: limit) } }
    let own = Int128(change(isToday: false))
    let tops = try grids.indices.map { segment in
      let weights =
        fixedOptions[segment].map(dual.weight) + [strips[segment]].compactMap { $0 }.map { $0.top - dual.charge * own }
      guard let top = weights.max() else {
        throw Faults.data("joint", "a segment has nothing to choose", "Loosen its limits.")
      }
      return top
    }
    var strategies = [[StripSearch.Found]](repeating: [], count: grids.count)
    let search = ChoiceSearch(
      dual: dual, tops: tops, most: problem.options.limits.mostChanged, margin: 0, limit: limit,
      options: { segment, loss in
        var options = fixedOptions[segment].filter { dual.weight($0) >= tops[segment] - loss }
        if let strip = strips[segment] {
          let room = loss - (tops[segment] - (strip.top - dual.charge * own))
          guard let found = room < 0 ? [] : try strip.strategies(loss: room) else { return nil }
          strategies[segment] = found
          options += found.enumerated().map { place, strategy in
            ChoiceOption(
              value: strategy.sums.production, slack: strategy.sums.slack, change: Int32(own),
              id: Int32(fixedOptions[segment].count + place))
          }
        }
        return ChoiceOption.undominated(options, margin: 0)
      }, keeps: { _ in true })
    let least = problem.options.segments.indices.reduce(Int64(0)) { sum, segment in
      let lowest = fixedOptions[segment].map(\.value).min() ?? .max
      return sum + min(lowest, grids[segment].map { _ in leastProduction(segment) } ?? lowest)
    }
    let found = try search.best(known: known, least: least)
    guard let ids = found.ids else {
      if found.isOptimal { return nil }
      return Solution(choices: [], found: found, dual: dual)
    }
    let choices = ids.enumerated().map { segment, id in
      choice(segment, Int(id), fixedOptions[segment].count, strategies[segment])
    }
    return Solution(choices: choices, found: found, dual: dual)
  }

  private func leastProduction(_ segment: Int) -> Int64 {
    let cells = problem.options.segments[segment].cells
    return cells.map { table in
      (0..<table.grid.cellCount).reduce(Int64(0)) { $0 + min(0, table.total($1).production) }
    } ?? 0
  }

  private func choice(
    _ segment: Int, _ id: Int, _ fixedCount: Int, _ strategies: [StripSearch.Found]
  ) -> Allocation.Choice {
    guard let grid = grids[segment], id >= fixedCount else { return problem.choice(segment, fixed[segment][id]) }
    let found = strategies[id - fixedCount]
    let sums = SegmentFrontier.Point(
      production: found.sums.production, numerator: found.sums.numerator, denominator: found.sums.denominator)
    return Allocation.Choice(
      segment: problem.options.segments[segment].name, point: nil, sums: sums, strategy: grid.strategy(found.accepted))
  }

  /// The price at which the slacks of the best weights use up the budget, by bisection over its exponent: Σ slack rises with it.
  private func price(_ fixed: [[ChoiceOption]], charge: Double) throws -> ChoiceDual {
    var (values, slacks) = (0.0, 0.0)
    for segment in grids.indices {
      let extreme = grids[segment].map { grid in
        grid.sums.reduce((0.0, 0.0)) { sum, row in
          (
            sum.0 + (row.map { abs(Double($0.production)) }.max() ?? 0),
            sum.1 + (row.map { abs(Double($0.slack)) }.max() ?? 0)
          )
        }
      }
      values += max(extreme?.0 ?? 0, fixed[segment].map { abs(Double($0.value)) }.max() ?? 0)
      slacks += max(extreme?.1 ?? 0, fixed[segment].map { abs(Double($0.slack)) }.max() ?? 0)
    }
    func dual(_ price: Double) -> ChoiceDual {
      ChoiceDual(price: price, charge: charge, values: values, slacks: slacks, segments: grids.count)
    }
    func top(_ dual: ChoiceDual) -> Int128 {
      grids.indices.reduce(Int128(0)) { sum, segment in
        let strip = grids[segment].map {
          StripSearch($0, dual, limit: limit).top - dual.charge * Int128(change(isToday: false))
        }
        return sum + (fixed[segment].map(dual.weight) + [strip].compactMap { $0 }).reduce(Int128.min) { max($0, $1) }
      }
    }
    guard slacks > 0, values > 0 else { return dual(0) }
    // L is convex in the price: the least one lies where no neighbour is lower. Relative to 2^shift, which depends on the price.
    func bound(_ price: Double) -> Double {
      let own = dual(price)
      return Double(top(own)) / Double(sign: .plus, exponent: own.shift, significand: 1)
    }
    let middle = values / slacks
    var (low, high) = (-24.0, 24.0)
    for _ in 0..<70 {
      let (a, b) = (low + (high - low) / 3, high - (high - low) / 3)
      if bound(middle * Self.power(a)) <= bound(middle * Self.power(b)) { high = b } else { low = a }
    }
    let best = middle * Self.power((low + high) / 2)
    return bound(0) <= bound(best) ? dual(0) : dual(best)
  }

  private static func power(_ exponent: Double) -> Double {
    let whole = exponent.rounded(.down)
    return Double(sign: .plus, exponent: Int(whole), significand: 1 + (exponent - whole))
  }
}
