internal import CutlineCore
internal import CutlineCredit

/// Whether any choice keeps a set of limits, the least risk that there is, and which limits contradict each other.
struct Feasibility {
  let options: SegmentOptions
  let budget: RiskBudget

  /// The greatest Σ f over choices within the active limits of segments and number of changes, and the choice; nil where a segment
  /// has nothing to choose. O(points).
  func most(
    _ active: Set<AllocationConstraint>, _ value: (SegmentFrontier.Point) throws -> Int128
  ) throws -> (sum: Int128, chosen: [SegmentOptions.Option])? {
    var sum = Int128(0)
    var chosen: [SegmentOptions.Option] = []
    // Per segment: what a change from today adds, where changes are counted.
    var gains: [(segment: Int, gain: Int128, option: SegmentOptions.Option)] = []
    let counts = active.contains(.mostChanged) ? options.limits.mostChanged : nil
    var needed = 0
    for segment in options.segments.indices {
      var best: (value: Int128, option: SegmentOptions.Option)?
      var today: (value: Int128, option: SegmentOptions.Option)?
      for option in try options.options(segment, active: active) {
        let own = try value(option.sums)
        if option.isToday { today = (own, option) }
        if best.map({ own > $0.value }) ?? true { best = (own, option) }
      }
      guard let best else { return nil }
      if counts != nil, let today {
        sum += today.value
        chosen.append(today.option)
        if best.value > today.value { gains.append((segment, best.value - today.value, best.option)) }
      } else {
        // Where today breaks a limit of its own, the segment must change.
        if counts != nil { needed += 1 }
        sum += best.value
        chosen.append(best.option)
      }
    }
    if let counts {
      guard needed <= counts else { return nil }
      gains.sort { ($0.gain, $1.segment) > ($1.gain, $0.segment) }
      for gain in gains.prefix(counts - needed) {
        sum += gain.gain
        chosen[gain.segment] = gain.option
      }
    }
    return (sum, chosen)
  }

  /// Whether some choice keeps the active limits.
  ///
  /// - Parameter optimum: the greatest production within the target and the active limits, asked for only where a least production
  ///   is to be kept within the target.
  func isFeasible(
    _ active: Set<AllocationConstraint>, optimum: (Set<AllocationConstraint>) throws -> Int64?
  ) throws -> Bool {
    if active.contains(.target) {
      guard let best = try most(active, budget.slack), best.sum >= 0 else { return false }
      // A sum of rounded slacks may be 0 or more where the fractions are not.
      if best.sum < budget.margin(options.segments.count), try !budget.keeps(best.chosen.map(\.sums)) { return false }
    } else if try most(active, { _ in 0 }) == nil {
      return false
    }
    guard active.contains(.leastProduction), let least = options.limits.leastProduction else { return true }
    guard active.contains(.target) else {
      return try most(active) { Int128($0.production) }.map { $0.sum >= Int128(least) } ?? false
    }
    return try optimum(active).map { $0 >= least } ?? false
  }

  /// A set of limits that contradict each other, and none of which could be left out: each limit in turn is dropped for good where
  /// the rest stays infeasible. As many tests as limits.
  ///
  /// Source: J. Chinneck, E. Dravnieks, *Locating minimal infeasible constraint sets in linear programs*, ORSA J. on Computing 3
  /// (1991): the deletion filter.
  func conflict(optimum: (Set<AllocationConstraint>) throws -> Int64?) throws -> [String] {
    var active = Set(options.constraints)
    // The target last, so that it is named where it has a part in it.
    for constraint in options.constraints.reversed() {
      let rest = active.subtracting([constraint])
      if try !isFeasible(rest, optimum: optimum) { active = rest }
    }
    return options.constraints.filter(active.contains).map(options.name)
  }

  /// The choice of least risk of all within the segments' limits and the number of changes, and that risk in percent; nil where
  /// these leave none.
  ///
  /// By Dinkelbach's iteration: with ρ the risk of the best choice so far, the choice of greatest Σ (ρ D − N) has a smaller one,
  /// until that is 0; by exposure in exact fractions. It ends after few steps.
  ///
  /// Source: W. Dinkelbach, *On nonlinear fractional programming*, Management Science 13 (1967).
  func leastRisk() throws -> (chosen: [SegmentOptions.Option], percent: Double?)? {
    let active = Set(options.constraints).subtracting([.target, .leastProduction])
    let measure = options.measure
    guard var best = try most(active, { _ in 0 })?.chosen else { return nil }
    func sums(_ chosen: [SegmentOptions.Option]) -> CellSums { chosen.reduce(.zero) { $0 + $1.sums.sums } }
    if budget.weight == .exposure {
      for _ in 0..<200 {
        let (n, d) = (Int128(sums(best).numerator), Int128(sums(best).denominator))
        guard d > 0 else { return (best, 0) }
        guard let next = try most(active, { n * Int128($0.denominator) - d * Int128($0.numerator) }), next.sum > 0
        else { break }
        best = next.chosen
      }
      return (best, measure.strategyPercent(sums(best)))
    }
    // For display, and for what is given in place of an allocation: in floating point.
    func risk(_ chosen: [SegmentOptions.Option]) -> Double {
      let all = chosen.map(\.sums).reduce((0.0, 0.0)) { sum, point in
        (sum.0 + (measure.percent(point.sums) ?? 0) * Double(point.production), sum.1 + Double(point.production))
      }
      return all.1 > 0 ? all.0 / all.1 : 0
    }
    for _ in 0..<200 {
      let own = risk(best)
      guard
        let next = try most(
          active,
          {
            let gain = (own - (measure.percent($0.sums) ?? 0)) * Double($0.production) * 0x1p20
            return Int128(max(-0x1p100, min(0x1p100, gain)).rounded())
          }),
        risk(next.chosen) < own
      else { break }
      best = next.chosen
    }
    return (best, risk(best))
  }
}
