internal import CCompute

/// Good strategies of a lattice, met before the search; corners lie between them.
final class KnownStrategies {
  private let pointer: OpaquePointer
  private let lattice: Lattice

  init(_ lattice: Lattice) throws {
    guard let pointer = cutline_known_create(lattice.pointer) else { throw ComputeError.outOfMemory }
    self.pointer = pointer
    self.lattice = lattice
  }

  deinit { cutline_known_destroy(pointer) }

  func add(_ accepted: [UInt16]) throws { try require(cutline_known_add(pointer, accepted)) }

  func seed(batches: Int, bisections: Int) throws { try require(cutline_known_seed(pointer, batches, bisections)) }

  func improve(rounds: Int) throws { try require(cutline_known_improve(pointer, rounds)) }

  /// The sums of their exact frontier, by ascending production.
  func frontier() throws -> [cutline_point] {
    var points: UnsafePointer<cutline_point>?
    var accepted: UnsafePointer<UInt16>?
    var count = 0
    try require(cutline_known_frontier(pointer, &points, &count, &accepted))
    return Array(UnsafeBufferPointer(start: points, count: count))
  }

  /// A good price of risk for bounds around a risk.
  func price(at risk: Double) -> Double { cutline_known_price(pointer, risk) }

  private func require(_ done: Bool) throws { if !done { throw ComputeError.outOfMemory } }

  /// Adds the strategies with the greatest production of all and with the least risk of all, both exactly.
  ///
  /// - Returns: whether the greatest production is attained by a feasible one, and whether there is none below the least
  ///   risk known. The latter is shown by Dinkelbach's iteration: ρ is the least risk when min (N − ρ D) = 0, and else
  ///   the minimiser has less risk, provided that no denominator is negative.
  func addExtremes() throws -> (greatestProduction: Bool, leastRisk: Bool) {
    let greatest = try lattice.best(production: 1, numerator: 0, denominator: 0).accepted
    try add(greatest)
    let production = try lattice.grid.sums(accepted: greatest).production
    guard lattice.isPlain else { return (try frontier().last?.production == production, false) }
    while let least = try frontier().first {
      let denominator = max(least.denominator, 1)
      let better = try lattice.best(production: 0, numerator: -denominator, denominator: least.numerator)
      guard better.sign > 0 else { return (try frontier().last?.production == production, true) }
      try add(better.accepted)
    }
    return (false, false)
  }
}
