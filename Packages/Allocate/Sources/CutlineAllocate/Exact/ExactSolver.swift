internal import CutlineCore
internal import CutlineCredit

/// The best choice of points within a set of limits, with its proof.
struct ExactSolver {
  let options: SegmentOptions
  let budget: RiskBudget
  /// Labels of one pass.
  let limit: Int

  struct Solution {
    /// nil where nothing was found.
    let chosen: [SegmentOptions.Option]?
    let found: ChoiceSearch.Found
    let dual: ChoiceDual
  }

  /// - Returns: nil where a segment has nothing to choose, or no choice within the active limits keeps the target.
  /// - Throws: `Faults` (data) for sums too large to compare; `CancellationError`.
  func solve(_ active: Set<AllocationConstraint>) throws -> Solution? {
    let rest = active.subtracting([.leastProduction])
    guard
      try Feasibility(options: options, budget: budget).isFeasible(rest.union([.target]), optimum: { _ in nil })
    else { return nil }
    let lists = try options.segments.indices.map { try options.options($0, active: active) }
    let margin = budget.margin(lists.count)
    let classes = try lists.map { ChoiceOption.undominated(try options.choices($0, budget), margin: margin) }
    let most = active.contains(.mostChanged) ? options.limits.mostChanged : nil
    let dual = ChoiceDual.best(of: classes, most: most)
    let weighed = classes.map { $0.map { (option: $0, weight: dual.weight($0)) } }
    let tops = weighed.map { $0.map(\.weight).max() ?? 0 }
    let search = ChoiceSearch(
      dual: dual, tops: tops, most: most, margin: margin, limit: limit,
      options: { segment, loss in
        let least = tops[segment] - loss
        return weighed[segment].compactMap { $0.weight >= least ? $0.option : nil }
      },
      keeps: { ids in try budget.keeps(zip(lists, ids).map { $0[Int($1)].sums }) })
    let known = most == nil && margin == 0 ? Self.rounded(classes, dual) : nil
    let least = classes.reduce(Int64(0)) { $0 + ($1.map(\.value).min() ?? 0) }
    var found = try search.best(known: known.map { $0.reduce(0) { $0 + $1.value } }, least: least)
    guard found.ids != nil || !found.isOptimal else { return nil }
    // Where labels became too many, the rounded choice may be the best at hand.
    if let known, !found.isOptimal { found = found.atLeast(known) }
    let chosen = found.ids.map { ids in zip(lists, ids).map { $0[Int($1)] } }
    return Solution(chosen: chosen, found: found, dual: dual)
  }

  /// A choice within the budget: the best weights, at a price that leaves some of it, which is then spent where most
  /// value is to be had for it. O(options).
  static func rounded(_ classes: [[ChoiceOption]], _ dual: ChoiceDual) -> [ChoiceOption]? {
    var price = dual.price
    for step in 0..<126 {
      var chosen = classes.map { options in
        var best = options[0]
        var weight = (Int128(best.value) << Int128(dual.shift)) + price * best.slack
        for option in options.dropFirst() {
          let own = (Int128(option.value) << Int128(dual.shift)) + price * option.slack
          if own > weight { (best, weight) = (option, own) }
        }
        return best
      }
      var left = chosen.reduce(Int128(0)) { $0 + $1.slack }
      guard left >= 0 else {
        let raise = max(1, price >> 30) << Int128(min(step, 60))
        guard raise < Int128(1) << 120 / max(1, Int128(classes.count)) else { return nil }
        // A price that takes weights out of 128 bits is none.
        guard
          classes.allSatisfy({ options in
            options.allSatisfy {
              let (product, overflow) = (price + raise).multipliedReportingOverflow(by: $0.slack)
              return !overflow && product.magnitude < 1 << 125
            }
          })
        else { return nil }
        price += raise
        continue
      }
      for _ in 0..<3 {
        for segment in chosen.indices {
          let least = chosen[segment].slack - left
          for option in classes[segment] where option.slack >= least && option.value > chosen[segment].value {
            left -= chosen[segment].slack - option.slack
            chosen[segment] = option
            break
          }
        }
      }
      return chosen
    }
    return nil
  }
}
