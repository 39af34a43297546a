/// The bound that a flow proves, for grids of any number of scores, in 128-bit integers.
///
/// With w = ⌈(p P + u D − v N) / 2^shift⌉ per cell and a flow f ≥ 0 from cells to safer neighbours, a monotone strategy X
/// has Σ_X w = Σ_X (w − out + in) − Σ f over arcs from outside X into X, as X holds the safer neighbours of its cells. So
/// Σ_X w ≤ Σ max(0, r), r = w − out + in. For a risk of at most u / v, u D − v N ≥ 0, hence p P ≤ 2^shift · Σ max(0, r).
enum FlowBound {
  enum Result {
    case bound(Int64)
    case refused(String)
  }

  /// - Parameters:
  ///   - limit: numerator and denominator.
  static func bound(_ dual: Certificate.FlowDual, _ grid: CertifiedGrid, limit: (Int64, Int64)) -> Result {
    let (p, u, v) = (Int128(dual.p), Int128(dual.u), Int128(dual.v))
    guard p > 0, v >= 0, (0...62).contains(dual.shift) else { return .refused("its dual has no sign or scale") }
    guard u * Int128(limit.1) >= v * Int128(limit.0) else { return .refused("its dual is for a smaller risk limit") }
    guard grid.cells.allSatisfy({ $0.denominator >= 0 }) else {
      return .refused("a flow proves nothing where cells have negative denominators")
    }
    var rest = grid.cells.map { cell in
      let weight = p * Int128(cell.production) + u * Int128(cell.denominator) - v * Int128(cell.numerator)
      return -((-weight) >> Int128(dual.shift))
    }
    for arc in dual.flow {
      guard arc.count == 3, arc[2] >= 0, let cell = Int(exactly: arc[0]), grid.cells.indices.contains(cell),
        let score = Int(exactly: arc[1]), grid.shape.indices.contains(score),
        let safer = grid.safer(cell, score: score)
      else { return .refused("its flow has the arc \(arc), which the grid does not have") }
      rest[cell] -= Int128(arc[2])
      rest[safer] += Int128(arc[2])
    }
    var total = Int128(0)
    for line in 0..<grid.lines {
      for place in 0..<grid.width {
        let value = rest[line * grid.width + place]
        if place < grid.least[line] {
          total += value
        } else if place < grid.most[line] {
          total += max(0, value)
        }
      }
    }
    // A total that does not fit when it is scaled back bounds nothing.
    guard total.magnitude <= UInt128(Int128.max) >> UInt128(dual.shift) else {
      return .refused("its flow is larger than any sum of this table")
    }
    let scaled = total << Int128(dual.shift)
    let quotient = scaled / p - (scaled % p < 0 ? 1 : 0)
    return Int64(exactly: quotient).map(Result.bound) ?? .refused("its dual bounds nothing")
  }
}
