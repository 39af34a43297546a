/// A grid with its last dimension and another one swapped, which leaves the strategies what they are.
///
/// Enumerations are fastest along the dimension with most bins: their inner loop runs over the last one.
struct SwappedAxes {
  /// Bins per dimension after the swap.
  let shape: [Int]
  private let original: [Int]
  private let axis: Int

  /// The swap that brings the dimension with most bins, at most 65,535, to the end; nil where it is there.
  init?(longestLastOf shape: [Int]) {
    let countable = shape.indices.filter { shape[$0] <= Int(UInt16.max) }
    guard let last = shape.last, let axis = countable.max(by: { shape[$0] < shape[$1] }), shape[axis] > last else {
      return nil
    }
    original = shape
    self.axis = axis
    var swapped = shape
    swapped.swapAt(axis, shape.count - 1)
    self.shape = swapped
  }

  func grid(_ grid: GridSumsND) throws -> GridSumsND {
    try GridSumsND(
      shape: shape, production: values(grid.production), numerator: values(grid.numerator),
      denominator: values(grid.denominator))
  }

  /// Bounds of the original grid for the swapped one.
  func bounds(_ bounds: StrategyBounds) throws -> StrategyBounds {
    try StrategyBounds(shape: shape)
      .between(
        counts(bounds.least, from: original, to: shape), counts(bounds.most, from: original, to: shape))
  }

  /// One value per cell of the original grid, in the order of the swapped one.
  func values(_ values: [Int64]) -> [Int64] { places(in: shape, of: original).map { values[$0] } }

  /// The strategy of the original grid.
  func restored(_ counts: [UInt16]) -> [UInt16] { self.counts(counts, from: shape, to: original) }

  private func counts(_ counts: [UInt16], from: [Int], to: [Int]) -> [UInt16] {
    let last = from.last ?? 1
    let own = to.last ?? 1
    var moved = [UInt16](repeating: 0, count: counts.count * last / own)
    for (cell, place) in places(in: to, of: from).enumerated() where place % last < Int(counts[place / last]) {
      moved[cell / own] += 1
    }
    return moved
  }

  /// For each cell of a grid the number of the same cell in the other one.
  private func places(in shape: [Int], of other: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: other.count)
    for dimension in other.indices.dropLast().reversed() {
      strides[dimension] = strides[dimension + 1] * other[dimension + 1]
    }
    strides.swapAt(axis, other.count - 1)
    var places = [0]
    for (size, stride) in zip(shape, strides) {
      places = places.flatMap { first in (0..<size).map { first + $0 * stride } }
    }
    return places
  }
}
