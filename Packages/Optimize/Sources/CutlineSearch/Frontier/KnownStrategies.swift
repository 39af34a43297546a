internal import CSearch
internal import CutlineCompute

/// Good strategies of a lattice, met before the search; corners lie between them.
final class KnownStrategies {
  private let pointer: OpaquePointer
  private let lattice: Lattice

  /// - Parameter bytes: what may be held; what is known when it is reached stays so, and no more is looked for.
  init(_ lattice: Lattice, bytes: Int) throws {
    guard let pointer = cutline_known_create(lattice.pointer, UInt64(bytes), lattice.watch.stop) else {
      throw ComputeError.outOfMemory
    }
    self.pointer = pointer
    self.lattice = lattice
  }

  deinit { cutline_known_destroy(pointer) }

  // What limits keep away would have made the search shorter, nothing else.

  func add(_ accepted: [UInt16]) throws { _ = try lattice.watch.completed(cutline_known_add(pointer, accepted)) }

  func seed(batches: Int, bisections: Int) throws {
    _ = try lattice.watch.completed(cutline_known_seed(pointer, batches, bisections))
  }

  func improve(rounds: Int) throws { _ = try lattice.watch.completed(cutline_known_improve(pointer, rounds)) }

  var bytes: Int { Int(cutline_known_held(pointer)) }

  /// The sums of their exact frontier, by ascending production.
  func frontier() throws -> [cutline_point] { try withFrontier { points, _ in Array(points) } }

  /// The same with `rows` cutoffs each.
  func withFrontier<Result>(
    _ body: (UnsafeBufferPointer<cutline_point>, UnsafeBufferPointer<UInt16>) throws -> Result
  ) throws -> Result {
    var points: UnsafePointer<cutline_point>?
    var accepted: UnsafePointer<UInt16>?
    var count = 0
    guard try lattice.watch.completed(cutline_known_frontier(pointer, &points, &count, &accepted)) else {
      throw ComputeError.outOfMemory
    }
    return try body(
      UnsafeBufferPointer(start: points, count: count),
      UnsafeBufferPointer(start: accepted, count: count * lattice.grid.rows))
  }

  /// Per limit the last of them within it, by bisection, since risk rises with production on a frontier.
  func last(within limits: [RiskRatio]) throws -> [FrontierPoint?] {
    let rows = lattice.grid.rows
    return try withFrontier { points, accepted in
      limits.map { limit in
        var low = 0
        var high = points.count
        while low < high {
          let middle = (low + high) / 2
          let sums = FrontierPoint(
            production: points[middle].production, numerator: points[middle].numerator,
            denominator: points[middle].denominator, accepted: [])
          if limit.admits(sums) { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let point = points[low - 1]
        return FrontierPoint(
          production: point.production, numerator: point.numerator, denominator: point.denominator,
          accepted: Array(accepted[point.strategy * rows..<(point.strategy + 1) * rows]))
      }
    }
  }

  /// A good price of risk for bounds around a risk.
  func price(at risk: Double) -> Double { cutline_known_price(pointer, risk) }

  /// What is certain about all strategies of the lattice, known or not.
  struct Extremes {
    /// No strategy has more production than the last known point.
    var greatestProduction = false
    /// No feasible strategy has less risk than the first known point.
    var leastRisk = false
    /// The first known point is 0 over 0, and no strategy with a positive denominator has less risk than the second.
    var leastRiskOfSome = false
  }

  /// Adds the strategies with the greatest production of all and with the least risks of all, exactly.
  ///
  /// A known risk ρ is the least when max (ρ D − N) = 0; else the maximiser has less risk, provided that no denominator
  /// is negative (Dinkelbach). Where time is over first, nothing is certain.
  func addExtremes() throws -> Extremes {
    guard let greatest = try lattice.best(production: 1, numerator: 0, denominator: 0)?.accepted else {
      return Extremes()
    }
    try add(greatest)
    let production = try lattice.grid.sums(accepted: greatest).production
    var extremes = Extremes()
    if lattice.isPlain {
      extremes.leastRisk = try lower(0)
      if let first = try frontier().first, first.denominator == 0 { extremes.leastRiskOfSome = try lower(1) }
    }
    extremes.greatestProduction = try frontier().last?.production == production
    return extremes
  }

  /// Lowers the risk of the known point at a place until none is less. False where that cannot be shown: there is no such
  /// point, or the strategies with less risk are dominated by the point before it.
  private func lower(_ place: Int) throws -> Bool {
    var last: RiskRatio?
    while true {
      let points = try frontier()
      guard points.count > place else { return false }
      let risk = RiskRatio(trusted: points[place].numerator, max(points[place].denominator, 1))
      guard risk != last else { return false }
      last = risk
      guard
        let better = try lattice.best(production: 0, numerator: -risk.denominator, denominator: risk.numerator)
      else { return false }
      if better.sign <= 0 { return true }
      try add(better.accepted)
    }
  }
}
